"""Copy the database and the uploads into a directory, while everything goes on."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty_saas.backups import BackupError, back_up


class Command(BaseCommand):
    help = "Copy the database and the uploads into a new directory, while everything goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        try:
            rows = back_up(directory.absolute(), url=settings.BACKUP_DATABASE_URL, media=Path(settings.MEDIA_ROOT))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{sum(rows.values()):,} rows of {len(rows)} tables and the uploads are in {directory}.")

"""Bring a backup back into an empty database, check it row by row counted, and bring it up to this release."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty_saas.backups import BackupError, restore
from loyalty_saas.postgres.roles import prepare_roles


class Command(BaseCommand):
    help = "Bring a backup back into an empty database, check it, and bring it up to this release."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        prepare_roles()
        try:
            rows = restore(
                directory.absolute(),
                owner_url=settings.DATABASE_URL,
                url=settings.BACKUP_DATABASE_URL,
                media=Path(settings.MEDIA_ROOT),
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("prepare_database", verbosity=options["verbosity"])
        self.stdout.write(f"{sum(rows.values()):,} rows of {len(rows)} tables and the uploads are back.")

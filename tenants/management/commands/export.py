"""Take everything of a business out into one archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import platform
from tenants.takeout import archive


class Command(BaseCommand):
    help = (
        "Write all members, purchases, points and tables of a business into one archive: a ZIP of CSV files with "
        "a README. It is full of people: keep it where only its owner can open it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write; a file that is there is not replaced")
        parser.add_argument("--business", required=True, help="its name in the address")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = platform.find_business(options["business"])
        if tenant is None:
            raise CommandError(f"There is no business {options['business']!r}.", returncode=2)
        try:
            with options["file"].open("xb") as file:
                options["file"].chmod(0o600)
                for piece in archive(tenant):
                    file.write(piece)
        except FileExistsError as error:
            raise CommandError(f"There is a file {options['file']} already.", returncode=2) from error
        self.stdout.write(f"{options['file']}: {options['file'].stat().st_size:,} bytes")

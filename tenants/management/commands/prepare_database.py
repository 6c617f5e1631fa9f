"""Make the database ready to serve: roles, tables, walls, rights. Safe to run again at every release."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from loyalty_saas.postgres.roles import grant_rights, prepare_roles


class Command(BaseCommand):
    help = "Create the database roles, migrate as the owner and grant each role its rights. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_roles()
        call_command("migrate", database="owner", interactive=False, verbosity=max(0, options["verbosity"] - 1))
        grant_rights()
        self.stdout.write("The database is ready.")

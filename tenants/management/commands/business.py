"""For the operator: close a business by the address of its portal, or open it again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import platform
from tenants.actors import Actor
from tenants.domain.closing import close_business, reopen_business
from tenants.isolation import tenant_context


class Command(BaseCommand):
    help = "Close a business (portal, dashboard and API are shut, its own domains are free), or open it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["close", "reopen"])
        parser.add_argument("slug", help="the address of its portal")

    def handle(self, *args: Any, action: str, slug: str, **options: Any) -> None:
        tenant = platform.find_business_open_or_closed(slug)
        if tenant is None:
            raise CommandError(f"There is no business {slug!r}.")
        with tenant_context(tenant):
            if action == "close":
                released = close_business(tenant, by=Actor.system())
            else:
                reopen_business(tenant, by=Actor.system())
        if action == "reopen":
            self.stdout.write(f"{tenant.name} is open. Its own domains have to be proved again.")
        else:
            self.stdout.write(f"{tenant.name} is closed. Domains released: {', '.join(released) or 'none'}.")

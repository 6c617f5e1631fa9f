"""`manage.py reconcile [--business SLUG] [--json]`: prove that the books agree."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programs.domain.reconcile import Report, reconcile
from tenants import platform
from tenants.isolation import tenant_context
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Check every invariant of the ledger, print its figures, and end with 1 when anything differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--business", metavar="SLUG", help="one business; all of them, if left out")
        parser.add_argument("--json", action="store_true", help="print the figures and differences as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        reports: dict[str, Report] = {}
        for business in _businesses(options["business"]):
            with tenant_context(business):
                reports[business.slug] = reconcile()
            if not options["json"]:
                self._print(business.slug, reports[business.slug])
        if options["json"]:
            self.stdout.write(json.dumps({slug: report.as_dict() for slug, report in reports.items()}, indent=2))
        if not all(report.agrees for report in reports.values()):
            raise SystemExit(1)

    def _print(self, slug: str, report: Report) -> None:
        verdict = self.style.SUCCESS("agrees") if report.agrees else self.style.ERROR("DIFFERS")
        self.stdout.write(f"{slug}: {verdict} ({len(report.checked)} invariants)")
        for name, value in report.figures.items():
            self.stdout.write(f"  {name.replace('_', ' '):<14}{value:>14,}")
        for difference in report.differences:
            self.stdout.write(self.style.ERROR(f"  {difference}"))


def _businesses(slug: str | None) -> list[Tenant]:
    if slug is None:
        return platform.open_businesses()
    business = platform.find_business(slug)
    if business is None:
        raise CommandError(f"There is no business {slug!r}.")
    return [business]

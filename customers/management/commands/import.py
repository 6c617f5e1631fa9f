# ruff: noqa: N999 (a command is called by the name of its file)
"""Import a file without the pages: the same steps, the same rules, one summary."""

import json
from argparse import ArgumentParser
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from customers.enums import ImportKind, ImportPoints, ImportStatus
from customers.imports.checking import check_claimed
from customers.imports.fields import field_of
from customers.imports.flow import NotNow, begin_import, choose_columns, discard_import, start_import
from customers.imports.refusals import report
from customers.imports.running import claim, run_claimed
from customers.imports.settings import Duplicates, Existing, Grouping, Options
from customers.models import Import
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.logs import only_warnings
from tenants import platform
from tenants.access import supported
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant

TAKEN, SOME_REFUSED, UNUSABLE = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Import members, purchases, or what members have (points and tiers, store credit). Exit code: 0 every row was"
        " taken, 1 some were refused, 2 the file is of no use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=ImportKind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument("--business", required=True, metavar="SLUG")
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help="FIELD empty: leave out")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")
        parser.add_argument("--points", choices=ImportPoints.values, default=ImportPoints.NONE.value)
        parser.add_argument("--dates", choices=["dmy", "mdy", "ymd"], help="how dates are written, where it is open")
        parser.add_argument("--decimals", choices=[".", ","])
        parser.add_argument("--group-by", choices=Grouping.values)
        parser.add_argument("--duplicates", choices=Duplicates.values)
        parser.add_argument("--existing", choices=Existing.values)
        parser.add_argument("--leave-out", default="", metavar="CODES", help="product codes, separated by commas")
        parser.add_argument("--consent-proof", default="", help="what was agreed to, when and how")
        parser.add_argument("--without-debts", action="store_true", help="who owes elsewhere begins with nothing here")
        parser.add_argument("--loud", action="store_true", help="let messages be sent")
        parser.add_argument("--refused", type=Path, metavar="FILE", help="write the rows that were not taken here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # On a terminal the summary alone is read; `--verbosity 2` shows what was logged on the way.
            with nullcontext() if options["verbosity"] > 1 else only_warnings():
                summary = self._import(options)
        except DomainError as error:
            self._say({"error": str(error), "code": error.code, "field": error.field}, as_json=options["json"])
            raise SystemExit(UNUSABLE) from error
        self._say(summary, as_json=options["json"])
        raise SystemExit(SOME_REFUSED if summary["counts"].get("refused") else TAKEN)

    def _import(self, options: dict[str, Any]) -> dict[str, Any]:
        tenant = platform.find_business(options["business"])
        if tenant is None:
            raise CommandError(f"There is no business {options['business']!r}.", returncode=UNUSABLE)
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=UNUSABLE)
        with translation.override(supported(tenant.language)):
            record = self._checked(tenant, path, options)
            if options["dry_run"]:
                with tenant_context(tenant):
                    discard_import(record, by=Actor.system())
                return {"import": None, "dry_run": True, "columns": _columns(record), **_plan(record)}
            return self._run(tenant, record, options)

    def _checked(self, tenant: Tenant, path: Path, options: dict[str, Any]) -> Import:
        by = Actor.system()
        with tenant_context(tenant), path.open("rb") as file:
            record = start_import(options["kind"], file, name=path.name, size=path.stat().st_size, by=by)
        try:
            with tenant_context(tenant):
                choose_columns(
                    record,
                    columns=_mapped(record, options["map"]),
                    options=_chosen(record, options),
                    points=options["points"],
                    silent=not options["loud"],
                )
                # In the same transaction: a worker is woken when it ends, and would be quicker than this command.
                mine = claim(tenant, record.pk, ImportStatus.PREVIEWING)
            checked = mine and check_claimed(tenant, mine)
            if checked is None or checked.status != ImportStatus.PREVIEW:
                raise CommandError(checked.error if checked else "Another worker has this import.", returncode=UNUSABLE)
        except (DomainError, CommandError):
            with tenant_context(tenant), suppress(NotNow):
                discard_import(record, by=by)
            raise
        return checked

    def _run(self, tenant: Tenant, record: Import, options: dict[str, Any]) -> dict[str, Any]:
        with tenant_context(tenant):
            begin_import(record, by=Actor.system())
            mine = claim(tenant, record.pk, ImportStatus.RUNNING)
        done = mine and run_claimed(tenant, mine)
        if done is None:
            raise CommandError("The import has stopped; the page of imports says why.", returncode=UNUSABLE)
        if options["refused"]:
            with tenant_context(tenant):
                options["refused"].write_bytes(b"".join(report(done)))
        return {"import": str(done.pk), "dry_run": False, "columns": _columns(done), "counts": done.counts}

    def _say(self, summary: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(summary, ensure_ascii=False, sort_keys=True))
            return
        if "error" in summary:
            self.stderr.write(summary["error"])
            return
        for name, key in summary["columns"].items():
            self.stdout.write(f"{name}: {key or '(left out)'}")
        for name, count in summary["counts"].items():
            self.stdout.write(f"{name}: {count}")


def _mapped(record: Import, wishes: list[str]) -> dict[int, str]:
    """The columns as they were matched, with those that were named on the command line. Raises CommandError."""
    mapping = {int(position): key for position, key in record.mapping.items()}
    for wish in wishes:
        name, equals, key = wish.rpartition("=")
        if not equals or name not in record.header:
            raise CommandError(f"There is no column {name or wish!r}: {', '.join(record.header)}.", returncode=UNUSABLE)
        if key and field_of(record.kind, key) is None:
            raise CommandError(f"There is no field {key!r}.", returncode=UNUSABLE)
        mapping = {position: found for position, found in mapping.items() if found != key}
        mapping[record.header.index(name)] = key
    return {position: key for position, key in mapping.items() if key}


def _chosen(record: Import, given: dict[str, Any]) -> dict[str, Any]:
    names = {
        "date_order": given["dates"],
        "decimal_mark": given["decimals"],
        "grouping": given["group_by"],
        "duplicates": given["duplicates"],
        "existing": given["existing"],
        "leave_out": tuple(code.strip() for code in given["leave_out"].split(",") if code.strip()),
        "consent_proof": given["consent_proof"],
    }
    chosen = {name: value for name, value in names.items() if value} | {"bring_debts": not given["without_debts"]}
    return Options.read(record.options).but(**chosen).stored()


def _columns(record: Import) -> dict[str, str]:
    return {name: record.mapping.get(str(position), "") for position, name in enumerate(record.header)}


def _plan(record: Import) -> dict[str, Any]:
    return {
        name: record.preview[name] for name in ("counts", "totals", "no_goods", "reasons") if name in record.preview
    }

"""Rows that were not taken: written down with their cells, and given back as a file that can be corrected."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Count

from customers.imports.bulk import insert_rows
from customers.imports.receipts import Refusal
from customers.models import Import, ImportRefusal
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.tables import csv_lines

_COLUMNS = ("id", "import_record_id", "row_number", "cells", "column", "reason")


def write_refusals(record: Import, refusals: Sequence[Refusal], cells: Mapping[int, Sequence[str]]) -> None:
    """Append refusals to an import. Call inside `tenant_context`."""
    insert_rows(
        ImportRefusal,
        _COLUMNS,
        (
            (uuid7(), record.pk, one.row, _json(cells.get(one.row, ())), one.column[:120], one.reason[:300])
            for one in refusals
        ),
    )


def report(record: Import) -> Iterator[bytes]:
    """The refused rows as CSV: the file's own columns, then row, column and reason, which an import passes over."""
    header = [*record.header, "Row in the file", "Column with the problem", "Why it was not taken"]
    return csv_lines([header, *_report_rows(record)], delimiter=record.table.get("delimiter") or ",")


def _report_rows(record: Import) -> Iterable[Sequence[object]]:
    width = len(record.header)
    for refusal in ImportRefusal.objects.filter(import_record=record).order_by("row_number").iterator():
        cells = [str(cell) for cell in refusal.cells][:width]
        yield [*cells, *[""] * (width - len(cells)), refusal.row_number, refusal.column, refusal.reason]


def reasons(record: Import) -> list[tuple[str, int]]:
    """Each reason and how many rows it refused, the commonest first."""
    rows = ImportRefusal.objects.filter(import_record=record).values_list("reason").annotate(n=Count("id"))
    return list(rows.order_by("-n", "reason")[:20])


def _json(cells: Sequence[str]) -> str:
    # PostgreSQL keeps no NUL in JSON.
    return json.dumps([cell.replace("\x00", "\ufffd") for cell in cells])

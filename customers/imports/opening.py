"""An import's file: kept, opened the same way each time, and framed by what has been chosen."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import File

from customers.imports.field_kinds import Reading
from customers.imports.fields import field_of
from customers.imports.matching import OWN_COLUMNS, guess_writing, match_columns
from customers.imports.settings import Frame, Grouping, Options
from customers.models import Import
from loyalty_saas.lib.days import zone_named
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.names import words
from loyalty_saas.lib.tables import Limits, Table, open_table
from tenants.isolation import current_tenant

LIMITS = Limits(file_bytes=100_000_000, unpacked_bytes=500_000_000, rows=1_000_000)
_LOOKED_AT = 5_000
_SHOWN = 4


def keep_file(record: Import, source: BinaryIO, name: str) -> None:
    """Store the upload under a name nobody can guess, in a folder of the business, and note its hash."""
    digest = hashlib.sha256()
    while chunk := source.read(1 << 20):
        digest.update(chunk)
    source.seek(0)
    record.file_hash = digest.hexdigest()
    record.file_name = Path(name).name[-200:] or "file"
    suffix = "".join(Path(record.file_name).suffixes[-2:])[-12:].lower()
    record.file.save(f"{current_tenant().pk}/{uuid7().hex}{suffix}", File(source), save=False)


def table_of(record: Import) -> Table:
    """The file as a table, opened the way it was chosen to be. Raises Invalid when it cannot be read."""
    said: Mapping[str, Any] = record.table
    return open_table(
        record.file.path,
        sheet=said.get("sheet") or None,
        encoding=said.get("encoding") or None,
        delimiter=said.get("delimiter") or None,
        header=said.get("header"),
        limits=LIMITS,
    )


def look_at(record: Import) -> None:
    """Open the file, note how, and match its columns. Raises Invalid when there is nothing in it."""
    table = table_of(record)
    columns = _cells_by_column(table)
    record.table = {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "header": table.header_row is not None,
    }
    record.header = list(table.columns)
    record.samples = [[cell[:60] for cell in column if cell.strip()][:_SHOWN] for column in columns]
    matched = match_columns(record.kind, table.columns, columns)
    record.mapping = {str(position): key for position, key in matched.columns.items()}
    options = Options.read(record.options)
    writing = guess_writing(record.kind, matched.columns, columns)
    options = options.but(
        date_order=writing.date_order or "",
        decimal_mark=writing.decimal_mark or str(_decimal_mark_at_home()),
        grouping=_likely_grouping(matched.columns.values(), columns, matched.position("occurred_at")),
    )
    record.options = options.stored() | {
        "guessed": sorted(matched.guessed),
        "ask_orders": list(writing.ask),
        "ask_about": writing.ask_about,
        "ask_decimal": writing.decimal_mark is None,
    }


def _cells_by_column(table: Table) -> list[list[str]]:
    columns: list[list[str]] = [[] for _name in table.columns]
    for _number, cells in islice(table.rows(), _LOOKED_AT):
        for column, cell in zip(columns, cells, strict=False):
            column.append(cell)
    return columns


def _decimal_mark_at_home() -> str:
    tenant = current_tenant()
    return str(babel_locale(f"{tenant.language}-{tenant.country}").number_symbols["latn"]["decimal"])


def _likely_grouping(keys: Any, columns: Sequence[Sequence[str]], date_column: int | None) -> Grouping:
    """Receipts by their number; without one by the moment, where the file knows times of day and customers."""
    keys = set(keys)
    if "receipt_number" in keys:
        return Grouping.RECEIPT
    timed = "time" in keys or (date_column is not None and any(":" in cell for cell in columns[date_column][:50]))
    named = keys & {"external_id", "email", "phone", "number"}
    return Grouping.MOMENT if timed and named else Grouping.ROW


def reguess_writing(record: Import, columns: Mapping[int, str]) -> Options:
    """The options with dates and decimals guessed anew for other columns."""
    writing = guess_writing(record.kind, columns, _cells_by_column(table_of(record)))
    return Options.read(record.options).but(
        date_order=writing.date_order or "", decimal_mark=writing.decimal_mark or str(_decimal_mark_at_home())
    )


def frame_of(record: Import) -> Frame:
    """What reading a row of this import needs to know. Call inside `tenant_context`."""
    tenant = current_tenant()
    own = any(" ".join(words(name)) in OWN_COLUMNS for name in record.header)
    return Frame(
        currency=tenant.currency,
        country=tenant.country,
        zone=zone_named(str(tenant.time_zone)),
        language=tenant.language,
        header=tuple(record.header),
        columns={int(position): key for position, key in record.mapping.items()},
        options=Options.read(record.options),
        is_report=own,
    )


def has_dates(kind: str, keys: Sequence[str]) -> bool:
    fields = [field_of(kind, key) for key in keys]
    return any(
        field is not None and field.reading in (Reading.MOMENT, Reading.DATE, Reading.LAST_DAY) for field in fields
    )

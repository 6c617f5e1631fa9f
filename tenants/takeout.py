"""Everything a business has, as one archive to take elsewhere: files that any program reads, with their description.

The files that apps register (`files`) are shaped for an import: into another business here, or elsewhere. Below
`tables/` stands every table as it is, so that nothing is lost that no import takes yet. Secrets stay here: PINs, keys
of cards and of the API, sessions and codes.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import fill
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils import timezone

from loyalty_saas.lib.slots import Slot
from loyalty_saas.lib.tables.writing import csv_lines
from loyalty_saas.postgres.schema import is_walled
from tenants.isolation import tenant_context
from tenants.models import Tenant

M = TypeVar("M", bound=models.Model)
Row = Sequence[object]
PIECE = 2_000
# In the last column's name of every file, so that an import knows whose it is and takes our marks off again.
OWN_COLUMN = "exported from regulars"
# What is only how we work, or lets somebody in.
LEFT_OUT = frozenset(
    {
        "tenants_apikey",
        "tenants_idempotentcall",
        "tenants_jobrun",
        "customers_cardstep",
        "customers_consumerposition",
        "customers_portalsession",
        "customers_searchkey",
        # They are in the archive as pictures.
        "programs_claimphoto",
        "customers_signincode",
    }
)
SECRET = frozenset({"pin_hash", "pin_once_until", "token_hash", "card_secret"})
# By table: whoever knew the seed of a surprise that runs would know who wins. Of one that has ended it is in its file.
SECRET_IN = frozenset({"programs_surprise.seed"})
# Bytes that are gathered before they are sent.
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class TakeoutFile:
    """`rows` opens the business's context for each piece itself. `columns` are (heading, what it holds)."""

    name: str
    about: str
    columns: Sequence[tuple[str, str]]
    rows: Callable[[Tenant], Iterator[Row]]
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class TakeoutFolder:
    """Files that are no tables. `files` opens the business's context for each of them itself."""

    name: str
    about: str
    files: Callable[[Tenant], Iterator[tuple[str, bytes]]]
    order: int = 100
    permission: str | None = None


files: Slot[TakeoutFile] = Slot("takeout.files")
folders: Slot[TakeoutFolder] = Slot("takeout.folders")


def archive(tenant: Tenant) -> Iterator[bytes]:
    """The archive (ZIP) piece by piece; nothing larger than a piece is held in memory.

    Call outside of a business's context. Each piece is read by itself: what changes meanwhile may stand in one file
    and not yet in another.
    """
    pipe = _Pipe()
    made = timezone.now().isoformat(timespec="seconds")
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", describe(tenant, made))
        for one in files:
            headings = [heading for heading, _about in one.columns]
            yield from _packed(packed, pipe, one.name, headings, one.rows(tenant), made)
        for folder in folders:
            for name, content in folder.files(tenant):
                packed.writestr(f"{folder.name}/{name}", content)
                yield pipe.take()
        for model in tables():
            columns = fields_of(model)
            yield from _packed(packed, pipe, f"tables/{model._meta.db_table}.csv", columns, _rows(tenant, model), made)
    yield pipe.take()


def tables() -> list[type[models.Model]]:
    """Every table of a business that is taken along, by name."""
    walled = (model for model in apps.get_models() if is_walled(model) and model._meta.managed)
    return sorted((one for one in walled if one._meta.db_table not in LEFT_OUT), key=lambda one: one._meta.db_table)


def fields_of(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    names = (one.attname for one in model._meta.concrete_fields if one.attname not in SECRET | {"tenant_id"})
    return [name for name in names if f"{table}.{name}" not in SECRET_IN]


def in_pieces(
    tenant: Tenant, query: Callable[[], models.QuerySet[M]], rows: Callable[[list[M]], Iterable[Row]]
) -> Iterator[Row]:
    """What `rows` makes of a query's rows, in the order of their ids, some at a time.

    Both are called in the business's context, of a piece's own, which is over before anything of it is sent.
    """
    last: UUID | None = None
    while True:
        with tenant_context(tenant):
            found = query().order_by("pk")
            piece = list((found.filter(pk__gt=last) if last else found)[:PIECE])
            made = list(rows(piece))
        yield from made
        if len(piece) < PIECE:
            return
        last = piece[-1].pk


_FORMAT = (
    "Text is UTF-8, files are CSV (RFC 4180) with a heading line and a byte order mark. Moments are ISO 8601 with their"
    " offset. Amounts in the files of this folder are in {currency}; in tables/ they are whole minor units of it. Text"
    " that a spreadsheet would run as a formula has an apostrophe before it; an import here takes it off again."
)
_TABLES = (
    "tables/: every table as it is, one file each; `id` names a row, a column that ends in `_id` names a row of another"
    " table, and columns in braces or brackets hold JSON."
)


def describe(tenant: Tenant, made: str) -> str:
    """What is in the archive, for whoever opens it."""
    told = [
        f"{tenant.name}: everything, exported from Regulars on {made}",
        fill(_FORMAT.format(currency=tenant.currency), 100),
        *(_about(one) for one in files),
        *(fill(f"{one.name}/: {one.about}", 100) for one in folders),
        fill(_TABLES, 100),
        *(_about_table(model) for model in tables()),
    ]
    return "\n\n".join(told) + "\n"


def _about(one: TakeoutFile) -> str:
    columns = "\n".join(f"  {heading}: {about}" for heading, about in one.columns)
    return f"{one.name}: {one.about}\n{columns}"


def _about_table(model: type[models.Model]) -> str:
    doc = (model.__doc__ or "").strip()
    about = "" if doc.startswith(f"{model.__name__}(") else " ".join(doc.split())
    columns = fill(", ".join(fields_of(model)), 98, initial_indent="  ", subsequent_indent="  ")
    return f"tables/{model._meta.db_table}.csv: {about}\n{columns}"


def _rows(tenant: Tenant, model: type[models.Model]) -> Iterator[Row]:
    names = fields_of(model)

    def plain(piece: list[models.Model]) -> Iterable[Row]:
        return ([_plain(getattr(one, name)) for name in names] for one in piece)

    return in_pieces(tenant, lambda: model._default_manager.only(*names), plain)


def _plain(value: object) -> object:
    """A value as text that says all of it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return str(value)


def _packed(
    packed: zipfile.ZipFile,
    pipe: "_Pipe",
    name: str,
    headings: Sequence[str],
    rows: Iterator[Row],
    made: str,
) -> Iterator[bytes]:
    whole = ([*row, made] for row in rows)
    with packed.open(name, "w") as file:
        for line in csv_lines([[*headings, OWN_COLUMN]]):
            file.write(line)
        for number, line in enumerate(csv_lines(whole)):
            if number:  # the byte order mark has been written
                file.write(line)
            if pipe.waiting >= _CHUNK:
                yield pipe.take()
    yield pipe.take()


class _Pipe(io.RawIOBase):
    """What is written waits until it is taken; it cannot be gone back in."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def waiting(self) -> int:
        return len(self._held)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken

"""Which column is what: by the header, checked against the cells, and by the cells where the header says nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from customers.enums import ImportKind
from customers.imports.cells import is_never, read_flag
from customers.imports.field_kinds import Field, Reading
from customers.imports.fields import FIELDS, field_of
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.names import words
from loyalty_saas.lib.tables import guess_decimal, parse_decimal
from loyalty_saas.lib.typed_dates import Ambiguous, DateOrder, guess_date_order, parse_birthday, parse_local
from tenants.takeout import OWN_COLUMN

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+(]?[\d][\d\s()./x-]{6,24}")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}([:.]\d{2})?(\s?[ap]\.?m\.?)?", re.IGNORECASE)
_NUMBERED = re.compile(r"#?[A-Za-z]{0,4}-?\d{2,}")
_ENOUGH = 0.7
# Under a header that says what it is, some cells may well be wrong: they are refused, row by row.
_NAMED = 0.3
# The columns of our own files: the report of refused rows, and what a business takes out.
OWN_COLUMNS = ("row in the file", "column with the problem", "why it was not taken", OWN_COLUMN)


@dataclass(slots=True)
class Matched:
    """`columns`: position → field key. `guessed`: those found by their cells alone, which a person should look at."""

    columns: dict[int, str] = field(default_factory=dict)
    guessed: set[int] = field(default_factory=set)

    def position(self, key: str) -> int | None:
        return next((position for position, found in self.columns.items() if found == key), None)


def match_columns(kind: str, header: Sequence[str], samples: Sequence[Sequence[str]]) -> Matched:
    """Match each column to at most one field and each field to at most one column.

    `samples` are some cells of each column, in the order of the header; empty ones say nothing.
    """
    matched = Matched()
    names = [_spellings(name) for name in header]
    cells = [[cell for cell in column if cell.strip()][:200] for column in samples]
    for exactly in (True, False):
        for _rank, _order, position, key in sorted(_candidates(kind, names, cells, exactly=exactly)):
            if position not in matched.columns and key not in matched.columns.values():
                matched.columns[position] = key
    _match_by_cells(kind, names, cells, matched)
    return matched


def _spellings(header: str) -> frozenset[str]:
    return frozenset({" ".join(words(header)), " ".join(words(_CAMEL.sub(" ", header)))})


def _candidates(
    kind: str, names: Sequence[frozenset[str]], cells: Sequence[Sequence[str]], *, exactly: bool
) -> list[tuple[int, int, int, str]]:
    found = []
    for order, one in enumerate(FIELDS[kind]):
        for position, spellings in enumerate(names):
            if not one.by_itself or spellings & set(OWN_COLUMNS):
                continue
            rank = _rank(one, spellings, exactly=exactly)
            if rank is not None and fits(one, cells[position], is_named=exactly):
                found.append((rank, order, position, one.key))
    return found


def _rank(one: Field, spellings: frozenset[str], *, exactly: bool) -> int | None:
    """How well a header names a field: the place of its synonym, so that "Date" beats "Paid at"."""
    known = _ranks(one)
    if exactly:
        return min((known[name] for name in spellings if name in known), default=None)
    if one.reading is Reading.TEXT:
        return None
    parts = [set(name.split()) for name in spellings]
    return min(
        (rank for name, rank in known.items() if len(name) > 3 and any(set(name.split()) <= p for p in parts)),
        default=None,
    )


@lru_cache(maxsize=64)
def _ranks(one: Field) -> Mapping[str, int]:
    return {name: rank for rank, name in reversed(list(enumerate(one.known_as)))}


def fits(one: Field, cells: Sequence[str], *, is_named: bool = False) -> bool:
    """Whether the cells could be this field's; without any cell, the header is believed. `is_named`: it says so."""
    if not cells:
        return True
    if one.key == "description":
        return not _mostly(cells, _is_number)
    if one.key in ("name", "given_name", "family_name"):
        return not _mostly(cells, lambda cell: bool(_NUMBERED.fullmatch(cell)) or cell.isdigit())
    checks = {
        # Under its own name a contact is one that was meant, even where it was typed wrongly: each is then named,
        # which a column that was left out would not be.
        Reading.EMAIL: lambda cell: "@" in cell if is_named else bool(_EMAIL.fullmatch(cell.strip())),
        Reading.PHONE: lambda cell: sum(char.isdecimal() for char in cell) >= (2 if is_named else 5),
        Reading.MONEY: _is_number,
        Reading.NUMBER: _is_number,
        Reading.MOMENT: _is_moment,
        Reading.DATE: _is_birthday,
        Reading.LAST_DAY: lambda cell: is_never(cell) or _is_moment(cell),
        Reading.TIME: lambda cell: bool(_TIME.fullmatch(cell.strip())),
        Reading.FLAG: _is_flag,
    }
    check = checks.get(one.reading)
    return check is None or _mostly(cells, check, _NAMED if is_named else _ENOUGH)


def _match_by_cells(
    kind: str, names: Sequence[frozenset[str]], cells: Sequence[Sequence[str]], matched: Matched
) -> None:
    """What no header named: e-mail addresses, phone numbers, dates, and the receipts of shops that call them "Name"."""
    receipts = kind == ImportKind.PURCHASES
    dated = {
        ImportKind.PURCHASES: "occurred_at",
        ImportKind.MEMBERS: "birthday",
        ImportKind.BALANCES: "earned_on",
        ImportKind.CREDIT: "earned_on",
        ImportKind.RECORDS: "at",
    }
    looks: list[tuple[str, Callable[[str], bool]]] = [
        ("email", lambda cell: bool(_EMAIL.fullmatch(cell.strip()))),
        ("phone", lambda cell: _is_phone(cell)),
        *([(dated[ImportKind(kind)], _is_moment)] if kind in dated else []),
    ]
    for position, column in enumerate(cells):
        if not column or position in matched.columns or names[position] & set(OWN_COLUMNS):
            continue
        if receipts and "name" in names[position] and matched.position("receipt_number") is None:
            if _mostly(column, lambda cell: bool(_NUMBERED.fullmatch(cell))):
                matched.columns[position] = "receipt_number"
                matched.guessed.add(position)
            continue
        for key, check in looks:
            named = any(_names_something_else(kind, name) for name in names[position])
            if matched.position(key) is None and not named and _mostly(column, check, enough=0.9):
                matched.columns[position] = key
                matched.guessed.add(position)
                break


def _names_something_else(kind: str, name: str) -> bool:
    """Dates of other things: an update, a delivery, a payment."""
    return bool(
        set(name.split())
        & {"updated", "modified", "fulfilled", "cancelled", "shipped", "fax", "zip", "postcode", "plz"}
    )


def _mostly(cells: Sequence[str], check: Callable[[str], bool], enough: float = _ENOUGH) -> bool:
    return sum(1 for cell in cells if check(cell)) >= enough * len(cells)


def _is_number(cell: str) -> bool:
    for mark in (".", ","):
        try:
            parse_decimal(cell, mark)
        except Invalid:
            continue
        return True
    return False


def _is_phone(cell: str) -> bool:
    plain = cell.strip()
    return bool(_PHONE.fullmatch(plain)) and not plain.isdigit() and not _is_number(plain) and not _is_moment(plain)


def _is_moment(cell: str) -> bool:
    if cell.strip().isdigit() and len(cell.strip()) != 8:
        return False
    for order in (DateOrder.DMY, DateOrder.MDY):
        try:
            parse_local(cell, order)
        except Invalid:
            continue
        return True
    return False


def _is_birthday(cell: str) -> bool:
    for order in (DateOrder.DMY, DateOrder.MDY):
        try:
            parse_birthday(cell, order)
        except Invalid:
            continue
        return True
    return False


def _is_flag(cell: str) -> bool:
    try:
        read_flag(cell)
    except Invalid:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Writing:
    """How the file writes dates and decimals, None where the cells do not tell.

    `ask` then holds the orders, likelier first, and `ask_about` a date that shows the difference.
    """

    date_order: DateOrder | None
    decimal_mark: str | None
    ask: tuple[DateOrder, ...] = ()
    ask_about: str = ""


def guess_writing(kind: str, columns: Mapping[int, str], samples: Sequence[Sequence[str]]) -> Writing:
    """How the matched columns are written."""
    dates: list[str] = []
    numbers: list[str] = []
    for position, key in columns.items():
        one = field_of(kind, key)
        if one is None or position >= len(samples):
            continue
        if one.reading in (Reading.MOMENT, Reading.DATE):
            dates += [cell for cell in samples[position] if cell.strip()]
        elif one.reading is Reading.LAST_DAY:
            dates += [cell for cell in samples[position] if cell.strip() and not is_never(cell)]
        elif one.reading in (Reading.MONEY, Reading.NUMBER):
            numbers += [cell for cell in samples[position] if cell.strip()]
    mark = guess_decimal(numbers)
    order = guess_date_order(dates)
    if isinstance(order, Ambiguous):
        return Writing(None, mark, order.orders, order.sample)
    return Writing(order, mark)

"""Values as COPY's binary format has them: PostgreSQL reads them at a third of what it takes to read them as text."""

from collections.abc import Iterable
from decimal import Decimal
from struct import Struct
from uuid import UUID

HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TAIL = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_UUID = b"\x00\x00\x00\x10"
_LONG = Struct("!iq").pack
_SHORT = Struct("!ii").pack
_LENGTH = Struct("!i").pack
_NUMERIC = Struct("!iHhHH")
_GROUP = 10_000


def row_head(columns: int) -> bytes:
    """What each row begins with."""
    return columns.to_bytes(2, "big")


def uuid_cell(value: UUID | None) -> bytes:
    return _NULL if value is None else _UUID + value.bytes


def uuid_head() -> bytes:
    """What stands before the sixteen bytes of a UUID that are there already."""
    return _UUID


def text_cell(value: str) -> bytes:
    encoded = value.encode()
    return _LENGTH(len(encoded)) + encoded


def integer_cell(value: int) -> bytes:
    """For a column `integer`."""
    return _SHORT(4, value)


def bigint_cell(value: int) -> bytes:
    return _LONG(8, value)


def numeric_cell(value: Decimal) -> bytes:
    """A finite number: groups of four decimal digits around the point, without those that are empty at either end."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("PostgreSQL's numeric is written here for finite numbers only")
    scale = max(0, -exponent)
    whole = int("".join(map(str, digits))) * 10 ** (max(0, exponent) + -scale % 4)
    groups: list[int] = []
    while whole:
        whole, group = divmod(whole, _GROUP)
        groups.insert(0, group)
    weight = len(groups) - -(-scale // 4) - 1
    while groups and not groups[-1]:
        groups.pop()
    if not groups:
        weight = 0
    count = len(groups)
    body = b"".join(group.to_bytes(2, "big") for group in groups)
    return _NUMERIC.pack(8 + 2 * count, count, weight, 0x4000 if sign and groups else 0, scale) + body


def whole_file(parts: Iterable[bytes]) -> bytes:
    """What COPY is given: rows, each of them `row_head` and its cells, in any number of parts."""
    return b"".join((HEAD, *parts, TAIL))

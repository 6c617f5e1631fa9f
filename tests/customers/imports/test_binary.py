"""Cells as COPY's binary format has them, read by PostgreSQL."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from customers.imports import binary
from loyalty_saas.lib.ids import uuid7, uuid7_bytes

NUMBERS = """0 0.000 1 -1 1.000 -0.001 0.5 12 1234 12345 99999999.999 -10000 10000.000 0.0001 120000000 1E+5 5E+3
    100000000.100 0.00001 0.12345 9999 9999.9999"""


def read_back(columns: str, parts: list[bytes]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE cells ({columns})")
        try:
            cursor.copy_expert("COPY cells FROM STDIN (FORMAT binary)", BytesIO(binary.whole_file(parts)))
            cursor.execute("SELECT * FROM cells")
            return list(cursor.fetchall())
        finally:
            cursor.execute("DROP TABLE IF EXISTS cells")


@pytest.mark.parametrize("number", NUMBERS.split())
def test_numbers_keep_value_and_scale(number: str) -> None:
    value = Decimal(number)
    [(found,)] = read_back("n numeric", [binary.row_head(1), binary.numeric_cell(value)])
    assert (found, str(found)) == (value, f"{value:f}")


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        binary.numeric_cell(Decimal("NaN"))


def test_other_cells() -> None:
    some, [drawn] = uuid7(), uuid7_bytes(1)
    cells = [
        binary.row_head(7),
        binary.uuid_cell(some) + binary.uuid_cell(None) + binary.uuid_head() + drawn,
        binary.text_cell("Kräuter\t\\N \U0001f33f\n") + binary.text_cell(""),
        binary.integer_cell(7) + binary.bigint_cell(-(10**13)),
    ]
    [found] = read_back("a uuid, b uuid, c uuid, d text, e text, f integer, g bigint", cells)
    assert found == (some, None, UUID(bytes=drawn), "Kräuter\t\\N \U0001f33f\n", "", 7, -(10**13))

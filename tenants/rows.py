"""One row by its columns, without composing the query anew.

The ORM takes ten times as long to write such a query as PostgreSQL takes to answer it, which is most of what a
call of the API costs; so the few look-ups that every call makes are written once. The walls stand as always.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from loyalty_saas.postgres.prepared import execute_prepared
from tenants.isolation import current_tenant_id
from tenants.models import TenantModel

M = TypeVar("M", bound=TenantModel)


def row_by_id(model: type[M], pk: UUID) -> M | None:
    """The row of the current business with this id, or None."""
    return next(iter(rows_where(model, "id = %s", [pk])), None)


def rows_where(model: type[M], condition: str, values: Sequence[Any]) -> list[M]:
    """Rows of the current business of which a condition in SQL holds; what may follow it, such as an order, as well.

    The condition is the code's own words, never a person's: theirs are among the values.
    """
    table = connections["default"].ops.quote_name(model._meta.db_table)
    sql = f"SELECT {', '.join(columns_of(model))} FROM {table} WHERE tenant_id = %s AND {condition}"  # noqa: S608
    with connections["default"].cursor() as cursor:
        execute_prepared(cursor, sql, [current_tenant_id(), *values])
        rows = cursor.fetchall()
    return [made_of(model, row, "default") for row in rows]


@cache
def columns_of(model: type[Model], prefix: str = "") -> tuple[str, ...]:
    """The model's columns, quoted, in the order in which `made_of` wants them."""
    quote = connections["default"].ops.quote_name
    return tuple(f"{prefix}{quote(str(field.column))}" for field in model._meta.concrete_fields)


def made_of(model: Any, values: Sequence[Any], using: str) -> Any:
    """An instance of the model from a row of its columns, as the ORM would have made it."""
    converters = _converters(model)
    if converters:
        values = list(values)
        for place, convert in converters:
            values[place] = convert(values[place], None, connections[using])
    return model.from_db(using, _names(model), values)


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _converters(model: type[Model]) -> tuple[tuple[int, Any], ...]:
    fields = enumerate(model._meta.concrete_fields)
    return tuple((place, field.from_db_value) for place, field in fields if hasattr(field, "from_db_value"))


def insert_row(row: TenantModel, *, unless_there: bool = False) -> bool:
    """Insert a row that is new, as `save(force_insert=True)` does; what the database fills in stays unread.

    `unless_there`: a row that is there with one of its unique values is waited for, and False returned. Otherwise
    that raises IntegrityError.
    """
    left, values = _given(row)
    with connections["default"].cursor() as cursor:
        end = " ON CONFLICT DO NOTHING" if unless_there else ""
        execute_prepared(cursor, _insert(type(row), left) + _row_of(values) + end, values)
        if unless_there and not cursor.rowcount:
            return False
    row._state.adding, row._state.db = False, "default"
    return True


def insert_rows(rows: Sequence[TenantModel]) -> None:
    """Insert rows of one model that are new, in one statement, as `bulk_create` does; no more than some hundreds.

    All of them leave the same columns to the database. Raises IntegrityError.
    """
    given = [_given(row) for row in rows]
    left = given[0][0]
    values = [value for _left, some in given for value in some]
    with connections["default"].cursor() as cursor:
        cursor.execute(_insert(type(rows[0]), left) + ", ".join(_row_of(some) for _left, some in given), values)
    for row in rows:
        row._state.adding, row._state.db = False, "default"


def _given(row: TenantModel) -> tuple[frozenset[int], list[Any]]:
    """The places of the columns that are left to the database, and the values of the others."""
    connection = connections["default"]
    fields = row._meta.concrete_fields
    given = [field.pre_save(row, add=True) for field in fields]
    left = frozenset(place for place, value in enumerate(given) if isinstance(value, DatabaseDefault))
    values = [
        field.get_db_prep_save(value, connection)
        for place, (field, value) in enumerate(zip(fields, given, strict=True))
        if place not in left
    ]
    return left, values


def _row_of(values: Sequence[Any]) -> str:
    return f"({', '.join(['%s'] * len(values))})"


@lru_cache(maxsize=64)
def _insert(model: type[Model], left: frozenset[int]) -> str:
    columns = [column for place, column in enumerate(columns_of(model)) if place not in left]
    table = connections["default"].ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES "  # noqa: S608

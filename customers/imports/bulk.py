"""Many rows into a walled table at once.

COPY goes around row-level security and PostgreSQL therefore refuses it on walled tables; so rows are copied into a
temporary table that only this transaction sees and inserted from there, under the same policies as any other row.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from psycopg2 import sql

from customers.imports.binary import whole_file
from tenants.isolation import current_tenant_id


def refresh_statistics() -> None:
    """Let the planner see how tables have grown that it knows as small; call it in a transaction of its own.

    Without it the check of a foreign key after a first import reads all rows of the business: 400 µs a line, not 13.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_statistics()")


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows given as values of `columns` (names in the database, without tenant_id). Returns how many.

    None is NULL. Call inside `tenant_context`; constraints, foreign keys and the wall are checked as ever.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return _insert(model, columns, text, _csv_options(model, columns), {})


def insert_parts(
    model: type[models.Model], columns: Sequence[str], parts: Iterable[bytes], *, fixed: Mapping[str, Any]
) -> int:
    """As `insert_rows`, for very many: rows as `binary` writes them. `fixed` are values that all have in common."""
    return _insert(model, columns, io.BytesIO(whole_file(parts)), sql.SQL("FORMAT binary"), fixed)


def add_to_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Add to `columns` of rows given as (id, amounts…). Returns how many rows were there."""
    names = ("id", *columns)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    if not text.tell():
        return 0
    staged = _stage(model, names, text, _csv_options(model, names))
    table = sql.Identifier(model._meta.db_table)
    sums = sql.SQL(", ").join(
        sql.SQL("{0} = {1}.{0} + found.{0}").format(sql.Identifier(column), table) for column in columns
    )
    # Row by row, by their key, whatever the planner believes: of a business that is new in a large table it knows
    # nothing, and reads all its rows to find a few.
    by_key = sql.SQL(
        """{staged} CROSS JOIN LATERAL (
            SELECT ctid AS place FROM {table} WHERE tenant_id = %(tenant)s AND id = {staged}.id FOR NO KEY UPDATE
        ) AS here"""
    ).format(table=table, staged=staged)
    # Held in a statement of its own: the next one then sees what a till has written while this one waited for it.
    hold = sql.SQL("SELECT count(*) FROM {}").format(by_key)
    add = sql.SQL(
        """WITH found AS MATERIALIZED (SELECT here.place, {staged}.* FROM {by_key})
        UPDATE {table} SET {sums} FROM found WHERE {table}.ctid = found.place AND {table}.tenant_id = %(tenant)s"""
    ).format(table=table, sums=sums, staged=staged, by_key=by_key)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(staged))
        for statement in (hold, add):
            cursor.execute(statement, {"tenant": current_tenant_id()})
        count: int = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(staged))
    return count


def _insert(
    model: type[models.Model],
    columns: Sequence[str],
    text: io.StringIO | io.BytesIO,
    options: sql.Composable,
    fixed: Mapping[str, Any],
) -> int:
    staged = _stage(model, columns, text, options)
    statement = sql.SQL("INSERT INTO {} (tenant_id, {}) SELECT {}, {} FROM {}").format(
        sql.Identifier(model._meta.db_table),
        _listed((*fixed, *columns)),
        sql.SQL(", ").join(sql.Placeholder() for _value in ("tenant", *fixed)),
        _listed(columns),
        staged,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [current_tenant_id(), *fixed.values()])
        count: int = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(staged))
    return count


def _stage(
    model: type[models.Model], columns: Sequence[str], text: io.StringIO | io.BytesIO, options: sql.Composable
) -> sql.Identifier:
    """Copy the text into a temporary table of the same types; its name."""
    table = model._meta.db_table
    staged = sql.Identifier(f"staged_{table}"[:63])
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                staged, _listed(columns), sql.Identifier(table)
            )
        )
        copy = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(staged, _listed(columns), options)
        cursor.copy_expert(copy.as_string(cursor.connection), text, 1 << 20)
    return staged


def _listed(columns: Iterable[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _csv_options(model: type[models.Model], columns: Sequence[str]) -> sql.Composable:
    """Empty text is text, empty anything else is NULL: csv writes both the same way."""
    fields = {field.column: field for field in model._meta.local_concrete_fields}
    texts = [name for name in columns if isinstance(fields[name], models.CharField | models.TextField)]
    return sql.SQL("FORMAT csv, FORCE_NOT_NULL ({})").format(_listed(texts)) if texts else sql.SQL("FORMAT csv")

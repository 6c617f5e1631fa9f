"""Statements that PostgreSQL plans once a connection instead of at every call.

A sale is a dozen statements of a millisecond together, and half of that went into planning the same ones again. Only
for texts that are constants, or one of few: each is kept, with its plan, for as long as the connection lives.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

# Otherwise PostgreSQL plans anew with the values at hand as long as it believes that to be cheaper.
_WHATEVER_THE_VALUES = "SET LOCAL plan_cache_mode = force_generic_plan; "


def execute_prepared(
    cursor: CursorWrapper,
    sql: str,
    params: Sequence[Any] | Mapping[str, Any],
    *,
    whatever_the_values: bool = False,
) -> None:
    """`cursor.execute`, of a text with `%s` or `%(name)s` for its parameters, planned once a connection.

    Behind a pooler that hands out another server connection for each transaction nothing can be prepared: then it
    is executed as it is. The types of parameters are those the statement asks for, as PostgreSQL infers them.

    `whatever_the_values`: one plan for all of them, in this transaction, of which it must be inside. For statements of
    which the statistics of single values mislead more than they help.
    """
    names = _names(cursor.db)
    if names is None:
        cursor.execute(sql, params)
        return
    name = names.get(sql)
    if name is None:
        name = f"regulars_{len(names)}"
        cursor.execute(f"PREPARE {name} AS {_numbered(sql, params)}")
        names[sql] = name
    values = [params[name] for name in sorted(params)] if isinstance(params, Mapping) else params
    before = _WHATEVER_THE_VALUES if whatever_the_values else ""
    given = f"({', '.join(['%s'] * len(values))})" if values else ""
    cursor.execute(f"{before}EXECUTE {name}{given}", values)


def _names(connection: BaseDatabaseWrapper) -> dict[str, str] | None:
    """The names of what this connection has prepared, by text; None when it cannot prepare."""
    connection.ensure_connection()
    raw = connection.connection
    kept: tuple[object, dict[str, str] | None] | None = getattr(connection, "prepared_statements", None)
    if kept is None or kept[0] is not raw:
        # Who answers is who we connected to, unless a pooler stands between.
        with raw.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            direct = cursor.fetchone()[0] == raw.info.backend_pid
        kept = raw, {} if direct else None
        connection.prepared_statements = kept  # type: ignore[attr-defined]
    return kept[1]


def _numbered(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> str:
    """The text with $1, $2 … in the places of its parameters: the same for the same name."""
    if isinstance(params, Mapping):
        return sql % {name: f"${number}" for number, name in enumerate(sorted(params), 1)}
    return sql % tuple(f"${number}" for number in range(1, len(params) + 1))

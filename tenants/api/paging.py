"""Pages by cursor: the next page begins after the last row, wherever rows have been added meanwhile."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid


class Page(NamedTuple):
    results: list[Any]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows in which no two are equal. `after` finds what follows a row with these values."""

    name: str
    fields: tuple[str, ...]
    read: tuple[Callable[[str], Any], ...]
    after: Callable[[list[Any]], Q]

    def cursor(self, row: Model) -> str:
        values = [getattr(row, field.lstrip("-")) for field in self.fields]
        text = json.dumps([self.name, *(_text(value) for value in values)], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def position(self, cursor: str) -> list[Any]:
        """The values of the row a cursor names. Raises Invalid for one that is not of this list."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            name, *values = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
            if name != self.name:
                raise ValueError("a cursor of another list")
            return [read(value) for read, value in zip(self.read, values, strict=True)]
        except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
            raise Invalid(_("This is no “next_cursor” of this list."), code="bad_cursor", field="cursor") from error


def read_number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError("out of range")
    return number


def read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0) or not 1970 <= moment.year <= 9990:
        raise ValueError("no moment of ours")
    return moment


NEWEST = Order("new", ("-id",), (UUID,), lambda at: Q(id__lt=at[0]))
BY_SEQ = Order("seq", ("-seq",), (read_number,), lambda at: Q(seq__lt=at[0]))
# The range on the first column is what the index is used for.
CHANGED = Order(
    "changed",
    ("updated_at", "id"),
    (read_moment, UUID),
    lambda at: Q(updated_at__gte=at[0]) & ~Q(updated_at=at[0], id__lte=at[1]),
)


def page(rows: QuerySet[Any], query: Mapping[str, Any], *, order: Order = NEWEST) -> Page:
    """One page of `rows` by the `limit` and `cursor` of the query: every row that was there at the beginning once."""
    limit = query["limit"]
    if cursor := query.get("cursor"):
        rows = rows.filter(order.after(order.position(cursor)))
    found = list(rows.order_by(*order.fields)[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], order.cursor(found[limit - 1]) if more else None)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

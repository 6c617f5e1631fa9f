# ruff: noqa: S608 - the statement is put together from this package alone; values are parameters
"""The roll-forward and the liability by the place where points were earned.

Points keep the place they were earned at: those of the market stall that are redeemed in the café are taken from the
stall's. That is told by lots, which know the entry they came from and every entry that used them. What members owe
belongs to no lot and is a line of its own, so that all lines together are the books.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from programs.books.days import BOOKED, edges_of
from programs.books.rollforward import COLUMN_OF, COLUMNS, Month
from programs.books.scope import is_narrow, of_accounts, of_program, values_for
from programs.enums import EntryKind
from programs.models import Program
from tenants.models import Location

# Where an entry happened: at its purchase's place, or where whoever did it stood.
_PLACE = "coalesce({purchase}.location_id, {entry}.location_id)"
_AT = """
LEFT JOIN customers_purchase {purchase} ON {entry}.cause IN ('purchase', 'stamped', 'credited', 'tender')
 AND {purchase}.tenant_id = %(tenant)s AND {purchase}.id = {entry}.cause_id"""
_ORIGIN = _PLACE.format(purchase="p", entry="o")
# The entry that gave the points in the first place, however often they have moved between records that were merged.
_FIRST = "JOIN programs_entry o ON o.tenant_id = %(tenant)s AND o.id = coalesce(l.origin_id, l.entry_id)"
_AT_ORIGIN = _AT.format(purchase="p", entry="o")

NOW, MEANWHILE, LATER = -1, 1, 2

# `held` is what lots got and gave, `moved` and `pending` what entries say.
_BY_PLACE = f"""
WITH e AS (
 SELECT id, kind, cause, cause_id, location_id, amount, pending_amount,
  width_bucket({BOOKED}, %(edges)s::timestamptz[]) AS bucket
 FROM programs_entry WHERE tenant_id = %(tenant)s AND occurred_at >= %(start)s{{of_accounts}}),
steps AS (
 SELECT e.bucket, e.kind, {_ORIGIN} AS place, l.amount AS held, 0 AS moved, 0 AS pending
 FROM e JOIN programs_lot l ON l.tenant_id = %(tenant)s AND l.entry_id = e.id {_FIRST} {_AT_ORIGIN}
 UNION ALL
 SELECT e.bucket, e.kind, {_ORIGIN}, -u.amount, 0, 0
 FROM e JOIN programs_lotuse u ON u.tenant_id = %(tenant)s AND u.entry_id = e.id
 JOIN programs_lot l ON l.tenant_id = %(tenant)s AND l.id = u.lot_id {_FIRST} {_AT_ORIGIN}
 UNION ALL
 SELECT bucket, kind, NULL, 0, amount + pending_amount, pending_amount FROM e
 UNION ALL
 SELECT {NOW}, '', {_ORIGIN}, l.remaining, 0, 0
 FROM programs_lot l {_FIRST} {_AT_ORIGIN}
 WHERE l.tenant_id = %(tenant)s AND l.remaining > 0{{of_lots}}
 UNION ALL
 SELECT {NOW}, '', NULL, 0, balance + pending - owed, pending FROM programs_account
 WHERE tenant_id = %(tenant)s{{of_program}})
SELECT bucket, kind, place, sum(held), sum(moved), sum(pending) FROM steps
WHERE bucket <> 0 GROUP BY bucket, kind, place"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where points were earned; neither `location` nor `is_owed` means that the place is not known."""

    location: Location | None
    books: Month
    is_owed: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """A period by places, what is owed as the last of them; `sum` is all of it.

    `pending` is what waited at the end of the period, `available` what could be spent.
    """

    places: list[Place]
    sum: Month
    pending: int

    @property
    def owed(self) -> int:
        return -self.places[-1].books.closing

    @property
    def available(self) -> int:
        return self.sum.closing + self.owed - self.pending


def places_of(first: date, last: date, *, program: Program | None = None) -> Places:
    """The books of a program (of everything, without one) by where points were earned, in its units.

    Locations are in the order of their names; those with no figure are left out, the last line is what is owed.
    """
    held: dict[UUID | None, Month] = defaultdict(lambda: Month(first, last))
    whole, waiting = Month(first, last), 0
    edges, narrow = edges_of([(first, last)]), is_narrow(program)
    statement = _BY_PLACE.format(
        of_accounts=of_accounts(narrow), of_lots=of_accounts(narrow, "l.account_id"), of_program=of_program(narrow)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values_for(program), "edges": edges, "start": edges[0]})
        for bucket, kind, place, in_lots, moved, pending in cursor.fetchall():
            _count(held[place], bucket, kind, int(in_lots))
            _count(whole, bucket, kind, int(moved))
            waiting += {NOW: int(pending), LATER: -int(pending)}.get(bucket, 0)
    owed = _rest(whole, held.values())
    places = [Place(location, books) for location, books in _named(held)]
    return Places([*places, Place(None, owed, is_owed=True)], whole, waiting)


def liability_on(day: date, *, program: Program | None = None) -> Places:
    """What was promised at the end of a day, by where it was earned: the closing figures of `places_of` that day."""
    return places_of(day, day, program=program)


def _count(books: Month, bucket: int, kind: str, points: int) -> None:
    """Add a row to a line: now to its opening, what moved later and meanwhile taken off it again."""
    if bucket == NOW:
        books.opening += points
        return
    books.opening -= points
    if bucket == MEANWHILE:
        books.moved[COLUMN_OF[EntryKind(kind)]] += points


def _rest(whole: Month, held: Iterable[Month]) -> Month:
    """What is in the books and in no lot: what members owe, as minus."""
    held = list(held)
    rest = Month(whole.first, whole.last, whole.opening - sum(books.opening for books in held))
    for column in COLUMNS:
        rest.moved[column] = whole.moved[column] - sum(books.moved[column] for books in held)
    return rest


def _named(held: dict[UUID | None, Month]) -> list[tuple[Location | None, Month]]:
    """The lines with figures, locations by name, the unknown place behind them."""
    used = {pk: books for pk, books in held.items() if books.opening or any(books.moved.values())}
    locations = Location.objects.filter(pk__in=[pk for pk in used if pk]).order_by("name", "pk")
    named: list[tuple[Location | None, Month]] = [(location, used.pop(location.pk)) for location in locations]
    if used:
        # A place that is no longer there counts as one that is not known.
        unknown = Month(next(iter(used.values())).first, next(iter(used.values())).last)
        for books in used.values():
            unknown.opening += books.opening
            for column, points in books.moved.items():
                unknown.moved[column] += points
        named.append((None, unknown))
    return named

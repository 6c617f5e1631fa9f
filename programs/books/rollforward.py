"""The roll-forward: what was promised at the beginning, what was added and taken away, what stood at the end.

Points that wait and points that can be spent are both promised, and what members owe is deducted: a figure is
available + pending − owed. Entries count on their day in the business's time zone, an expiry on its last day.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from programs.books.cost import ACCOUNT_POINTS, ENTRY_POINTS, PointCost
from programs.books.days import BOOKED, edges_of, months_of
from programs.books.outstanding import Outstanding
from programs.books.scope import is_narrow, of_accounts, of_program, values_for
from programs.enums import EntryKind
from programs.models import Program

# The columns of the books, in their order, and the kinds of entries each holds.
COLUMNS: dict[str, tuple[EntryKind, ...]] = {
    "issued": (EntryKind.ACCRUE,),
    "redeemed": (EntryKind.REDEEM,),
    "restored": (EntryKind.RESTORE,),
    "expired": (EntryKind.EXPIRE,),
    "reversed": (EntryKind.REVERSE,),
    "adjusted": (EntryKind.ADJUST,),
    "transferred": (EntryKind.TRANSFER,),
}
# What becomes available, or is held, was issued before, and moves nothing in sum.
COLUMN_OF = {EntryKind.CONFIRM: "issued", EntryKind.HOLD: "issued"} | {
    kind: column for column, kinds in COLUMNS.items() for kind in kinds
}

# Row 0 is what stands now; the others are what moved since the beginning, by the month in which it counts (the last
# bucket is everything later). One statement, so that what is posted meanwhile is in all of it or in none.
_MOVED = """
SELECT 0 AS bucket, '' AS kind, coalesce(sum({account}), 0) AS moved, coalesce(sum(balance), 0),
 coalesce(sum(pending), 0), coalesce(sum(owed), 0), count(*) FILTER (WHERE balance > 0),
 count(*) FILTER (WHERE balance > 0 OR pending > 0)
FROM programs_account WHERE tenant_id = %(tenant)s{of_program}
UNION ALL
SELECT width_bucket({booked}, %(edges)s::timestamptz[]), kind, sum({entry}), 0, 0, 0, 0, 0
FROM programs_entry WHERE tenant_id = %(tenant)s AND occurred_at >= %(start)s{of_accounts} GROUP BY 1, 2
HAVING width_bucket({booked}, %(edges)s::timestamptz[]) > 0"""


@dataclass(slots=True)
class Month:
    """One month, or what of it lies in the period. `moved` has a figure for each column; minus takes points away."""

    first: date
    last: date
    opening: int = 0
    moved: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))

    @property
    def closing(self) -> int:
        return self.opening + sum(self.moved.values())


@dataclass(frozen=True, slots=True)
class Books:
    """A period by months; the whole of it is `sum`. `outstanding` is in points, now."""

    months: list[Month]
    sum: Month
    outstanding: Outstanding


def books_of(first: date, last: date, *, program: Program | None = None, cost: PointCost | None = None) -> Books:
    """The books of a program from one day to another, both included: in its units, or with `cost` in minor units.

    Without a program everything is counted, whatever its unit: for a proof, not for a reader.

    The opening is what stands now less all that moved since, so that it needs no sum over the whole past; that this
    is the same as the sum of the past is what the daily reconciliation proves.
    """
    months = [Month(*span) for span in months_of(first, last)]
    edges = edges_of((month.first, month.last) for month in months)
    narrow = is_narrow(program)
    statement = _MOVED.format(
        of_accounts=of_accounts(narrow),
        of_program=of_program(narrow),
        booked=BOOKED,
        entry=cost.entry_sql if cost else ENTRY_POINTS,
        account=cost.account_sql if cost else ACCOUNT_POINTS,
    )
    whole, outstanding = Month(first, last), Outstanding(0, 0, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values_for(program), "edges": edges, "start": edges[0]})
        for bucket, kind, moved, *now in cursor.fetchall():
            if not bucket:
                outstanding = Outstanding(*map(int, now))
                whole.opening += int(moved)
                continue
            whole.opening -= int(moved)
            if bucket <= len(months):
                months[bucket - 1].moved[COLUMN_OF[EntryKind(kind)]] += int(moved)
    for month in months:
        month.opening = whole.closing
        for column, moved in month.moved.items():
            whole.moved[column] += moved
    return Books(months, whole, outstanding)

# ruff: noqa: S608 - the statement is put together from this package alone; values are parameters
"""Breakage by cohort: what became of the points of each month, from their lots and what used them.

A cohort is the points that were earned in one month. Each of them was redeemed, has expired, was taken back, was moved
by hand, or is still there; in sum that is all of them. With merged records they move to other lots and stay in the
month in which they were earned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from loyalty_saas.lib.days import add_months, end_of_month
from programs.books.days import BOOKED, edges_of, months_of, today_here
from programs.books.scope import is_narrow, of_accounts, values_for
from programs.models import Program

FATES = ("redeemed", "expired", "reversed", "moved")
# So many months of cohorts are shown at most.
MOST_MONTHS = 36

# A redemption that was undone was none. What repaid a debt went to a return, as what a return took itself.
_FATE = """CASE WHEN kind = 'redeem' OR (kind = 'restore' AND cause IN ('redemption', 'refund')) THEN 'redeemed'
 WHEN kind = 'expire' THEN 'expired' WHEN kind IN ('reverse', 'accrue', 'confirm') THEN 'reversed'
 ELSE 'moved' END"""
_COHORTS = f"""
WITH earned AS (
 SELECT id, width_bucket(occurred_at, %(edges)s::timestamptz[]) AS cohort FROM programs_entry
 WHERE tenant_id = %(tenant)s AND occurred_at >= %(start)s AND occurred_at < %(end)s{{of_accounts}}),
lots AS (
 SELECT l.id, l.amount, 0 AS came, l.remaining, o.cohort
 FROM earned o JOIN programs_lot l ON l.tenant_id = %(tenant)s AND l.entry_id = o.id WHERE l.origin_id IS NULL
 UNION ALL SELECT l.id, 0, l.amount, l.remaining, o.cohort
 FROM earned o JOIN programs_lot l ON l.tenant_id = %(tenant)s AND l.origin_id = o.id),
uses AS (
 SELECT cohort, width_bucket({BOOKED}, %(edges)s::timestamptz[]) AS month, {_FATE} AS fate, sum(u.amount) AS points
 FROM lots JOIN programs_lotuse u ON u.tenant_id = %(tenant)s AND u.lot_id = lots.id
 JOIN programs_entry e ON e.tenant_id = %(tenant)s AND e.id = u.entry_id GROUP BY 1, 2, 3)
SELECT cohort, 0, 'earned', sum(amount) FROM lots GROUP BY 1
UNION ALL SELECT cohort, 0, 'left', sum(remaining) FROM lots GROUP BY 1
UNION ALL SELECT cohort, cohort, 'moved', -sum(came) FROM lots GROUP BY 1
UNION ALL SELECT cohort, month, fate, points FROM uses"""


@dataclass(slots=True)
class Cohort:
    """The points of a month: `earned`, what became of them by FATES, and what is `left`.

    `redeemed_by_age` is what was redeemed in the month itself, in the next, and so on until now.
    """

    month: date
    earned: int = 0
    left: int = 0
    fates: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FATES, 0))
    redeemed_by_age: list[int] = field(default_factory=list)

    def percent(self, points: int) -> float:
        return round(points * 100 / self.earned, 1) if self.earned else 0.0


def cohorts(count: int, *, program: Program | None = None) -> list[Cohort]:
    """The cohorts of a program (of everything, without one) for so many months, this one the last, the oldest first."""
    today = today_here()
    start = add_months(today.replace(day=1), 1 - min(count, MOST_MONTHS))
    months = months_of(start, end_of_month(today))
    edges = edges_of(months)
    found = [Cohort(first, redeemed_by_age=[0] * (len(months) - place)) for place, (first, _) in enumerate(months)]
    values = {**values_for(program), "edges": edges, "start": edges[0], "end": edges[-1]}
    statement = _COHORTS.format(of_accounts=of_accounts(is_narrow(program)))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for place, month, what, points in cursor.fetchall():
            _add(found[place - 1], place, month, what, int(points))
    return found


def sum_of(chosen: Sequence[Cohort]) -> Cohort:
    """Several cohorts as one."""
    whole = Cohort(chosen[0].month if chosen else today_here())
    for one in chosen:
        whole.earned += one.earned
        whole.left += one.left
        for fate, points in one.fates.items():
            whole.fates[fate] += points
    return whole


def _add(cohort: Cohort, place: int, month: int, what: str, points: int) -> None:
    if what == "earned":
        cohort.earned += points
    elif what == "left":
        cohort.left += points
    else:
        cohort.fates[what] += points
        if what == "redeemed":
            # Backdated entries may use points of a later day: they count in the month itself.
            age = min(max(month - place, 0), len(cohort.redeemed_by_age) - 1)
            cohort.redeemed_by_age[age] += points

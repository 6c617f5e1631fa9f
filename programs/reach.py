"""Who would be in which tier, by what was bought: for the owner who is thinking about thresholds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.enums import MemberStatus
from customers.models import Member
from programs.domain.qualifying import since_sql
from programs.enums import TierBasis
from programs.models import Program
from tenants.isolation import current_tenant

# What is kept of a purchase: without tax where tax does not count, less the part that came back. Whole minor units,
# because arithmetic of decimals takes a second for a few hundred thousand purchases.
_KEPT = (
    """CASE WHEN p.returned = 0 THEN p.total - {tax} ELSE (p.total - {tax}) * (p.total - p.returned) / p.total END"""
)
_AMOUNTS: Mapping[str, str] = {
    TierBasis.SPEND: f"sum({_KEPT})",
    TierBasis.POINTS: f"floor(sum({_KEPT}) * %(points)s / %(amount)s)",
    TierBasis.VISITS: "count(DISTINCT (p.occurred_at AT TIME ZONE %(zone)s)::date)",
}
_COUNT = """
SELECT {columns} FROM (
 SELECT {amount} AS gathered FROM customers_purchase p JOIN customers_member m
  ON m.tenant_id = p.tenant_id AND m.id = p.member_id
 WHERE p.tenant_id = %(tenant)s AND p.occurred_at >= {since} AND p.returned < p.total AND m.status = 'active'
 GROUP BY p.member_id
) AS members"""


def members_reaching(program: Program, thresholds: Sequence[int], *, basis: str, window: str) -> list[int]:
    """How many active members have gathered at least each threshold in the window, from purchases, in one query.

    Purchases from before the program count as well; exclusions and tiers' multipliers are left aside, so it is an
    estimate for points. Thresholds are in minor units, points or days, as the basis says.
    """
    if not thresholds:
        return []
    since, begins = since_sql(window, timezone.now())
    tax = "0" if program.earn_on_tax else "p.tax"
    values: dict[str, Any] = {
        "tenant": current_tenant().pk,
        **begins,
        "zone": current_tenant().time_zone,
        "points": program.earn_points,
        "amount": program.earn_amount,
    }
    columns = []
    for number, threshold in enumerate(thresholds):
        values[f"at{number}"] = threshold
        columns.append(f"count(*) FILTER (WHERE gathered >= %(at{number})s)")
    statement = _COUNT.format(columns=", ".join(columns), since=since, amount=_AMOUNTS[basis].format(tax=tax))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        counts = [int(count) for count in cursor.fetchone()]
    if 0 in thresholds:
        # What asks for nothing is everybody's, also of those who bought nothing.
        everybody = Member.objects.filter(status=MemberStatus.ACTIVE).count()
        counts = [count if at else everybody for at, count in zip(thresholds, counts, strict=True)]
    return counts


def in_each(reaching: Sequence[int]) -> list[int]:
    """Members in exactly each step, for steps in rising order: those who reach it less those who reach the next."""
    return [here - above for here, above in zip(reaching, [*reaching[1:], 0], strict=True)]

"""How much staff may give away by themselves: at a time, one of them in a day, and all at one location in a day.

In money, by what a gesture counted as when it was given, and by the clock of the business. What a manager approved is
the manager's and uses up nothing of the person's own day; at the location everything counts, also what managers gave.
What was undone does not count: all of it was taken back. Managers and owners have no limit.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils import timezone

from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.money import format_money
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.guards import has_limits
from programs.errors import GestureTooLarge, LocationBudgetSpent, StaffBudgetSpent
from programs.models import Program
from tenants.isolation import current_tenant, current_tenant_id
from tenants.models import Membership


@dataclass(frozen=True, slots=True)
class Budget:
    """What somebody may still give today without a manager, in minor units; None where nothing limits it."""

    at_a_time: int | None = None
    by_person: int | None = None
    at_location: int | None = None

    @property
    def left(self) -> int | None:
        """The most that the next gesture may count as."""
        return min(
            (part for part in (self.at_a_time, self.by_person, self.at_location) if part is not None), default=None
        )

    def refuse_beyond(self, cost: int) -> None:
        """Raises GestureTooLarge, StaffBudgetSpent or LocationBudgetSpent."""
        if self.at_a_time is not None and cost > self.at_a_time:
            raise GestureTooLarge(cost=_money(cost), most=_money(self.at_a_time))
        if self.by_person is not None and cost > self.by_person:
            raise StaffBudgetSpent(cost=_money(cost), left=_money(self.by_person))
        if self.at_location is not None and cost > self.at_location:
            raise LocationBudgetSpent(cost=_money(cost), left=_money(self.at_location))


def budget_today(program: Program, *, membership: Membership | None, location_id: UUID | None) -> Budget:
    """What this person may still give at this place today. To decide by it, hold `lock_budget`."""
    if membership is None or not has_limits(membership):
        return Budget()
    by_person, at_location = _given_today(membership.pk, location_id)
    return Budget(
        program.gesture_limit,
        _left(program.gesture_staff_budget, by_person),
        _left(program.gesture_location_budget, at_location),
    )


def lock_budget(location_id: UUID | None) -> None:
    """Let what staff give at one place be counted one after the other, until the transaction ends.

    Lock the account and every membership first: whoever waits for this must hold all else.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"goodwill:{current_tenant_id()}:{location_id}"]
        )


_GIVEN = """
SELECT coalesce(sum(g.cost) FILTER (WHERE g.staff_id = %s AND g.approved_by_id IS NULL), 0),
 coalesce(sum(g.cost) FILTER (WHERE g.location_id IS NOT DISTINCT FROM %s), 0)
FROM programs_gesture g WHERE g.tenant_id = %s AND g.created_at >= %s AND NOT EXISTS (
 SELECT 1 FROM programs_gestureundo u WHERE u.tenant_id = g.tenant_id AND u.gesture_id = g.id)"""


def _given_today(person: UUID, location_id: UUID | None) -> tuple[int, int]:
    """By the person by themselves, and by everybody at the location, in minor units."""
    tenant = current_tenant()
    since = start_of_day(local_day(timezone.now(), tenant.zone), tenant.zone)
    with connection.cursor() as cursor:
        execute_prepared(cursor, _GIVEN, [person, location_id, tenant.pk, since])
        by_person, at_location = cursor.fetchone()
    return int(by_person), int(at_location)


def _left(budget: int | None, given: int) -> int | None:
    return None if budget is None else max(0, budget - given)


def _money(minor: int) -> str:
    tenant = current_tenant()
    return format_money(minor, tenant.currency, tenant.locale)

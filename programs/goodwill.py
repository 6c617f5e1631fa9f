"""What was given away to make things right: to one member lately, and what it cost the business month by month.

What was undone costs nothing and is left out of every sum; it stays in the lists. A gesture counts on the day it was
made, in the business's time zone, with what it counted as then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from loyalty_saas.lib.days import add_months, end_of_day, end_of_month, local_day, start_of_day
from programs.models import Account, Gesture, GestureUndo
from tenants.isolation import current_tenant

LATELY = 30


@dataclass(frozen=True, slots=True)
class Lately:
    """What one member was given in the last days: how often, what it counted as together, and the last of it."""

    count: int
    cost: int
    last: Gesture


@dataclass(frozen=True, slots=True)
class Part:
    """What was given for one reason, by one person or at one place: `key` is its id, None where there is none."""

    key: UUID | None
    name: str
    count: int
    cost: int


@dataclass(frozen=True, slots=True)
class Spent:
    """A period: how often, what it counted as together, how much of it a manager approved, how many were undone."""

    count: int
    cost: int
    approved: int
    members: int
    undone: int


def gestures() -> Any:
    """All of them, each with `undone`: whether it was taken back."""
    return Gesture.objects.annotate(undone=Exists(GestureUndo.objects.filter(gesture=OuterRef("pk"))))


def standing_gestures() -> Any:
    """Those that were not taken back."""
    return gestures().filter(undone=False)


def gestures_in(first: date | None, last: date | None) -> Any:
    """Those of a period, both days included; either end may be open."""
    zone, found = current_tenant().zone, gestures()
    if first is not None:
        found = found.filter(created_at__gte=start_of_day(first, zone))
    if last is not None:
        found = found.filter(created_at__lt=end_of_day(last, zone))
    return found


def given_lately(account: Account) -> Lately | None:
    """What the member was given in the last 30 days; None for nothing."""
    since = timezone.now() - timedelta(days=LATELY)
    theirs = Q(account=account) | Q(account__merged_into=account)
    found = list(standing_gestures().filter(theirs, created_at__gte=since).select_related("staff"))
    return Lately(len(found), sum(one.cost for one in found), found[0]) if found else None


def spent_in(first: date, last: date) -> Spent:
    """What was given in a period."""
    stood = Q(undone=False)
    row = gestures_in(first, last).aggregate(
        number=Count("pk", filter=stood),
        total=Sum("cost", filter=stood),
        by_pin=Sum("cost", filter=stood & Q(approved_by__isnull=False)),
        people=Count("account", filter=stood, distinct=True),
        back=Count("pk", filter=Q(undone=True)),
    )
    return Spent(row["number"], row["total"] or 0, row["by_pin"] or 0, row["people"], row["back"])


def parts_of(first: date, last: date, by: str) -> list[Part]:
    """The period by `reason`, `staff` or `location`, the dearest first; names as they are now."""
    names: Mapping[str, str] = {"reason": "reason__name", "staff": "staff__name", "location": "location__name"}
    rows = (
        gestures_in(first, last)
        .filter(undone=False)
        .order_by()
        .values(f"{by}_id", names[by])
        .annotate(number=Count("pk"), total=Sum("cost"))
    )
    parts = [Part(row[f"{by}_id"], row[names[by]] or "", row["number"], row["total"]) for row in rows]
    return sorted(parts, key=lambda part: (-part.cost, part.name))


def cost_by_month(last: date, months: int = 12) -> list[tuple[date, int]]:
    """The first day of each month up to that of `last`, and what was given in it."""
    begin = add_months(last.replace(day=1), 1 - months)
    rows = (
        gestures_in(begin, end_of_month(last))
        .filter(undone=False)
        .order_by()
        .annotate(month=TruncMonth("created_at", tzinfo=current_tenant().zone))
        .values("month")
        .annotate(total=Sum("cost"))
    )
    found: dict[date, Any] = {row["month"].date(): row["total"] for row in rows}
    return [(month, found.get(month, 0)) for month in (add_months(begin, number) for number in range(months))]


def this_month() -> date:
    """The first day of the month that it is there."""
    return local_day(timezone.now(), current_tenant().zone).replace(day=1)

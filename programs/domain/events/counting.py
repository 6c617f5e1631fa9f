"""How often a kind of event still counts for a member."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from loyalty_saas.lib.days import end_of_day, end_of_month, local_day, start_of_day
from programs.enums import LimitPeriod
from programs.models import Event, EventType
from tenants.isolation import current_tenant


def counts_left(kind: EventType, members: Sequence[UUID], when: datetime) -> int | None:
    """How many more count in the period around a moment, for a person with these ids; None for any number."""
    if kind.most is None:
        return None
    counted = Event.objects.filter(type=kind, member__in=members, counts=True, undone_at__isnull=True)
    if kind.period:
        start, end = period_around(kind.period, when)
        counted = counted.filter(occurred_at__gte=start, occurred_at__lt=end)
    return max(0, kind.most - counted.count())


def period_around(period: str, when: datetime) -> tuple[datetime, datetime]:
    """The day, week (from Monday), month or year of the business around a moment; the end is not part of it."""
    zone = current_tenant().zone
    day = local_day(when, zone)
    first = last = day
    if period == LimitPeriod.WEEK:
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=6)
    elif period == LimitPeriod.MONTH:
        first, last = day.replace(day=1), end_of_month(day)
    elif period == LimitPeriod.YEAR:
        first, last = day.replace(month=1, day=1), day.replace(month=12, day=31)
    return start_of_day(first, zone), end_of_day(last, zone)

"""Regulars who stay away: absent for more than twice as long as they usually do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Max, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from customers.enums import MemberStatus
from customers.models import Member, MemberSummary

LEAST_VISITS = 3
# Away for less is a holiday; away for longer than a year is somebody who has left.
LEAST_DAYS = 14
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class SlippingMember:
    """`usual_days` lie between two visits on average; `away_days` since the last. `spent` in minor units."""

    member: Member
    visits: int
    usual_days: int
    away_days: int
    spent: int
    last_seen: datetime | None


def slipping() -> QuerySet[MemberSummary]:
    """Summaries of active members with at least three visits whose absence is more than twice their usual gap.

    The usual gap is the time from the first visit to the last, divided by the gaps between: it says the most about
    those who came often. Reads the range of last purchases between a year and two weeks ago.
    """
    now = timezone.now()
    gap = ExpressionWrapper((F("last_purchase_at") - F("first_purchase_at")) / (F("visits") - 1), DurationField())
    away = ExpressionWrapper(Now() - F("last_purchase_at"), DurationField())
    return (
        MemberSummary.objects.filter(
            last_purchase_at__gte=now - timedelta(days=MOST_DAYS),
            last_purchase_at__lt=now - timedelta(days=LEAST_DAYS),
            visits__gte=LEAST_VISITS,
            member__status=MemberStatus.ACTIVE,
        )
        .annotate(gap=gap, away=away)
        .filter(away__gt=F("gap") * 2)
    )


def slipping_members(order: str = "-spent") -> QuerySet[MemberSummary]:
    """All of them with their members, by spending (the default) or by how long they have been away."""
    return slipping().select_related("member").order_by(order, "pk")


def slipping_sample(most: int = 5) -> tuple[int, list[SlippingMember]]:
    """How many there are, and those who spent most."""
    count = slipping().count()
    return count, [said(summary) for summary in slipping_members()[:most]] if count else []


class NobodySlips(Enum):
    """Why the list of those who slip is empty; each asks for another sentence."""

    NO_VISITS = "no_visits"
    LONG_AGO = "long_ago"
    NO_REGULARS = "no_regulars"
    ALL_COME = "all_come"


def why_nobody() -> tuple[NobodySlips, datetime | None]:
    """What is true when nobody slips, and when a member was last here."""
    summaries = MemberSummary.objects.filter(member__status=MemberStatus.ACTIVE, visits__gte=1)
    last: datetime | None = summaries.aggregate(last=Max("last_purchase_at"))["last"]
    year_ago = timezone.now() - timedelta(days=MOST_DAYS)
    if last is None:
        return NobodySlips.NO_VISITS, None
    if last < year_ago:
        return NobodySlips.LONG_AGO, last
    if not summaries.filter(last_purchase_at__gte=year_ago, visits__gte=LEAST_VISITS).exists():
        return NobodySlips.NO_REGULARS, last
    return NobodySlips.ALL_COME, last


def said(summary: Any) -> SlippingMember:
    """A row of `slipping_members` in whole days."""
    return SlippingMember(
        member=summary.member,
        visits=summary.visits,
        usual_days=max(1, round(summary.gap / timedelta(days=1))),
        away_days=summary.away.days,
        spent=summary.spent,
        last_seen=summary.last_purchase_at,
    )

"""What percent off is expected to cost: its part of an average purchase, never more than it may take off."""

from datetime import timedelta

from django.db.models import Avg, F
from django.utils import timezone

from customers.models import Purchase

DAYS = 90


def average_purchase() -> int | None:
    """What members kept of a purchase on average in the last 90 days, in minor units; None where there was none."""
    since = timezone.now() - timedelta(days=DAYS)
    rows = Purchase.objects.filter(member__isnull=False, occurred_at__gte=since, returned__lt=F("total"))
    average = rows.aggregate(average=Avg(F("total") - F("returned")))["average"]
    return round(average) if average else None


def expected_off(percent: int, *, cap: int, average: int | None) -> int:
    """What so many percent are expected to take off, in minor units, rounded up; the cap where nothing was sold."""
    return cap if average is None else min(cap, -(-average * percent // 100))

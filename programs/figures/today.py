"""What happened in the business since its midnight."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Sum
from django.utils import timezone

from customers.enums import ActivityKind
from customers.models import Activity, Purchase
from loyalty_saas.lib.days import local_day, start_of_day
from tenants.isolation import current_tenant

SHOWN = (
    ActivityKind.MEMBER_JOINED,
    ActivityKind.PURCHASE_COMPLETED,
    ActivityKind.PURCHASE_RETURNED,
    ActivityKind.REWARD_REDEEMED,
    ActivityKind.REDEMPTION_VOIDED,
    ActivityKind.VOUCHER_USED,
    ActivityKind.POINTS_ADJUSTED,
    ActivityKind.TIER_REACHED,
)


@dataclass(frozen=True, slots=True)
class Today:
    """`purchases` of members and guests, worth `sales` minor units; the newest `activities`; `counts` by kind."""

    day: date
    purchases: int
    sales: int
    counts: dict[str, int] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)


def today_so_far(most: int = 8) -> Today:
    """In three queries, each over the index of the day."""
    zone = current_tenant().zone
    day = local_day(timezone.now(), zone)
    start = start_of_day(day, zone)
    sold = Purchase.objects.filter(occurred_at__gte=start).aggregate(purchases=Count("pk"), sales=Sum("total"))
    happened = Activity.objects.filter(kind__in=SHOWN, occurred_at__gte=start)
    counts = dict(happened.order_by().values_list("kind").annotate(Count("pk")))
    newest = happened.select_related("member").order_by("-occurred_at", "-id")
    return Today(
        day=day,
        purchases=sold["purchases"],
        sales=sold["sales"] or 0,
        counts=counts,
        activities=list(newest[:most]) if counts else [],
    )

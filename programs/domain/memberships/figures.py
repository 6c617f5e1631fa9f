"""How many memberships run, are due or have lapsed, and what they bring in a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet, Sum

from loyalty_saas.lib.days import add_months, end_of_day, end_of_month, start_of_day
from programs.enums import MembershipEnd, MembershipState
from programs.models import MembershipPayment, PaidMembership
from tenants.isolation import current_tenant

MONTHS = 6
LAPSED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Income:
    """What was taken in a month, less what was paid back in it. Minor units."""

    month: date
    money: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`due` run and end soon, `late` are in their days of grace; `lapsed` ended unpaid in the last LAPSED_DAYS days.

    `income` is that of the month so far; `months` are the last ones from the first that brought anything, the oldest
    first.
    """

    active: int
    due: int
    late: int
    wished: int
    lapsed: int
    income: int
    months: tuple[Income, ...]


def figures_of(day: date) -> Figures:
    """As things stand on a day there."""
    running = PaidMembership.objects.filter(state=MembershipState.ACTIVE)
    zone = current_tenant().zone
    since = start_of_day(day - timedelta(days=LAPSED_DAYS), zone)
    months = tuple(income_of(add_months(day.replace(day=1), number - MONTHS + 1)) for number in range(MONTHS))
    first = next((place for place, one in enumerate(months) if one.money), MONTHS - 1)
    return Figures(
        active=running.count(),
        due=due_on(day).filter(paid_until__gte=day).count(),
        late=due_on(day).filter(paid_until__lt=day).count(),
        wished=PaidMembership.objects.filter(state=MembershipState.WISHED).count(),
        lapsed=PaidMembership.objects.filter(end=MembershipEnd.LAPSED, ended_at__gte=since).count(),
        income=months[-1].money,
        months=months[first:],
    )


def due_on(day: date) -> QuerySet[PaidMembership]:
    """Those whose next payment is to be asked for: late ones first."""
    rows = PaidMembership.objects.filter(state=MembershipState.ACTIVE, cancelled_at__isnull=True)
    # Each plan reminds so many days before.
    soon = Q(pk__in=[])
    for plan, days in rows.values_list("plan", "plan__reminder_days").distinct().order_by():
        soon |= Q(plan=plan, paid_until__lte=day + timedelta(days=days))
    found: QuerySet[PaidMembership] = rows.filter(soon).select_related("member", "plan").order_by("paid_until", "pk")
    return found


def wishes() -> Sequence[PaidMembership]:
    """Those that are to be begun: the oldest wish first."""
    rows = PaidMembership.objects.filter(state=MembershipState.WISHED)
    return list(rows.select_related("member", "plan").order_by("asked_at", "pk"))


def income_of(month: date) -> Income:
    """What one month brought: not what was taken elsewhere before a membership came along."""
    zone = current_tenant().zone
    start, end = start_of_day(month.replace(day=1), zone), end_of_day(end_of_month(month), zone)
    brought = F("membership__brought_at")
    here = Q(membership__brought_at__isnull=True)
    paid = MembershipPayment.objects.filter(here | Q(paid_at__gte=brought), paid_at__gte=start, paid_at__lt=end)
    taken = paid.aggregate(sum=Sum("amount"))
    refunds = MembershipPayment.objects.filter(here | Q(refunded_at__gte=brought))
    back = refunds.filter(refunded_at__gte=start, refunded_at__lt=end).aggregate(sum=Sum("refunded"))
    return Income(month.replace(day=1), (taken["sum"] or 0) - (back["sum"] or 0))

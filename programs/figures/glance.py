"""The figures at the top of the home page: set-based, and the same number of queries for one member or many."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDay
from django.utils import timezone

from customers.enums import MemberStatus
from customers.member_lists import days_ago
from customers.models import Member, MemberSummary
from loyalty_saas.lib.days import add_months, local_day, start_of_day
from programs.books import Outstanding, entries_in, outstanding_now
from programs.domain.accounts import points_program
from programs.enums import EntryKind
from programs.models import Program
from tenants.isolation import current_tenant

WEEKS = 12
RECENT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """This month so far against the same days of the month before; `trend` is day by day, the last 30 days."""

    now: int
    before: int
    trend: list[int]

    @property
    def change(self) -> int | None:
        """In percent; None when there was nothing before."""
        return round((self.now - self.before) * 100 / self.before) if self.before > 0 else None


@dataclass(frozen=True, slots=True)
class Glance:
    """`members` are active; `joined` in the last 30 days; `came` bought in the last 30 days, `back` of them not for
    the first time. Earned and redeemed points are positive."""

    members: int
    joined: int
    joining: list[int]
    came: int
    back: int
    earned: Comparison
    redeemed: Comparison
    outstanding: Outstanding
    month_start: date
    today: date

    @property
    def back_percent(self) -> int:
        return round(self.back * 100 / self.came) if self.came else 0


def glance() -> Glance:
    """Everything at once, in five queries over indexed ranges."""
    zone, now = current_tenant().zone, timezone.now()
    today = local_day(now, zone)
    recent = days_ago(RECENT_DAYS)
    joining = _joining(today)
    visits = MemberSummary.objects.filter(last_purchase_at__gte=recent).aggregate(
        came=Count("pk"), back=Count("pk", filter=Q(visits__gte=2))
    )
    program = points_program()
    earned, redeemed = _moved(today, program)
    return Glance(
        members=Member.objects.filter(status=MemberStatus.ACTIVE).count(),
        joined=sum(count for day, count in joining.items() if day > today - timedelta(days=RECENT_DAYS)),
        joining=_by_week(joining, today),
        came=visits["came"],
        back=visits["back"],
        earned=earned,
        redeemed=redeemed,
        outstanding=outstanding_now(program),
        month_start=today.replace(day=1),
        today=today,
    )


def _joining(today: date) -> Counter[date]:
    """Who joined on which day of the last weeks."""
    zone = current_tenant().zone
    since = start_of_day(today - timedelta(days=7 * WEEKS - 1), zone)
    rows = (
        Member.objects.filter(joined_at__gte=since, status=MemberStatus.ACTIVE)
        .order_by()
        .annotate(day=TruncDay("joined_at", tzinfo=zone))
        .values("day")
        .annotate(count=Count("pk"))
    )
    return Counter({row["day"].date(): row["count"] for row in rows})


def _by_week(days: Counter[date], today: date) -> list[int]:
    weeks = [0] * WEEKS
    for day, count in days.items():
        weeks[WEEKS - 1 - min(WEEKS - 1, max(0, (today - day).days // 7))] += count
    return weeks


def _moved(today: date, program: Program | None) -> tuple[Comparison, Comparison]:
    """Earned (what returns took back deducted) and redeemed (what was given back deducted), by day."""
    zone = current_tenant().zone
    month = today.replace(day=1)
    before = add_months(month, -1)
    first = min(before, today - timedelta(days=29))
    rows = (
        entries_in(first, None, program)
        .exclude(kind__in=(EntryKind.CONFIRM, EntryKind.EXPIRE, EntryKind.ADJUST, EntryKind.TRANSFER))
        .order_by()
        .annotate(day=TruncDay("occurred_at", tzinfo=zone))
        .values("day", "kind")
        .annotate(moved=Sum(F("amount") + F("pending_amount")))
    )
    earned, redeemed = Counter[date](), Counter[date]()
    for row in rows:
        if row["kind"] in (EntryKind.ACCRUE, EntryKind.REVERSE):
            earned[row["day"].date()] += row["moved"]
        else:
            redeemed[row["day"].date()] -= row["moved"]
    return _compare(earned, today, month, before), _compare(redeemed, today, month, before)


def _compare(days: Counter[date], today: date, month: date, before: date) -> Comparison:
    same_day = min(add_months(today, -1), month - timedelta(days=1))
    return Comparison(
        now=sum(points for day, points in days.items() if month <= day <= today),
        before=sum(points for day, points in days.items() if before <= day <= same_day),
        trend=[days[today - timedelta(days=back)] for back in range(29, -1, -1)],
    )

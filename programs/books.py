"""The books: what was issued, redeemed, expired and taken back, by month, so that every month adds up.

Points that wait and points that can be spent are both promised, and what members owe is deducted: `outstanding` is
available + pending − owed. Entries count on the day they happened, in the business's time zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from loyalty_saas.lib.days import add_months, end_of_day, end_of_month, local_day, start_of_day
from programs.enums import EntryKind
from programs.models import Account, Entry
from tenants.isolation import current_tenant

# The columns of the books, in their order, and the kinds of entries each holds. Confirming moves nothing in sum.
COLUMNS: dict[str, tuple[EntryKind, ...]] = {
    "issued": (EntryKind.ACCRUE,),
    "redeemed": (EntryKind.REDEEM,),
    "restored": (EntryKind.RESTORE,),
    "expired": (EntryKind.EXPIRE,),
    "reversed": (EntryKind.REVERSE,),
    "adjusted": (EntryKind.ADJUST, EntryKind.TRANSFER),
}
_COLUMN_OF = {kind: column for column, kinds in COLUMNS.items() for kind in kinds}


@dataclass(slots=True)
class Month:
    """One month, or what of it lies in the period. `moved` has a figure for each column; minus takes points away."""

    first: date
    last: date
    opening: int = 0
    moved: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))

    @property
    def closing(self) -> int:
        return self.opening + sum(self.moved.values())


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What members hold at this moment. `total` = available + pending − owed.

    `accounts` have something available or waiting, `spending` have something available.
    """

    available: int
    pending: int
    owed: int
    spending: int
    accounts: int

    @property
    def total(self) -> int:
        return self.available + self.pending - self.owed


@dataclass(frozen=True, slots=True)
class Books:
    """A period by months; the whole of it is `sum`."""

    months: list[Month]
    sum: Month
    outstanding: Outstanding


def outstanding_now() -> Outstanding:
    """What is promised at this moment, over all accounts, in one query."""
    row = Account.objects.aggregate(
        sum_available=Sum("balance"),
        sum_pending=Sum("pending"),
        sum_owed=Sum("owed"),
        sum_spending=Count("pk", filter=Q(balance__gt=0)),
        sum_accounts=Count("pk", filter=Q(balance__gt=0) | Q(pending__gt=0)),
    )
    return Outstanding(**{name.removeprefix("sum_"): value or 0 for name, value in row.items()})


def books_of(first: date, last: date) -> Books:
    """The books from one day to another, both included, in three queries.

    The opening is what stands now less all that moved since, so that it needs no sum over the whole past; that this
    is the same as the sum of the past is what the daily reconciliation proves.
    """
    zone = current_tenant().zone
    start, end = start_of_day(first, zone), end_of_day(last, zone)
    outstanding = outstanding_now()
    since = Entry.objects.filter(occurred_at__gte=start).aggregate(moved=Sum(F("amount") + F("pending_amount")))
    months = {month.first.replace(day=1): month for month in _months(first, last)}
    rows = (
        Entry.objects.filter(occurred_at__gte=start, occurred_at__lt=end)
        .order_by()
        .annotate(month=TruncMonth("occurred_at", tzinfo=zone))
        .values("month", "kind")
        .annotate(moved=Sum(F("amount") + F("pending_amount")))
    )
    for row in rows:
        column = _COLUMN_OF.get(EntryKind(row["kind"]))
        if column is not None:
            months[row["month"].date()].moved[column] += row["moved"]
    opening = outstanding.total - (since["moved"] or 0)
    whole = Month(first, last, opening)
    for month in months.values():
        month.opening = whole.closing
        for column, moved in month.moved.items():
            whole.moved[column] += moved
    return Books(list(months.values()), whole, outstanding)


def default_period() -> tuple[date, date]:
    """The last six months, today the last day."""
    today = local_day(timezone.now(), current_tenant().zone)
    return add_months(today.replace(day=1), -5), today


def first_day() -> date | None:
    """The day of the oldest entry, there."""
    oldest = Entry.objects.order_by("occurred_at").values_list("occurred_at", flat=True).first()
    return local_day(oldest, current_tenant().zone) if oldest else None


def entries_in(first: date | None, last: date | None) -> QuerySet[Entry]:
    """Entries of a period, the newest first; either end may be open."""
    zone = current_tenant().zone
    entries = Entry.objects.order_by("-occurred_at", "-id")
    if first is not None:
        entries = entries.filter(occurred_at__gte=start_of_day(first, zone))
    if last is not None:
        entries = entries.filter(occurred_at__lt=end_of_day(last, zone))
    return entries


def _months(first: date, last: date) -> Iterable[Month]:
    day = first
    while day <= last:
        end = min(end_of_month(day), last)
        yield Month(day, end)
        day = end + timedelta(days=1)

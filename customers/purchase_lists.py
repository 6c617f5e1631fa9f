"""The list of purchases as somebody narrows and sorts it, for the page and for the export alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import OrderBy

from customers.enums import Source
from customers.models import Bill, Member, Purchase
from customers.search import matching
from loyalty_saas.lib.columns import Column, chosen_sort
from loyalty_saas.lib.days import asked_day, end_of_day, start_of_day

DEFAULT_SORT = "-when"
_SORTS = {"when": "occurred_at", "total": "total", "returned": "returned"}


@dataclass(frozen=True, slots=True)
class WantedPurchases:
    """What was asked for, read from a query string; what cannot be read is passed over. Days are the business's."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    location: UUID | None = None
    source: str = ""
    whose: str = ""
    sort: str = DEFAULT_SORT

    @classmethod
    def read(cls, query: Mapping[str, str], columns: list[Column]) -> "WantedPurchases":
        return cls(
            text=query.get("q", "").replace("\x00", "").strip()[:120],
            since=asked_day(query.get("since", "")),
            until=asked_day(query.get("until", "")),
            location=_uuid(query.get("location", "")),
            source=query.get("source", "") if query.get("source") in Source.values else "",
            whose=query.get("whose", "") if query.get("whose") in WHOSE else "",
            sort=chosen_sort(query.get("sort"), columns, default=DEFAULT_SORT),
        )

    def narrowed(self) -> bool:
        return bool(self.text or self.since or self.until or self.location or self.source or self.whose)


@dataclass(frozen=True, slots=True)
class Totals:
    """Of everything in the list, not of a page: how many, what was paid and what came back, in minor units."""

    count: int
    paid: int
    returned: int

    @property
    def kept(self) -> int:
        return self.paid - self.returned


WHOSE = {
    "members": Q(member__isnull=False),
    "guests": Q(member__isnull=True),
    "returned": Q(returned__gt=0),
}


def purchases_wanted(wanted: WantedPurchases, zone: ZoneInfo) -> QuerySet[Purchase]:
    """Purchases, narrowed and sorted. The text is a receipt number or else whatever finds members."""
    purchases = Purchase.objects.all()
    if wanted.since:
        purchases = purchases.filter(occurred_at__gte=start_of_day(wanted.since, zone))
    if wanted.until:
        purchases = purchases.filter(occurred_at__lt=end_of_day(wanted.until, zone))
    if wanted.location:
        purchases = purchases.filter(location_id=wanted.location)
    if wanted.source:
        purchases = purchases.filter(source=wanted.source)
    if wanted.whose:
        purchases = purchases.filter(WHOSE[wanted.whose])
    if wanted.text:
        purchases = _named(purchases, wanted.text)
    return purchases.order_by(*_order(wanted.sort))


def totals_of(purchases: QuerySet[Purchase]) -> Totals:
    sums = purchases.order_by().aggregate(count=Count("pk"), paid=Sum("total"), returned=Sum("returned"))
    return Totals(sums["count"], sums["paid"] or 0, sums["returned"] or 0)


def _named(purchases: QuerySet[Purchase], text: str) -> QuerySet[Purchase]:
    # The sources are named so that the index of receipts, which begins with them, is used.
    receipt = purchases.filter(source__in=Source.values, receipt_number=text).exclude(receipt_number="")
    if receipt.exists():
        return receipt
    parts = purchases.filter(bill__in=Bill.objects.filter(receipt_number=text).exclude(receipt_number=""))
    if parts.exists():
        return parts
    return purchases.filter(member_id__in=matching(Member.objects.all(), text).values("pk"))


def _order(sort: str) -> list[OrderBy]:
    name = _SORTS[sort.removeprefix("-")]
    return [F(name).desc(), F("pk").desc()] if sort.startswith("-") else [F(name).asc(), F("pk").asc()]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

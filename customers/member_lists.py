"""The list of members as somebody narrows and sorts it, for the page and for the export alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone

from customers.enums import OWN_STATUSES
from customers.models import Member
from customers.search import matching
from customers.slots import MemberFilter
from loyalty_saas.lib.columns import Column, chosen_sort
from loyalty_saas.lib.days import local_day, start_of_day
from tenants.isolation import current_tenant

DEFAULT_SORT = "-seen"
# Members that carry the figures below, which the model does not name.
_Figured = QuerySet[Any]
_SORTS: dict[str, tuple[str, ...]] = {
    "name": ("family_name", "given_name"),
    "joined": ("joined_at",),
    "seen": ("last_purchase_at",),
    "visits": ("visits",),
    "spent": ("spent",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for, read from a query string; what cannot be read is passed over."""

    text: str = ""
    tag: UUID | None = None
    location: UUID | None = None
    status: str = ""
    joined: str = ""
    seen: str = ""
    sort: str = DEFAULT_SORT

    @classmethod
    def read(cls, query: Mapping[str, str], columns: list[Column]) -> "Wanted":
        return cls(
            text=query.get("q", "").strip()[:120],
            tag=_uuid(query.get("tag", "")),
            location=_uuid(query.get("location", "")),
            status=query.get("status", "") if query.get("status") in OWN_STATUSES else "",
            joined=query.get("joined", "") if query.get("joined") in _DAYS else "",
            seen=query.get("seen", "") if query.get("seen", "") in SEEN else "",
            sort=chosen_sort(query.get("sort"), columns, default=DEFAULT_SORT),
        )

    def narrowed(self) -> bool:
        return bool(self.text or self.tag or self.location or self.status or self.joined or self.seen)


_DAYS = {"7": 7, "30": 30, "90": 90, "365": 365}
SEEN = ("30", "90", "back30", "not30", "not60", "not180", "never")


def members_wanted(
    wanted: Wanted, filters: Mapping[str, str], extra: list[MemberFilter], *, ordered: bool = True
) -> QuerySet[Member]:
    """Members with their figures (`purchases_count`, `visits`, `spent`, `last_purchase_at`), narrowed and sorted."""
    members: _Figured = Member.objects.filter(merged_into__isnull=True).annotate(
        purchases_count=F("summaries__purchases"),
        visits=F("summaries__visits"),
        spent=F("summaries__spent"),
        last_purchase_at=F("summaries__last_purchase_at"),
    )
    members = _seen(_narrow(members, wanted), wanted.seen)
    for one in extra:
        if value := filters.get(one.name):
            members = one.narrow(members, value)
    if wanted.text:
        members = matching(members, wanted.text)
    return members.order_by(*_order(wanted.sort)) if ordered else members


def _narrow(members: QuerySet[Member], wanted: Wanted) -> QuerySet[Member]:
    if wanted.tag:
        members = members.filter(member_tags__tag_id=wanted.tag)
    if wanted.location:
        members = members.filter(location_id=wanted.location)
    if wanted.status:
        members = members.filter(status=wanted.status)
    if wanted.joined:
        members = members.filter(joined_at__gte=timezone.now() - timedelta(days=_DAYS[wanted.joined]))
    return members


def _seen(members: _Figured, seen: str) -> _Figured:
    if not seen:
        return members
    if seen == "never":
        return members.filter(last_purchase_at__isnull=True)
    since = days_ago(int(seen.removeprefix("not").removeprefix("back")))
    if seen.startswith("back"):
        return members.filter(last_purchase_at__gte=since, visits__gte=2)
    if seen.startswith("not"):
        return members.filter(last_purchase_at__lt=since)
    return members.filter(last_purchase_at__gte=since)


def days_ago(days: int) -> datetime:
    """The beginning of the business's day so many days ago: figures and lists that count days begin there alike."""
    zone = current_tenant().zone
    return start_of_day(local_day(timezone.now(), zone) - timedelta(days=days), zone)


def _order(sort: str) -> list[OrderBy]:
    down = sort.startswith("-")
    names = (*_SORTS[sort.removeprefix("-")], "pk")
    return [F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name in names]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

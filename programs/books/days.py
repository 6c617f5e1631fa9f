"""On which day of the business an entry counts, and the edges of its periods."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from loyalty_saas.lib.days import add_months, end_of_day, end_of_month, local_day, start_of_day
from programs.books.scope import is_narrow
from programs.enums import EntryKind
from programs.models import Entry, Program
from tenants.isolation import current_tenant

# Points expire with the end of their last day, which is the first moment of the next: they count on their last day,
# so that what expires with December is not found in January.
BOOKED = "(occurred_at - CASE kind WHEN 'expire' THEN interval '1 microsecond' ELSE interval '0' END)"

_EXPIRY = Q(kind=EntryKind.EXPIRE)


def entries_in(first: date | None, last: date | None, program: Program | None = None) -> QuerySet[Entry]:
    """Entries that count in a period, the newest first; either end may be open. Of all programs without a `program`."""
    zone = current_tenant().zone
    entries = Entry.objects.order_by("-occurred_at", "-id")
    if is_narrow(program):
        entries = entries.filter(account__program=program)
    if first is not None:
        start = start_of_day(first, zone)
        entries = entries.filter(occurred_at__gte=start).exclude(_EXPIRY, occurred_at=start)
    if last is not None:
        end = end_of_day(last, zone)
        entries = entries.filter(occurred_at__lte=end).filter(_EXPIRY | Q(occurred_at__lt=end))
    return entries


def day_of(entry: Entry) -> date:
    """The day of the business on which an entry counts."""
    early = timedelta(microseconds=1) if entry.kind == EntryKind.EXPIRE else timedelta()
    return local_day(entry.occurred_at - early, current_tenant().zone)


def edges_of(spans: Iterable[tuple[date, date]]) -> list[datetime]:
    """Where each span of days begins, one following the other, and where the last one ends: what width_bucket asks."""
    zone = current_tenant().zone
    spans = list(spans)
    return [*(start_of_day(first, zone) for first, _last in spans), end_of_day(spans[-1][1], zone)]


def months_of(first: date, last: date) -> list[tuple[date, date]]:
    """The months of a period, or what of them lies in it."""
    months, day = [], first
    while day <= last:
        end = min(end_of_month(day), last)
        months.append((day, end))
        day = end + timedelta(days=1)
    return months


def today_here() -> date:
    """The day it is for the business."""
    return local_day(timezone.now(), current_tenant().zone)


def default_period() -> tuple[date, date]:
    """The last six months, today the last day."""
    today = today_here()
    return add_months(today.replace(day=1), -5), today


def first_day(program: Program | None = None) -> date | None:
    """The day of the oldest entry, there."""
    entries = Entry.objects.filter(account__program=program) if is_narrow(program) else Entry.objects.all()
    oldest = entries.order_by("occurred_at").values_list("occurred_at", flat=True).first()
    return local_day(oldest, current_tenant().zone) if oldest else None

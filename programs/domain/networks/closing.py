"""A month of the network is closed for all its businesses at once, when both sides of everything agree.

What a business owes another is netted between the two; over the network it adds up to zero, because every crossing has
two mirrors. A month is closed once, and its entries can never change; what is undone later stands in the next one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from loyalty_saas.lib.days import add_months, local_day, start_of_day
from programs.models import NetworkCrossing, NetworkStatement, NetworkStatementLine
from programs.network_errors import MonthOpen, SidesDiffer
from tenants import platform
from tenants.crossing import cross_into, lock_network
from tenants.errors import NotInNetwork
from tenants.isolation import current_tenant_id
from tenants.models import NetworkSeat


@dataclass(frozen=True, slots=True)
class Side:
    """What one business has booked with another in a span of time. `marks` is the same for the same crossings."""

    entries: int
    points_in: int
    points_out: int
    owed_to_us: int
    owed_by_us: int
    marks: str

    def mirrors(self, other: "Side") -> bool:
        return (self.entries, self.points_in, self.points_out, self.owed_to_us, self.owed_by_us, self.marks) == (
            *(other.entries, other.points_out, other.points_in, other.owed_by_us, other.owed_to_us),
            other.marks,
        )


NOTHING = Side(0, 0, 0, 0, 0, "")
_SIDES = """
SELECT partner_id, count(*), coalesce(sum(points) FILTER (WHERE points > 0), 0),
 coalesce(-sum(points) FILTER (WHERE points < 0), 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
 coalesce(-sum(amount) FILTER (WHERE amount < 0), 0), md5(string_agg(crossing_id::text, ',' ORDER BY crossing_id))
FROM programs_networkcrossing
WHERE tenant_id = %s AND network_id = %s AND occurred_at >= %s AND occurred_at < %s GROUP BY partner_id"""


def sides_of(network: UUID, start: datetime, end: datetime) -> dict[UUID, Side]:
    """What the current business has booked with each other one, from `start` to before `end`."""
    with connection.cursor() as cursor:
        cursor.execute(_SIDES, [current_tenant_id(), network, start, end])
        rows = cursor.fetchall()
    return {
        partner: Side(int(entries), int(came), int(went), int(plus), int(minus), marks)
        for partner, entries, came, went, plus, minus, marks in rows
    }


def span_of(month: date, zone: str) -> tuple[datetime, datetime]:
    """From the first moment of a month to the first of the next, in the network's time zone."""
    first = month.replace(day=1)
    return start_of_day(first, zone), start_of_day(add_months(first, 1), zone)


def entries_of_month(network: UUID, month: date, zone: str) -> QuerySet[NetworkCrossing]:
    """The crossings of the current business in a month, the oldest first."""
    start, end = span_of(month, zone)
    found = NetworkCrossing.objects.filter(network_id=network, occurred_at__gte=start, occurred_at__lt=end)
    return found.order_by("occurred_at", "id")


def close_due() -> int:
    """Close every month that is over, of every network this business has sat in. Returns how many; safe to repeat."""
    closed = 0
    for seat in NetworkSeat.objects.order_by("network_id", "joined_at").distinct("network_id"):
        zone = ZoneInfo(seat.time_zone)
        month, today = local_day(seat.joined_at, zone).replace(day=1), local_day(timezone.now(), zone)
        done = set(NetworkStatement.objects.filter(network_id=seat.network_id).values_list("month", flat=True))
        while month < today.replace(day=1):
            if month not in done:
                closed += close_month(seat.network_id, month) is not None
            month = add_months(month, 1)
    return closed


@transaction.atomic
def close_month(network: UUID, month: date) -> NetworkStatement | None:
    """Close a month of a network for all its businesses, and return this one's statement; once, however often called.

    None where this business neither sat in the network then nor has an entry. Raises MonthOpen, NotInNetwork, and
    SidesDiffer when a pair of businesses does not agree: then nothing is closed. Holds the network alone, so that
    nothing crosses meanwhile: whatever crosses later belongs to a later month.
    """
    month = month.replace(day=1)
    seats = NetworkSeat.objects.filter(network_id=network).order_by("joined_at")
    own = seats.first()
    if own is None:
        raise NotInNetwork
    start, end = span_of(month, own.time_zone)
    if timezone.now() < end:
        raise MonthOpen
    lock_network(network, alone=True)
    mine = NetworkStatement.objects.filter(network_id=network, month=month)
    if (there := mine.first()) is not None:
        return there
    all_seats = platform.seats_of_network(network)
    names = {seat.tenant.pk: seat.tenant.name for seat in all_seats}
    sides: dict[UUID, dict[UUID, Side]] = {}
    for business in sorted(names):
        with _inside(business, network):
            if NetworkStatement.objects.filter(network_id=network, month=month).exists():
                # It was closed for everybody it is about, and this one is not among them.
                return None
            sides[business] = sides_of(network, start, end)
    _refuse_differences(sides)
    now = timezone.now()
    for business in sorted(names):
        if sides[business] or any(_sat(seat, month) for seat in all_seats if seat.tenant.pk == business):
            with _inside(business, network):
                _write(own, month, sides[business], names, now=now)
    return mine.first()


@contextmanager
def _inside(business: UUID, network: UUID) -> Iterator[None]:
    if business == current_tenant_id():
        yield
        return
    with cross_into(business, network=network, why="settle", settling=True):
        yield


def _sat(seat: NetworkSeat, month: date) -> bool:
    """Whether a seat was held on any day of a month."""
    zone = ZoneInfo(seat.time_zone)
    joined = local_day(seat.joined_at, zone)
    left = local_day(seat.left_at, zone) if seat.left_at else None
    return joined < add_months(month, 1) and (left is None or left >= month)


def _refuse_differences(sides: dict[UUID, dict[UUID, Side]]) -> None:
    """Every pair mirrors each other, and so all of it together is zero. Raises SidesDiffer."""
    for business, partners in sides.items():
        for partner, side in partners.items():
            if not side.mirrors(sides.get(partner, {}).get(business, NOTHING)):
                raise SidesDiffer
    flat = [side for partners in sides.values() for side in partners.values()]
    if sum(side.owed_to_us - side.owed_by_us for side in flat):
        raise SidesDiffer


def _write(seat: NetworkSeat, month: date, sides: dict[UUID, Side], names: dict[UUID, str], *, now: datetime) -> None:
    lines = [
        NetworkStatementLine(
            partner_id=partner,
            partner_name=names.get(partner, ""),
            points_in=side.points_in,
            points_out=side.points_out,
            owed_to_us=side.owed_to_us,
            owed_by_us=side.owed_by_us,
            entries=side.entries,
        )
        for partner, side in sides.items()
    ]
    statement = NetworkStatement.objects.create(
        network_id=seat.network_id,
        network_name=seat.name,
        currency=seat.currency,
        time_zone=seat.time_zone,
        month=month,
        owed_to_us=sum(line.owed_to_us for line in lines),
        owed_by_us=sum(line.owed_by_us for line in lines),
        entries=sum(line.entries for line in lines),
        closed_at=now,
    )
    for line in lines:
        line.statement = statement
    NetworkStatementLine.objects.bulk_create(lines)

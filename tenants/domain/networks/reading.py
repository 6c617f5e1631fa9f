"""Who sits in the current business's network, and what it has agreed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from loyalty_saas.lib.days import local_day
from tenants import platform
from tenants.domain.networks.terms import Terms
from tenants.enums import SeatState
from tenants.isolation import current_tenant_id
from tenants.models import NetworkSeat


@dataclass(frozen=True, slots=True)
class Partner:
    """What businesses of one network know of each other: name and address, which everybody knows, and the seat."""

    pk: UUID
    name: str
    slug: str
    is_founder: bool
    joined_at: datetime
    leaves_on: date | None
    is_open: bool
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """Rules that are to count from a day on."""

    terms: Terms
    first_day: date


def own_seat() -> NetworkSeat | None:
    """The current business's seat, in whichever network it is now."""
    return NetworkSeat.objects.exclude(state=SeatState.LEFT).first()


def terms_of(seat: NetworkSeat) -> Terms:
    """The rules that count today; what was agreed for a later day counts from that day on."""
    if seat.next_terms is not None and seat.next_from is not None and seat.next_from <= today_of(seat):
        return Terms.from_json(seat.next_terms)
    return Terms.from_json(seat.terms)


def coming_of(seat: NetworkSeat) -> Coming | None:
    """Other rules that everybody has agreed to, and that do not count yet."""
    if seat.next_terms is None or seat.next_from is None or seat.next_from <= today_of(seat):
        return None
    return Coming(Terms.from_json(seat.next_terms), seat.next_from)


def proposed_of(seat: NetworkSeat) -> Coming | None:
    """Other rules that wait for everybody's yes; None when there are none, or their day came before that."""
    if seat.proposed_terms is None or seat.proposed_from is None or seat.proposed_from <= today_of(seat):
        return None
    return Coming(Terms.from_json(seat.proposed_terms), seat.proposed_from)


def today_of(seat: NetworkSeat, at: datetime | None = None) -> date:
    """The day it is in the network's time zone."""
    return local_day(at or timezone.now(), ZoneInfo(seat.time_zone))


def partners_of(seat: NetworkSeat, *, and_left: bool = False) -> list[Partner]:
    """The other businesses that share the network with the holder of `seat`, the oldest first.

    `is_open`: points cross to and from it today. With `and_left` those who left it are named as well, once each.
    """
    if seat.tenant_id != current_tenant_id():
        raise ValueError("Partners are those of one's own seat.")
    found: dict[UUID, Partner] = {}
    for one in platform.seats_of_network(seat.network_id):
        if one.tenant_id == seat.tenant_id or (one.state == SeatState.LEFT and not and_left):
            continue
        found[one.tenant.pk] = _partner(one)
    return list(found.values())


def open_partners(seat: NetworkSeat) -> Sequence[Partner]:
    """Those with whom points cross today; nobody, when the holder's own last day is over."""
    if not seat.is_open_on(today_of(seat)):
        return []
    return [one for one in partners_of(seat) if one.is_open]


def _partner(seat: NetworkSeat) -> Partner:
    is_open = seat.is_open_on(today_of(seat)) and seat.tenant.closed_at is None
    is_open = is_open and seat.tenant.currency == seat.currency
    return Partner(
        seat.tenant.pk,
        seat.tenant.name,
        seat.tenant.slug,
        seat.is_founder,
        seat.joined_at,
        seat.leaves_on,
        is_open,
        seat.excluded_at is not None,
    )

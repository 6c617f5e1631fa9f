"""Leaving a network: with notice until the end of the month after, and never from one day to the next."""

import datetime

from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.days import add_months, end_of_month
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network
from tenants.domain.audit import record_audit
from tenants.domain.networks.reading import own_seat, partners_of, today_of
from tenants.enums import SeatState
from tenants.errors import Excluded, NotInNetwork
from tenants.models import NetworkSeat


def last_day_after(day: datetime.date) -> datetime.date:
    """Until when one takes part who gives notice on a day: to the end of the next month."""
    return end_of_month(add_months(day.replace(day=1), 1))


@transaction.atomic
def give_notice(*, by: Actor) -> NetworkSeat:
    """Leave at the end of next month; until then everything goes on. Giving it again changes nothing.

    Whoever is alone leaves at once. Raises NotInNetwork. Locks the network, then the seat.
    """
    seat = _locked_seat()
    if seat.state != SeatState.ACTIVE:
        return seat
    today = today_of(seat)
    seat.leaves_on = last_day_after(today) if partners_of(seat) else today
    seat.state = SeatState.LEAVING
    seat.save(update_fields=["state", "leaves_on"])
    record_audit("network.notice_given", by=by, subject=seat, leaves_on=seat.leaves_on.isoformat())
    if not partners_of(seat):
        _leave(seat)
    return seat


@transaction.atomic
def take_notice_back(*, by: Actor) -> NetworkSeat:
    """Stay after all, until the last day is over. Raises NotInNetwork, and Excluded for one that was given notice.

    Locks the network, then the seat.
    """
    seat = _locked_seat()
    if seat.excluded_at is not None:
        raise Excluded
    if seat.state == SeatState.LEAVING and seat.is_open_on(today_of(seat)):
        seat.state, seat.leaves_on = SeatState.ACTIVE, None
        seat.save(update_fields=["state", "leaves_on"])
        record_audit("network.notice_taken_back", by=by, subject=seat)
    return seat


@transaction.atomic
def leave_if_due() -> NetworkSeat | None:
    """Leave, once the last day is over; the seat that was given up, or None. Safe to repeat.

    Whoever led the network passes that on to the business that has been in it longest.
    """
    seat = own_seat()
    if seat is None or seat.is_open_on(today_of(seat)):
        return None
    seat = _locked_seat()
    if seat.is_open_on(today_of(seat)):
        return None
    _leave(seat)
    if seat.is_founder:
        _pass_on(seat)
    return seat


def _leave(seat: NetworkSeat) -> None:
    seat.state, seat.left_at = SeatState.LEFT, timezone.now()
    seat.save(update_fields=["state", "left_at"])
    record_audit("network.left", by=Actor.system(), subject=seat)


def _pass_on(seat: NetworkSeat) -> None:
    stay = [one for one in partners_of(seat) if one.is_open and one.leaves_on is None] or partners_of(seat)
    for heir in stay[:1]:
        with cross_into(heir.pk, network=seat.network_id, why="lead", audit="network.lead_passed_on", settling=True):
            NetworkSeat.objects.filter(network_id=seat.network_id).exclude(state=SeatState.LEFT).update(is_founder=True)
    NetworkSeat.objects.filter(pk=seat.pk).update(is_founder=False)


def _locked_seat() -> NetworkSeat:
    seat = own_seat()
    if seat is None:
        raise NotInNetwork
    lock_network(seat.network_id, alone=True)
    locked: NetworkSeat = NetworkSeat.objects.select_for_update(no_key=True).get(pk=seat.pk)
    return locked

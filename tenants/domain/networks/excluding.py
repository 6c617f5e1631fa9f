"""Excluding a business: by whoever leads the network, with the same notice as leaving has."""

import datetime
from uuid import UUID

from django.utils import timezone

from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.postgres.patience import patiently
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network, visitor
from tenants.domain.audit import record_audit
from tenants.domain.networks.leaving import last_day_after
from tenants.domain.networks.reading import own_seat, today_of
from tenants.domain.owner_letters import write_to_owners
from tenants.enums import SeatState
from tenants.errors import LeavingAlready, NetworkBusy, NotInNetwork
from tenants.isolation import current_tenant
from tenants.models import NetworkSeat

# Letters to the owners of the business that is given notice, and that stays after all.
NOTICE, STAYS = "network_notice", "network_stays"


def exclude_business(partner: UUID, *, reason: str, by: Actor) -> None:
    """Give notice to another business of the network, which takes part until the end of the next month.

    It reads the reason, and each of its owners is written to. Excluding it again changes nothing. Raises NotInNetwork
    for whoever does not lead, LeavingAlready for one that gave notice itself, Invalid without a reason. Locks the
    network alone, then the other seat.
    """
    tidy = tidy_text(reason, field="reason", longest=300, required=True)
    patiently(lambda: _exclude(partner, tidy, by), otherwise=NetworkBusy)


def readmit_business(partner: UUID, *, by: Actor) -> None:
    """Take an exclusion back, until the last day is over. Taken back twice is once. Raises NotInNetwork."""
    patiently(lambda: _readmit(partner, by), otherwise=NetworkBusy)


def _exclude(partner: UUID, reason: str, by: Actor) -> None:
    seat, lead = _leading(), visitor(current_tenant())
    with cross_into(partner, network=seat.network_id, why="exclude", settling=True):
        theirs = _locked(seat.network_id)
        if theirs.excluded_at is not None:
            return
        if theirs.state != SeatState.ACTIVE:
            raise LeavingAlready
        theirs.state, theirs.excluded_at = SeatState.LEAVING, timezone.now()
        theirs.leaves_on = last_day_after(today_of(theirs))
        theirs.excluded_because = reason
        theirs.save(update_fields=["state", "leaves_on", "excluded_at", "excluded_because"])
        said = {"leaves_on": theirs.leaves_on.isoformat(), "reason": reason}
        record_audit("network.excluded", by=lead, subject=theirs, **said)
        _write(NOTICE, theirs, theirs.excluded_at, lead)
        name = current_tenant().name
    record_audit("network.partner_excluded", by=by, subject=seat, business=name, **said)


def _readmit(partner: UUID, by: Actor) -> None:
    seat, lead = _leading(), visitor(current_tenant())
    with cross_into(partner, network=seat.network_id, why="readmit", settling=True):
        theirs = _locked(seat.network_id)
        if theirs.excluded_at is None or not theirs.is_open_on(today_of(theirs)):
            return
        _write(STAYS, theirs, theirs.excluded_at, lead)
        theirs.state, theirs.leaves_on, theirs.excluded_at = SeatState.ACTIVE, None, None
        theirs.excluded_because = ""
        theirs.save(update_fields=["state", "leaves_on", "excluded_at", "excluded_because"])
        record_audit("network.readmitted", by=lead, subject=theirs)
        name = current_tenant().name
    record_audit("network.partner_readmitted", by=by, subject=seat, business=name)


def _write(kind: str, seat: NetworkSeat, noticed_at: datetime.datetime, lead: Actor) -> None:
    """Owe the owners of the business that is entered a letter about the notice given at a moment."""
    moment = noticed_at.isoformat()
    write_to_owners(kind=kind, about=moment, payload={"seat": str(seat.pk), "at": moment, "by": lead.label})


def _leading() -> NetworkSeat:
    """The current business's seat, which leads. Raises NotInNetwork. Holds the network alone."""
    seat = own_seat()
    if seat is None:
        raise NotInNetwork
    lock_network(seat.network_id, alone=True)
    seat = own_seat()
    if seat is None or not seat.is_founder or not seat.is_open_on(today_of(seat)):
        raise NotInNetwork
    return seat


def _locked(network: UUID) -> NetworkSeat:
    seats = NetworkSeat.objects.select_for_update(no_key=True).exclude(state=SeatState.LEFT)
    found: NetworkSeat | None = seats.filter(network_id=network).first()
    if found is None:
        raise NotInNetwork
    return found

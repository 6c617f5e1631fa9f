"""Other rules for a network of several: proposed by whoever leads it, and counting from a day on once all have agreed.

Everything happens in all seats at once, with the network held alone: nothing crosses meanwhile. Whoever only looks
holds seats too, their own first and the other one after it, so changing all of them gives way to everybody
(`patiently`). A day is always one to come: nothing that was spent or settled by the old rules is touched.
"""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.days import start_of_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.postgres.patience import patiently
from tenants import platform
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network
from tenants.domain.audit import record_audit
from tenants.domain.networks.reading import coming_of, own_seat, proposed_of, terms_of, today_of
from tenants.domain.networks.terms import Terms, check_terms
from tenants.domain.owner_letters import write_to_owners
from tenants.enums import SeatState
from tenants.errors import ChangeComing, NetworkBusy, NothingProposed, NotInNetwork, RulesNotAgreed
from tenants.isolation import current_tenant, current_tenant_id
from tenants.models import NetworkSeat

MOST_DAYS = 366
# Letters to the owners of the other businesses: what is proposed, that all agreed, that everything stays.
PROPOSED, AGREED, KEPT = "network_proposed", "network_agreed", "network_kept"


def propose_rules(*, terms: Terms, first_day: datetime.date, by: Actor) -> NetworkSeat:
    """Ask every business of the network to agree to other rules from a day on; proposing them is this business's yes.

    The owners of the others are written to, and all of them again once it is agreed, or stays as it is.

    What was proposed before is asked no longer. Raises NotInNetwork for whoever does not lead, Invalid for a day that
    is not to come, ChangeComing while an agreed change waits for its day. Locks the network alone.
    """
    check_terms(terms)
    return patiently(lambda: _propose(terms, first_day, by), otherwise=NetworkBusy)


def _propose(terms: Terms, first_day: datetime.date, by: Actor) -> NetworkSeat:
    seat = _held_seat()
    if not seat.is_founder or seat.state != SeatState.ACTIVE:
        raise NotInNetwork
    today = today_of(seat)
    if not today < first_day <= today + datetime.timedelta(days=MOST_DAYS):
        raise Invalid(_("Choose a day to come, within a year."), code="network_day", field="first_day")
    if coming_of(seat) is not None:
        raise ChangeComing
    if terms == terms_of(seat):
        raise Invalid(_("These are the rules as they are."), code="network_same", field="value")
    now, name = timezone.now(), current_tenant().name

    def ask(one: NetworkSeat) -> None:
        _adopt(one)
        one.proposed_terms, one.proposed_from, one.proposed_at = terms.as_json(), first_day, now
        one.agreed_at = now if one.tenant_id == seat.tenant_id else None
        if one.tenant_id != seat.tenant_id:
            said = {"seat": str(one.pk), "at": now.isoformat(), "by": name}
            write_to_owners(kind=PROPOSED, about=now.isoformat(), payload=said, good_until=_begin_of(first_day, one))

    _in_every_seat(seat, ask, why="propose", audit="network.rules_proposed")
    record_audit("network.rules_proposed", by=by, subject=seat, first_day=first_day.isoformat(), **terms.as_json())
    return _settled(seat)


def agree_to_rules(*, agreed_to: datetime.datetime | None, by: Actor) -> NetworkSeat:
    """Say yes to what is proposed, once; the last yes lets it count from its day on.

    `agreed_to` is when what was read was proposed, so that nobody agrees to something else meanwhile. Raises
    NotInNetwork, NothingProposed when its day has come, RulesNotAgreed. Locks the network alone.
    """
    return patiently(lambda: _agree(agreed_to, by), otherwise=NetworkBusy)


def _agree(agreed_to: datetime.datetime | None, by: Actor) -> NetworkSeat:
    seat = _held_seat()
    if proposed_of(seat) is None:
        raise NothingProposed
    if agreed_to is None or agreed_to != seat.proposed_at:
        raise RulesNotAgreed(field="agreed")
    if seat.agreed_at is None:
        seat.agreed_at = timezone.now()
        seat.save(update_fields=["agreed_at"])
        record_audit("network.rules_agreed", by=by, subject=seat, first_day=_day(seat.proposed_from))
    return _settled(seat)


def drop_proposal(*, by: Actor) -> NetworkSeat:
    """Let the rules stay as they are: whoever proposed takes it back, and any other business says no.

    Dropping it twice changes nothing. Raises NotInNetwork. Locks the network alone.
    """
    return patiently(lambda: _drop(by), otherwise=NetworkBusy)


def _drop(by: Actor) -> NetworkSeat:
    seat = _held_seat()
    if seat.proposed_from is None:
        return seat
    was_asked, asked_at, name = proposed_of(seat) is not None, seat.proposed_at, current_tenant().name

    def forget(one: NetworkSeat) -> None:
        _forget(one)
        if was_asked and asked_at is not None and one.tenant_id != seat.tenant_id:
            told = {"seat": str(one.pk), "by": name, "is_withdrawn": seat.is_founder}
            write_to_owners(kind=KEPT, about=asked_at.isoformat(), payload=told)

    said = "network.rules_withdrawn" if seat.is_founder else "network.rules_refused"
    record_audit(said, by=by, subject=seat, first_day=_day(seat.proposed_from))
    _in_every_seat(seat, forget, why="rules", audit=said)
    return _again(seat)


@transaction.atomic
def adopt_rules_if_due() -> bool:
    """Write down rules that count since today, and forget a proposal whose day came before everybody agreed.

    Whether there was anything. Only for the record: `terms_of` and `proposed_of` know by the day alone.
    """
    seat = own_seat()
    if seat is None:
        return False
    if seat.is_founder and seat.agreed_at is not None and proposed_of(seat) is not None:
        # Whoever had not agreed may have left since.
        seat = patiently(_settle_again, otherwise=NetworkBusy)
    is_over = seat.proposed_from is not None and proposed_of(seat) is None
    is_due = seat.next_from is not None and coming_of(seat) is None
    if not is_over and not is_due:
        return False
    seat = _held_seat()
    if is_due:
        _adopt(seat)
    if seat.proposed_from is not None and proposed_of(seat) is None:
        record_audit("network.rules_lapsed", by=Actor.system(), subject=seat, first_day=_day(seat.proposed_from))
        _forget(seat)
    _keep(seat)
    return True


def _settle_again() -> NetworkSeat:
    return _settled(_held_seat())


def missing_yes(seat: NetworkSeat) -> list[str]:
    """The names of the businesses whose yes a proposal still waits for, this one's among them."""
    return [one.tenant.name for one in _asked(seat) if not _says_yes(one, seat)]


def _asked(seat: NetworkSeat) -> list[NetworkSeat]:
    """The seats whose yes counts: of open businesses that still take part on the day."""
    first_day = seat.proposed_from
    return [
        one
        for one in platform.seats_of_network(seat.network_id)
        if one.state != SeatState.LEFT
        and one.tenant.closed_at is None
        and one.tenant.currency == one.currency
        and (first_day is None or one.leaves_on is None or one.leaves_on >= first_day)
    ]


def _settled(seat: NetworkSeat) -> NetworkSeat:
    """The seat as it is by now; when nobody's yes is missing, what was proposed is agreed in every seat."""
    seat = _again(seat)
    others = [one for one in _asked(seat) if one.tenant_id != seat.tenant_id]
    if seat.agreed_at is None or not all(_says_yes(one, seat) for one in others):
        return seat
    terms, first_day = seat.proposed_terms, seat.proposed_from

    def settle(one: NetworkSeat) -> None:
        _adopt(one)
        one.next_terms, one.next_from = terms, first_day
        if one.proposed_at is not None and first_day is not None:
            said = {"seat": str(one.pk), "first_day": first_day.isoformat()}
            ends = _begin_of(first_day, one)
            write_to_owners(kind=AGREED, about=one.proposed_at.isoformat(), payload=said, good_until=ends)
        _forget(one)

    _in_every_seat(seat, settle, why="rules", audit="network.rules_settled")
    record_audit("network.rules_settled", by=Actor.system(), subject=seat, first_day=_day(first_day))
    return _again(seat)


def _says_yes(one: NetworkSeat, seat: NetworkSeat) -> bool:
    """Whether a seat, as it is stored, agrees to what is proposed in `seat`, and not to something before it."""
    return one.agreed_at is not None and one.proposed_at == seat.proposed_at


def _in_every_seat(seat: NetworkSeat, change: Callable[[NetworkSeat], None], *, why: str, audit: str) -> None:
    """The same in every seat that is taken, each behind its own wall, in the order of the businesses."""
    here = current_tenant_id()
    taken = [one for one in platform.seats_of_network(seat.network_id) if one.state != SeatState.LEFT]
    for business in sorted(one.tenant.pk for one in taken if one.tenant.currency == one.currency):
        entered: AbstractContextManager[Any] = nullcontext()
        if business != here:
            entered = cross_into(business, network=seat.network_id, why=why, audit=audit, settling=True)
        with entered:
            one = NetworkSeat.objects.exclude(state=SeatState.LEFT).get(network_id=seat.network_id)
            change(one)
            _keep(one)


def _adopt(seat: NetworkSeat) -> None:
    """What counts by now stands in `terms`, and nothing is to come."""
    if seat.next_from is not None and seat.next_from <= today_of(seat):
        seat.terms, seat.next_terms, seat.next_from = seat.next_terms, None, None


def _forget(seat: NetworkSeat) -> None:
    seat.proposed_terms, seat.proposed_from, seat.proposed_at, seat.agreed_at = None, None, None, None


def _keep(seat: NetworkSeat) -> None:
    seat.save(
        update_fields=[
            *("terms", "next_terms", "next_from"),
            *("proposed_terms", "proposed_from", "proposed_at", "agreed_at"),
        ]
    )


def _held_seat() -> NetworkSeat:
    seat = own_seat()
    if seat is None:
        raise NotInNetwork
    lock_network(seat.network_id, alone=True)
    return _again(seat)


def _again(seat: NetworkSeat) -> NetworkSeat:
    found: NetworkSeat | None = NetworkSeat.objects.exclude(state=SeatState.LEFT).filter(pk=seat.pk).first()
    if found is None:
        raise NotInNetwork
    return found


def _begin_of(day: datetime.date, seat: NetworkSeat) -> datetime.datetime:
    return start_of_day(day, ZoneInfo(seat.time_zone))


def _day(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""

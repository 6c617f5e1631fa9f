"""A seat is offered by a letter or a link, and taken by whoever agrees to the rules as they stand in it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.secrets import encrypt, hash_token, new_token
from tenants import platform
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network
from tenants.domain.audit import record_audit
from tenants.domain.networks.founding import refuse_second_seat
from tenants.domain.networks.reading import Coming, coming_of, own_seat, proposed_of, terms_of
from tenants.domain.networks.terms import Terms
from tenants.domain.owner_letters import write_outside
from tenants.enums import SeatState
from tenants.errors import (
    InNetworkAlready,
    NetworkFull,
    NetworkInvitationGone,
    NotInNetwork,
    OtherCurrency,
    RulesNotAgreed,
)
from tenants.isolation import current_tenant
from tenants.models import Membership, NetworkInvitation, NetworkSeat

MOST_SEATS = 12
INVITATION_DAYS = 14
MOST_OPEN = 20
# The letter that offers a seat.
OFFERED = "network_offered"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation offers: the network as it is, and who sits in it."""

    invitation: NetworkInvitation
    seat: NetworkSeat
    terms: Terms
    inviter: str
    members: tuple[str, ...]
    # What has been agreed for a later day, and counts for whoever joins as well.
    coming: Coming | None = None

    def shown(self) -> dict[str, Any]:
        """The rules as plain values: those of today, and those of a later day with it."""
        if self.coming is None:
            return self.terms.as_json()
        later = {"first_day": self.coming.first_day.isoformat(), **self.coming.terms.as_json()}
        return self.terms.as_json() | {"coming": later}


@transaction.atomic
def invite_business(*, email: str = "", by: Membership) -> tuple[NetworkInvitation, str]:
    """Offer a seat, and return the invitation with its token, of which only the hash is kept.

    With an `email` a letter is owed to it, which keeps the token, encrypted, until it has left.

    Only whoever leads the network invites. Raises NotInNetwork, NetworkFull.
    """
    seat = own_seat()
    if seat is None or not seat.is_founder or seat.state != SeatState.ACTIVE:
        raise NotInNetwork
    if _taken(seat) >= MOST_SEATS or len(open_invitations(seat)) >= MOST_OPEN:
        raise NetworkFull(MOST_SEATS)
    token = new_token()
    invitation: NetworkInvitation = NetworkInvitation.objects.create(
        network_id=seat.network_id,
        email=email.lower(),
        token_hash=hash_token(token),
        invited_by=by,
        expires_at=timezone.now() + datetime.timedelta(days=INVITATION_DAYS),
    )
    if email:
        write_outside(
            kind=OFFERED,
            about=str(invitation.pk),
            payload={"invitation": str(invitation.pk), "token": encrypt(token)},
            good_until=invitation.expires_at,
        )
    record_audit("network.invited", by=Actor.staff(by), subject=invitation)
    return invitation, token


def open_invitations(seat: NetworkSeat) -> list[NetworkInvitation]:
    """Those that can still be used, the newest first."""
    found = NetworkInvitation.objects.filter(network_id=seat.network_id, expires_at__gt=timezone.now())
    return list(found.filter(accepted_at=None, withdrawn_at=None).select_related("invited_by"))


@transaction.atomic
def withdraw_network_invitation(invitation: NetworkInvitation, *, by: Actor) -> None:
    """Nobody can use it any more; one that is used or gone stays as it is."""
    held = NetworkInvitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if held.accepted_at is None and held.withdrawn_at is None:
        held.withdrawn_at = timezone.now()
        held.save(update_fields=["withdrawn_at"])
        record_audit("network.invitation_withdrawn", by=by, subject=held)


def offer_of(token: str) -> Offer:
    """What this token offers to the current business. Raises NetworkInvitationGone, InNetworkAlready, OtherCurrency."""
    invitation = platform.find_network_invitation(hash_token(token))
    seats = platform.seats_of_network(invitation.network_id) if invitation else []
    seats = [seat for seat in seats if seat.state != SeatState.LEFT]
    first = next((seat for seat in seats if invitation and seat.tenant_id == invitation.tenant_id), None)
    if invitation is None or first is None or not first.is_founder or first.state != SeatState.ACTIVE:
        raise NetworkInvitationGone
    if own_seat() is not None:
        raise InNetworkAlready
    own = current_tenant().currency
    if own != first.currency:
        raise OtherCurrency(network=first.currency, own=own)
    names = tuple(seat.tenant.name for seat in seats)
    return Offer(invitation, first, terms_of(first), invitation.tenant.name, names, coming_of(first))


@transaction.atomic
def accept_network_invitation(token: str, *, agreed_to: Mapping[str, Any] | None, by: Actor) -> NetworkSeat:
    """Take the seat for the current business, once. `agreed_to` are the rules as they were shown (`Offer.shown`).

    In one transaction the seat is taken here, and the invitation marked as used behind the wall of whoever invited.
    Raises what `offer_of` raises, RulesNotAgreed when the rules are others by now, NetworkFull. Locks the business,
    the network, then the invitation.
    """
    offer = offer_of(token)
    if agreed_to is None or dict(agreed_to) != offer.shown():
        raise RulesNotAgreed(field="agreed")
    refuse_second_seat()
    network = offer.seat.network_id
    lock_network(network, alone=True)
    if _taken(offer.seat) >= MOST_SEATS:
        raise NetworkFull(MOST_SEATS)
    first, coming, asked = offer.seat, offer.coming, proposed_of(offer.seat)
    seat: NetworkSeat = NetworkSeat.objects.create(
        network_id=network,
        name=first.name,
        currency=first.currency,
        time_zone=first.time_zone,
        terms=offer.terms.as_json(),
        joined_at=timezone.now(),
        next_terms=coming.terms.as_json() if coming else None,
        next_from=coming.first_day if coming else None,
        # What is proposed waits for the newcomer's yes as well.
        proposed_terms=asked.terms.as_json() if asked else None,
        proposed_from=asked.first_day if asked else None,
        proposed_at=first.proposed_at if asked else None,
    )
    record_audit("network.joined", by=by, subject=seat, **seat.terms)
    _use_up(offer, seat)
    return seat


def _use_up(offer: Offer, seat: NetworkSeat) -> None:
    """Behind the wall of whoever invited: the invitation stands, its rules are those agreed to, and it is used."""
    with cross_into(offer.invitation.tenant.pk, network=seat.network_id, why="join", audit="network.partner_joined"):
        held = NetworkInvitation.objects.select_for_update(no_key=True).get(pk=offer.invitation.pk)
        theirs = own_seat()
        is_open = held.accepted_at is None and held.withdrawn_at is None and held.expires_at > timezone.now()
        if not is_open or theirs is None or not theirs.is_founder or theirs.state != SeatState.ACTIVE:
            raise NetworkInvitationGone
        if (terms_of(theirs), coming_of(theirs)) != (terms_of(seat), coming_of(seat)):
            raise RulesNotAgreed(field="agreed")
        if theirs.proposed_at != seat.proposed_at and proposed_of(theirs) != proposed_of(seat):
            raise RulesNotAgreed(field="agreed")
        held.accepted_at, held.accepted_by = timezone.now(), seat.tenant_id
        held.save(update_fields=["accepted_at", "accepted_by"])


def _taken(seat: NetworkSeat) -> int:
    return sum(one.state != SeatState.LEFT for one in platform.seats_of_network(seat.network_id))

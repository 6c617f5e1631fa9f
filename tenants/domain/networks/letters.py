"""What became of the letters of a network: for the owners of this business, and for whoever waits for the others."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.secrets import encrypt, hash_token, new_token
from tenants.actors import Actor
from tenants.crossing import cross_into
from tenants.domain.audit import record_audit
from tenants.domain.networks.changing import AGREED, KEPT, PROPOSED
from tenants.domain.networks.excluding import NOTICE, STAYS
from tenants.domain.networks.inviting import OFFERED
from tenants.domain.networks.reading import own_seat, partners_of
from tenants.domain.owed import owe_again
from tenants.domain.owner_letters import TASK
from tenants.enums import LetterOutcome
from tenants.errors import LetterNotNeeded
from tenants.models import NetworkInvitation, NetworkSeat, OwnerLetter

KINDS = (OFFERED, PROPOSED, AGREED, KEPT, NOTICE, STAYS)
# Closed without having reached anybody; only a person asks for these again.
NOT_DELIVERED = (LetterOutcome.REFUSED, LetterOutcome.FAILED, LetterOutcome.NO_ADDRESS)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class LetterState:
    """A letter with the address it goes to (as it is now). `may_again`: it failed for good, and would still count."""

    letter: OwnerLetter
    to: str
    name: str
    has_failed: bool
    may_again: bool


def letters_of_network() -> list[LetterState]:
    """The last letters of the network that this business owed, the newest first."""
    found = OwnerLetter.objects.filter(kind__in=KINDS).select_related("membership__user").order_by("-created_at")
    letters = list(found[:SHOWN])
    invited = {
        str(one.pk): one
        for one in NetworkInvitation.objects.filter(
            pk__in=[one.payload["invitation"] for one in letters if one.kind == OFFERED]
        )
    }
    return [_state(one, invited.get(one.payload.get("invitation", ""))) for one in letters]


@transaction.atomic
def send_letter_again(letter: OwnerLetter, *, by: Actor) -> bool:
    """Owe a letter that failed for good once more; whether it was this call that did. Twice at once is once.

    An invitation gets another token, for the first was forgotten when its letter was given up. Raises LetterNotNeeded
    where its day has come, or the invitation is used, withdrawn or over. Locks the letter, then its invitation.
    """
    held = OwnerLetter.objects.select_for_update(no_key=True).get(pk=letter.pk, kind__in=KINDS)
    if held.outcome not in NOT_DELIVERED:
        return False
    if held.good_until is not None and held.good_until <= timezone.now():
        raise LetterNotNeeded
    if held.kind == OFFERED:
        _renew(held)
    owe_again(held, task=TASK)
    record_audit("network.letter_again", by=by, subject=own_seat(), kind=held.kind)
    return True


def unreached_partners(seat: NetworkSeat) -> list[str]:
    """Businesses of whose owners nobody got the letter about what is proposed, or about the notice they were given.

    For whoever leads, and waits for their answer. No more than the name of the business crosses its wall.
    """
    return [
        one.name
        for one in partners_of(seat)
        if (one.is_excluded or seat.proposed_at is not None) and _is_unreached(one.pk, seat)
    ]


def _is_unreached(partner: UUID, seat: NetworkSeat) -> bool:
    with cross_into(partner, network=seat.network_id, why="letters", settling=True):
        theirs = NetworkSeat.objects.filter(network_id=seat.network_id).order_by("-id").first()
        if theirs is None:
            return False
        asked = [(PROPOSED, theirs.proposed_at), (NOTICE, theirs.excluded_at)]
        return any(at is not None and _failed_for_all(kind, theirs, at) for kind, at in asked)


def _failed_for_all(kind: str, seat: NetworkSeat, at: datetime.datetime) -> bool:
    about = OwnerLetter.objects.filter(kind=kind, payload__seat=str(seat.pk), payload__at=at.isoformat())
    outcomes: Sequence[str] = list(about.values_list("outcome", flat=True))
    return bool(outcomes) and all(one in NOT_DELIVERED for one in outcomes)


def _state(letter: OwnerLetter, invitation: NetworkInvitation | None) -> LetterState:
    has_failed = letter.outcome in NOT_DELIVERED
    is_over = letter.good_until is not None and letter.good_until <= timezone.now()
    if invitation is not None:
        is_over = is_over or not _is_open(invitation)
        return LetterState(letter, invitation.email, "", has_failed, has_failed and not is_over)
    user = letter.membership.user if letter.membership is not None else None
    to, name = (user.email, user.name) if user is not None else ("", "")
    return LetterState(letter, to, name, has_failed, has_failed and not is_over)


def _renew(letter: OwnerLetter) -> None:
    invitations = NetworkInvitation.objects.select_for_update(no_key=True)
    invitation = invitations.get(pk=letter.payload["invitation"])
    if not _is_open(invitation):
        raise LetterNotNeeded
    token = new_token()
    invitation.token_hash = hash_token(token)
    invitation.save(update_fields=["token_hash"])
    # Another link is in it now, so no mailbox may take it for one it knows.
    letter.payload |= {"token": encrypt(token), "sent_as": str(uuid7())}


def _is_open(invitation: NetworkInvitation) -> bool:
    is_free = invitation.accepted_at is None and invitation.withdrawn_at is None
    return is_free and invitation.expires_at > timezone.now()

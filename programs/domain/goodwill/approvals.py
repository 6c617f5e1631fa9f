"""A manager's word for what goes beyond what staff may give: their PIN, typed at the counter."""

from dataclasses import dataclass, field
from uuid import UUID

from customers.models import Member
from programs.domain.guards import is_own
from programs.errors import NotAnApprover, OneTimePin, OwnAccount
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.domain.pins import check_pin
from tenants.models import Membership
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Approval:
    """Whose PIN was typed, and what was typed."""

    membership_id: UUID
    pin: str = field(repr=False)


def approvers(*, besides: Membership) -> list[Membership]:
    """Managers and owners with a PIN of their own, by name; nobody approves what they do themselves."""
    people = Membership.objects.filter(removed_at__isnull=True, pin_once_until__isnull=True).exclude(pin_hash="")
    return [one for one in people.exclude(pk=besides.pk).order_by("name") if one.may(Permission.ADJUST_POINTS)]


def check_approval(approval: Approval, *, asked_by: Membership, member: Member) -> Membership:
    """Who approves. Raises NotAnApprover, OneTimePin, OwnAccount (of theirs), NoPin, WrongPin, PinBlocked.

    Only who may approve is asked for the PIN, so that nobody else's tries are used up. Locks their membership; the
    account and the membership of `asked_by` come first.
    """
    found = Membership.objects.select_related("user").filter(pk=approval.membership_id).first()
    if found is None or found.pk == asked_by.pk or not found.may(Permission.ADJUST_POINTS):
        raise NotAnApprover
    if found.pin_once_until is not None:
        raise OneTimePin(found.name)
    if is_own(member, found):
        raise OwnAccount
    check_pin(found, pin=approval.pin)
    return found


def note_blocked(approval: Approval, *, by: Actor) -> None:
    """Write down that somebody is held off after too many wrong tries at this PIN, for the owner to look at."""
    record_audit("goodwill.pin_blocked", by=by, subject=Membership.objects.filter(pk=approval.membership_id).first())

"""Paid memberships that come along from elsewhere: they go on as they stood, and nothing is taken or given for them.

No money is booked as received, no welcome gift is given, nobody is written to for what they were told there. Whoever
has one holds its tier from then on, and it is renewed, cancelled and ended like any other.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from customers.models import Letter
from loyalty_saas.lib.days import end_of_day, local_day
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import lock_account_of
from programs.domain.memberships.holding import adopt_placement, hold_tier, holds_until
from programs.domain.memberships.reminding import LATE, letter_key
from programs.domain.memberships.selling import locked_membership
from programs.enums import MembershipEnd, MembershipState
from programs.errors import HasMembership
from programs.models import Account, MembershipPayment, PaidMembership
from tenants.actors import Actor
from tenants.enums import LetterOutcome
from tenants.isolation import current_tenant
from tenants.rows import insert_row


def ended_meanwhile(membership: PaidMembership, today: date) -> PaidMembership:
    """One that ran when it was taken along, as it stands today: over, where its days and those of grace are over."""
    if membership.state == MembershipState.ACTIVE and (last := holds_until(membership)) < today:
        membership.state = MembershipState.ENDED
        membership.end = MembershipEnd.CANCELLED if membership.cancelled_at else MembershipEnd.LAPSED
        membership.ended_at = end_of_day(last, current_tenant().zone)
    return membership


@transaction.atomic
def bring_membership(membership: PaidMembership, *, by: Actor, silent: bool) -> PaidMembership:
    """Write one that is not here yet, and let its member hold what it gives. One with its id stays as it is.

    Raises HasMembership for a second one that runs or is wished for. Locks the account.
    """
    account = lock_account_of(membership.member, by=by)
    there: PaidMembership | None = PaidMembership.objects.filter(pk=membership.pk).first()
    if there is not None:
        return there
    if membership.state != MembershipState.ENDED and locked_membership(account.member) is not None:
        raise HasMembership(field="membership")
    membership.member = account.member
    membership.brought_at = membership.created_at = timezone.now()
    membership.brought_periods = membership.periods
    membership.save(force_insert=True)
    if membership.state == MembershipState.ACTIVE:
        _hold(account, membership, by=by, silent=silent)
    _note_history(membership, by=by, silent=silent)
    return membership


@transaction.atomic
def bring_payment(payment: MembershipPayment) -> bool:
    """Write a period that was paid elsewhere, of a membership that came along; whether it was not here yet."""
    return bool(insert_row(payment, unless_there=True))


def payment_key(payment: MembershipPayment) -> str:
    """The same for the same payment, whenever it is brought. A period that was paid back may be paid again."""
    return f"brought:{payment.membership_id.hex}:{payment.number}:{int(payment.paid_at.timestamp())}"


def _hold(account: Account, membership: PaidMembership, *, by: Actor, silent: bool) -> None:
    if not adopt_placement(account, membership):
        hold_tier(account, membership, by=by, silent=silent)
    today = local_day(timezone.now(), current_tenant().zone)
    if silent and membership.paid_until is not None and membership.paid_until < today:
        _was_told(membership, LATE)
        membership.reminded_of = membership.paid_until
        membership.save(update_fields=["reminded_of"])


def _was_told(membership: PaidMembership, kind: str) -> None:
    """They have the letter from where they were: it is not owed once more."""
    now = timezone.now()
    insert_row(
        Letter(
            id=uuid7(),
            member=membership.member,
            kind=kind,
            key=letter_key(kind, membership),
            payload={"membership": str(membership.pk), "paid_until": str(membership.paid_until)},
            created_at=now,
            not_before=now,
            outcome=LetterOutcome.NOT_WANTED,
            closed_at=now,
        ),
        unless_there=True,
    )


def _note_history(membership: PaidMembership, *, by: Actor, silent: bool) -> None:
    """On the member's record, at the moments at which it happened there."""
    moments: tuple[tuple[ActivityKind, datetime | None], ...] = (
        (ActivityKind.MEMBERSHIP_WISHED, membership.asked_at),
        (ActivityKind.MEMBERSHIP_BEGUN, membership.began_at),
        (ActivityKind.MEMBERSHIP_CANCELLED, membership.cancelled_at),
        (ActivityKind.MEMBERSHIP_ENDED, membership.ended_at if membership.began_at else None),
    )
    until = membership.paid_until.isoformat() if membership.paid_until else None
    for kind, moment in moments:
        if moment is not None:
            record_activity(
                kind,
                by=by,
                source=Source.IMPORT,
                member=membership.member,
                occurred_at=moment,
                payload={
                    "membership": str(membership.pk), "name": membership.plan.name, "until": until, "brought": True,
                },
                silent=silent,
            )  # fmt: skip

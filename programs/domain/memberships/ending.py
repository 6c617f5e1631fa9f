"""How a paid membership ends: at the end of what is paid, for want of a payment, or because it is paid back.

Whoever has none any more stands in the tiers where their own spending puts them.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.identity import hold_member
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Forbidden
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import call_key, lock_account_of
from programs.domain.guards import acting_membership, refuse_own_account
from programs.domain.memberships.holding import hold_tier, holds_until, let_go
from programs.domain.memberships.payments import PORTS, Charge
from programs.domain.memberships.periods import last_of
from programs.domain.memberships.reminding import write_that_due, write_that_ended, write_that_late
from programs.domain.memberships.selling import check_amount, locked_membership, tell_membership
from programs.domain.memberships.welcome import welcome_of
from programs.enums import MembershipEnd, MembershipState, PaymentState, PaymentWay, RedemptionStatus
from programs.errors import AlreadyUndone, NoMembership
from programs.models import Account, MembershipPayment, PaidMembership
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.permissions import Permission


@transaction.atomic
def cancel(member: Member, *, by: Actor, source: str = "") -> PaidMembership:
    """End a membership with what is paid; nothing is asked for after that, and nothing paid back. Safe to repeat.

    Members may, and staff for them. Raises NoMembership, OwnAccount. Locks the account, then the membership.
    """
    account, found = _both(member, by=by)
    if found.cancelled_at is None:
        found.cancelled_at, found.cancelled_by = timezone.now(), by.label[:80]
        found.save(update_fields=["cancelled_at", "cancelled_by"])
        hold_tier(account, found, by=by)
        tell_membership(ActivityKind.MEMBERSHIP_CANCELLED, found, by=by, source=source)
    return found


@transaction.atomic
def take_cancellation_back(member: Member, *, by: Actor, source: str = "") -> PaidMembership:
    """Let a cancelled membership that still runs go on. Safe to repeat. Raises as `cancel`."""
    account, found = _both(member, by=by)
    if found.cancelled_at is not None:
        found.cancelled_at, found.cancelled_by = None, ""
        found.save(update_fields=["cancelled_at", "cancelled_by"])
        hold_tier(account, found, by=by)
        tell_membership(ActivityKind.MEMBERSHIP_RESUMED, found, by=by, source=source)
    return found


@transaction.atomic
def refund(
    payment: MembershipPayment, *, by: Actor, reason: str, amount: int | None = None, key: str, source: str = ""
) -> MembershipPayment:
    """Pay back the last payment, or a part of it; once.

    All of it takes its period back: the membership stands as before it was paid, and ends at once where its days are
    over then, with a welcome gift that was not used. A part leaves the days as they are. Managers, owners and connected
    systems may. Raises Forbidden, OwnAccount, AlreadyUndone, Invalid, NoMembership. Locks the account, then the
    membership.
    """
    membership = PaidMembership.objects.get(pk=payment.membership_id)
    account = lock_account_of(Member.objects.get(pk=membership.member_id), by=by)
    _refuse_refund(account, by=by)
    membership = PaidMembership.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "plan__tier", "member"
    ).get(pk=membership.pk)  # fmt: skip
    payment = MembershipPayment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    if payment.refunded:
        raise AlreadyUndone
    if payment.number != membership.periods - 1 or membership.state != MembershipState.ACTIVE:
        raise NoMembership
    amount = check_amount(payment.amount if amount is None else amount, payment.amount)
    charge = Charge(amount, current_tenant().currency, call_key(key), payment.reference)
    PORTS[PaymentWay(payment.way)].give_back(charge)
    payment.refunded, payment.refunded_at, payment.refunded_by = amount, timezone.now(), by.label[:80]
    payment.refund_reason = tidy_text(reason.strip()[:300], field="reason", longest=300) or str(_("Paid back"))
    whole = amount == payment.amount
    payment.state = PaymentState.REFUNDED if whole else PaymentState.PAID
    payment.save()
    if whole:
        _take_period_back(account, membership)
    tell_membership(
        ActivityKind.MEMBERSHIP_REFUNDED, membership, by=by, source=source, amount=amount, reason=payment.refund_reason
    )
    record_audit("membership.refunded", by=by, subject=membership.member, amount=amount)
    return payment


@transaction.atomic
def settle_memberships(day: date) -> int:
    """What the beginning of `day` does: memberships end, members are reminded, tiers are held; how many moved.

    Each of it is written to the member once, by e-mail. Safe to repeat, and after a day on which nothing ran. Locks
    each account, then its membership.
    """
    ids = (
        PaidMembership.objects.filter(state=MembershipState.ACTIVE).order_by("member").values_list("member", flat=True)
    )
    return sum(_settle(member, day) for member in list(ids))


def _settle(member_id: UUID, day: date) -> bool:
    account = lock_account_of(Member.objects.get(pk=member_id), by=Actor.system())
    found = locked_membership(Member(pk=member_id))
    if found is None or found.state != MembershipState.ACTIVE or found.paid_until is None:
        return False
    if holds_until(found) < day:
        _end(account, found, MembershipEnd.CANCELLED if found.cancelled_at else MembershipEnd.LAPSED)
        write_that_ended(found, day)
        return True
    held = hold_tier(account, found, by=Actor.system())
    held = write_that_late(found, day, holds_until(found)) or held
    return _remind(found, day) or held


def _remind(membership: PaidMembership, day: date) -> bool:
    """Once for each end, some days before it. Who rests, or has cancelled, is not asked."""
    until = membership.paid_until
    assert until is not None  # it runs
    begins = until - timedelta(days=membership.plan.reminder_days)
    if membership.cancelled_at or membership.reminded_of == until or day < begins:
        return False
    if membership.member.status != MemberStatus.ACTIVE:
        return False
    membership.reminded_of = until
    membership.save(update_fields=["reminded_of"])
    write_that_due(membership)
    tell_membership(
        ActivityKind.MEMBERSHIP_DUE, membership, by=Actor.system(), source=Source.SYSTEM, amount=membership.price
    )
    return True


def _take_period_back(account: Account, membership: PaidMembership) -> None:
    assert membership.anchor is not None  # it was paid once
    membership.periods -= 1
    membership.brought_periods = min(membership.brought_periods, membership.periods)
    before = membership.anchor - timedelta(days=1)
    if membership.periods:
        before = last_of(membership.anchor, membership.period, membership.periods - 1)
    membership.paid_until = before
    membership.save(update_fields=["periods", "brought_periods", "paid_until"])
    if not membership.periods:
        welcome_of(account, membership).filter(status=RedemptionStatus.OPEN).update(status=RedemptionStatus.VOIDED)
    if before < local_day(timezone.now(), current_tenant().zone):
        _end(account, membership, MembershipEnd.REFUNDED)
    else:
        hold_tier(account, membership, by=Actor.system())


def _end(account: Account, membership: PaidMembership, end: MembershipEnd) -> None:
    let_go(account, membership)
    membership.state, membership.end, membership.ended_at = MembershipState.ENDED, end, timezone.now()
    membership.save(update_fields=["state", "end", "ended_at"])
    tell_membership(ActivityKind.MEMBERSHIP_ENDED, membership, by=Actor.system(), source=Source.SYSTEM, end=str(end))


def _both(member: Member, *, by: Actor) -> tuple[Account, PaidMembership]:
    """The locked account and running membership of a member, for somebody who may decide about it."""
    member = hold_member(member)
    account = lock_account_of(member, by=by)
    if by.kind == ActorKind.MEMBER:
        if by.id != member.pk:
            raise Forbidden
    else:
        refuse_own_account(member, by=by)
    found = locked_membership(member)
    if found is None or found.state != MembershipState.ACTIVE:
        raise NoMembership
    return account, found


def _refuse_refund(account: Account, *, by: Actor) -> None:
    membership = acting_membership(by)
    if by.kind == ActorKind.MEMBER or (membership is not None and not membership.may(Permission.ADJUST_POINTS)):
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)

"""Paid memberships: wished for, begun with the first payment, renewed with every further one.

Whoever sells locks the account for points first, then the membership, so that two tills sell one period once.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import hold_member
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import call_key, lock_account_of, require_live, source_of
from programs.domain.guards import acting_membership, refuse_own_account
from programs.domain.memberships.holding import hold_tier
from programs.domain.memberships.payments import PORTS, Charge
from programs.domain.memberships.periods import first_of, last_of
from programs.domain.memberships.welcome import welcome_key
from programs.domain.presents import Worth, gift_in_words, write_present
from programs.enums import MembershipEnd, MembershipState, PaymentWay, PresentOccasion
from programs.errors import HasMembership, IdempotencyConflict, NoMembership, PaidEnough, PlanNotOffered
from programs.models import Account, MembershipPayment, MembershipPlan, PaidMembership
from tenants.actors import Actor
from tenants.enums import ActorKind, Role
from tenants.isolation import current_tenant
from tenants.templatetags.show import day as shown_day


def membership_of(member: Member) -> PaidMembership | None:
    """What the member wishes for or has; None where they have none, or it has ended."""
    rows = PaidMembership.objects.select_related("plan__tier", "plan__welcome_product", "member")
    found: PaidMembership | None = rows.filter(member=member).exclude(state=MembershipState.ENDED).first()
    return found


@transaction.atomic
def wish_for(member: Member, plan: MembershipPlan, *, by: Actor, source: str = "") -> PaidMembership:
    """Note that a member wants a membership: it begins when it is paid. The same wish again is the first one.

    Raises HasMembership, PlanNotOffered, ProgramNotLive, MemberNotActive. Locks the account.
    """
    member = hold_member(member)
    account = lock_account_of(member, by=by)
    require_live(account)
    plan = _offered(plan)
    found = locked_membership(member)
    if found is not None and found.state == MembershipState.ACTIVE:
        raise HasMembership
    if found is not None and found.plan_id == plan.pk:
        return found
    if found is not None:
        _close(found, MembershipEnd.WITHDRAWN)
    wished = PaidMembership(
        id=uuid7(),
        member=member,
        plan=plan,
        state=MembershipState.WISHED,
        price=plan.price,
        period=plan.period,
        asked_at=timezone.now(),
    )
    wished.save(force_insert=True)
    tell_membership(ActivityKind.MEMBERSHIP_WISHED, wished, by=by, source=source)
    return wished


@transaction.atomic
def withdraw_wish(member: Member, *, by: Actor) -> bool:
    """Take a wish back; whether there was one. Locks it."""
    found = locked_membership(hold_member(member))
    if found is None or found.state != MembershipState.WISHED:
        return False
    _close(found, MembershipEnd.WITHDRAWN)
    return True


@transaction.atomic
def subscribe(
    member: Member,
    plan: MembershipPlan,
    *,
    by: Actor,
    key: str,
    reference: str = "",
    way: PaymentWay = PaymentWay.COUNTER,
    source: str = "",
) -> MembershipPayment:
    """Begin a membership today with its first payment, once for each key; what was wished for becomes it.

    Gives the tier of the plan and its welcome gift. Raises HasMembership, PlanNotOffered, OwnAccount, Forbidden,
    ProgramNotLive, MemberNotActive, IdempotencyConflict. Locks the account, then the membership.
    """
    member, stored_key = hold_member(member), call_key(key)
    account = lock_account_of(member, by=by)
    if (first := _repeated(stored_key, member, plan)) is not None:
        return first
    require_live(account)
    _refuse(account, by=by)
    plan, found = _offered(plan), locked_membership(member)
    if found is not None and found.state == MembershipState.ACTIVE:
        raise HasMembership
    if found is None:
        found = PaidMembership(id=uuid7(), member=member)
    today = local_day(timezone.now(), current_tenant().zone)
    found.plan, found.price, found.period = plan, plan.price, plan.period
    found.state, found.anchor, found.began_at = MembershipState.ACTIVE, today, timezone.now()
    found.paid_until = today
    found.save()
    payment = _pay(account, found, by=by, key=stored_key, way=way, reference=reference)
    _welcome(account, found)
    tell_membership(ActivityKind.MEMBERSHIP_BEGUN, found, by=by, source=source, amount=payment.amount)
    return payment


@transaction.atomic
def renew(
    member: Member,
    *,
    by: Actor,
    key: str,
    reference: str = "",
    way: PaymentWay = PaymentWay.COUNTER,
    source: str = "",
) -> MembershipPayment:
    """Take the payment of the next period, once for each key: it begins where the paid one ends.

    Possible from the last period that is paid on, and within the days of grace after it. One that was cancelled goes
    on. Raises NoMembership, PaidEnough, OwnAccount, Forbidden, IdempotencyConflict. Locks the account, then the
    membership.
    """
    member, stored_key = hold_member(member), call_key(key)
    account = lock_account_of(member, by=by)
    if (first := _repeated(stored_key, member, None)) is not None:
        return first
    require_live(account)
    _refuse(account, by=by)
    found = locked_membership(member)
    if found is None or found.state != MembershipState.ACTIVE or found.anchor is None:
        raise NoMembership
    today = local_day(timezone.now(), current_tenant().zone)
    if found.periods and today < first_of(found.anchor, found.period, found.periods - 1):
        raise PaidEnough(shown_day(found.paid_until))
    found.cancelled_at, found.cancelled_by = None, ""
    payment = _pay(account, found, by=by, key=stored_key, way=way, reference=reference)
    tell_membership(ActivityKind.MEMBERSHIP_RENEWED, found, by=by, source=source, amount=payment.amount)
    return payment


def _pay(
    account: Account, membership: PaidMembership, *, by: Actor, key: str, way: PaymentWay, reference: str
) -> MembershipPayment:
    """Take the money of the next period and let it count."""
    anchor, number = membership.anchor, membership.periods
    assert anchor is not None  # it has just begun, or runs
    charge = Charge(membership.price, current_tenant().currency, key, reference)
    settled = PORTS[PaymentWay(way)].collect(charge)
    payment = MembershipPayment(
        id=uuid7(),
        membership=membership,
        number=number,
        amount=membership.price,
        first=first_of(anchor, membership.period, number),
        last=last_of(anchor, membership.period, number),
        way=way,
        reference=settled.reference,
        location_id=by.location_id,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label[:80],
        key=key,
    )
    payment.save(force_insert=True)
    membership.periods, membership.paid_until = number + 1, payment.last
    membership.save()
    hold_tier(account, membership, by=by)
    return payment


def _welcome(account: Account, membership: PaidMembership) -> None:
    plan = membership.plan
    if not plan.welcome_kind:
        return
    product = str(plan.welcome_product) if plan.welcome_product else ""
    said = gift_in_words(plan.welcome_kind, plan.welcome_value, product)
    worth = Worth(plan.welcome_kind, plan.welcome_value, plan.welcome_product_id, said[:160], plan.welcome_days)
    day: date = membership.anchor  # type: ignore[assignment]  # it has begun
    key = welcome_key(membership)
    write_present(account, worth, occasion=PresentOccasion.MEMBERSHIP, day=day, because=plan.name, key=key)


def _offered(plan: MembershipPlan) -> MembershipPlan:
    rows = MembershipPlan.objects.select_related("tier", "welcome_product")
    found: MembershipPlan | None = rows.filter(pk=plan.pk, is_offered=True).first()
    if found is None:
        raise PlanNotOffered(field="plan")
    return found


def locked_membership(member: Member) -> PaidMembership | None:
    """What a member wishes for or has, locked. Lock the account first."""
    rows = PaidMembership.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "plan__tier", "plan__welcome_product", "member"
    )
    found: PaidMembership | None = rows.filter(member=member).exclude(state=MembershipState.ENDED).first()
    return found


def _repeated(key: str, member: Member, plan: MembershipPlan | None) -> MembershipPayment | None:
    """The payment that this key made the first time. Raises IdempotencyConflict when it was for something else."""
    first = MembershipPayment.objects.select_related("membership__plan").filter(key=key).first()
    if first is None:
        return None
    same = first.membership.member_id == member.pk and (first.number == 0) == (plan is not None)
    if not same or (plan is not None and first.membership.plan_id != plan.pk):
        raise IdempotencyConflict
    return first


def _close(membership: PaidMembership, end: MembershipEnd) -> None:
    membership.state, membership.end, membership.ended_at = MembershipState.ENDED, end, timezone.now()
    membership.save(update_fields=["state", "end", "ended_at"])


def _refuse(account: Account, *, by: Actor) -> None:
    """Money is taken by people at work and by connected systems, never by the member, nor on one's own card."""
    if by.kind == ActorKind.MEMBER:
        raise Forbidden
    membership = acting_membership(by)
    if membership is not None and membership.role == Role.ANALYST:
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)


def tell_membership(
    kind: ActivityKind, membership: PaidMembership, *, by: Actor, source: str = "", **more: Any
) -> None:
    """Write what happened to a membership on the member's record."""
    until = membership.paid_until.isoformat() if membership.paid_until else None
    record_activity(
        kind,
        by=by,
        source=source or source_of(by),
        member=membership.member,
        payload={"membership": str(membership.pk), "name": membership.plan.name, "until": until, **more},
    )


def check_amount(amount: int, most: int) -> int:
    """An amount that can be paid back. Raises Invalid."""
    if not 1 <= amount <= most:
        raise Invalid(field="amount")
    return amount

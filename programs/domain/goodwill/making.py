"""Points, money off or something on the house, to make a thing right."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member, Product
from loyalty_saas.lib.days import end_of_day, local_day
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.money import format_money
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import call_key, lock_account_of, require_live, source_of
from programs.domain.drafts import Draft
from programs.domain.goodwill.approvals import Approval, check_approval
from programs.domain.goodwill.budgets import budget_today, lock_budget
from programs.domain.guards import has_limits, lock_acting_membership, note_namesake, refuse_own_account
from programs.domain.lots import new_lot
from programs.domain.posting import post
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.vouchers import use_voucher, write_voucher
from programs.enums import Cause, EntryKind, GestureKind
from programs.errors import BudgetSpent, IdempotencyConflict, ReasonMissing, WithoutPrice
from programs.models import Account, Entry, Gesture, GoodwillReason, Program, Reward, Voucher
from programs.words.unit import in_points
from programs.worth import cost_of_gift, point_worth
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.models import Membership
from tenants.permissions import Permission
from tenants.rows import insert_row

MOST_POINTS = 10**6
MOST_MONEY = 10**9


@dataclass(frozen=True, slots=True)
class GestureDetails:
    """What is given, and why. `points` or `amount` (minor units of money off) or `product`, as the kind says.

    `at_once`: money off and products are used on the spot, rather than kept as a voucher. `note` is for colleagues; the
    member reads the reason.
    """

    kind: GestureKind
    reason: GoodwillReason | None = None
    points: int = 0
    amount: int = 0
    product: Product | None = None
    at_once: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """A gesture worked out: how many of it, what it counts as in minor units, and its name."""

    amount: int
    cost: int
    said: str


@refusals_are_reviewed
@transaction.atomic
def make_right(
    member: Member,
    details: GestureDetails,
    *,
    by: Actor,
    key: str,
    approval: Approval | None = None,
    source: str = "",
    silent: bool = False,
) -> Gesture:
    """Give a member something because something went wrong, once for each key; its voucher is `gesture.vouchers.get()`.

    Staff give within the program's budgets; beyond them BudgetSpent is raised unless a manager or owner approves with
    their PIN (NotAnApprover, WrongPin, PinBlocked, ...). A PIN that was not needed is checked and leaves no mark.
    Raises ReasonMissing, WithoutPrice, Invalid, OwnAccount, Forbidden for all but people of the team, ProgramNotLive,
    MemberNotActive, IdempotencyConflict. Locks the account, the membership of staff, that of the approver, and then
    what is counted at the location.
    """
    if by.kind != ActorKind.STAFF:
        raise Forbidden
    note = tidy_text(details.note, field="note", longest=300)
    stored_key = call_key(key)
    account = lock_account_of(member, by=by)
    if (repeated := _repeated(account, details, stored_key)) is not None:
        return repeated
    require_live(account)
    membership = lock_acting_membership(by)
    if membership is None or not membership.may(Permission.USE_COUNTER):
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)
    reason = _reason(details)
    priced = price(details, account.program)
    approver = _approver(account, priced.cost, membership, by=by, approval=approval)
    gesture = Gesture(
        id=uuid7(),
        account=account,
        kind=details.kind,
        amount=priced.amount,
        cost=priced.cost,
        product=details.product if details.kind == GestureKind.FREE_PRODUCT else None,
        said=priced.said[:160],
        reason=reason,
        reason_said=reason.name,
        note=note,
        handed_over=details.at_once and details.kind != GestureKind.POINTS,
        staff=membership,
        location_id=by.location_id,
        approved_by=approver,
        key=stored_key,
        created_at=timezone.now(),
    )
    if details.kind == GestureKind.POINTS:
        gesture.entry = _give_points(account, gesture, by=by)
    if not insert_row(gesture, unless_there=True):  # the key was taken on another account meanwhile
        raise IdempotencyConflict
    voucher = None if gesture.entry else _give_voucher(account, gesture)
    _tell(account, gesture, voucher, by=by, source=source, silent=silent)
    if voucher is not None and gesture.handed_over:
        use_voucher(voucher, by=by, source=source)
    note_namesake(account.member, by=by)
    return gesture


def price(details: GestureDetails, program: Program) -> Priced:
    """What a gesture gives and counts as. Raises Invalid at the field, or WithoutPrice."""
    if details.kind == GestureKind.POINTS:
        if not 0 < details.points <= MOST_POINTS:
            raise Invalid(_("Write how many, as a whole number."), field="points")
        cost = cost_of_gift(details.points, worth_of_one(program))
        return Priced(details.points, cost, in_points(program, details.points))
    if details.kind == GestureKind.AMOUNT_OFF:
        if not 0 < details.amount <= MOST_MONEY:
            raise Invalid(_("Write how much is taken off."), field="amount")
        tenant = current_tenant()
        said = format_money(details.amount, tenant.currency, tenant.locale)
        return Priced(details.amount, details.amount, _("%(amount)s off") % {"amount": said})
    if details.product is None:
        raise Invalid(_("Choose what is on the house."), field="product")
    if not details.product.price:
        raise WithoutPrice
    return Priced(1, details.product.price, details.product.name)


def worth_of_one(program: Program) -> Fraction:
    """What one point counts as (`point_worth`), by the rewards that members can have at present."""
    return point_worth(program, Reward.objects.select_related("product").filter(program=program, is_active=True))


def _repeated(account: Account, details: GestureDetails, key: str) -> Gesture | None:
    """The gesture that was made under this key. Raises IdempotencyConflict when it was another."""
    first: Gesture | None = Gesture.objects.select_related("entry", "account").filter(key=key).first()
    if first is None:
        return None
    given = {GestureKind.POINTS: details.points, GestureKind.AMOUNT_OFF: details.amount, GestureKind.FREE_PRODUCT: 1}
    product_id: UUID | None = details.product.pk if details.product else None
    given_to = first.account.merged_into_id or first.account_id
    asked = (account.pk, str(details.kind), given[details.kind], details.reason.pk if details.reason else None)
    if (given_to, first.kind, first.amount, first.reason_id) != asked:
        raise IdempotencyConflict
    if details.kind != GestureKind.POINTS and first.handed_over != details.at_once:
        raise IdempotencyConflict
    if details.kind == GestureKind.FREE_PRODUCT and first.product_id != product_id:
        raise IdempotencyConflict
    return first


def _reason(details: GestureDetails) -> GoodwillReason:
    """The reason as it is by now; one that was archived meanwhile is no more to be chosen."""
    found = (
        GoodwillReason.objects.filter(pk=details.reason.pk, archived_at__isnull=True).first()
        if details.reason
        else None
    )
    if found is None:
        raise ReasonMissing
    return found


def _approver(
    account: Account, cost: int, membership: Membership, *, by: Actor, approval: Approval | None
) -> Membership | None:
    """Who approves what goes beyond the budgets; None where nobody needs to."""
    if not has_limits(membership):
        return None
    approver = check_approval(approval, asked_by=membership, member=account.member) if approval else None
    lock_budget(by.location_id)
    try:
        budget_today(account.program, membership=membership, location_id=by.location_id).refuse_beyond(cost)
    except BudgetSpent:
        if approver is None:
            raise
        return approver
    return None


def _give_points(account: Account, gesture: Gesture, *, by: Actor) -> Entry:
    """An entry by hand: neither for tiers nor for all that was ever earned, and kept as long as other points."""
    now = timezone.now()
    posted = post(
        account,
        Draft(
            kind=EntryKind.ADJUST,
            cause=Cause.GOODWILL,
            cause_id=gesture.pk,
            key=gesture.key,
            by=by,
            request=(gesture.amount,),
            earns=new_lot(account.program, gesture.amount, earned_at=now, now=now, waits=False),
            reason=gesture.reason_said,
            snapshot={"gesture": str(gesture.pk), "cost": gesture.cost},
        ),
    )
    if not posted.is_new:
        raise IdempotencyConflict
    return posted.entry


def _give_voucher(account: Account, gesture: Gesture) -> Voucher:
    zone = current_tenant().zone
    last_day = local_day(timezone.now(), zone) + timedelta(days=account.program.gesture_days)
    return write_voucher(
        Voucher(
            account_id=account.pk,
            gesture=gesture,
            name=gesture.said[:80],
            kind=gesture.kind,
            value=gesture.amount if gesture.kind == GestureKind.AMOUNT_OFF else 0,
            product_id=gesture.product_id,
            valid_until=end_of_day(last_day, zone),
        )
    )


def _tell(account: Account, gesture: Gesture, voucher: Voucher | None, *, by: Actor, source: str, silent: bool) -> None:
    payload: dict[str, object] = {"gesture": str(gesture.pk), "reason": gesture.reason_said, "cost": gesture.cost}
    if voucher is None:
        payload |= {"entry": str(gesture.entry_id), "points": gesture.amount, "balance": account.balance}
    else:
        payload |= {"voucher": str(voucher.pk), "name": gesture.said}
    record_activity(
        ActivityKind.GOODWILL_GIVEN,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload=payload,
        silent=silent,
    )

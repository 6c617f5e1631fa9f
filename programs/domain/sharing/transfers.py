"""Points that one member gives to another, within the owner's rules."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import hold_member, ids_of
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import call_key, lock_accounts_of, require_live, require_points_program, source_of
from programs.domain.goodwill.approvals import Approval, check_approval
from programs.domain.guards import has_limits, is_own, lock_acting_membership, refuse_own_account
from programs.domain.lots import held_lots, settle, take
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.sharing.moving import held, lots_that_came, move_back, move_points
from programs.domain.sharing.terms import terms_of
from programs.domain.sharing.watching import watch_transfer
from programs.enums import Cause, EntryKind, TransferKind
from programs.errors import (
    GiveToOneself,
    IdempotencyConflict,
    NotEnoughPoints,
    NotInFamily,
    OwnAccount,
    ReasonMissing,
    SharingOff,
    TooNewToGive,
    TransferMonthFull,
    TransferNeedsManager,
    TransferSpent,
    TransferTooSmall,
)
from programs.models import Account, Entry, Lot, PointTransfer, Program, SharingTerms
from programs.words.unit import in_points
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind, Role
from tenants.isolation import current_tenant
from tenants.models import Membership
from tenants.rows import insert_row
from tenants.templatetags.show import day


@refusals_are_reviewed
@transaction.atomic
def transfer_points(
    giver: Member,
    *,
    to: Member,
    points: int,
    by: Actor,
    key: str,
    message: str = "",
    approval: Approval | None = None,
    source: str = "",
    silent: bool = False,
) -> PointTransfer:
    """Give a member's points to another member, once for each key. They keep the days they have.

    A member gives their own; staff do it at the member's wish, so many at a time as they may adjust by hand, and more
    with a manager's PIN. Refuses with SharingOff, TransferTooSmall, TransferMonthFull, TooNewToGive, NotInFamily,
    NotEnoughPoints, GiveToOneself, OwnAccount, TransferNeedsManager, MemberNotActive, ProgramNotLive, Forbidden. The
    same key for anything else raises IdempotencyConflict. Locks both accounts in the order of ids, then the membership
    of staff.
    """
    message, stored_key = tidy_text(message, field="message", longest=120), call_key(key)
    mine, theirs = lock_two(giver, to, by=by)
    first = PointTransfer.objects.filter(key=stored_key).first()
    if first is not None:
        return _same(first, mine, theirs, points)
    for account in (mine, theirs):
        require_live(account)
    terms = terms_of(mine.program)
    _refuse_actor(mine, theirs, points, by=by, approval=approval)
    _refuse_by_terms(mine, theirs, terms, points)
    lots = settle(mine, held_lots(mine), now=timezone.now(), silent=silent)
    settle(theirs, held_lots(theirs), now=timezone.now(), silent=silent)
    if mine.balance < points:
        missing = points - mine.balance
        raise NotEnoughPoints(missing, in_points(mine.program, missing))
    transfer = PointTransfer(
        id=uuid7(),
        kind=TransferKind.GIFT,
        giver=mine,
        receiver=theirs,
        points=points,
        message=message,
        key=stored_key,
        created_at=timezone.now(),
    )
    if not insert_row(transfer, unless_there=True):  # the key was taken by two others while these were locked
        raise IdempotencyConflict
    moves = take(lots, points)[0]
    entry = move_points(mine, theirs, moves, cause=Cause.TRANSFER, transfer=transfer.pk, by=by)
    tell_transfer(transfer, by=by, source=source, silent=silent)
    watch_transfer(transfer, entry, terms, by=by)
    return transfer


@transaction.atomic
def undo_transfer(transfer: PointTransfer, *, by: Actor, reason: str, key: str, source: str = "") -> PointTransfer:
    """Give back what is still there of points that were given: to the card they came from, with the days they have.

    What was spent meanwhile stays spent. Undoing what is undone changes nothing. For managers, owners and connected
    systems. Raises ReasonMissing, TransferSpent, OwnAccount, Forbidden; Invalid for points of a family's redemption,
    which go back with the redemption. Locks both accounts.
    """
    reason = tidy_text(reason.strip()[:300], field="reason", longest=300)
    if not reason:
        raise ReasonMissing
    if transfer.kind != TransferKind.GIFT:
        raise Invalid(field="transfer")
    giver, holder = lock_two(transfer.giver.member, transfer.receiver.member, by=by)
    found: PointTransfer = PointTransfer.objects.select_for_update(no_key=True).get(pk=transfer.pk)
    if found.undone_at is not None:
        return found
    membership = lock_acting_membership(by)
    if by.kind == ActorKind.MEMBER or has_limits(membership):
        raise Forbidden
    for account in (giver, holder):
        refuse_own_account(account.member, by=by, membership=membership)
    back = take_back(found, giver, holder, by=by, reason=reason)
    if not back:
        raise TransferSpent
    record_audit("points.transfer_undone", by=by, subject=holder.member, points=back, transfer=str(found.pk))
    payload = {"transfer": str(found.pk), "points": back, "reason": reason}
    for account in (giver, holder):
        record_activity(
            ActivityKind.TRANSFER_UNDONE,
            by=by,
            source=source or source_of(by),
            member=account.member,
            payload={**payload, "side": "giver" if account is giver else "receiver"},
        )
    return found


def take_back(transfer: PointTransfer, giver: Account, holder: Account, *, by: Actor, reason: str) -> int:
    """What is left of a locked gift goes back between two locked accounts; returns how many points."""
    now = timezone.now()
    for account in (giver, holder):
        settle(account, held_lots(account), now=now)
    entry = Entry.objects.get(cause=Cause.TRANSFER, cause_id=transfer.pk, snapshot__transfer="in")
    left = lots_that_came(entry, holder)
    came_from = {lot.pk: _first_of(lot, entry).moved_from for lot in left}
    lots = [(held(lot), lot.remaining, came_from[lot.pk]) for lot in left]
    back = move_back(holder, giver, lots, cause=Cause.TRANSFER, transfer=transfer.pk, by=by, reason=reason)
    if not back:
        return 0
    transfer.undone_at, transfer.undone_why, transfer.back_points = now, reason, back
    transfer.save(update_fields=["undone_at", "undone_why", "back_points"])
    return back


def _first_of(lot: Lot, entry: Entry) -> Lot:
    """The lot that the entry brought, of one that has moved on with a merge since."""
    while lot.entry_id != entry.pk and lot.moved_from is not None:
        lot = lot.moved_from
    return lot


def lock_two(giver: Member, receiver: Member, *, by: Actor) -> tuple[Account, Account]:
    """Both members' accounts for points, opened where there are none, locked in the order of everybody.

    Of merged members the kept ones'. Raises NoProgram, GiveToOneself.
    """
    program = require_points_program()
    giver, receiver = hold_member(giver), hold_member(receiver)
    if giver.pk == receiver.pk:
        raise GiveToOneself(field="to")
    locked = lock_accounts_of({giver.pk: giver, receiver.pk: receiver}, program)
    return locked[giver.pk].account, locked[receiver.pk].account


def staff_may_give(membership: Membership | None, program: Program) -> int | None:
    """The most points at a time this person may give for a member by themselves; None for no limit."""
    return program.adjustment_limit if has_limits(membership) else None


def left_this_month(account: Account, terms: SharingTerms) -> int | None:
    """How many points a member may still give in this month of the business; None for any number."""
    if terms.month_most is None:
        return None
    zone = current_tenant().zone
    first = local_day(timezone.now(), zone).replace(day=1)
    mine = Q(giver=account) | Q(giver__merged_into=account)
    given = PointTransfer.objects.filter(mine, kind=TransferKind.GIFT, created_at__gte=start_of_day(first, zone))
    sums = given.aggregate(points=Sum("points"), back=Sum("back_points"))
    return max(0, terms.month_most - (sums["points"] or 0) + (sums["back"] or 0))


def refuse_giving(account: Account, terms: SharingTerms) -> None:
    """Raises why a member may not give anything now, whoever it is for."""
    if not terms.may_give:
        raise SharingOff
    begins = local_day(account.member.joined_at, current_tenant().zone) + timedelta(days=terms.wait_days)
    if local_day(timezone.now(), current_tenant().zone) < begins:
        raise TooNewToGive(day(begins))
    if terms.only_family and account.family_id is None:
        raise NotInFamily


def _refuse_by_terms(mine: Account, theirs: Account, terms: SharingTerms, points: int) -> None:
    program = mine.program
    refuse_giving(mine, terms)
    if terms.only_family and mine.family_id != theirs.family_id:
        raise NotInFamily
    if points < terms.minimum:
        raise TransferTooSmall(terms.minimum, in_points(program, terms.minimum))
    left = left_this_month(mine, terms)
    if left is not None and points > left:
        raise TransferMonthFull(left, in_points(program, left))


def _refuse_actor(mine: Account, theirs: Account, points: int, *, by: Actor, approval: Approval | None) -> None:
    """Members give what is theirs; people of the team do it for others, never from or to a card of their own."""
    if by.kind == ActorKind.MEMBER and by.id not in ids_of(mine.member):
        raise Forbidden
    membership = lock_acting_membership(by)
    if membership is None:
        return
    if membership.role == Role.ANALYST:
        raise Forbidden
    for account in (mine, theirs):
        refuse_own_account(account.member, by=by, membership=membership)
    most = staff_may_give(membership, mine.program)
    if most is None or points <= most:
        return
    if approval is None:
        raise TransferNeedsManager(most, in_points(mine.program, most))
    approver = check_approval(approval, asked_by=membership, member=mine.member)
    if is_own(theirs.member, approver):
        raise OwnAccount
    record_audit("points.transfer_approved", by=by, subject=mine.member, points=points, approver=approver.name)


def _same(first: PointTransfer, mine: Account, theirs: Account, points: int) -> PointTransfer:
    def now(account: Account) -> UUID:
        pk: UUID = account.merged_into_id or account.pk
        return pk

    if (now(first.giver), now(first.receiver), first.points) != (mine.pk, theirs.pk, points):
        raise IdempotencyConflict
    return first


def tell_transfer(transfer: PointTransfer, *, by: Actor, source: str, silent: bool) -> None:
    """One line in each timeline. Names stay out of it: each names the other by their id."""
    giver, receiver = transfer.giver, transfer.receiver
    entries = dict(Entry.objects.filter(kind=EntryKind.TRANSFER, cause_id=transfer.pk).values_list("account", "pk"))
    for kind, account, other in (
        (ActivityKind.POINTS_GIVEN, giver, receiver),
        (ActivityKind.POINTS_RECEIVED, receiver, giver),
    ):
        record_activity(
            kind,
            by=by,
            source=source or source_of(by),
            member=account.member,
            payload={
                "transfer": str(transfer.pk),
                "entry": str(entries[account.pk]),
                "points": transfer.points,
                "other": str(other.member_id),
                "balance": account.balance,
            },
            silent=silent,
        )

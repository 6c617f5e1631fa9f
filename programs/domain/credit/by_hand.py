"""Store credit given or taken by hand, always with a reason and on the record."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import call_key, lock_account_in, require_live, source_of
from programs.domain.credit.reading import credit_program
from programs.domain.day_limits import refuse_beyond_day
from programs.domain.drafts import Draft
from programs.domain.guards import has_limits, lock_acting_membership, note_namesake, refuse_own_account
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.posting import entry_of_key, post
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.reviews.watching import watch_award
from programs.domain.unusual import ask_if_far_beyond_usual
from programs.enums import Cause, EntryKind, ProgramStatus
from programs.errors import AdjustmentTooLarge, NoCredit, NotEnoughCredit, ReasonMissing
from programs.models import Account, Entry, Program
from programs.words.unit import in_points
from tenants.actors import Actor
from tenants.enums import ActorKind, Role
from tenants.models import Membership

# So much at once is a mistake of typing, in minor units.
MOST = 10**9


@refusals_are_reviewed
@transaction.atomic
def adjust_credit(
    member: Member, *, amount: int, reason: str, by: Actor, key: str, source: str = "", sure: bool = True
) -> Entry:
    """Give (plus) or take (minus) store credit by hand, in minor units, once for each key.

    What is given can be spent at once and keeps as long as cash-back does. Staff may move as much at a time as the
    program of store credit says and give as much in a day as it says, never on their own card; what is out of the
    ordinary is held, as points are (`watch_award`). Managers, owners and connected systems give any amount; who is not
    `sure` yet is asked once more about far more than usual (FarBeyondUsual). Raises
    NoCredit, ReasonMissing, AdjustmentTooLarge, MemberDayLimit, StaffDayLimit, DeviceDayLimit, OwnAccount, Forbidden,
    NotEnoughCredit (there is no debt by hand), ProgramNotLive, MemberNotActive, IdempotencyConflict. Locks the account
    for credit, then the membership of staff.
    """
    reason = tidy_text(reason.strip()[:300], field="reason", longest=300)
    if not reason:
        raise ReasonMissing
    if not amount or abs(amount) > MOST:
        raise Invalid(field="amount")
    stored_key = call_key(key)
    account = lock_account_in(member, _program(), by=by)
    if repeated := entry_of_key(account, EntryKind.ADJUST, stored_key, (amount,)):
        return repeated
    require_live(account)
    membership = _refuse_beyond_limits(account, amount, by=by)
    if not sure:
        ask_if_far_beyond_usual(account, amount, field="amount")
    entry = _post(account, amount, reason=reason, by=by, key=stored_key)
    if amount > 0:
        given = refuse_beyond_day(account, membership=membership, device=by.device)
        watch_award(account, entry, membership=membership, given=given, by=by)
    note_namesake(member, by=by)
    record_activity(
        ActivityKind.CREDIT_ADJUSTED,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={"entry": str(entry.pk), "credit": amount, "reason": reason, "balance": entry.balance_after},
    )
    return entry


def credit_limit_for(membership: Membership | None, program: Program) -> int | None:
    """The most minor units this person may move at a time; None for no limit."""
    return program.adjustment_limit if has_limits(membership) else None


def credit_to_undo(entries: Iterable[Entry]) -> set[UUID]:
    """Those of the entries that were made by hand, or brought along, and not undone yet."""
    kinds = (EntryKind.ADJUST, EntryKind.ACCRUE)
    made = [one.pk for one in entries if one.kind in kinds and one.cause in (Cause.BY_HAND, Cause.OPENING)]
    if not made:
        return set()
    return set(made) - set(Entry.objects.filter(reverses__in=made).values_list("reverses_id", flat=True))


def _program() -> Program:
    program = credit_program()
    if program is None or program.status == ProgramStatus.DRAFT:
        raise NoCredit(field="amount")
    return program


def _refuse_beyond_limits(account: Account, amount: int, *, by: Actor) -> Membership | None:
    """The membership of staff, locked."""
    if by.kind == ActorKind.MEMBER:
        raise Forbidden
    membership = lock_acting_membership(by)
    if membership is not None and membership.role == Role.ANALYST:
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)
    most = credit_limit_for(membership, account.program)
    if most is not None and abs(amount) > most:
        raise AdjustmentTooLarge(most, in_points(account.program, most))
    return membership


def _post(account: Account, amount: int, *, reason: str, by: Actor, key: str) -> Entry:
    now = timezone.now()
    draft = Draft(kind=EntryKind.ADJUST, cause=Cause.BY_HAND, key=key, by=by, request=(amount,), reason=reason)
    lots = settle(account, held_lots(account), now=now)
    if amount > 0:
        draft.earns = new_lot(account.program, amount, earned_at=now, now=now, waits=False)
    else:
        if account.balance < -amount:
            raise NotEnoughCredit(account.balance, in_points(account.program, account.balance))
        draft.moves = take(lots, -amount)[0]
    return post(account, draft).entry

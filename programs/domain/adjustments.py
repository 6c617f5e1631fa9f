"""Points given or taken by hand, always with a reason and on the record."""

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import call_key, lock_account_of, require_live, source_of
from programs.domain.day_limits import refuse_beyond_day
from programs.domain.drafts import Draft
from programs.domain.guards import has_limits, lock_acting_membership, note_namesake, refuse_own_account
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.posting import entry_of_key, post
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.reviews.watching import watch_award
from programs.domain.unusual import ask_if_far_beyond_usual
from programs.enums import Cause, EntryKind
from programs.errors import AdjustmentTooLarge, NotEnoughPoints, ReasonMissing
from programs.models import Account, Entry
from programs.words.unit import in_points
from tenants.actors import Actor
from tenants.enums import ActorKind, Role
from tenants.models import Membership

MOST = 10**9


@refusals_are_reviewed
@transaction.atomic
def adjust_points(
    member: Member,
    *,
    points: int,
    reason: str,
    by: Actor,
    key: str,
    limit: int | None = None,
    source: str = "",
    sure: bool = True,
) -> Entry:
    """Give (plus) or take (minus) points by hand, once for each key.

    Staff may move as many at a time as the program says (or `limit`, where it is smaller), give as many in a day as it
    says, never on their own card; managers, owners and connected systems any number. Who is not `sure` yet
    is asked once more about far more than usual. Raises ReasonMissing, FarBeyondUsual,
    AdjustmentTooLarge, MemberDayLimit, StaffDayLimit, OwnAccount, Forbidden, NotEnoughPoints (there is no debt by
    hand), ProgramNotLive, MemberNotActive, IdempotencyConflict. Locks the account, then the membership of staff.
    """
    reason = tidy_text(reason.strip()[:300], field="reason", longest=300)
    if not reason:
        raise ReasonMissing
    if not points or abs(points) > MOST:
        raise Invalid(field="points")
    stored_key = call_key(key)
    account = lock_account_of(member, by=by)
    if repeated := entry_of_key(account, EntryKind.ADJUST, stored_key, (points,)):
        return repeated
    require_live(account)
    membership = _refuse_beyond_limits(account, points, by=by, limit=limit)
    if not sure:
        ask_if_far_beyond_usual(account, points, field="points")
    entry = _post(account, points, reason=reason, by=by, key=stored_key)
    if points > 0:
        given = refuse_beyond_day(account, membership=membership, device=by.device)
        watch_award(account, entry, membership=membership, given=given, by=by)
    note_namesake(member, by=by)
    record_activity(
        ActivityKind.POINTS_ADJUSTED,
        by=by,
        source=source or source_of(by),
        member=member,
        payload={"entry": str(entry.pk), "points": points, "reason": reason, "balance": entry.balance_after},
    )
    return entry


def adjustment_limit_for(membership: Membership | None, account: Account) -> int | None:
    """The most points this person may move at a time; None for no limit."""
    return account.program.adjustment_limit if has_limits(membership) else None


def _refuse_beyond_limits(account: Account, points: int, *, by: Actor, limit: int | None) -> Membership | None:
    """The membership of staff, locked."""
    if by.kind == ActorKind.MEMBER:
        raise Forbidden
    membership = lock_acting_membership(by)
    if membership is not None and membership.role == Role.ANALYST:
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)
    limits = [most for most in (adjustment_limit_for(membership, account), limit) if most is not None]
    if limits and abs(points) > min(limits):
        raise AdjustmentTooLarge(min(limits), in_points(account.program, min(limits)))
    return membership


def _post(account: Account, points: int, *, reason: str, by: Actor, key: str) -> Entry:
    now = timezone.now()
    draft = Draft(kind=EntryKind.ADJUST, cause=Cause.ADJUSTMENT, key=key, by=by, request=(points,), reason=reason)
    if points > 0:
        draft.earns = new_lot(account.program, points, earned_at=now, now=now, waits=False)
    else:
        lots = settle(account, held_lots(account), now=now)
        if account.balance < -points:
            missing = -points - account.balance
            raise NotEnoughPoints(missing, in_points(account.program, missing))
        draft.moves = take(lots, -points)[0]
    return post(account, draft).entry

"""Putting a mistake right on the spot."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.domain.purchases import ReturnDetails, record_return
from customers.enums import ActivityKind
from customers.models import Purchase
from loyalty_saas.lib.errors import Forbidden
from programs.domain.accounts import call_key, lock_account, source_of
from programs.domain.drafts import Draft
from programs.domain.events.undoing import undo_event
from programs.domain.goodwill.record import record_undone
from programs.domain.guards import acting_membership, has_limits, refuse_own_account
from programs.domain.lots import give_back, held_lots, new_lot, settle, take
from programs.domain.polls.answering import withdraw_answer
from programs.domain.posting import entry_of_key, post
from programs.domain.redemptions import void_redemption
from programs.domain.rules.awarding import note_gone
from programs.domain.stamps.taking import undo_stamps
from programs.enums import Cause, EntryKind, ProgramKind
from programs.errors import AlreadyUndone, CannotUndo, NotEnoughCredit, NotEnoughPoints, UndoTooLate
from programs.models import Account, Entry, Event, Gesture, PollAnswer, Redemption
from programs.words.unit import in_points
from tenants.actors import Actor
from tenants.enums import ActorKind

_GIVEN = frozenset({EntryKind.ACCRUE, EntryKind.ADJUST})
# What goes with its purchase, and by which cause a return takes it back or gives it back.
_OF_PURCHASE = {
    Cause.PURCHASE: Cause.RETURN,
    Cause.STAMPED: Cause.UNSTAMPED,
    Cause.CREDITED: Cause.UNCREDITED,
    Cause.TENDER: Cause.REFUND,
}


@transaction.atomic
def undo_entry(entry: Entry, *, by: Actor, key: str, reason: str = "", source: str = "") -> Entry | None:
    """Undo what an entry did, once for each key, and return the entry that did so.

    What a purchase gave, or was paid with, is undone by returning all that is left of the purchase, that of an event
    by undoing the event; a redemption by voiding it; what was given by hand, for joining or as an opening balance is
    taken back as long as it is there; what was taken by hand goes back to its lots. None where nothing was left to
    move. Staff may within `program.undo_minutes`, managers and owners at any time. Raises UndoTooLate, AlreadyUndone,
    CannotUndo, NotEnoughPoints, OwnAccount, Forbidden.
    """
    _refuse(entry, by=by)
    source, reason = source or source_of(by), reason.strip() or _("Undone")
    if entry.cause in _OF_PURCHASE and entry.kind in (EntryKind.ACCRUE, EntryKind.REDEEM):
        return _undo_purchase(entry, by=by, key=key, reason=reason, source=source)
    if entry.kind == EntryKind.REDEEM:
        redemption = Redemption.objects.get(entry=entry)
        void_redemption(redemption, by=by, reason=reason, key=key, source=source)
        return Entry.objects.filter(reverses=entry).first()
    if entry.kind == EntryKind.ACCRUE and entry.cause == Cause.STAMP:
        return undo_stamps(entry, by=by, key=key, reason=reason, source=source)
    if entry.kind == EntryKind.ACCRUE and entry.cause == Cause.POLL:
        # What was answered goes with what it gave; that is for those who lead.
        answer = PollAnswer.objects.select_related("member").get(entry=entry)
        withdraw_answer(answer, by=by, reason=reason, source=source)
        return Entry.objects.filter(reverses=entry).first()
    if entry.kind == EntryKind.ACCRUE and entry.cause == Cause.EVENT:
        undo_event(Event.objects.select_related("entry").get(entry=entry), by=by, reason=reason, source=source)
        return Entry.objects.filter(reverses=entry).first()
    if entry.kind not in _GIVEN or entry.cause in (Cause.CHALLENGE, Cause.SURPRISE):
        # What a challenge or a surprise gave goes with what was bought for it.
        raise CannotUndo
    return _undo_movement(entry, by=by, key=call_key(key), reason=reason, source=source)


def undo_until(entry: Entry, account: Account) -> datetime:
    """Until when staff may undo an entry."""
    return entry.recorded_at + timedelta(minutes=account.program.undo_minutes)


def _refuse(entry: Entry, *, by: Actor) -> None:
    if by.kind == ActorKind.MEMBER:
        raise Forbidden
    account = entry.account
    membership = acting_membership(by)
    refuse_own_account(account.member, by=by, membership=membership)
    minutes = account.program.undo_minutes
    if has_limits(membership) and timezone.now() > entry.recorded_at + timedelta(minutes=minutes):
        raise UndoTooLate(minutes)


def _undo_purchase(entry: Entry, *, by: Actor, key: str, reason: str, source: str) -> Entry | None:
    assert entry.cause_id is not None  # an entry whose cause is a purchase names it
    purchase = Purchase.objects.get(pk=entry.cause_id)
    returned = record_return(purchase, ReturnDetails(reason=reason[:200]), by=by, source=source, key=call_key(key))
    undone: Entry | None = Entry.objects.filter(cause=_OF_PURCHASE[Cause(entry.cause)], cause_id=returned.pk).first()
    return undone


def _undo_movement(entry: Entry, *, by: Actor, key: str, reason: str, source: str) -> Entry:
    account = lock_account(entry.account_id)
    if account is None:  # pragma: no cover - an entry holds its account
        raise CannotUndo
    given = entry.amount + entry.pending_amount
    gave = given > 0
    kind = EntryKind.REVERSE if gave else EntryKind.RESTORE
    if repeated := entry_of_key(account, kind, key, (entry.pk,)):
        return repeated
    if Entry.objects.filter(reverses=entry).exists():
        raise AlreadyUndone
    draft = Draft(
        kind=kind,
        cause=Cause(entry.cause),
        cause_id=entry.cause_id,
        key=key,
        by=by,
        request=(entry.pk,),
        reason=reason[:300],
        reverses_id=entry.pk,
    )
    if gave:
        lots = settle(account, held_lots(account), now=timezone.now())
        own = [lot for lot in lots if lot.entry_id == entry.pk]
        # What waits of its own, held for a look or for its day, is as good as there.
        missing = given - account.balance - sum(lot.remaining for lot in own if lot.is_pending)
        if missing > 0 and account.program.kind == ProgramKind.CREDIT:
            raise NotEnoughCredit(given - missing, in_points(account.program, given - missing))
        if missing > 0:
            raise NotEnoughPoints(missing, in_points(account.program, missing))
        draft.moves = take(lots, given, first=own)[0]
    else:
        _give_back(draft, account, entry)
    posted = post(account, draft)
    undone = posted.entry
    if gave and posted.is_new:
        note_gone(undone, entry)
    if entry.cause == Cause.GOODWILL:
        record_undone(Gesture.objects.get(entry=entry), by=by, reason=reason)
    is_credit = account.program.kind == ProgramKind.CREDIT
    record_activity(
        ActivityKind.CREDIT_ADJUSTED if is_credit else ActivityKind.POINTS_ADJUSTED,
        by=by,
        source=source,
        member=account.member,
        payload={
            "entry": str(undone.pk),
            "credit" if is_credit else "points": undone.amount,
            "reason": reason,
            "undoes": str(entry.pk),
        },
    )
    return undone


def _give_back(draft: Draft, account: Account, entry: Entry) -> None:
    """What an entry took goes back to its lots, and what was owed from it on is owed no more."""
    now = timezone.now()
    draft.moves, draft.brings, _lapsed = give_back(account, entry, now=now)
    if debt := _brought_debt(entry):
        # What of it was repaid meanwhile was paid with points, which come back.
        forgiven = min(debt, account.owed)
        draft.owe = -forgiven
        if debt > forgiven:
            draft.earns = new_lot(account.program, debt - forgiven, earned_at=now, now=now, waits=False)
    elif not draft.moves and not draft.brings:
        raise CannotUndo


def _brought_debt(entry: Entry) -> int:
    """What was owed from an entry on because it was owed elsewhere."""
    is_debt = entry.kind == EntryKind.ADJUST and entry.cause == Cause.OPENING
    return int(entry.snapshot.get("owed", 0)) if is_debt else 0

"""Taking a gesture back."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from loyalty_saas.lib.errors import Forbidden
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account, source_of
from programs.domain.goodwill.record import record_undone
from programs.domain.guards import acting_membership, has_limits, refuse_own_account
from programs.domain.undo import undo_entry
from programs.domain.vouchers import refuse_closed
from programs.enums import RedemptionStatus
from programs.errors import CannotUndo, UndoTooLate
from programs.models import Account, Gesture, GestureUndo, Voucher, VoucherUse
from tenants.actors import Actor
from tenants.enums import ActorKind


@transaction.atomic
def undo_gesture(gesture: Gesture, *, by: Actor, key: str, reason: str = "", source: str = "") -> GestureUndo:
    """Take back what a gesture gave, and return the record of it; undoing what is undone changes nothing.

    Points as `undo_entry` takes them back, as long as they are there; a voucher stops working, unless it was used later
    (one handed over at once may be taken back: nobody else can use it). Staff may within `program.undo_minutes`,
    managers and owners at any time. Raises UndoTooLate, VoucherUsed, VoucherExpired, NotEnoughPoints, OwnAccount,
    Forbidden. Locks the account, then the voucher.
    """
    reason = tidy_text(reason[:300], field="reason", longest=300) or _("Undone")
    account = lock_account(gesture.account_id)
    if account is None:  # pragma: no cover - a gesture holds its account
        raise CannotUndo
    if (before := GestureUndo.objects.filter(gesture=gesture).first()) is not None:
        return before
    if gesture.entry is not None:
        undo_entry(gesture.entry, by=by, key=key, reason=reason, source=source)
        undone: GestureUndo = GestureUndo.objects.get(gesture=gesture)
        return undone
    _refuse(gesture, account, by=by)
    voucher = Voucher.objects.select_for_update(no_key=True).get(gesture=gesture)
    if voucher.status != RedemptionStatus.OPEN and not (
        gesture.handed_over and voucher.status == RedemptionStatus.USED
    ):
        refuse_closed(voucher)
    voucher.status = RedemptionStatus.VOIDED
    voucher.save(update_fields=["status"])
    VoucherUse.objects.filter(voucher=voucher, undone_at=None).update(undone_at=timezone.now())
    undone = record_undone(gesture, by=by, reason=reason)
    record_activity(
        ActivityKind.GOODWILL_UNDONE,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={"gesture": str(gesture.pk), "voucher": str(voucher.pk), "name": gesture.said},
    )
    return undone


def _refuse(gesture: Gesture, account: Account, *, by: Actor) -> None:
    if by.kind == ActorKind.MEMBER:
        raise Forbidden
    membership = acting_membership(by)
    refuse_own_account(account.member, by=by, membership=membership)
    minutes = account.program.undo_minutes
    if has_limits(membership) and timezone.now() > gesture.created_at + timedelta(minutes=minutes):
        raise UndoTooLate(minutes)

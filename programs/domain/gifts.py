"""A voucher handed on: wrapped by whoever holds it, opened by its link or code by somebody else."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import short_code, tidy_code
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account_of, require_live, source_of
from programs.domain.vouchers import held_amount, lock_voucher, refuse_closed
from programs.enums import GIVEABLE, GiftStatus, RedemptionStatus
from programs.errors import VoucherExpired
from programs.models import Account, Gift, Voucher
from programs.voucher_errors import CannotGive, CodeSeen, GiftForOthers, GiftGone, VoucherHeld, VoucherPartlyUsed
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.rows import insert_row

CODE_LENGTH = 12
_LONGEST_CODE = 16


@transaction.atomic
def wrap_voucher(voucher: Voucher, *, message: str = "", by: Actor) -> Gift:
    """Wrap a voucher for somebody else; while it is wrapped nobody can use it. Wrapping it again gives the same gift.

    Raises CannotGive for kinds that are for the one who redeemed them, CodeSeen for a code that another till takes,
    VoucherPartlyUsed, VoucherHeld, and what keeps a voucher from being used. Locks the voucher.
    """
    message = tidy_text(message, field="message", longest=200)
    voucher = lock_voucher(voucher)
    wrapped = Gift.objects.filter(voucher=voucher, status=GiftStatus.OPEN).first()
    if wrapped is not None:
        return wrapped
    refuse_giving(voucher)
    gift = Gift(voucher=voucher, giver=voucher.account, message=message, created_at=timezone.now())
    while True:
        gift.code = short_code(CODE_LENGTH)
        if insert_row(gift, unless_there=True):
            return gift


def wrap_as_before(voucher: Voucher, *, code: str, message: str, wrapped_at: datetime | None) -> Gift:
    """Wrap a new voucher that came along under the code of its present, which was sent to somebody.

    Raises Invalid for a code that cannot be one or is that of another present here, and what `refuse_giving` raises.
    """
    refuse_giving(voucher)
    code = tidy_code(code)
    if not code or len(code) > _LONGEST_CODE:
        raise Invalid(_("The code of a present has up to 16 letters and digits."), code="bad_code", field="gift_code")
    message = tidy_text(message[:200], field="gift_message", longest=200)
    gift = Gift(voucher=voucher, giver=voucher.account, code=code, message=message)
    gift.created_at = min(wrapped_at or timezone.now(), timezone.now())
    if not insert_row(gift, unless_there=True):
        raise Invalid(_("This code is that of another present here."), code="code_taken", field="gift_code")
    return gift


def refuse_giving(voucher: Voucher) -> None:
    """Raises why a locked voucher cannot be handed on."""
    if voucher.kind not in GIVEABLE:
        raise CannotGive
    if voucher.own_code:
        # Its holder reads the code from the first moment on, and another till takes it from whoever knows it.
        raise CodeSeen
    if voucher.status != RedemptionStatus.OPEN or voucher.valid_until <= timezone.now():
        refuse_closed(voucher)
    if voucher.left is not None and voucher.left < voucher.value:
        raise VoucherPartlyUsed
    if held_amount(voucher):
        raise VoucherHeld


def is_giveable(voucher: Voucher) -> bool:
    """Whether a page should offer to hand it on."""
    whole = voucher.left is None or voucher.left == voucher.value
    is_secret = not voucher.own_code
    return voucher.kind in GIVEABLE and voucher.status == RedemptionStatus.OPEN and whole and is_secret


def find_gift(code: str) -> Gift:
    """The gift of a code as typed or clicked, with its voucher. Raises GiftGone."""
    gift: Gift | None = (
        Gift.objects.select_related("voucher__product", "voucher__redemption__reward", "giver__member")
        .filter(code=tidy_code(code))
        .first()
    )
    if gift is None:
        raise GiftGone
    return gift


@transaction.atomic
def open_gift(gift: Gift, *, member: Member, by: Actor, source: str = "") -> Voucher:
    """Give the voucher to this member, once: of two at the same moment one has it. Opening one's own again is the same.

    Raises GiftGone, GiftForOthers, VoucherExpired, ProgramNotLive or MemberNotActive. Locks the taker's account, then
    the voucher.
    """
    account = lock_account_of(member, by=by)
    require_live(account)
    voucher = lock_voucher(gift.voucher)
    gift.refresh_from_db()
    if gift.status == GiftStatus.TAKEN and gift.taker_id == account.pk and voucher.account_id == account.pk:
        return voucher
    if gift.status != GiftStatus.OPEN or voucher.status != RedemptionStatus.OPEN:
        raise GiftGone
    if voucher.valid_until <= timezone.now():
        raise VoucherExpired
    if voucher.account_id == account.pk:
        raise GiftForOthers
    giver = voucher.account
    gift.status, gift.taker, gift.closed_at = GiftStatus.TAKEN, account, timezone.now()
    gift.save(update_fields=["status", "taker", "closed_at"])
    voucher.account = account
    voucher.save(update_fields=["account"])
    payload = {"voucher": str(voucher.pk), "gift": str(gift.pk), "name": voucher.name}
    said = source or source_of(by)
    record_activity(ActivityKind.VOUCHER_HANDED_ON, by=by, source=said, member=giver.member, payload=payload)
    record_activity(ActivityKind.VOUCHER_RECEIVED, by=by, source=said, member=member, payload=payload)
    return voucher


@transaction.atomic
def unwrap_voucher(voucher: Voucher, *, by: Actor) -> None:
    """Take a present back that nobody opened; its link stops working. Safe to repeat. Locks the voucher."""
    voucher = lock_voucher(voucher)
    if by.kind == ActorKind.MEMBER and not _is_theirs(voucher.account, by.id):
        raise CannotGive
    close_gift(voucher)


def close_gift(voucher: Voucher) -> None:
    """End what a locked voucher is wrapped as."""
    Gift.objects.filter(voucher=voucher, status=GiftStatus.OPEN).update(
        status=GiftStatus.WITHDRAWN, closed_at=timezone.now()
    )


def _is_theirs(account: Account, member_id: UUID | None) -> bool:
    return bool(account.member_id == member_id)

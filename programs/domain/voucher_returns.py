"""What a return does to the vouchers that were used on the purchase.

When all of it has come back, what was taken off is the member's again: the voucher can be used once more, with the
days it has. One whose days are over is undone instead, so that its points go back to their lots. What was handed over
for a voucher (a product, an upgrade) stays with the member, and so does the voucher stay used.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Purchase, Return
from programs.domain.accounts import lock_household
from programs.domain.redemptions import withdraw_redemption
from programs.domain.vouchers import lock_voucher, origin_of, reopen_voucher
from programs.enums import DISCOUNTS, Cause, RedemptionStatus
from programs.models import Account, Entry, PointTransfer, Voucher, VoucherUse
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class VoucherBack:
    """A voucher that comes back; `amount` of money on it, if that is known, or `points` where its days are over."""

    name: str
    amount: int | None
    points: int = 0


def vouchers_back(purchase: Purchase, *, returned: int) -> list[VoucherBack]:
    """What would come back once so much of the purchase has been returned, in minor units. Writes nothing."""
    return [
        VoucherBack(voucher.name, _amount(voucher, purchase), _points(voucher))
        for voucher in _used_on(purchase, returned=returned)
    ]


def lock_for_vouchers(return_record: Return) -> bool:
    """Whether vouchers were used on the purchase; locks whom their redemptions drew points from, in the order of ids.

    To be asked before anything else of a return locks an account.
    """
    purchase = return_record.purchase_id
    if purchase is None or not VoucherUse.objects.filter(purchase=purchase, undone_at__isnull=True).exists():
        return False
    draws = PointTransfer.objects.filter(redemption__vouchers__uses__purchase=purchase, undone_at=None)
    cards = {pk for pair in draws.values_list("giver", "receiver") for pk in pair}
    if cards:
        cards |= set(Entry.objects.filter(cause=Cause.PURCHASE, cause_id=purchase).values_list("account", flat=True))
        merged = Account.objects.filter(pk__in=cards).values_list("merged_into", flat=True)
        cards |= {pk for pk in merged if pk is not None}
        list(Account.objects.select_for_update(no_key=True).filter(pk__in=cards).order_by("pk").values_list("pk"))
    return True


@transaction.atomic
def return_vouchers(return_record: Return, /, *, by: Actor, source: str, silent: bool) -> None:
    """Give back what was used on a purchase of which nothing is kept. Safe to repeat. Locks accounts, then vouchers.

    For a return on whose purchase vouchers were used (`lock_for_vouchers`).
    """
    if return_record.purchase_id is None:
        return
    purchase = Purchase.objects.get(pk=return_record.purchase_id)
    for found in _used_on(purchase, returned=purchase.returned):
        # The account is asked for only where points move: it is then that of whoever holds the voucher.
        redemption, household = found.redemption, None
        if redemption is not None and _points(found):
            household = lock_household(redemption.account, by=by, redemption=redemption.pk)
        voucher = lock_voucher(found)
        points = _points(voucher)
        reopen_voucher(voucher, purchase=purchase)
        if points and household is not None and voucher.redemption is not None:
            reason, key = _("The purchase came back"), f"return:{return_record.pk}:{voucher.pk}"
            withdraw_redemption(household, voucher.redemption, voucher, by=by, reason=reason, key=key, source=source)
        record_activity(
            ActivityKind.VOUCHER_RETURNED,
            by=by,
            source=source,
            member=voucher.account.member,
            payload={
                "voucher": str(voucher.pk),
                **origin_of(voucher),
                "name": voucher.name,
                "return": str(return_record.pk),
            },
            silent=silent,
        )


def _used_on(purchase: Purchase, *, returned: int) -> list[Voucher]:
    """The vouchers whose use on this purchase would be taken back."""
    if returned < purchase.total or not purchase.total:
        return []
    uses = VoucherUse.objects.filter(purchase=purchase, undone_at__isnull=True).order_by("voucher")
    vouchers = Voucher.objects.select_related("redemption", "gesture").filter(
        pk__in=uses.values("voucher"), kind__in=DISCOUNTS, status__in=(RedemptionStatus.USED, RedemptionStatus.OPEN)
    )
    # What a gesture handed over is undone with the gesture.
    return [one for one in vouchers.order_by("pk") if one.gesture is None or not one.gesture.handed_over]


def _amount(voucher: Voucher, purchase: Purchase) -> int | None:
    amounts = voucher.uses.filter(purchase=purchase, undone_at__isnull=True).values_list("amount", flat=True)
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _points(voucher: Voucher) -> int:
    """The points that come back because the voucher cannot be used any more; 0 while it can, or of a present."""
    if voucher.valid_until > timezone.now() or voucher.redemption is None:
        return 0
    whole = voucher.left is None or voucher.uses.filter(undone_at__isnull=True).count() <= 1
    is_own = voucher.redemption.account_id == voucher.account_id
    return voucher.redemption.points if whole and is_own else 0

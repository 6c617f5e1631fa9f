"""Reserve, redeem, release: a voucher kept for an order while it is being paid. A reservation runs out by itself."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from customers.models import Purchase
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.vouchers import (
    Using,
    check_usable,
    held_amount,
    lock_voucher,
    refuse_with_others,
    taken_off,
    use_voucher,
)
from programs.enums import HoldStatus
from programs.models import Voucher, VoucherHold
from programs.voucher_errors import HoldOver
from tenants.actors import Actor
from tenants.models import Location

MOST_MINUTES = 24 * 60


@transaction.atomic
def hold_voucher(
    voucher: Voucher, *, using: Using, minutes: int, by: Actor, location: Location | None = None
) -> VoucherHold:
    """Keep a voucher, or the part of its money that is asked for, for so many minutes. Two orders cannot both have it.

    `hold.amount` is what it will take off, in minor units (None where nobody can say). Raises what a use would be
    refused with. Locks the voucher.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(field="minutes")
    reference = tidy_text(using.reference, field="reference", longest=80)
    refuse_with_others(voucher, purchase=None, reference=reference)
    voucher = lock_voucher(voucher)
    check_usable(voucher, location_id=location.pk if location else by.location_id)
    amount = taken_off(voucher, using, held=held_amount(voucher))
    now = timezone.now()
    until = min(now + timedelta(minutes=minutes), voucher.valid_until)
    return VoucherHold.objects.create(
        voucher=voucher, amount=amount, reference=reference, expires_at=until, created_at=now
    )


@transaction.atomic
def redeem_hold(
    hold: VoucherHold,
    *,
    by: Actor,
    purchase: Purchase | None = None,
    location: Location | None = None,
    source: str = "",
) -> Voucher:
    """Use what was kept. Raises HoldOver when it was used, released or ran out. Locks the voucher, then the hold.

    What it takes off is what was said when it was reserved.
    """
    voucher = lock_voucher(hold.voucher)
    hold = _open(hold)
    using = Using(reference=hold.reference, fixed=hold.amount)
    used = use_voucher(voucher, by=by, location=location, purchase=purchase, source=source, using=using, hold=hold)
    _close(hold, HoldStatus.USED)
    return used


@transaction.atomic
def release_hold(hold: VoucherHold) -> VoucherHold:
    """Let go of what was kept; safe to repeat. Raises HoldOver when it was used. Locks the voucher, then the hold."""
    lock_voucher(hold.voucher)
    hold.refresh_from_db()
    if hold.status == HoldStatus.USED:
        raise HoldOver
    if hold.status == HoldStatus.HELD:
        _close(hold, HoldStatus.RELEASED if hold.expires_at > timezone.now() else HoldStatus.EXPIRED)
    return hold


def state_of(hold: VoucherHold) -> str:
    """Its status at this moment: one whose time is over has run out, whether or not that was written down."""
    over = hold.status == HoldStatus.HELD and hold.expires_at <= timezone.now()
    return str(HoldStatus.EXPIRED if over else hold.status)


def close_run_out() -> int:
    """Write down that reservations ran out; they count for nothing from their last moment on, written or not."""
    now = timezone.now()
    due = VoucherHold.objects.filter(status=HoldStatus.HELD, expires_at__lte=now)
    return int(due.update(status=HoldStatus.EXPIRED, closed_at=now))


def _open(hold: VoucherHold) -> VoucherHold:
    hold.refresh_from_db()
    if hold.status != HoldStatus.HELD or hold.expires_at <= timezone.now():
        raise HoldOver
    return hold


def _close(hold: VoucherHold, status: HoldStatus) -> None:
    hold.status, hold.closed_at = status, timezone.now()
    hold.save(update_fields=["status", "closed_at"])

"""What the clock does to everybody: pending points become available, points and vouchers lapse."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from programs.domain.accounts import lock_account
from programs.domain.lots import held_lots, settle
from programs.domain.vouchers import origin_of
from programs.enums import RedemptionStatus
from programs.models import Lot, Redemption, Voucher
from tenants.actors import Actor


@transaction.atomic
def confirm_due(now: datetime) -> int:
    """Make every pending lot available whose day has come. Returns how many accounts moved; safe to repeat."""
    return _settle_all(
        Lot.objects.filter(is_pending=True, is_held=False, available_from__lte=now, remaining__gt=0).values_list(
            "account", flat=True
        ),
        now,
    )


@transaction.atomic
def expire_due(now: datetime) -> int:
    """Take every point whose last day is over. Returns how many accounts moved; safe to repeat."""
    return _settle_all(
        Lot.objects.filter(expires_at__lte=now, remaining__gt=0, is_pending=False).values_list("account", flat=True),
        now,
    )


@transaction.atomic
def expire_vouchers(now: datetime) -> int:
    """Close every unused voucher whose last day is over. Returns how many; safe to repeat.

    Its points are not given back: the member had the whole time to use it, and a reward set aside was theirs.
    """
    lapsed = list(
        Voucher.objects.select_for_update(no_key=True, of=("self",))
        .select_related("account__member")
        .filter(status=RedemptionStatus.OPEN, valid_until__lte=now)
        .order_by("pk")
    )
    Voucher.objects.filter(pk__in=[voucher.pk for voucher in lapsed]).update(status=RedemptionStatus.EXPIRED)
    redeemed = [voucher.redemption_id for voucher in lapsed if voucher.redemption_id is not None]
    Redemption.objects.filter(pk__in=redeemed).update(status=RedemptionStatus.EXPIRED)
    for voucher in lapsed:
        record_activity(
            ActivityKind.VOUCHER_EXPIRED,
            by=Actor.system(),
            source=Source.SYSTEM,
            member=voucher.account.member,
            occurred_at=voucher.valid_until,
            payload={**origin_of(voucher), "name": voucher.name},
        )
    return len(lapsed)


def _settle_all(accounts: "object", now: datetime) -> int:
    """One account after the other, in the order of their ids, as everybody locks them."""
    ids: list[UUID] = sorted(set(accounts))  # type: ignore[call-overload]
    moved = 0
    for pk in ids:
        account = lock_account(pk)
        if account is None:
            continue
        before = account.version
        settle(account, held_lots(account), now=now)
        moved += account.version != before
    return moved

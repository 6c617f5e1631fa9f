"""Vouchers: found by what is typed or scanned, used once."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Purchase
from loyalty_saas.lib.ids import short_code, tidy_code
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import source_of
from programs.enums import RedemptionStatus
from programs.errors import VoucherExpired, VoucherNotFound, VoucherUsed, VoucherVoided
from programs.models import Redemption, Reward, Voucher
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.models import Location

_INSERT = """
INSERT INTO programs_voucher
 (tenant_id, id, account_id, redemption_id, gesture_id, code, name, kind, value, product_id, status, valid_until)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, code) DO NOTHING"""


def issue_voucher(redemption: Redemption, reward: Reward, *, valid_until: datetime) -> Voucher:
    """Write the voucher of a redemption, worth what the reward is worth now."""
    return write_voucher(
        Voucher(
            account_id=redemption.account_id,
            redemption=redemption,
            name=reward.name,
            kind=reward.kind,
            value=reward.value,
            product_id=reward.product_id,
            valid_until=valid_until,
        )
    )


def write_voucher(voucher: Voucher) -> Voucher:
    """Write a new voucher under a code that nobody here has."""
    with connection.cursor() as cursor:
        while True:
            voucher.code = short_code()
            execute_prepared(
                cursor,
                _INSERT,
                [
                    *(voucher.tenant_id, voucher.pk, voucher.account_id, voucher.redemption_id, voucher.gesture_id),
                    *(voucher.code, voucher.name, voucher.kind, voucher.value),
                    *(voucher.product_id, voucher.status, voucher.valid_until),
                ],
            )
            if cursor.rowcount:
                break
    voucher._state.adding = False
    return voucher


def find_voucher(code: str) -> Voucher:
    """The voucher of a code as typed or scanned, whatever its status. Raises VoucherNotFound."""
    voucher: Voucher | None = (
        Voucher.objects.select_related("account__member", "redemption", "product").filter(code=tidy_code(code)).first()
    )
    if voucher is None:
        raise VoucherNotFound(field="code")
    return voucher


@transaction.atomic
def use_voucher(
    voucher: Voucher,
    *,
    by: Actor,
    location: Location | None = None,
    purchase: Purchase | None = None,
    source: str = "",
) -> Voucher:
    """Use a voucher, once. Raises VoucherUsed, VoucherExpired or VoucherVoided; two tills cannot both have it."""
    now = timezone.now()
    location_id = location.pk if location else by.location_id
    used = Voucher.objects.filter(pk=voucher.pk, status=RedemptionStatus.OPEN, valid_until__gt=now).update(
        status=RedemptionStatus.USED,
        used_at=now,
        used_by_id=by.id if by.kind == ActorKind.STAFF else None,
        used_location_id=location_id,
        purchase=purchase,
    )
    voucher = Voucher.objects.select_related("account__member", "redemption").get(pk=voucher.pk)
    if not used:
        refuse_closed(voucher)
    if voucher.redemption is not None:
        voucher.redemption.status = RedemptionStatus.USED
        voucher.redemption.save(update_fields=["status"])
    record_activity(
        ActivityKind.VOUCHER_USED,
        by=by,
        source=source or source_of(by),
        member=voucher.account.member,
        payload={
            "voucher": str(voucher.pk),
            **origin_of(voucher),
            "name": voucher.name,
            "purchase": str(purchase.pk) if purchase else None,
        },
    )
    return voucher


def origin_of(voucher: Voucher) -> dict[str, str]:
    """What the voucher came from, for the record of an activity."""
    if voucher.gesture_id is not None:
        return {"gesture": str(voucher.gesture_id)}
    return {"redemption": str(voucher.redemption_id)}


def refuse_closed(voucher: Voucher) -> None:
    """Say why a voucher cannot be used or undone any more."""
    if voucher.status == RedemptionStatus.USED:
        raise VoucherUsed
    if voucher.status == RedemptionStatus.VOIDED:
        raise VoucherVoided
    raise VoucherExpired

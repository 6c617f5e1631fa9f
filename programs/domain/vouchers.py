"""Vouchers: found by what is typed or scanned, used once or, where money is on them, in parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Product, Purchase
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.ids import short_code, tidy_code
from loyalty_saas.lib.money import format_money
from loyalty_saas.lib.rounding import round_half_up
from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import points_program, source_of
from programs.domain.conditions import Conditions
from programs.enums import DISCOUNTS, GiftStatus, HoldStatus, RedemptionStatus, RewardKind, VoucherRule
from programs.errors import VoucherExpired, VoucherNotFound, VoucherUsed, VoucherVoided
from programs.models import Gift, Redemption, Voucher, VoucherHold, VoucherUse
from programs.voucher_errors import (
    ChoiceNotThere,
    NotEnoughLeft,
    PurchaseTooSmall,
    VoucherHeld,
    VoucherNotYet,
    VouchersTogether,
    VoucherWrapped,
)
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.models import Location
from tenants.rows import insert_row
from tenants.templatetags.show import day

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Using:
    """What is known of a use. `basket` is the sum before the voucher, in minor units; `amount` the part of the money
    that is taken from one with a balance (all that fits, if None); `product` the one chosen of several."""

    basket: int | None = None
    amount: int | None = None
    product: Product | None = None
    reference: str = ""
    # What was said that it takes off, when it was reserved: neither more nor less.
    fixed: int | None = None


NOTHING_KNOWN = Using()


def write_voucher(voucher: Voucher) -> Voucher:
    """Write a new voucher under a code that nobody here has."""
    for _try in range(_TRIES):
        voucher.code = short_code()
        if insert_row(voucher, unless_there=True):
            return voucher
    raise RuntimeError("No code was free in twenty tries.")  # pragma: no cover - 36 bits of codes


def find_voucher(code: str) -> Voucher:
    """The voucher of a code as typed or scanned, whatever its status. Raises VoucherNotFound.

    A code of the business's own list is found as it was printed, capitals and dashes included.
    """
    known = Voucher.objects.select_related("account__member", "redemption__reward", "product")
    voucher: Voucher | None = known.filter(code=tidy_code(code)).first()
    own = code.strip().replace("\x00", "")
    if voucher is None and own:
        voucher = known.filter(own_code=own).first()
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
    using: Using = NOTHING_KNOWN,
    hold: VoucherHold | None = None,
) -> Voucher:
    """Use a voucher, or a part of the money on it. Two tills cannot both have it. Locks the voucher.

    Raises VoucherUsed, VoucherExpired, VoucherVoided, VoucherNotYet, VoucherNotHere, VoucherNotToday, VoucherHeld,
    VoucherWrapped, PurchaseTooSmall, NotEnoughLeft or ChoiceNotThere. `hold` is a reservation of this voucher that is
    being redeemed; what is held by others is left alone.
    """
    refuse_with_others(voucher, purchase=purchase, reference=using.reference)
    voucher = lock_voucher(voucher)
    location_id = location.pk if location else by.location_id
    check_usable(voucher, location_id=location_id)
    _check_choice(voucher, using)
    held = held_amount(voucher, but=hold)
    taken = using.fixed if hold is not None else taken_off(voucher, using, held=held)
    now = timezone.now()
    if voucher.left is not None:
        voucher.left -= taken or 0
    if not voucher.left:
        voucher.status = RedemptionStatus.USED
    voucher.used_at, voucher.purchase = now, purchase
    voucher.used_by_id = by.id if by.kind == ActorKind.STAFF else None
    voucher.used_location_id = location_id
    if voucher.kind == RewardKind.CHOICE and using.product is not None:
        voucher.product = using.product
    fields = ["left", "status", "used_at", "used_by", "used_location", "purchase", "product"]
    voucher.save(update_fields=fields)
    insert_row(
        VoucherUse(
            voucher=voucher,
            amount=taken,
            purchase=purchase,
            staff_id=voucher.used_by_id,
            location_id=location_id,
            reference=tidy_text(using.reference, field="reference", longest=80),
            used_at=now,
        )
    )
    if voucher.redemption is not None:
        _follow(voucher.redemption, voucher, taken)
    voucher.taken = taken  # type: ignore[attr-defined]  # what the screen at the counter says
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
            **({"amount": taken} if taken is not None else {}),
            **({"left": voucher.left} if voucher.left is not None else {}),
            **({"product": using.product.name} if using.product is not None else {}),
        },
    )
    return voucher


_LOCK = "SELECT id FROM programs_voucher WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE"


def lock_voucher(voucher: Voucher) -> Voucher:
    """The voucher as it is once the lock was granted, with its member and redemption."""
    with connection.cursor() as cursor:
        execute_prepared(cursor, _LOCK, [voucher.tenant_id, voucher.pk])
    locked: Voucher = Voucher.objects.select_related(
        "account__member", "account__program", "redemption", "product", "charity", "gesture"
    ).get(pk=voucher.pk)
    return locked


def check_usable(voucher: Voucher, *, location_id: object) -> None:
    """Raises why a voucher cannot be used here and now; the sum it is used on aside."""
    now = timezone.now()
    if voucher.status != RedemptionStatus.OPEN or voucher.valid_until <= now:
        refuse_closed(voucher)
    if voucher.valid_from is not None and voucher.valid_from > now:
        raise VoucherNotYet(day(voucher.valid_from))
    if voucher.terms:
        conditions = Conditions.from_json(voucher.terms)
        conditions.refuse_use(day=local_day(now, current_tenant().zone), location_id=location_id)  # type: ignore[arg-type]
    if Gift.objects.filter(voucher=voucher, status=GiftStatus.OPEN).exists():
        raise VoucherWrapped


def held_amount(voucher: Voucher, *, but: VoucherHold | None = None) -> int:
    """The money on a voucher that orders keep at this moment. Raises VoucherHeld for one that is used whole."""
    holds = VoucherHold.objects.filter(voucher=voucher, status=HoldStatus.HELD, expires_at__gt=timezone.now())
    if but is not None:
        holds = holds.exclude(pk=but.pk)
    amounts = list(holds.values_list("amount", flat=True))
    if amounts and voucher.left is None:
        raise VoucherHeld
    return sum(amount or 0 for amount in amounts)


def taken_off(voucher: Voucher, using: Using, *, held: int = 0) -> int | None:
    """What a use takes off, in minor units; None where it cannot be said. Raises PurchaseTooSmall, NotEnoughLeft."""
    tenant = current_tenant()
    if voucher.minimum and (using.basket is None or using.basket < voucher.minimum):
        raise PurchaseTooSmall(format_money(voucher.minimum, tenant.currency, tenant.locale))
    if voucher.kind == RewardKind.PERCENT_OFF:
        if using.basket is None:
            return None
        off = round_half_up(Fraction(using.basket * voucher.value, 100))
        return off if voucher.cap is None else min(off, voucher.cap)
    if voucher.kind != RewardKind.AMOUNT_OFF:
        return None
    if voucher.left is None:
        return voucher.value if using.basket is None else min(voucher.value, using.basket)
    free = voucher.left - held
    wanted = min(free, using.basket if using.basket is not None else free) if using.amount is None else using.amount
    if wanted < 1 or wanted > free:
        if held and wanted <= voucher.left:
            raise VoucherHeld
        raise NotEnoughLeft(format_money(max(0, free), tenant.currency, tenant.locale))
    return wanted


def refuse_with_others(voucher: Voucher, *, purchase: Purchase | None, reference: str) -> None:
    """Raises VouchersTogether when the owner's rule forbids this one beside those of the same purchase or order.

    Whoever asks about an order first is waited for, so that two of its vouchers at once are seen one after the other.
    """
    if purchase is None and not reference:
        return
    program = points_program_rule()
    if program == VoucherRule.ALL:
        return
    order = f"{voucher.tenant_id}:{purchase.pk if purchase else ''}:{reference}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [order])
    same = Q(purchase=purchase) if purchase is not None else Q()
    if reference:
        same |= Q(reference=reference)
    uses = VoucherUse.objects.filter(same, undone_at__isnull=True).exclude(voucher=voucher.pk)
    kinds = dict(uses.values_list("voucher", "voucher__kind"))
    if reference:
        holds = VoucherHold.objects.filter(
            reference=reference, status=HoldStatus.HELD, expires_at__gt=timezone.now()
        ).exclude(voucher=voucher.pk)
        kinds |= dict(holds.values_list("voucher", "voucher__kind"))
    refuse_together([voucher.kind, *kinds.values()], program)


def points_program_rule() -> str:
    """Which vouchers go together, by the points program; as many as there are, without one."""
    program = points_program()
    return program.voucher_rule if program is not None else VoucherRule.ALL


def refuse_together(kinds: Iterable[str], rule: str) -> None:
    """Raises VouchersTogether where the owner's rule lets fewer of these be used on one purchase."""
    kinds = list(kinds)
    if rule == VoucherRule.ONE and len(kinds) > 1:
        raise VouchersTogether(field="vouchers")
    if rule == VoucherRule.ONE_DISCOUNT and sum(1 for kind in kinds if kind in DISCOUNTS) > 1:
        raise VouchersTogether(field="vouchers")


def _check_choice(voucher: Voucher, using: Using) -> None:
    if voucher.kind != RewardKind.CHOICE or using.product is None:
        return
    if str(using.product.pk) not in voucher.terms.get("products", ()):
        raise ChoiceNotThere


def _follow(redemption: Redemption, voucher: Voucher, taken: int | None) -> None:
    """The redemption stands as its voucher does; what percent cost is known once they were taken off."""
    fields = []
    if redemption.status != voucher.status:
        redemption.status = voucher.status
        fields.append("status")
    if voucher.kind == RewardKind.PERCENT_OFF and taken is not None:
        redemption.cost = taken
        fields.append("cost")
    if fields:
        redemption.save(update_fields=fields)


def origin_of(voucher: Voucher) -> dict[str, str]:
    """What the voucher came from, for the record of an activity."""
    if voucher.gesture_id is not None:
        return {"gesture": str(voucher.gesture_id)}
    if voucher.present_id is not None:
        return {"present": str(voucher.present_id)}
    return {"redemption": str(voucher.redemption_id)}


def refuse_closed(voucher: Voucher) -> None:
    """Say why a voucher cannot be used or undone any more."""
    if voucher.status == RedemptionStatus.USED:
        raise VoucherUsed
    if voucher.status == RedemptionStatus.VOIDED:
        raise VoucherVoided
    raise VoucherExpired


def reopen_voucher(voucher: Voucher, *, purchase: Purchase | None = None) -> None:
    """Take back the last use of a locked voucher (or all uses on a purchase): it can be used again."""
    uses = VoucherUse.objects.filter(voucher=voucher, undone_at__isnull=True).order_by("-pk")
    undone = list(uses.filter(purchase=purchase) if purchase is not None else uses[:1])
    if voucher.left is not None:
        voucher.left = min(voucher.value, voucher.left + sum(use.amount or 0 for use in undone))
    VoucherUse.objects.filter(pk__in=[use.pk for use in undone]).update(undone_at=timezone.now())
    was_choice = voucher.kind == RewardKind.CHOICE
    voucher.status, voucher.used_at = RedemptionStatus.OPEN, None
    voucher.used_by = voucher.used_location = voucher.purchase = None
    if was_choice:
        voucher.product = None
    voucher.save(
        update_fields=["left", "status", "used_at", "used_by", "used_location", "purchase", "product"],
    )
    if voucher.redemption_id is not None:
        fields: dict[str, object] = {"status": RedemptionStatus.OPEN}
        if voucher.kind == RewardKind.PERCENT_OFF:
            fields["cost"] = None
        Redemption.objects.filter(pk=voucher.redemption_id).update(**fields)

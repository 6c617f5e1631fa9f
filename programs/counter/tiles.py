"""What the tiles of rewards and vouchers at the counter need besides names: what can be chosen, what is closed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from customers.models import Product
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.conditions import Conditions
from programs.enums import GiftStatus, HoldStatus, RewardKind
from programs.models import Gift, Reward, Voucher, VoucherHold
from programs.voucher_errors import VoucherHeld, VoucherNotYet, VoucherWrapped
from tenants.isolation import current_tenant
from tenants.templatetags.show import day


@dataclass(frozen=True, slots=True)
class Tiles:
    """By the id of a reward or voucher: `choices` are products to choose between, `closed` why not now."""

    choices: dict[UUID, list[tuple[UUID, str]]] = field(default_factory=dict)
    closed: dict[UUID, str] = field(default_factory=dict)


def tiles_of(rewards: Iterable[Reward], vouchers: Iterable[Voucher], *, location_id: UUID | None) -> Tiles:
    """Asks for nothing where there is nothing to say."""
    rewards, vouchers = list(rewards), list(vouchers)
    closed = _closed_here([*rewards, *vouchers], location_id)
    closed |= _kept_away(vouchers)
    return Tiles(_choices([*rewards, *vouchers]), closed)


def _choices(things: Iterable[Reward | Voucher]) -> dict[UUID, list[tuple[UUID, str]]]:
    named = {one.pk: one.terms.get("products", ()) for one in things if one.kind == RewardKind.CHOICE}
    if not named:
        return {}
    wanted = {pk for products in named.values() for pk in products}
    names = dict(Product.objects.filter(pk__in=wanted).order_by("name").values_list("pk", "name"))
    return {pk: [(one, name) for one, name in names.items() if str(one) in products] for pk, products in named.items()}


def _closed_here(things: Iterable[Reward | Voucher], location_id: UUID | None) -> dict[UUID, str]:
    now = timezone.now()
    today, closed = local_day(now, current_tenant().zone), {}
    for one in things:
        try:
            if isinstance(one, Voucher) and one.valid_from is not None and one.valid_from > now:
                raise VoucherNotYet(day(one.valid_from))
            if one.terms:
                Conditions.from_json(one.terms).refuse_use(day=today, location_id=location_id)
        except DomainError as refusal:
            closed[one.pk] = str(refusal)
    return closed


def _kept_away(vouchers: Iterable[Voucher]) -> dict[UUID, str]:
    """Those that are wrapped as a present, or whole in an order that is being paid."""
    ids = [voucher.pk for voucher in vouchers]
    if not ids:
        return {}
    whole = {voucher.pk for voucher in vouchers if voucher.left is None}
    wrapped = Gift.objects.filter(voucher__in=ids, status=GiftStatus.OPEN).values_list("voucher", flat=True)
    held = VoucherHold.objects.filter(voucher__in=whole, status=HoldStatus.HELD, expires_at__gt=timezone.now())
    closed = {pk: str(VoucherWrapped()) for pk in wrapped}
    return closed | {pk: str(VoucherHeld()) for pk in held.values_list("voucher", flat=True)}

"""The voucher that challenges, questions and surprises may give: of which kinds, and what it must say."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.enums import RewardKind

# What needs no choosing, no place and no list.
GIVES = (RewardKind.AMOUNT_OFF, RewardKind.PERCENT_OFF, RewardKind.FREE_PRODUCT)
MOST_OFF = 10**9


class VoucherGift(Protocol):
    """`value` in minor units or percent, as the kind says; good for `days`."""

    @property
    def gift_kind(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def product(self) -> str: ...
    @property
    def days(self) -> int: ...


def check_voucher_gift(gift: VoucherGift) -> None:
    """Raises Invalid at the field that makes no sense."""
    if gift.gift_kind not in GIVES:
        raise Invalid(field="gift_kind")
    if gift.gift_kind == RewardKind.FREE_PRODUCT and not gift.product:
        raise Invalid(_("Choose a product."), field="product")
    most = 100 if gift.gift_kind == RewardKind.PERCENT_OFF else MOST_OFF
    if gift.gift_kind != RewardKind.FREE_PRODUCT and not 1 <= gift.value <= most:
        raise Invalid(_("Say how much it takes off."), field="value")
    if not 1 <= gift.days <= 366:
        raise Invalid(_("Write from 1 to 366 days."), field="days")

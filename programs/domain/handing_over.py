"""What a visit at the counter says about the vouchers in it: the sum before them, the part taken, the thing chosen."""

from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from loyalty_saas.lib.rounding import round_half_up
from programs.domain.vouchers import Using, points_program_rule, refuse_together
from programs.enums import RewardKind
from programs.models import Voucher

if TYPE_CHECKING:
    from programs.domain.serving import Visit


def is_for_later(voucher: Voucher) -> bool:
    """Whether a voucher of this moment is for another time."""
    begins_later = voucher.valid_from is not None and voucher.valid_from > timezone.now()
    return begins_later or voucher.kind in (RewardKind.EXPERIENCE, RewardKind.EARLY_ACCESS)


def using_of(visit: "Visit", voucher: Voucher, chosen_for: UUID) -> Using:
    """What is known of the use of a voucher in this act; `chosen_for` is the voucher or reward that was ticked."""
    return Using(
        basket=basket_before(visit, voucher),
        amount=visit.parts.get(voucher.pk),
        product=visit.choices.get(chosen_for),
    )


def basket_before(visit: "Visit", voucher: Voucher) -> int | None:
    """The sum before this voucher, from what was paid after it; None where no amount was typed."""
    if visit.amount is None:
        return None
    if voucher.kind == RewardKind.AMOUNT_OFF:
        off: int = voucher.value if voucher.left is None else visit.parts.get(voucher.pk, voucher.left)
        return visit.amount + off
    if voucher.kind == RewardKind.PERCENT_OFF and voucher.value < 100:
        whole = round_half_up(Fraction(visit.amount * 100, 100 - voucher.value))
        return whole if voucher.cap is None else min(whole, visit.amount + voucher.cap)
    return visit.amount


def refuse_together_at(visit: "Visit") -> None:
    """The owner's rule about several vouchers, for all that is handed over now."""
    kinds = [*(reward.kind for reward in visit.rewards), *(voucher.kind for voucher in visit.vouchers)]
    if len(kinds) > 1:
        refuse_together(kinds, points_program_rule())

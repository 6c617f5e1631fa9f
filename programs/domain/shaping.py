"""What a reward of a kind must say, and what of all that was said belongs to its kind."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.enums import DISCOUNTS, RewardKind
from programs.errors import RewardWithoutWorth
from programs.models import Reward

if TYPE_CHECKING:
    from programs.domain.catalog import RewardDetails

_ALL = frozenset(RewardKind)
_WITH_VOUCHER = _ALL - {RewardKind.CONTENT, RewardKind.DONATION}
_WITH_WORDS = frozenset({RewardKind.CONTENT, RewardKind.EARLY_ACCESS, RewardKind.EXPERIENCE})
# What each field belongs to, and what it is otherwise.
_BELONGS: dict[str, tuple[frozenset[RewardKind], object]] = {
    "value": (frozenset({*DISCOUNTS, RewardKind.UPGRADE, RewardKind.DONATION}), 0),
    "product": (frozenset({RewardKind.FREE_PRODUCT, RewardKind.UPGRADE}), None),
    "charity": (frozenset({RewardKind.DONATION}), None),
    "cap": (frozenset({RewardKind.PERCENT_OFF}), None),
    "is_partial": (frozenset({RewardKind.AMOUNT_OFF}), False),
    "happens_at": (frozenset({RewardKind.EXPERIENCE, RewardKind.EARLY_ACCESS}), None),
    "public_at": (frozenset({RewardKind.EARLY_ACCESS}), None),
    "content": (_WITH_WORDS, ""),
    "link": (_WITH_WORDS, ""),
    "has_waiting_list": (frozenset({RewardKind.EXPERIENCE, RewardKind.EARLY_ACCESS}), False),
    "uses_own_codes": (frozenset({*DISCOUNTS, RewardKind.FREE_PRODUCT, RewardKind.EARLY_ACCESS}), False),
    "minimum": (_WITH_VOUCHER, 0),
    "usable_from": (_WITH_VOUCHER - {RewardKind.EXPERIENCE}, None),
    "usable_days": (_WITH_VOUCHER - {RewardKind.EXPERIENCE}, None),
}
_CONDITIONS = {"products": frozenset({RewardKind.CHOICE}), "locations": _WITH_VOUCHER, "blackout": _WITH_VOUCHER}


def keep_what_belongs(reward: Reward) -> None:
    """Empty the fields that mean nothing for a reward of this kind."""
    for name, (kinds, empty) in _BELONGS.items():
        if reward.kind not in kinds:
            setattr(reward, name, empty)
    reward.terms = {name: value for name, value in reward.terms.items() if reward.kind in _CONDITIONS.get(name, _ALL)}


def check_kind(details: "RewardDetails") -> None:
    """Raises RewardWithoutWorth or Invalid at the field that a reward of this kind lacks."""
    _check_value(details)
    if details.kind == RewardKind.DONATION and details.charity is None:
        raise Invalid(_("Say who gets it."), field="charity")
    if details.kind == RewardKind.EXPERIENCE and details.happens_at is None:
        raise Invalid(_("Say when it begins."), field="happens_on")
    begins = details.happens_at or details.public_at
    if details.kind == RewardKind.EARLY_ACCESS and not (begins or details.content.strip() or details.link):
        raise Invalid(_("Say from when, or write how they get there before others."), field="happens_on")
    if details.kind == RewardKind.CHOICE and len(details.terms.get("products", ())) < 2:
        raise Invalid(_("Choose at least two products."), field="products")
    if details.kind == RewardKind.CONTENT and not (details.content.strip() or details.link):
        raise Invalid(_("Write what they get to read, or a link to it."), field="content")
    if (details.limit_in_period is None) != (not details.limit_period):
        raise Invalid(_("Say both: how often, and in which time."), field="limit_in_period")
    if details.has_waiting_list and details.stock is None:
        raise Invalid(_("A waiting list needs a number of places."), field="stock")


def _check_value(details: "RewardDetails") -> None:
    if details.kind in (RewardKind.AMOUNT_OFF, RewardKind.DONATION) and details.value < 1:
        raise RewardWithoutWorth(field="value")
    if details.kind == RewardKind.PERCENT_OFF and not 1 <= details.value <= 100:
        raise RewardWithoutWorth(field="percent")

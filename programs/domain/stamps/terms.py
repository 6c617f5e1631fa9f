"""A stamp card as its owner composed it, and how many stamps a purchase earns by it. Plain values and arithmetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import floor

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.domain.kept import Kept
from programs.enums import RewardKind, StampsFor

LEAST_SLOTS, MOST_SLOTS = 2, 50
MOST_IN_DAY = 100
CHOICES = ("products", "categories")
# What a full card may give: what needs no choosing, no place and no list.
REWARD_KINDS = (RewardKind.FREE_PRODUCT, RewardKind.AMOUNT_OFF, RewardKind.PERCENT_OFF)


@dataclass(frozen=True, slots=True)
class Terms(Kept):
    """What a card is called, what fills its `slots`, and what a full one gives.

    VISIT: one stamp for a purchase. ITEMS: one for each item, of `products` and `categories` where some are chosen.
    SPEND: one for every `every` minor units that were paid. A purchase counts from `minimum` minor units of what is
    paid. `most_in_day` stamps at most on one day there. `reward_value` is minor units (money off) or percent.
    Stamps keep for `expiry_months` (for ever, if None), the reward's voucher for `voucher_days`. `names` keeps what the
    chosen ids were called.
    """

    name: str
    slots: int
    counts: str = StampsFor.VISIT.value
    minimum: int = 0
    every: int = 0
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    most_in_day: int | None = 1
    reward_name: str = ""
    reward_kind: str = RewardKind.FREE_PRODUCT.value
    reward_value: int = 0
    reward_product: str | None = None
    expiry_months: int | None = None
    voucher_days: int = 30
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def chooses(self) -> bool:
        return bool(self.products or self.categories)

    @property
    def looks_at_lines(self) -> bool:
        return self.counts == StampsFor.ITEMS or self.chooses


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a purchase as it is kept: `total` minor units, `items` of it, and what it is."""

    total: int
    items: Decimal
    product: str = ""
    category: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """`stamps` that a purchase earns before the day's limit; `missing` says why none, as a word."""

    stamps: int
    missing: str = ""


def count_stamps(terms: Terms, paid: int, lines: Iterable[Line]) -> Count:
    """The stamps of a purchase of which `paid` minor units and these lines are kept. Pure."""
    if paid <= 0 or paid < terms.minimum:
        return Count(0, "minimum" if paid > 0 else "kept")
    matching = [line for line in lines if line.total > 0 and line.items > 0 and _counts(terms, line)]
    if terms.counts == StampsFor.ITEMS:
        stamps = floor(sum((line.items for line in matching), Decimal(0)))
    elif terms.counts == StampsFor.SPEND:
        spent = min(paid, sum(line.total for line in matching)) if terms.chooses else paid
        stamps = spent // max(1, terms.every)
    else:
        stamps = 1 if matching or not terms.chooses else 0
    return Count(stamps, "" if stamps else "every" if terms.counts == StampsFor.SPEND and paid else "goods")


def _counts(terms: Terms, line: Line) -> bool:
    return not terms.chooses or line.product in terms.products or line.category in terms.categories


def check(terms: Terms) -> None:
    """Raises Invalid at the field that makes no sense."""
    if not terms.name.strip():
        raise Invalid(_("Give the card a name."), field="name")
    if not LEAST_SLOTS <= terms.slots <= MOST_SLOTS:
        raise Invalid(_("A card has 2 to 50 places."), field="slots")
    if terms.counts not in StampsFor.values:
        raise Invalid(field="counts")
    if terms.minimum < 0:
        raise Invalid(field="minimum")
    if terms.counts == StampsFor.SPEND and terms.every < 1:
        raise Invalid(_("Say for how much money there is a stamp."), field="every")
    if terms.most_in_day is not None and not 1 <= terms.most_in_day <= MOST_IN_DAY:
        raise Invalid(_("Write 1 to 100, or leave it empty for no limit."), field="most_in_day")
    _check_reward(terms)
    if terms.expiry_months is not None and not 1 <= terms.expiry_months <= 120:
        raise Invalid(_("Write 1 to 120 months, or leave it empty."), field="expiry_months")


def _check_reward(terms: Terms) -> None:
    if not terms.reward_name.strip():
        raise Invalid(_("Say what a full card gives."), field="reward_name")
    if terms.reward_kind not in REWARD_KINDS:
        raise Invalid(field="reward_kind")
    if terms.reward_kind == RewardKind.AMOUNT_OFF and terms.reward_value < 1:
        raise Invalid(_("Say how much it takes off."), field="reward_value")
    if terms.reward_kind == RewardKind.PERCENT_OFF and not 1 <= terms.reward_value <= 100:
        raise Invalid(_("Say how many percent it takes off."), field="reward_percent")
    if not 1 <= terms.voucher_days <= 3650:
        raise Invalid(_("Write 1 day or more."), field="voucher_days")

"""What a surprise gives, to whom by chance, and how much of it in a month. Plain values, ready for JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.domain.kept import Kept
from programs.domain.voucher_gifts import GIVES, MOST_OFF
from programs.enums import RewardKind, SurpriseWay

MOST_POINTS, MOST_AMONG, MOST_WINNERS, MOST_AWAY = 1_000_000, 100_000, 20, 730


@dataclass(frozen=True, slots=True)
class SurpriseTerms(Kept):
    """VISIT: each purchase that counts wins with a chance of 1 in `one_in`. DAY: after a day `winners` of its visitors.

    A purchase counts on the chosen `weekdays` (all, without any; Monday is 0), for at least `minimum` minor units, of a
    member who had not bought anything for `away_days` before (0: whoever comes) and, where `segments` are named, is in
    one of them at the moment of the draw. Nobody is surprised again within `rest_days`. In a calendar month no more
    than `budget` minor units and `budget_points` are given.
    """

    way: str
    one_in: int = 20
    winners: int = 1
    weekdays: tuple[int, ...] = ()
    minimum: int = 0
    away_days: int = 0
    segments: tuple[str, ...] = ()
    rest_days: int = 30
    points: int = 0
    gift_kind: str = ""
    value: int = 0
    cap: int = 0
    product: str = ""
    days: int = 14
    budget: int | None = None
    budget_points: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def check(terms: SurpriseTerms) -> None:
    """Raises Invalid at the field that makes no sense."""
    if terms.way not in SurpriseWay.values:
        raise Invalid(field="way")
    if terms.way == SurpriseWay.VISIT and not 1 <= terms.one_in <= MOST_AMONG:
        raise Invalid(field="one_in")
    if terms.way == SurpriseWay.DAY and not 1 <= terms.winners <= MOST_WINNERS:
        raise Invalid(field="winners")
    if not set(terms.weekdays) <= set(range(7)):
        raise Invalid(field="weekdays")
    if terms.minimum < 0 or not 0 <= terms.away_days <= MOST_AWAY or not 0 <= terms.rest_days <= MOST_AWAY:
        raise Invalid(field="minimum" if terms.minimum < 0 else "rest_days")
    _check_gift(terms)
    if terms.budget is None and (terms.gift_kind or terms.budget_points is None):
        raise Invalid(_("Say how much it may be in a month."), field="budget")


def _check_gift(terms: SurpriseTerms) -> None:
    if not terms.gift_kind:
        if not 1 <= terms.points <= MOST_POINTS:
            raise Invalid(_("This is too little or too much."), field="points")
        return
    if terms.gift_kind not in GIVES:
        raise Invalid(field="gives")
    if terms.gift_kind == RewardKind.FREE_PRODUCT and not terms.product:
        raise Invalid(_("Choose a product."), field="gift_product")
    if terms.gift_kind == RewardKind.AMOUNT_OFF and not 1 <= terms.value <= MOST_OFF:
        raise Invalid(_("Say how much it takes off."), field="gift_value")
    if terms.gift_kind == RewardKind.PERCENT_OFF:
        # What percent off costs nobody knows beforehand: it has a cap, and the budget counts it at that.
        if not 1 <= terms.value <= 100:
            raise Invalid(_("Say how many percent it takes off."), field="gift_percent")
        if not 1 <= terms.cap <= MOST_OFF:
            raise Invalid(_("Say how much it takes off at most: your budget never counts more."), field="gift_cap")
    if not 1 <= terms.days <= 366:
        raise Invalid(_("Write from 1 to 366 days."), field="gift_days")

"""The recipes: for each trade three ways to begin, each a whole program. A start, not advice to keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.domain.defaults import RewardExample, new_program, reward_examples, small_unit
from programs.domain.ladder import TierDetails
from programs.domain.rules.definition import Definition
from programs.enums import RuleEffect, RuleOccasion
from programs.models import Program
from tenants.enums import Trade
from tenants.models import Tenant

_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY, _FRIDAY = range(5)
_TWICE = 200


class Shape(StrEnum):
    """How a recipe is built: points and rewards; with tiers on top; with an extra for when business is slow."""

    PLAIN = "plain"
    LEVELS = "levels"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual in a trade, until the owner says otherwise: gross margin in percent of sales; a purchase in small
    units of money; purchases of known customers in a month."""

    margin: int
    purchase: int
    purchases: int


@dataclass(frozen=True, slots=True)
class Level:
    """A tier: `units` small units spent in a year; `multiplier` in percent."""

    name: str | Promise
    units: int
    multiplier: int


@dataclass(frozen=True, slots=True)
class Boost:
    """An earning rule that goes with the recipe."""

    name: str | Promise
    definition: Definition


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole program for a trade."""

    trade: Trade
    shape: Shape
    name: str | Promise
    about: str | Promise
    levels: tuple[Level, ...] = ()
    boost: Boost | None = None

    @property
    def slug(self) -> str:
        return f"{self.trade}-{self.shape}"

    def program(self, tenant: Tenant) -> Program:
        """Its terms, not saved."""
        return new_program(tenant, self.trade)

    def rewards(self) -> tuple[RewardExample, ...]:
        return reward_examples(self.trade)

    def tiers(self, tenant: Tenant) -> list[TierDetails]:
        unit = small_unit(tenant.currency)
        return [TierDetails(str(level.name), level.units * unit, level.multiplier) for level in self.levels]


_HABITS = {
    Trade.CAFE: Habits(margin=70, purchase=7, purchases=600),
    Trade.BAKERY: Habits(margin=65, purchase=6, purchases=900),
    Trade.RESTAURANT: Habits(margin=65, purchase=45, purchases=250),
    Trade.BOUTIQUE: Habits(margin=50, purchase=70, purchases=150),
    Trade.SALON: Habits(margin=60, purchase=55, purchases=150),
    Trade.FITNESS: Habits(margin=70, purchase=40, purchases=120),
    Trade.ONLINE: Habits(margin=40, purchase=60, purchases=300),
    Trade.SERVICE: Habits(margin=50, purchase=80, purchases=80),
    Trade.SHOP: Habits(margin=40, purchase=25, purchases=300),
}
# What a good regular and the best few spend in a year.
_YEARLY = {
    Trade.CAFE: (250, 600),
    Trade.BAKERY: (200, 500),
    Trade.RESTAURANT: (500, 1_200),
    Trade.BOUTIQUE: (400, 1_000),
    Trade.SALON: (400, 900),
    Trade.FITNESS: (400, 800),
    Trade.ONLINE: (300, 800),
    Trade.SERVICE: (400, 1_000),
    Trade.SHOP: (300, 800),
}


def _hours(days: tuple[int, ...], first: int | None = None, last: int | None = None) -> Definition:
    """Twice the points on these days, between these full hours."""
    minutes = (None, None) if first is None or last is None else (first * 60, last * 60)
    return Definition(RuleEffect.MULTIPLY, _TWICE, weekdays=days, from_minute=minutes[0], to_minute=minutes[1])


_QUIET = {
    Trade.CAFE: Boost(_("Quiet afternoons"), _hours((_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY), 14, 16)),
    Trade.BAKERY: Boost(
        _("The last hours of the day"), _hours((_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY, _FRIDAY), 16, 18)
    ),
    Trade.RESTAURANT: Boost(_("Early in the week"), _hours((_MONDAY, _TUESDAY, _WEDNESDAY))),
    Trade.BOUTIQUE: Boost(_("Calm mornings"), _hours((_TUESDAY, _WEDNESDAY, _THURSDAY), 10, 13)),
    Trade.SALON: Boost(_("Midweek"), _hours((_TUESDAY, _WEDNESDAY))),
    Trade.FITNESS: Boost(_("Around noon"), _hours((_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY, _FRIDAY), 11, 15)),
    Trade.SERVICE: Boost(_("Midweek"), _hours((_TUESDAY, _WEDNESDAY, _THURSDAY))),
    Trade.SHOP: Boost(_("Calm mornings"), _hours((_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY), 9, 12)),
}
_WELCOME = Boost(_("A warm welcome"), Definition(RuleEffect.MULTIPLY, _TWICE, occasion=RuleOccasion.FIRST))
_EXTRA_ABOUT = {
    Trade.ONLINE: _("Twice the points on the first order: a reason to come back to a shop they have seen once."),
}


def recipes_for(trade: str) -> Iterator[Recipe]:
    """The ways to begin in a trade, the simplest first."""
    trade = Trade(trade)
    first, second = _YEARLY[trade]
    yield Recipe(
        trade,
        Shape.PLAIN,
        _("Plain and simple"),
        _("Points for what they spend, and three rewards to look forward to. Understood in one sentence."),
    )
    yield Recipe(
        trade,
        Shape.LEVELS,
        _("Thanks for coming often"),
        _("As the simple one, and whoever comes often earns faster. Good where a few regulars carry the year."),
        levels=(Level(_("Regular"), first, 125), Level(_("Friend of the house"), second, 150)),
    )
    yield Recipe(
        trade,
        Shape.QUIET,
        _("A warm welcome") if trade == Trade.ONLINE else _("For the quiet hours"),
        _EXTRA_ABOUT.get(trade, _("As the simple one, and twice the points when you have time for people.")),
        boost=_QUIET.get(trade, _WELCOME),
    )


def recipe_of(slug: str) -> Recipe | None:
    """The recipe of an address; None where it names none."""
    trade = slug.partition("-")[0]
    if trade not in Trade.values:
        return None
    return next((recipe for recipe in recipes_for(trade) if recipe.slug == slug), None)


def habits_of(trade: str) -> Habits:
    return _HABITS[Trade(trade)]

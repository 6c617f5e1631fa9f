"""An earning rule as its owner composed it: what it gives, when, and at most how much. Plain values, ready for JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.domain.kept import Kept
from programs.domain.rules.conditions import Condition, check_conditions
from programs.enums import HAPPENINGS, Around, RuleEffect, RuleOccasion

LEAST_TIMES, MOST_TIMES = 101, 2000
MOST_POINTS = 1_000_000
MINUTES = 24 * 60
# What may be chosen: places, tiers, tags and segments of members, products and categories.
CHOICES = ("locations", "tiers", "tags", "segments", "products", "categories")


@dataclass(frozen=True, slots=True)
class Definition(Kept):
    """Everything named must hold (of several places, tiers, tags or products: one of them).

    `amount` is percent for MULTIPLY and points otherwise: for `every` items, or `every` minor units. `minimum` in
    minor units of what is paid. `weekdays` from 0 for Monday; `from_minute` and `to_minute` of the local day, where a
    window over midnight belongs to the day it begins on; days are local too, the last one included. `nth` counts days
    of visit. Of the caps, in points: for a member in a day, in a calendar month and ever, for everybody (`budget`).
    `budget_money` is the same budget in minor units at `budget_cost` for a hundred points; which of the two was typed
    says `budget_in_money`. Of happenings: `subject` is the type of event or the way to recommend (empty for any),
    `conditions` look at what an event holds, and ITEMS and SPEND count its field `per`. `names` keeps what the chosen
    ids were called when it was published.
    """

    HOLDS: ClassVar = {"conditions": Condition}

    effect: str
    amount: int
    every: int = 1
    minimum: int = 0
    weekdays: tuple[int, ...] = ()
    from_minute: int | None = None
    to_minute: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    locations: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    occasion: str = RuleOccasion.ANY.value
    around: str = Around.WEEK.value
    nth: int = 5
    most_in_day: int | None = None
    most_in_month: int | None = None
    most_for_member: int | None = None
    budget: int | None = None
    budget_money: int | None = None
    budget_cost: int | None = None
    budget_in_money: bool = False
    subject: str = ""
    conditions: tuple[Condition, ...] = ()
    per: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_for_purchases(self) -> bool:
        return self.occasion not in HAPPENINGS

    @property
    def looks_at_lines(self) -> bool:
        return bool(self.products or self.categories or self.effect == RuleEffect.ITEMS)

    @property
    def asks_visits(self) -> bool:
        return self.occasion in (RuleOccasion.FIRST, RuleOccasion.VISIT)

    @property
    def asks_awards(self) -> bool:
        return any(cap is not None for cap in (self.most_in_day, self.most_in_month, self.most_for_member))

    def chosen(self) -> list[str]:
        return [pk for name in CHOICES for pk in getattr(self, name)]

    def name_of(self, pk: str) -> str:
        return self.names.get(pk, "")


def check(definition: Definition) -> None:
    """Raises Invalid at the field that makes no sense."""
    least, most = (LEAST_TIMES, MOST_TIMES) if definition.effect == RuleEffect.MULTIPLY else (1, MOST_POINTS)
    if definition.effect not in RuleEffect.values:
        raise Invalid(field="effect")
    if not least <= definition.amount <= most:
        raise Invalid(_("This is too little or too much."), field="amount")
    if definition.every < 1:
        raise Invalid(field="every")
    if definition.occasion not in RuleOccasion.values or definition.around not in Around.values:
        raise Invalid(field="occasion")
    if definition.occasion == RuleOccasion.VISIT and not 2 <= definition.nth <= 1000:
        raise Invalid(_("Count from the 2nd visit to the 1000th."), field="nth")
    if not set(definition.weekdays) <= set(range(7)):
        raise Invalid(field="weekdays")
    if definition.minimum < 0:
        raise Invalid(field="minimum")
    _check_times(definition)
    _check_happening(definition)
    _check_caps(definition)


def _check_caps(definition: Definition) -> None:
    for name in ("most_in_day", "most_in_month", "most_for_member", "budget"):
        cap = getattr(definition, name)
        if cap is not None and cap < 1:
            raise Invalid(_("Write 1 or more, or leave it empty for no limit."), field=name)
    if definition.budget_in_money and definition.budget_money is not None and definition.budget_money < 1:
        raise Invalid(_("This must be more than nothing."), field="budget_money")


def _check_happening(definition: Definition) -> None:
    check_conditions(definition.conditions)
    if definition.is_for_purchases:
        if definition.subject or definition.conditions or definition.per:
            raise Invalid(field="occasion")
        return
    if definition.effect == RuleEffect.MULTIPLY:
        raise Invalid(_("There are no points to multiply here. Choose extra points."), field="effect")
    asks_fields = definition.occasion in (RuleOccasion.EVENT, RuleOccasion.POLL)
    if not asks_fields and definition.effect != RuleEffect.FIXED:
        raise Invalid(_("Nothing can be counted here. Choose extra points once."), field="effect")
    if definition.products or definition.categories:
        raise Invalid(_("Nothing is bought here. Take the products away."), field="products")
    is_event = definition.occasion == RuleOccasion.EVENT
    if is_event and not definition.subject:
        raise Invalid(_("Choose what happens."), field="subject")
    if not (asks_fields and definition.subject) and (definition.conditions or definition.per):
        raise Invalid(field="occasion")
    if definition.minimum and definition.occasion not in (RuleOccasion.FRIEND, RuleOccasion.BROUGHT):
        raise Invalid(_("Nothing is bought here. Leave it empty."), field="minimum")
    if definition.effect in (RuleEffect.ITEMS, RuleEffect.SPEND) and not definition.per:
        raise Invalid(_("Say what is counted."), field="per")


def _check_times(definition: Definition) -> None:
    start, end = definition.from_minute, definition.to_minute
    if (start is None) != (end is None):
        raise Invalid(_("Say both, from when and until when."), field="from_minute" if start is None else "to_minute")
    if start is not None and end is not None:
        if not 0 <= start < MINUTES or not 0 < end <= MINUTES:
            raise Invalid(field="from_minute")
        if start == end:
            raise Invalid(_("These are the same time."), field="to_minute")
    if definition.first_day and definition.last_day and definition.last_day < definition.first_day:
        raise Invalid(_("The last day comes before the first."), field="last_day")

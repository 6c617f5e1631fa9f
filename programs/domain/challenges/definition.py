"""What a challenge asks and gives. Plain values, ready for JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.enums import ChallengeKind, RewardKind

MOST_TIMES, MOST_POINTS, MOST_GOODS = 100, 1_000_000, 20
GIVES = (RewardKind.AMOUNT_OFF, RewardKind.PERCENT_OFF, RewardKind.FREE_PRODUCT)


@dataclass(frozen=True, slots=True)
class Definition:
    """What counts is a day on which something was bought and kept: for at least `minimum` minor units, and with one of
    the chosen products or categories where there are any.

    TIMES asks for `goal` such days, STREAK for `goal` weeks in a row with one (a missed week is forgiven), COLLECT for
    each of the chosen once. Days are those of the business, `last_day` included. It gives `points`, or a voucher as
    `gift_kind`, `value`, `product` and `days` say. `names` keeps what the chosen were called.
    """

    kind: str
    goal: int = 1
    first_day: date | None = None
    last_day: date | None = None
    minimum: int = 0
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    points: int = 0
    gift_kind: str = ""
    value: int = 0
    product: str = ""
    days: int = 30
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Definition":
        """Raises nothing for what `as_json` made; unknown keys of a later version are left out."""
        known = {one.name for one in fields(cls)}
        given = {name: value for name, value in values.items() if name in known}
        for name in ("products", "categories"):
            given[name] = tuple(given.get(name, ()))
        for name in ("first_day", "last_day"):
            given[name] = date.fromisoformat(given[name]) if given.get(name) else None
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        for name in ("first_day", "last_day"):
            values[name] = values[name].isoformat() if values[name] else None
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @property
    def chosen(self) -> tuple[str, ...]:
        return (*self.categories, *self.products)

    @property
    def steps(self) -> int:
        """How many steps it takes."""
        return len(self.chosen) if self.kind == ChallengeKind.COLLECT else self.goal


def check(definition: Definition) -> None:
    """Raises Invalid at the field that makes no sense."""
    if definition.kind not in ChallengeKind.values:
        raise Invalid(field="kind")
    if definition.kind == ChallengeKind.COLLECT:
        if not 2 <= len(definition.chosen) <= MOST_GOODS:
            raise Invalid(_("Choose from 2 to 20 things to collect."), field="goods")
    elif not 2 <= definition.goal <= MOST_TIMES:
        raise Invalid(_("Write from 2 to 100."), field="goal")
    if definition.kind == ChallengeKind.TIMES and definition.last_day is None:
        raise Invalid(_("Say until which day."), field="last_day")
    if definition.first_day and definition.last_day and definition.last_day < definition.first_day:
        raise Invalid(_("The last day comes before the first."), field="last_day")
    if definition.minimum < 0:
        raise Invalid(field="minimum")
    _check_reward(definition)


def _check_reward(definition: Definition) -> None:
    if not definition.gift_kind:
        if not 1 <= definition.points <= MOST_POINTS:
            raise Invalid(_("This is too little or too much."), field="points")
        return
    if definition.gift_kind not in GIVES:
        raise Invalid(field="gift_kind")
    if definition.gift_kind == RewardKind.FREE_PRODUCT and not definition.product:
        raise Invalid(_("Choose a product."), field="product")
    most = 100 if definition.gift_kind == RewardKind.PERCENT_OFF else 10**9
    if definition.gift_kind != RewardKind.FREE_PRODUCT and not 1 <= definition.value <= most:
        raise Invalid(_("Say how much it takes off."), field="value")
    if not 1 <= definition.days <= 366:
        raise Invalid(_("Write from 1 to 366 days."), field="days")

"""What a challenge asks and gives. Plain values, ready for JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.domain.kept import Kept
from programs.domain.voucher_gifts import check_voucher_gift
from programs.enums import ChallengeKind

MOST_TIMES, MOST_POINTS, MOST_GOODS = 100, 1_000_000, 20


@dataclass(frozen=True, slots=True)
class Definition(Kept):
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
    check_voucher_gift(definition)

"""What earning rules add to a purchase: pure arithmetic on what is kept of it.

A bonus is a rule that matched, with everything its sum depends on, so that it stands in the entry's snapshot and a
return computes it anew from what is kept. All is exact; the purchase is rounded once, as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from fractions import Fraction
from typing import Any

from programs.enums import RuleEffect, Stacking

NOTHING = Fraction(0)
Exact = int | Fraction
# The id of a line, what of it counts in minor units, and how many items.
Sized = tuple[str, Exact, Exact]


@dataclass(frozen=True, slots=True)
class Part:
    """A line, or a purchase without lines (`id` empty): what of it counts in minor units, and how many items."""

    id: str
    counted: Fraction
    items: Fraction


@dataclass(frozen=True, slots=True)
class Bonus:
    """`amount` in percent for MULTIPLY, otherwise in points: once, for `every` items, or for `every` minor units.

    `lines` are the ids of the lines it looks at (None: all that count). Nothing is given below `minimum` (minor units,
    of what was paid and kept), and never more than `most` points, which is what caps had left at the time.
    """

    rule: str
    version: int
    name: str
    effect: str
    amount: int
    every: int = 1
    lines: tuple[str, ...] | None = None
    minimum: int = 0
    most: int | None = None

    @classmethod
    def from_snapshot(cls, values: Mapping[str, Any]) -> "Bonus":
        lines = values.get("lines")
        return cls(**{**values, "lines": tuple(lines) if lines is not None else None})

    def as_snapshot(self) -> dict[str, Any]:
        """Without what is as it is by default: there may be twenty in every entry."""
        values = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: value for name, value in values.items() if name not in _USUAL or value != _USUAL[name]}
        return kept if self.lines is None else {**kept, "lines": list(self.lines)}


_USUAL = {one.name: one.default for one in fields(Bonus) if one.default is not MISSING}


def extra_points(
    bonuses: Sequence[Bonus], parts: Sequence[Part], *, kept: Exact, rate: Fraction, times: Fraction, stacking: str
) -> tuple[Fraction, ...]:
    """What each bonus adds, in their order, exact and never negative.

    `rate` is points for a minor unit before any multiplier, `times` the tier's. A multiplier adds what the purchase
    earns with it more than without: Stacking.BEST takes the highest for each line, so give them with the highest
    first; Stacking.ALL puts one on top of the other.
    """
    # Whole numbers wherever they are: ten lines and twenty rules are hundreds of sums.
    percents = {part.id: whole(times * 100) for part in parts}
    sized = [(part.id, whole(part.counted), whole(part.items)) for part in parts if part.counted]
    added = []
    for bonus in bonuses:
        lines = bonus.lines
        mine = sized if lines is None else [one for one in sized if one[0] in lines]
        extra = NOTHING
        if mine and kept >= bonus.minimum:
            extra = _multiplied(bonus, mine, percents, stacking) * rate if _multiplies(bonus) else _added(bonus, mine)
        added.append(extra if bonus.most is None else min(extra, Fraction(bonus.most)))
    return tuple(added)


def whole(value: Fraction) -> Exact:
    """A whole number as an integer."""
    return value.numerator if value.denominator == 1 else value


def _multiplies(bonus: Bonus) -> bool:
    return bonus.effect == RuleEffect.MULTIPLY


def _multiplied(bonus: Bonus, sized: Sequence[Sized], percents: dict[str, Exact], stacking: str) -> Fraction:
    """By how much more of what counts (minor units) the purchase earns at its plain rate."""
    extra: Exact = 0
    for line, counted, _items in sized:
        before = percents[line]
        after = Fraction(before * bonus.amount, 100) if stacking == Stacking.ALL else max(before, bonus.amount)
        if after != before:
            percents[line] = after
            extra += counted * (after - before)
    return Fraction(extra, 100)


def _added(bonus: Bonus, sized: Sequence[Sized]) -> Fraction:
    if bonus.effect == RuleEffect.ITEMS:
        return Fraction(sum(items for _line, _counted, items in sized) // bonus.every * bonus.amount)
    if bonus.effect == RuleEffect.SPEND:
        return Fraction(sum(counted for _line, counted, _items in sized) * bonus.amount, bonus.every)
    return Fraction(bonus.amount)

"""What earning rules add to a purchase: pure arithmetic on what is kept of it.

A bonus is a rule that matched, with everything its sum depends on, so that it stands in the entry's snapshot and a
return computes it anew from what is kept. All is exact; the purchase is rounded once, as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from programs.enums import RuleEffect, Stacking

NOTHING = Fraction(0)


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
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "lines": list(self.lines) if self.lines is not None else None}


def extra_points(
    bonuses: Sequence[Bonus], parts: Sequence[Part], *, kept: int, rate: Fraction, times: Fraction, stacking: str
) -> tuple[Fraction, ...]:
    """What each bonus adds, in their order, exact and never negative.

    `rate` is points for a minor unit before any multiplier, `times` the tier's. A multiplier adds what the purchase
    earns with it more than without: Stacking.BEST takes the highest for each line, so give them with the highest
    first; Stacking.ALL puts one on top of the other.
    """
    by_line = {part.id: times for part in parts}
    added = []
    for bonus in bonuses:
        mine = [part for part in parts if part.counted and (bonus.lines is None or part.id in bonus.lines)]
        extra = NOTHING
        if mine and kept >= bonus.minimum:
            extra = _multiplied(bonus, mine, by_line, rate, stacking) if _multiplies(bonus) else _added(bonus, mine)
        added.append(extra if bonus.most is None else min(extra, Fraction(bonus.most)))
    return tuple(added)


def _multiplies(bonus: Bonus) -> bool:
    return bonus.effect == RuleEffect.MULTIPLY


def _multiplied(
    bonus: Bonus, parts: Sequence[Part], by_line: dict[str, Fraction], rate: Fraction, stacking: str
) -> Fraction:
    extra = NOTHING
    for part in parts:
        before, own = by_line[part.id], Fraction(bonus.amount, 100)
        after = before * own if stacking == Stacking.ALL else max(before, own)
        by_line[part.id] = after
        extra += part.counted * rate * (after - before)
    return extra


def _added(bonus: Bonus, parts: Sequence[Part]) -> Fraction:
    if bonus.effect == RuleEffect.ITEMS:
        return Fraction(sum(part.items for part in parts) // bonus.every * bonus.amount)
    if bonus.effect == RuleEffect.SPEND:
        return Fraction(sum((part.counted for part in parts), NOTHING) * bonus.amount / bonus.every)
    return Fraction(bonus.amount)

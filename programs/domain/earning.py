"""What a purchase earns: pure arithmetic, the same for the worked example, the preview and the posting.

Everything is exact (integers and Fractions) until one rounding at the end. With Rounding.CARRY what is left
over goes to the next purchase, so that points and carry together always equal what was earned exactly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any
from uuid import UUID

from loyalty_saas.lib.rounding import round_half_up
from programs.enums import Rounding

if TYPE_CHECKING:
    from programs.models import Program

# Carries of taxes shared out over parts that came back would grow endless denominators; what is finer than a
# billionth of a point is dropped.
FINEST = 10**9


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line: what it cost after discounts, tax included, and what of that came back. Minor units.

    `excluded` says why it earns nothing ("product", "category"), or is empty.
    """

    total: int
    tax: int = 0
    returned: int = 0
    excluded: str = ""
    text: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """What earning looks at in a purchase: what was paid, tax included, net of discounts, in minor units.

    Without lines the whole purchase counts.
    """

    total: int
    tax: int = 0
    returned: int = 0
    lines: tuple[BasketLine, ...] = ()

    @property
    def kept(self) -> int:
        return self.total - self.returned


@dataclass(frozen=True, slots=True)
class Rule:
    """How a program earned at one moment; `multiplier` is the tier's, in percent."""

    earn_points: int
    earn_amount: int
    rounding: str
    on_tax: bool
    minimum: int
    multiplier: int

    @classmethod
    def of(cls, program: "Program", multiplier: int = 100) -> "Rule":
        return cls(
            earn_points=program.earn_points,
            earn_amount=program.earn_amount,
            rounding=str(program.rounding),
            on_tax=program.earn_on_tax,
            minimum=program.minimum_purchase,
            multiplier=multiplier,
        )

    @classmethod
    def from_snapshot(cls, values: Mapping[str, Any]) -> "Rule":
        return cls(**values)

    def as_snapshot(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def rate(self) -> Fraction:
        """Points for one minor unit of what counts."""
        return Fraction(self.earn_points * self.multiplier, self.earn_amount * 100)

    def counted(self, basket: Basket) -> Fraction:
        """What of the basket counts, in minor units, returns deducted."""
        if basket.total <= 0 or basket.kept <= 0:
            return Fraction(0)
        if not basket.lines:
            return Fraction(self._basis(basket.total, basket.tax) * basket.kept, basket.total)
        counted, kept = Fraction(0), 0
        for line in basket.lines:
            left = line.total - line.returned
            kept += left
            if left > 0 and not line.excluded:
                counted += Fraction(self._basis(line.total, line.tax) * left, line.total)
        # A return of an amount without naming lines comes off all of them alike.
        return counted * basket.kept / kept if kept > 0 else Fraction(0)

    def value(self, basket: Basket) -> Fraction:
        """Points for the basket before rounding; nothing below the minimum, which is compared with what was paid."""
        if basket.kept < self.minimum:
            return Fraction(0)
        return self.counted(basket) * self.rate

    def _basis(self, total: int, tax: int) -> int:
        return total if self.on_tax else total - tax


@dataclass(frozen=True, slots=True)
class Quote:
    """`points` whole points, `carry` what goes to the next purchase, `value` the exact points before rounding.

    `counted` is in minor units. `reasons` is why, line by line, ready for a snapshot.
    """

    points: int
    carry: Fraction
    value: Fraction
    counted: Fraction
    rule: Rule
    reasons: list[dict[str, Any]] = field(default_factory=list)


def quote_purchase(
    program: "Program",
    basket: Basket,
    *,
    multiplier: int = 100,
    carry: Fraction = Fraction(0),
    tier: str = "",
) -> Quote:
    """What a purchase earns by the program's rule now. Pure: neither reads nor writes the database.

    `multiplier` is the tier's in percent, `carry` what the account still holds of a point. Which lines are
    excluded stands in the basket.
    """
    rule = Rule.of(program, multiplier)
    value = rule.value(basket)
    points, left = round_points(rule.rounding, value, carry)
    return Quote(
        points=points,
        carry=left,
        value=value,
        counted=rule.counted(basket),
        rule=rule,
        reasons=_reasons(rule, basket, value=value, carry=carry, left=left, tier=tier),
    )


def round_points(rounding: str, value: Fraction, carry: Fraction) -> tuple[int, Fraction]:
    """Whole points for an exact value, and the carry afterwards (untouched unless the rule carries)."""
    if rounding == Rounding.CARRY:
        exact = value + carry
        points = floor(exact)
        return points, bounded(exact - points)
    if rounding == Rounding.NEAREST:
        return round_half_up(value), carry
    return (ceil(value) if rounding == Rounding.UP else floor(value)), carry


def bounded(carry: Fraction) -> Fraction:
    """The carry with a denominator that fits its column, rounded down where it must."""
    return carry if carry.denominator <= FINEST else Fraction(floor(carry * FINEST), FINEST)


def money_to_next_point(program: "Program", *, multiplier: int, carry: Fraction) -> int:
    """Minor units of what counts that are missing to the next whole point. Only carrying programs have one."""
    return ceil((1 - carry) / Rule.of(program, multiplier).rate)


def exclude_lines(
    lines: Iterable[Mapping[str, Any]], products: frozenset[UUID], categories: frozenset[UUID]
) -> tuple[BasketLine, ...]:
    """Lines of a purchase (id, description, product_id, product__category_id, total, tax), each one judged."""
    return tuple(
        BasketLine(
            total=line["total"],
            tax=line["tax"],
            excluded=_why_excluded(line, products, categories),
            text=line["description"],
            id=line["id"].hex,
        )
        for line in lines
    )


def _why_excluded(line: Mapping[str, Any], products: frozenset[UUID], categories: frozenset[UUID]) -> str:
    if line["product_id"] in products:
        return "product"
    return "category" if line["product__category_id"] in categories else ""


def _reasons(
    rule: Rule, basket: Basket, *, value: Fraction, carry: Fraction, left: Fraction, tier: str
) -> list[dict[str, Any]]:
    reasons: list[dict[str, Any]] = [
        {
            "what": "line",
            "id": line.id,
            "text": line.text,
            "total": line.total,
            "tax": line.tax,
            "counts": not line.excluded,
            "why": line.excluded,
        }
        for line in basket.lines
    ] or [{"what": "purchase", "total": basket.total, "tax": basket.tax, "counts": True}]
    if basket.tax:
        reasons.append({"what": "tax", "tax": basket.tax, "counts": rule.on_tax})
    if rule.minimum:
        reached = basket.kept >= rule.minimum
        reasons.append({"what": "minimum", "minimum": rule.minimum, "paid": basket.kept, "reached": reached})
    if rule.multiplier != 100:
        reasons.append({"what": "tier", "tier": tier, "multiplier": rule.multiplier})
    reasons.append(
        {"what": "rounding", "how": rule.rounding, "exact": str(value), "before": str(carry), "after": str(left)}
    )
    return reasons

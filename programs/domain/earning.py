"""What a purchase earns: pure arithmetic, the same for the worked example, the preview and the posting.

Everything is exact (integers and Fractions) until one rounding at the end. With Rounding.CARRY what is left
over goes to the next purchase, so that points and carry together always equal what was earned exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from loyalty_saas.lib.rounding import round_half_up
from programs.domain.bonuses import NOTHING, Bonus, Exact, Part, extra_points, whole
from programs.domain.rules.verdicts import Verdict
from programs.enums import Rounding, Stacking

if TYPE_CHECKING:
    from programs.models import Program

# Carries of taxes shared out over parts that came back would grow endless denominators; what is finer than a
# billionth of a point is dropped.
FINEST = 10**9


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line: what it cost after discounts, tax included, and what of that came back. Minor units.

    `excluded` says why it earns nothing ("product", "category"), or is empty. `items` are those that are kept.
    """

    total: int
    tax: int = 0
    returned: int = 0
    excluded: str = ""
    text: str = ""
    id: str = ""
    items: Fraction = Fraction(1)
    product: UUID | None = None
    category: UUID | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """What earning looks at in a purchase: what was paid, tax included, net of discounts, in minor units.

    Without lines the whole purchase counts. What was paid from store credit (`credit` of the total) earns nothing: it
    comes off everything alike, and of what is kept it is the same part as of the whole.
    """

    total: int
    tax: int = 0
    returned: int = 0
    lines: tuple[BasketLine, ...] = ()
    credit: int = 0

    @property
    def kept(self) -> Exact:
        left = self.total - self.returned
        return whole(Fraction(left * (self.total - self.credit), self.total)) if self.credit else left


@dataclass(frozen=True, slots=True)
class Rule:
    """How a purchase earned at one moment: the program's rate, the tier's `multiplier` in percent, and the bonuses.

    `stacking` says how several multipliers on one line go together.
    """

    earn_points: int
    earn_amount: int
    rounding: str
    on_tax: bool
    minimum: int
    multiplier: int
    stacking: str = Stacking.BEST.value
    bonuses: tuple[Bonus, ...] = ()

    @classmethod
    def of(cls, program: "Program", multiplier: int = 100, bonuses: Sequence[Bonus] = ()) -> "Rule":
        return cls(
            earn_points=program.earn_points,
            earn_amount=program.earn_amount,
            rounding=str(program.rounding),
            on_tax=program.earn_on_tax,
            minimum=program.minimum_purchase,
            multiplier=multiplier,
            stacking=str(program.stacking),
            bonuses=tuple(bonuses),
        )

    @classmethod
    def from_snapshot(cls, values: Mapping[str, Any]) -> "Rule":
        bonuses = tuple(Bonus.from_snapshot(one) for one in values.get("bonuses", ()))
        return cls(**{**values, "bonuses": bonuses})

    def as_snapshot(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "bonuses": [bonus.as_snapshot() for bonus in self.bonuses]}

    @property
    def rate(self) -> Fraction:
        """Points for one minor unit of what counts, bonuses aside."""
        return Fraction(self.earn_points * self.multiplier, self.earn_amount * 100)

    def counted(self, basket: Basket) -> Fraction:
        """What of the basket counts, in minor units, returns deducted."""
        return self.worked(basket).counted

    def value(self, basket: Basket) -> Fraction:
        """Points for the basket before rounding; nothing below the minimum, which is compared with what was paid."""
        return self.worked(basket).value

    def extras(self, basket: Basket) -> tuple[Fraction, ...]:
        """What each bonus adds to the value, exact, in their order."""
        return self.worked(basket).extras

    def worked(self, basket: Basket) -> "Worked":
        """What counts of the basket, what each bonus adds, and the value they make together."""
        parts = self._parts(basket)
        counted = sum((part.counted for part in parts), NOTHING)
        if basket.kept < self.minimum:
            return Worked(counted, (NOTHING,) * len(self.bonuses), NOTHING)
        extras = self._extras(basket, parts)
        return Worked(counted, extras, counted * self.rate + sum(extras, NOTHING))

    def _extras(self, basket: Basket, parts: Sequence[Part]) -> tuple[Fraction, ...]:
        if not self.bonuses:
            return ()
        return extra_points(
            self.bonuses,
            parts,
            kept=basket.kept,
            rate=Fraction(self.earn_points, self.earn_amount),
            times=Fraction(self.multiplier, 100),
            stacking=self.stacking,
        )

    def _parts(self, basket: Basket) -> list[Part]:
        if basket.total <= 0 or basket.kept <= 0:
            return []
        if not basket.lines:
            counted = Fraction(self._basis(basket.total, basket.tax) * basket.kept, basket.total)
            return [Part("", counted, Fraction(1))]
        left = [(line, line.total - line.returned) for line in basket.lines]
        kept = sum(amount for _line, amount in left)
        # A return of an amount without naming lines comes off all of them alike.
        share = Fraction(basket.kept, kept) if kept > 0 else NOTHING
        return [
            Part(line.id, Fraction(self._basis(line.total, line.tax) * amount, line.total) * share, line.items)
            for line, amount in left
            if amount > 0 and not line.excluded
        ]

    def _basis(self, total: int, tax: int) -> int:
        return total if self.on_tax else total - tax


class Worked(NamedTuple):
    """A rule worked out for a basket: `counted` in minor units, `extras` and `value` in points, exact."""

    counted: Fraction
    extras: tuple[Fraction, ...]
    value: Fraction


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
    verdicts: Sequence[Verdict] = (),
) -> Quote:
    """What a purchase earns by the program's rule now. Pure: neither reads nor writes the database.

    `multiplier` is the tier's in percent, `carry` what the account still holds of a point. Which lines are
    excluded stands in the basket; `verdicts` say which of the earning rules match.
    """
    rule = Rule.of(program, multiplier, [verdict.bonus for verdict in verdicts if verdict.bonus])
    worked = rule.worked(basket)
    value = worked.value
    points, left = round_points(rule.rounding, value, carry)
    return Quote(
        points=points,
        carry=left,
        value=value,
        counted=worked.counted,
        rule=rule,
        reasons=[
            *basket_reasons(rule, basket, tier),
            *_rule_reasons(rule, basket, verdicts, worked.extras),
            {"what": "rounding", "how": rule.rounding, "exact": str(value), "before": str(carry), "after": str(left)},
        ],
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


def rules_that_count(reasons: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the earning rules that gave something, by an entry's or a quote's reasons."""
    return tuple(reason["name"] for reason in reasons if reason["what"] == "rule" and reason["counts"])


def exclude_lines(
    lines: Iterable[Mapping[str, Any]], products: frozenset[UUID], categories: frozenset[UUID]
) -> tuple[BasketLine, ...]:
    """Lines of a purchase (id, description, product_id, product__category_id, quantity, total, tax), each judged."""
    return tuple(
        BasketLine(
            total=line["total"],
            tax=line["tax"],
            excluded=_why_excluded(line, products, categories),
            text=line["description"],
            id=line["id"].hex,
            items=Fraction(line["quantity"]),
            product=line["product_id"],
            category=line["product__category_id"],
        )
        for line in lines
    )


def _why_excluded(line: Mapping[str, Any], products: frozenset[UUID], categories: frozenset[UUID]) -> str:
    if line["product_id"] in products:
        return "product"
    return "category" if line["product__category_id"] in categories else ""


def basket_reasons(rule: Rule, basket: Basket, tier: str = "") -> list[dict[str, Any]]:
    """What of a basket counts by a rule and what does not, for a snapshot."""
    reasons: list[dict[str, Any]] = [
        {
            "what": "line",
            "id": line.id,
            "text": line.text,
            "total": line.total,
            "tax": line.tax,
            "items": str(Decimal(line.items.numerator) / line.items.denominator),
            "counts": not line.excluded,
            "why": line.excluded,
        }
        for line in basket.lines
    ] or [{"what": "purchase", "total": basket.total, "tax": basket.tax, "counts": True}]
    if basket.credit:
        reasons.append({"what": "credit", "credit": basket.credit, "counts": False})
    if basket.tax:
        reasons.append({"what": "tax", "tax": basket.tax, "counts": rule.on_tax})
    if rule.minimum:
        reached = basket.kept >= rule.minimum
        reasons.append({"what": "minimum", "minimum": rule.minimum, "paid": basket.kept, "reached": reached})
    if rule.multiplier != 100:
        reasons.append({"what": "tier", "tier": tier, "multiplier": rule.multiplier})
    return reasons


def _rule_reasons(
    rule: Rule, basket: Basket, verdicts: Sequence[Verdict], added: Sequence[Fraction]
) -> list[dict[str, Any]]:
    """Every rule there was: what it added, or what was missing. One that matched and added nothing says why too."""
    extras = iter(added)
    reasons = []
    for verdict in verdicts:
        points = next(extras) if verdict.bonus else NOTHING
        missing = verdict.missing or (
            () if points else ({"what": "better" if basket.kept >= rule.minimum else "counted"},)
        )
        reasons.append(
            {
                "what": "rule",
                "rule": verdict.rule,
                "version": verdict.version,
                "name": verdict.name,
                "counts": points > 0,
                "points": str(points),
                "missing": list(missing),
            }
        )
    return reasons

"""How a tier and the running rules go together, on one purchase for which all of them count."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from programs.domain.bonuses import Bonus
from programs.domain.earning import Basket, BasketLine, Rule, quote_purchase
from programs.domain.rules.judging import Standing, in_order
from programs.domain.rules.verdicts import Verdict
from programs.enums import RuleEffect
from programs.models import Program, Tier


@dataclass(frozen=True, slots=True)
class Stacked:
    """A purchase of `paid` minor units: what the rate and the tier give, what each rule adds (exact), and the whole."""

    paid: int
    base: Fraction
    tier: Tier | None
    rules: list[tuple[str, Fraction]]
    points: int


def stack_example(program: Program, rules: Sequence[Standing], *, paid: int, tier: Tier | None) -> Stacked:
    """`program.stacking` decides, saved or not. Every rule matches here; of items there are as many as it takes."""
    items = max((one.definition.every for one in rules if one.definition.effect == RuleEffect.ITEMS), default=1)
    basket = Basket(paid, lines=(BasketLine(paid, id="1", items=Fraction(items)),))
    verdicts = [Verdict(str(one.rule), one.version, one.name, _bonus(one)) for one in in_order(rules, program.stacking)]
    multiplier = tier.multiplier if tier else 100
    quote = quote_purchase(program, basket, multiplier=multiplier, verdicts=verdicts)
    extras = quote.rule.extras(basket)
    return Stacked(
        paid=paid,
        base=quote.counted * Rule.of(program, multiplier).rate,
        tier=tier if multiplier != 100 else None,
        rules=[(verdict.name, extra) for verdict, extra in zip(verdicts, extras, strict=True)],
        points=quote.points,
    )


def _bonus(standing: Standing) -> Bonus:
    definition = standing.definition
    return Bonus(
        rule=str(standing.rule),
        version=standing.version,
        name=standing.name,
        effect=definition.effect,
        amount=definition.amount,
        every=definition.every,
        most=definition.most_in_day,
    )

"""Rules for what is no purchase: events of the business's own, friends brought along, recommendations approved.

The same judging and the same arithmetic as for purchases; what a rule counts is put before it as a basket of its own.
Each rule's points are whole, rounded down by themselves: there is no part of a point to carry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

from programs.domain.bonuses import Part, extra_points
from programs.domain.earning import Basket, BasketLine
from programs.domain.rules.conditions import unmet
from programs.domain.rules.definition import Definition
from programs.domain.rules.judging import Circumstances, Standing, judge
from programs.domain.rules.reading import all_in_force, judge_by
from programs.domain.rules.verdicts import Verdict
from programs.enums import RuleEffect, Stacking
from programs.models import Account, Program

_NO_RATE, _ONCE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Happening:
    """`occasion` of RuleOccasion; `subject` is the type of event or the way to recommend; `paid` is the purchase of a
    friend in minor units. `refused` says why no rule counts for it, whatever it asks."""

    occasion: str
    when: datetime
    subject: UUID | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    paid: int = 0
    location: UUID | None = None
    refused: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Gave:
    """What the rules gave for a happening, and why each of them did or did not, ready for a snapshot."""

    points: int
    reasons: list[dict[str, Any]]


NOTHING_GIVEN = Gave(0, [])


def rules_for(program: Program, happening: Happening) -> list[Standing]:
    """The rules in force when it happened that are about such a thing."""
    return [one for one in all_in_force(program, happening.when) if is_about(one.definition, happening)]


def is_about(definition: Definition, happening: Happening) -> bool:
    return definition.occasion == happening.occasion and definition.subject in ("", str(happening.subject))


def judge_happening(account: Account, happening: Happening, *, binding: bool = True) -> Gave:
    """What the rules give the member of a locked account; those with a budget that match are locked too (`binding`)."""
    rules = rules_for(account.program, happening)

    def decide(some: Sequence[Standing], now: Circumstances) -> list[Verdict]:
        return decide_happening(some, happening, now)

    verdicts = judge_by(decide, account, rules, when=happening.when, location=happening.location, binding=binding)
    return gave(verdicts, rules, happening)


def decide_happening(rules: Sequence[Standing], happening: Happening, now: Circumstances) -> list[Verdict]:
    """The verdict on each rule. Pure."""
    return [_decide(one, happening, now) for one in rules]


def _decide(standing: Standing, happening: Happening, now: Circumstances) -> Verdict:
    definition = standing.definition
    (verdict,) = judge([standing], _basket(definition, happening), now, stacking=Stacking.BEST)
    missing = [one for one in verdict.missing if one["what"] != "items"]
    missing += unmet(definition.conditions, happening.payload)
    if definition.per and _counted(definition, happening) < _least(definition):
        missing.append({"what": "counted_field", "field": definition.per, "name": definition.name_of(definition.per)})
    if happening.refused is not None:
        missing.append(dict(happening.refused))
    if missing:
        return Verdict(verdict.rule, verdict.version, verdict.name, missing=tuple(missing))
    return verdict


def gave(verdicts: Sequence[Verdict], rules: Sequence[Standing], happening: Happening) -> Gave:
    """The points of the verdicts on these rules, each rounded down, and the reasons as an entry keeps them."""
    definitions = {str(one.rule): one.definition for one in rules}
    total, reasons = 0, []
    for verdict in verdicts:
        points = _points(verdict, definitions[verdict.rule], happening)
        total += points
        reasons.append(
            {
                "what": "rule",
                "rule": verdict.rule,
                "version": verdict.version,
                "name": verdict.name,
                "counts": points > 0,
                "points": str(points),
                "missing": list(verdict.missing) or ([] if points else [{"what": "counted"}]),
            }
        )
    return Gave(total, reasons)


def _points(verdict: Verdict, definition: Definition, happening: Happening) -> int:
    if verdict.bonus is None:
        return 0
    amount = _counted(definition, happening)
    part = Part("", amount, amount) if definition.per else Part("", _ONCE, _ONCE)
    bonus = replace(verdict.bonus, lines=None, minimum=0)
    (extra,) = extra_points([bonus], [part], kept=0, rate=_NO_RATE, times=_ONCE, stacking=Stacking.BEST)
    return floor(extra)


def _basket(definition: Definition, happening: Happening) -> Basket:
    items = _counted(definition, happening) if definition.per else _ONCE
    return Basket(happening.paid, lines=(BasketLine(happening.paid, id="1", items=items),))


def _counted(definition: Definition, happening: Happening) -> Fraction:
    """What the field it counts holds: a number, or minor units; nothing where it was left out."""
    value = happening.payload.get(definition.per) if definition.per else None
    return max(Fraction(0), Fraction(str(value))) if value is not None else Fraction(0)


def _least(definition: Definition) -> int:
    return definition.every if definition.effect == RuleEffect.ITEMS else 1

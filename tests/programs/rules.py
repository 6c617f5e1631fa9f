"""Earning rules for tests: composed and published through the front doors."""

from typing import Any

from programs.domain.rules.definition import CHOICES, Definition
from programs.domain.rules.publishing import compose_rule, publish_rule
from programs.enums import RuleEffect
from programs.models import EarningRule, Program
from tests.programs.shop import SYSTEM, at


def defined(effect: str = RuleEffect.MULTIPLY, amount: int = 200, **fields: Any) -> Definition:
    """Double points, unless told otherwise. Chosen things may be given as rows."""
    chosen = CHOICES
    return Definition(
        str(effect),
        amount,
        **{n: tuple(str(v.pk) for v in value) if n in chosen else value for n, value in fields.items()},
    )


def make_rule(program: Program, name: str = "Double", since: str = "2025-01-01 00:00", **fields: Any) -> EarningRule:
    """A published rule, long since in force."""
    with at(since):
        rule = compose_rule(program, name=name, definition=defined(**fields), by=SYSTEM)
        publish_rule(rule, by=SYSTEM)
    return rule

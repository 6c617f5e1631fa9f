"""Kinds of event and their rules for tests, through the front doors."""

from typing import Any

from customers.models import Member
from programs.domain.events.fields import PayloadField
from programs.domain.events.recording import record_event
from programs.domain.events.types import TypeDetails, define_event_type
from programs.enums import FieldKind, RuleEffect, RuleOccasion
from programs.models import EarningRule, Event, EventType, Program
from tests.programs.rules import make_rule
from tests.programs.shop import SYSTEM, key

FIELDS = (
    PayloadField("stars", "Stars", FieldKind.NUMBER, required=True),
    PayloadField("order", "Order", FieldKind.AMOUNT),
    PayloadField("course", "Course", FieldKind.CHOICE, choices=("Latte art", "Cupping")),
    PayloadField("day", "Day", FieldKind.DATE),
    PayloadField("first", "First time", FieldKind.FLAG),
    PayloadField("said", "What they said", FieldKind.TEXT),
)


def make_type(name: str = "Feedback left", **details: Any) -> EventType:
    return define_event_type(TypeDetails(name, **{"fields": FIELDS, "by_staff": True, **details}), by=SYSTEM)


def event_rule(program: Program, kind: EventType, name: str = "Feedback", **fields: Any) -> EarningRule:
    """Ten points for each, unless told otherwise."""
    given = {"effect": RuleEffect.FIXED, "amount": 10, "occasion": RuleOccasion.EVENT, **fields}
    return make_rule(program, name, subject=str(kind.pk), **given)


def happen(member: Member, kind: EventType, **options: Any) -> Event:
    payload = options.pop("payload", {"stars": 5})
    return record_event(member, kind=kind, payload=payload, **{"by": SYSTEM, "key": key(), **options})

"""Earning rules composed, published, changed and ended by people, each time on the record."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from customers.models import Category, Product, Segment, Tag
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.rules.definition import CHOICES, Definition, check
from programs.enums import Stacking
from programs.errors import NothingToPublish, RuleEnded, TooManyRules
from programs.models import EarningRule, EarningRuleVersion, Program, Tier
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.models import Location

# Every purchase is judged by all of them, and nobody keeps more in mind.
MOST_RULES = 30
_MODELS = {
    "locations": Location,
    "tiers": Tier,
    "tags": Tag,
    "segments": Segment,
    "products": Product,
    "categories": Category,
}


@transaction.atomic
def compose_rule(program: Program, *, name: str, definition: Definition, by: Actor) -> EarningRule:
    """Begin a rule as a draft, which counts for nothing. Raises Invalid, TooManyRules. Locks the program."""
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if EarningRule.objects.filter(program=program, ended_at=None).count() >= MOST_RULES:
        raise TooManyRules(MOST_RULES)
    rule = EarningRule(program=program)
    _draft(rule, name, definition)
    rule.save(force_insert=True)
    record_audit("rule.composed", by=by, subject=rule)
    return rule


@transaction.atomic
def redraft_rule(rule: EarningRule, *, name: str, definition: Definition, by: Actor) -> EarningRule:
    """Change a rule's draft; what is published stays. Raises Invalid at the field, RuleEnded. Locks the rule."""
    rule = _locked(rule)
    _draft(rule, name, definition)
    rule.save(update_fields=["name", "draft"])
    record_audit("rule.redrafted", by=by, subject=rule)
    return rule


@transaction.atomic
def drop_draft(rule: EarningRule, *, by: Actor) -> bool:
    """Throw the draft away; False when the rule went with it, never having been published. Locks the rule."""
    rule = _locked(rule)
    last = rule.versions.order_by("number").last()
    record_audit("rule.draft_dropped", by=by, subject=rule)
    if last is None:
        rule.delete()
        return False
    rule.name, rule.draft = last.name, None
    rule.save(update_fields=["name", "draft"])
    return True


@transaction.atomic
def publish_rule(rule: EarningRule, *, by: Actor, starts_at: datetime | None = None) -> EarningRuleVersion:
    """Let the draft count from a moment on (now, by default); until then the version before it counts as it did.

    Purchases made earlier are never touched, whenever they are recorded. A version that was to begin later is replaced
    when this one begins before it. Raises NothingToPublish, RuleEnded, Invalid (`starts_at` is over). Locks the rule.
    """
    rule = _locked(rule)
    if rule.draft is None:
        raise NothingToPublish
    now = timezone.now()
    starts_at = starts_at or now
    if starts_at < now:
        raise Invalid(field="starts_at")
    number = (rule.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    definition = _named(Definition.from_json(rule.draft))
    version = EarningRuleVersion(
        rule=rule, number=number, name=rule.name, definition=definition.as_json(), starts_at=starts_at
    )
    version.save(force_insert=True)
    rule.draft = None
    rule.save(update_fields=["draft"])
    record_audit("rule.published", by=by, subject=rule, version=number, starts_at=starts_at.isoformat())
    return version


@transaction.atomic
def end_rule(rule: EarningRule, *, by: Actor) -> EarningRule:
    """Let a rule count no longer from now on; what it gave stays. Raises RuleEnded. Locks the rule."""
    rule = _locked(rule)
    rule.ended_at, rule.draft = timezone.now(), None
    rule.save(update_fields=["ended_at", "draft"])
    record_audit("rule.ended", by=by, subject=rule)
    return rule


@transaction.atomic
def resume_rule(rule: EarningRule, *, by: Actor) -> EarningRule:
    """Take an ended rule up again as a draft of how it was last: it counts when that is published. Locks the rule."""
    rule = EarningRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    last = rule.versions.order_by("number").last()
    if rule.ended_at is None or last is None:
        return rule
    copy: EarningRule = compose_rule(
        rule.program, name=rule.name, definition=Definition.from_json(last.definition), by=by
    )
    return copy


@transaction.atomic
def stack_rules(program: Program, stacking: str, *, by: Actor) -> Program:
    """Say how several multipliers on one purchase go together, from now on. Raises Invalid. Locks the program."""
    if stacking not in Stacking.values:
        raise Invalid(field="stacking")
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if program.stacking != stacking:
        record_audit("program.changed", by=by, subject=program, stacking=[program.stacking, stacking])
        program.stacking = stacking
        program.save(update_fields=["stacking", "updated_at"])
    return program


def rules_naming(pk: str) -> list[str]:
    """The names of the rules that have not ended and name this thing, in their draft or in a version that may count."""
    found = []
    for rule in EarningRule.objects.filter(ended_at=None).prefetch_related("versions"):
        last = max(rule.versions.all(), key=lambda version: version.number, default=None)
        told = [rule.draft, last.definition if last else None]
        if any(pk in Definition.from_json(values).chosen() for values in told if values):
            found.append(rule.name)
    return found


def _locked(rule: EarningRule) -> EarningRule:
    rule = EarningRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if rule.ended_at is not None:
        raise RuleEnded
    return rule


def _draft(rule: EarningRule, name: str, definition: Definition) -> None:
    check(definition)
    rule.name = tidy_text(name, field="name", longest=60, required=True)
    rule.draft = _named(definition).as_json()


def _named(definition: Definition) -> Definition:
    """With what the chosen things are called now. Raises Invalid at a field that names what is not there (any more)."""
    names: dict[str, str] = {}
    for field in CHOICES:
        if chosen := getattr(definition, field):
            found = {str(one.pk): str(one) for one in _MODELS[field].objects.filter(pk__in=[UUID(pk) for pk in chosen])}
            if len(found) < len(chosen):
                raise Invalid(field=field)
            names |= found
    return replace(definition, names=names)

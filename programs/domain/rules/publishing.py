"""Earning rules composed, published, changed and ended by people, each time on the record."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.books.cost import cost_of_points
from programs.domain.chosen import names_of
from programs.domain.rules.asking import fields_to_ask
from programs.domain.rules.budgets import keep_given
from programs.domain.rules.definition import CHOICES, Definition, check
from programs.enums import FieldKind, RuleEffect, RuleOccasion, Stacking
from programs.errors import NothingToPublish, RuleEnded, TooManyRules
from programs.models import AdvocacyAction, EarningRule, EarningRuleVersion, EventType, Poll, Program
from programs.queries import current_rewards
from tenants.actors import Actor
from tenants.domain.audit import record_audit

# Every purchase is judged by all of them, and nobody keeps more in mind.
MOST_RULES = 30


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
    when this one begins before it. Raises NothingToPublish, RuleEnded, Invalid (`starts_at` is over). Locks the rule;
    for the first budget of one that may have given points already, the program and all its accounts too.
    """
    rule = _locked(rule)
    if rule.draft is None:
        raise NothingToPublish
    now = timezone.now()
    starts_at = starts_at or now
    if starts_at < now:
        raise Invalid(field="starts_at")
    number = (rule.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    definition = budgeted(_named(Definition.from_json(rule.draft)), rule.program)
    version = EarningRuleVersion(
        rule=rule, number=number, name=rule.name, definition=definition.as_json(), starts_at=starts_at
    )
    if definition.budget is not None and rule.given_to_all is None:
        keep_given(rule, was_published=number > 1)
    version.save(force_insert=True)
    rule.draft = None
    rule.save(update_fields=["draft", "given_to_all"])
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


def budgeted(definition: Definition, program: Program) -> Definition:
    """The budget in points and in money, whichever was typed, at what a point costs the program now.

    Typed in money it is rounded down to whole points, so that it is never exceeded. Raises Invalid where it is money
    and nobody knows what a point costs, or where it is less than one point.
    """
    if definition.budget_in_money and definition.budget_money is None:
        return replace(definition, budget=None, budget_cost=None)
    if not definition.budget_in_money and definition.budget is None:
        return replace(definition, budget_money=None, budget_cost=None)
    cost = cost_of_points(program, current_rewards(program))
    if not definition.budget_in_money:
        money = cost.of(definition.budget or 0) if cost else None
        return replace(definition, budget_money=money, budget_cost=cost.of_hundred if cost else None)
    if cost is None:
        said = _("Nobody knows yet what a point costs you. Say so in the books, or write the budget in points.")
        raise Invalid(said, code="no_cost", field="budget_money")
    points = (definition.budget_money or 0) * 100 // cost.of_hundred
    if points < 1:
        raise Invalid(_("This is less than one point costs you."), field="budget_money")
    return replace(definition, budget=points, budget_cost=cost.of_hundred)


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
    rule.draft = budgeted(_named(definition), rule.program).as_json()


def _named(definition: Definition) -> Definition:
    """With what the chosen things are called now. Raises Invalid at a field that names what is not there (any more)."""
    names = names_of({field: getattr(definition, field) for field in CHOICES})
    names |= _names_of_happening(definition)
    return replace(definition, names=names)


def _names_of_happening(definition: Definition) -> dict[str, str]:
    """What the chosen event or way to recommend, and the field that is counted, are called now. Raises Invalid."""
    if not definition.subject:
        return {}
    pk = UUID(definition.subject)
    if definition.occasion == RuleOccasion.POLL:
        subject: Any = Poll.objects.filter(pk=pk, published_at__isnull=False, ended_at__isnull=True).first()
    elif definition.occasion == RuleOccasion.EVENT:
        subject = EventType.objects.filter(pk=pk, archived_at__isnull=True).first()
    else:
        subject = AdvocacyAction.objects.filter(pk=pk, archived_at__isnull=True).first()
    if subject is None:
        raise Invalid(_("This is not there any more. Choose another one."), field="subject")
    names = {definition.subject: str(subject)}
    fields = {one.key: one for one in fields_to_ask(subject)}
    for condition in definition.conditions:
        known = fields.get(condition.field)
        if known is None or known.kind != condition.kind:
            raise Invalid(_("It does not hold this any more."), field="conditions")
    wanted = {RuleEffect.ITEMS: FieldKind.NUMBER, RuleEffect.SPEND: FieldKind.AMOUNT}
    if definition.per:
        counted = fields.get(definition.per)
        if counted is None or counted.kind != wanted.get(RuleEffect(definition.effect)):
            raise Invalid(_("Choose a field that fits."), field="per")
        names[definition.per] = counted.name
    return names

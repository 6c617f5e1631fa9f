"""Earning rules: what there is, composing one with its words and an example, and what it would have given."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import points_program, require_points_program
from programs.domain.defaults import small_unit
from programs.domain.rules import publishing
from programs.domain.rules.definition import Definition, check
from programs.domain.rules.judging import Standing
from programs.domain.rules.reading import all_in_force, rules_in_force
from programs.domain.rules.replay import DAYS, replay
from programs.forms.rules import RuleForm, StackingForm, StartForm
from programs.models import EarningRule, EarningRuleVersion, Program, Reward, RuleAward
from programs.queries import current_rewards
from programs.rule_example import stack_example
from programs.words.rules import in_words
from programs.worth import worth_of_points
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission
from tenants.templatetags.show import day as show_day

RECENTLY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule with the version that counts now and one that begins later; what it gave in 30 days."""

    rule: EarningRule
    now: EarningRuleVersion | None
    later: EarningRuleVersion | None
    words: str
    later_words: str
    points: int
    times: int


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def rules(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    running = EarningRule.objects.filter(program=found, ended_at=None)
    context = {
        "program": found,
        "rules": _listed(found, running),
        "ended": _listed(found, EarningRule.objects.filter(program=found, ended_at__isnull=False)),
        "stacking": StackingForm(initial={"stacking": found.stacking}),
        **_stacked(request, found),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/rules/list.html", context)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def stacking(request: BusinessRequest) -> HttpResponse:
    form = StackingForm(request.POST)
    if form.is_valid():
        publishing.stack_rules(require_points_program(), form.cleaned_data["stacking"], by=request.actor)
        messages.success(request, _("Saved. It counts from the next purchase."))
    return redirect("programs:rules")


@require_POST
@dashboard_page(Permission.VIEW_PROGRAM)
def stacking_example(request: BusinessRequest) -> HttpResponse:
    """How they go together by what is chosen at this moment, saved or not."""
    found, form = require_points_program(), StackingForm(request.POST)
    if form.is_valid():
        found.stacking = form.cleaned_data["stacking"]
    return render(request, "programs/rules/stacked.html", {"program": found, **_stacked(request, found)})


@dashboard_page(Permission.EDIT_PROGRAM)
def new_rule(request: BusinessRequest) -> HttpResponse:
    found = require_points_program()
    form = RuleForm(request.POST or None, program=found)
    if request.method == "POST" and form.is_valid():
        try:
            rule = publishing.compose_rule(
                found, name=form.cleaned_data["name"], definition=form.definition(), by=request.actor
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _drafted(request, rule)
    return _page(request, found, form)


@dashboard_page(Permission.EDIT_PROGRAM)
def rule(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = _rule(pk)
    form = RuleForm(request.POST or None, program=found.program, name=found.name, definition=_definition(found))
    if request.method == "POST" and form.is_valid():
        try:
            publishing.redraft_rule(
                found, name=form.cleaned_data["name"], definition=form.definition(), by=request.actor
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _drafted(request, found)
    return _page(request, found.program, form, found)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def preview(request: BusinessRequest) -> HttpResponse:
    """The rule in words, for what stands in the form at this moment."""
    found = require_points_program()
    form = RuleForm(request.POST, program=found)
    return render(request, "programs/rules/said.html", _said(found, form))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def choices(request: BusinessRequest, name: str) -> HttpResponse:
    """The chosen goods or tags as they stand in the form: one more, or one less."""
    form = RuleForm(request.POST, program=require_points_program())
    context = {"form": form, "name": name, "chosen": form.chosen[name], "field": form[name]}
    return render(request, "programs/rules/chosen.html", context)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def event_fields(request: BusinessRequest) -> HttpResponse:
    """What may be asked of the event that is chosen at this moment."""
    return render(
        request, "programs/rules/event_fields.html", {"form": RuleForm(request.POST, program=require_points_program())}
    )


@require_GET
@dashboard_page(Permission.EDIT_PROGRAM)
def rehearsal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """What the draft would have given on the business's own purchases, beside the rules as they are."""
    found = _rule(pk)
    now = timezone.now()
    before = all_in_force(found.program, now)
    after = [one for one in before if one.rule != found.pk]
    definition = _definition(found)
    if definition is not None:
        after.append(Standing(found.pk, 0, found.name, definition))
    replayed = replay(found.program, now, before=before, after=after)
    context = {
        "program": found.program,
        "rule": found,
        "replay": replayed,
        "days": DAYS,
        "cost": worth_of_points(replayed.change, _rewards(found.program)),
    }
    return render(request, "programs/rules/rehearsal.html", context)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def publication(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Publish the draft, at once or from a later day."""
    found = _rule(pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _page(request, found.program, _form(found), found, start=form)
    day, starts_at = form.cleaned_data["starts_on"], None
    if day is not None and day > local_day(timezone.now(), request.tenant.zone):
        starts_at = start_of_day(day, request.tenant.zone)
    elif day is not None and day < local_day(timezone.now(), request.tenant.zone):
        form.add_error("starts_on", _("This day is over. Choose today or a later one."))
        return _page(request, found.program, _form(found), found, start=form)
    publishing.publish_rule(found, by=request.actor, starts_at=starts_at)
    said = _("“%(rule)s” counts from %(day)s.") if starts_at else _("“%(rule)s” counts from now on.")
    messages.success(request, said % {"rule": found.name, "day": show_day(day)})
    return redirect("programs:rules")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def draft_removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    publishing.drop_draft(_rule(pk), by=request.actor)
    messages.success(request, _("The draft is gone."))
    return redirect("programs:rules")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def ending(request: BusinessRequest, pk: UUID) -> HttpResponse:
    ended = publishing.end_rule(_rule(pk), by=request.actor)
    messages.success(request, _("“%(rule)s” has ended. What it gave stays.") % {"rule": ended.name})
    return redirect("programs:rules")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def resumption(request: BusinessRequest, pk: UUID) -> HttpResponse:
    again = publishing.resume_rule(_rule(pk), by=request.actor)
    messages.success(request, _("Here it is as it was last. It counts once you publish it."))
    return redirect("programs:rule", again.pk)


def _rule(pk: UUID) -> EarningRule:
    found: EarningRule = get_object_or_404(EarningRule.objects.select_related("program"), pk=pk)
    return found


def _definition(found: EarningRule) -> Definition | None:
    """What is being composed, or else what was published last."""
    if found.draft is not None:
        return Definition.from_json(found.draft)
    last = found.versions.order_by("number").last()
    return Definition.from_json(last.definition) if last else None


def _form(found: EarningRule) -> RuleForm:
    return RuleForm(program=found.program, name=found.name, definition=_definition(found))


def _drafted(request: BusinessRequest, found: EarningRule) -> HttpResponse:
    if "publish" in request.POST:
        publishing.publish_rule(found, by=request.actor)
        messages.success(request, _("“%(rule)s” counts from now on.") % {"rule": found.name})
        return redirect("programs:rules")
    messages.success(request, _("Saved as a draft. See what it would have given, then publish it."))
    return redirect("programs:rule", found.pk)


def _listed(found: Program, rules: QuerySet[EarningRule]) -> list[Listed]:
    now = timezone.now()
    versions: dict[UUID, list[EarningRuleVersion]] = {}
    for version in EarningRuleVersion.objects.filter(rule__in=rules).order_by("number"):
        versions.setdefault(version.rule_id, []).append(version)
    recent = RuleAward.objects.filter(rule__in=rules, occurred_at__gte=now - RECENTLY).order_by().values("rule")
    summed = recent.annotate(sum=Sum("points"), times=Count("cause_id", distinct=True))
    sums = {row["rule"]: (row["sum"], row["times"]) for row in summed}
    listed = []
    for one in rules:
        begun = [version for version in versions.get(one.pk, []) if version.starts_at <= now]
        to_come = [version for version in versions.get(one.pk, []) if version.starts_at > now]
        current = begun[-1] if begun else None
        later = to_come[-1] if to_come and (current is None or to_come[-1].number > current.number) else None
        points, times = sums.get(one.pk, (0, 0))
        shown = current.definition if current else (one.draft or (later.definition if later else None))
        listed.append(
            Listed(
                rule=one,
                now=current,
                later=later,
                words=in_words(Definition.from_json(shown), found) if shown else "",
                later_words=in_words(Definition.from_json(later.definition), found) if later else "",
                points=points,
                times=times,
            )
        )
    return listed


def _stacked(request: BusinessRequest, found: Program) -> dict[str, Any]:
    """The example of the running rules, for a member of the highest tier, where there is something to put together."""
    running = rules_in_force(found, timezone.now())
    tier = found.tiers.order_by("threshold").last()
    if not running or (len(running) == 1 and tier is None):
        return {"stacked": None}
    paid = small_unit(request.tenant.currency) * 20
    return {"stacked": stack_example(found, running, paid=paid, tier=tier)}


def _page(
    request: BusinessRequest,
    found: Program,
    form: RuleForm,
    rule: EarningRule | None = None,
    *,
    start: StartForm | None = None,
) -> HttpResponse:
    context = {
        "program": found,
        "rule": rule,
        "form": form,
        "start": start or StartForm(),
        "is_published": rule is not None and rule.versions.exists(),
        **_said(found, form, _definition(rule) if rule else None),
    }
    wrong = form.errors or (start is not None and start.errors)
    return render(request, "programs/rules/rule.html", context, status=422 if wrong else 200)


def _said(found: Program, form: RuleForm, definition: Definition | None = None) -> dict[str, Any]:
    """The words of what is typed (or of a definition as it stands), or what is still wrong with it."""
    if form.is_bound:
        definition = _typed(form, found)
    problem = ""
    if definition is None and form.errors:
        name, errors = next(iter(form.errors.items()))
        problem = f"{form.fields[name].label}: {errors[0]}" if name in form.fields else str(errors[0])
    # Which of the two was not typed is said beside it.
    cost = definition.budget_money if definition and not definition.budget_in_money else None
    return {"words": in_words(definition, found) if definition else "", "problem": problem, "budget_cost": cost}


def _rewards(found: Program) -> list[Reward]:
    return current_rewards(found)


def _typed(form: RuleForm, program: Program) -> Definition | None:
    if not form.is_valid():
        return None
    definition = form.definition()
    try:
        check(definition)
        definition = publishing.budgeted(definition, program)
    except DomainError as error:
        form.refuse(error)
        return None
    return definition

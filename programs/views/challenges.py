"""Challenges: what runs, composing one with its words, publishing and ending it, and who has done it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import points_program, require_points_program
from programs.domain.challenges import publishing
from programs.domain.challenges.definition import Definition
from programs.domain.challenges.reading import is_over
from programs.forms.challenges import ChallengeForm
from programs.models import Challenge, ChallengeResult, Program
from programs.views.drafts import listed, state_of
from programs.words.challenges import asks, gives
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

NEWEST = 50


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def challenges(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    context = {"program": found, **listed(request, _rows_of(found))}
    return render(request, "programs/challenges/list.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def new_challenge(request: BusinessRequest) -> HttpResponse:
    found = require_points_program()
    form = ChallengeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = publishing.compose_challenge(
                found, name=form.cleaned_data["name"], definition=form.definition(), by=request.actor
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _drafted(request, made, form)
    return _page(request, found, form)


@dashboard_page(Permission.VIEW_PROGRAM)
def challenge(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """A draft to be changed by those who may, or what runs with those who have done it."""
    found = _challenge(pk)
    may_edit = request.membership.may(Permission.EDIT_PROGRAM)
    if found.published_at is not None or not may_edit:
        return _shown(request, found, may_edit)
    form = ChallengeForm(request.POST or None, name=found.name, definition=_definition(found))
    if request.method == "POST" and form.is_valid():
        try:
            publishing.redraft_challenge(
                found, name=form.cleaned_data["name"], definition=form.definition(), by=request.actor
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _drafted(request, found, form)
    return _page(request, found.program, form, found)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    publishing.drop_challenge(_challenge(pk), by=request.actor)
    messages.success(request, _("The draft is gone."))
    return redirect("programs:challenges")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def ending(request: BusinessRequest, pk: UUID) -> HttpResponse:
    ended = publishing.end_challenge(_challenge(pk), by=request.actor)
    messages.success(request, _("“%(challenge)s” has ended. What it gave stays.") % {"challenge": ended.name})
    return redirect("programs:challenges")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def copying(request: BusinessRequest, pk: UUID) -> HttpResponse:
    copy = publishing.copy_challenge(_challenge(pk), by=request.actor)
    messages.success(request, _("Here is a copy. Say its days, then publish it."))
    return redirect("programs:challenge", copy.pk)


def _challenge(pk: UUID) -> Challenge:
    found: Challenge = get_object_or_404(Challenge.objects.select_related("program"), pk=pk)
    return found


def _definition(found: Challenge) -> Definition:
    return Definition.from_json(found.definition)


def _drafted(request: BusinessRequest, found: Challenge, form: ChallengeForm) -> HttpResponse:
    if "publish" not in request.POST:
        messages.success(request, _("Saved as a draft. Nobody sees it until you publish it."))
        return redirect("programs:challenge", found.pk)
    try:
        publishing.publish_challenge(found, by=request.actor)
    except DomainError as error:
        form.refuse(error)
        return _page(request, found.program, form, found)
    messages.success(request, _("“%(challenge)s” runs from now on.") % {"challenge": found.name})
    return redirect("programs:challenges")


def _page(
    request: BusinessRequest, program: Program, form: ChallengeForm, found: Challenge | None = None
) -> HttpResponse:
    context = {"program": program, "form": form, "challenge": found}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "programs/challenges/challenge.html", context, status=status)


def _shown(request: BusinessRequest, found: Challenge, may_edit: bool) -> HttpResponse:
    results = ChallengeResult.objects.filter(challenge=found).select_related("account__member")
    context = {
        "program": found.program,
        "may_edit": may_edit,
        "results": results[:NEWEST],
        **_row(found, _counts(found.program).get(found.pk, {})),
    }
    return render(request, "programs/challenges/shown.html", context)


def _rows_of(program: Program) -> list[dict[str, Any]]:
    counts = _counts(program)
    return [_row(one, counts.get(one.pk, {})) for one in Challenge.objects.filter(program=program).order_by("-pk")]


def _row(one: Challenge, counted: dict[str, Any]) -> dict[str, Any]:
    today = local_day(timezone.now(), one.program.tenant.zone)
    definition = _definition(one)
    state = state_of(one, is_over=is_over(one, today))
    return {
        "challenge": one,
        "state": state,
        "asks": asks(definition),
        "gives": gives(definition, one.program),
        "done": counted.get("done", 0),
        "points": counted.get("points") or 0,
    }


def _counts(program: Program) -> dict[UUID, dict[str, Any]]:
    """How often each was done and kept, and the points it gave."""
    kept = Q(taken_back_at__isnull=True)
    rows = ChallengeResult.objects.filter(challenge__program=program).order_by().values("challenge")
    summed = rows.annotate(done=Count("pk", filter=kept), sum=Sum("points", filter=kept))
    return {row["challenge"]: {"done": row["done"], "points": row["sum"]} for row in summed}

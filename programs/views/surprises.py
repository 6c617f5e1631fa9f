"""Surprises: what runs, what it gave, its draws for anyone to repeat, and composing one with its expected cost."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import points_program
from programs.domain.surprises import publishing
from programs.domain.surprises.definition import SurpriseTerms, check
from programs.domain.surprises.estimating import DAYS, estimate
from programs.domain.surprises.giving import spent_in_month
from programs.forms.surprises import SurpriseForm
from programs.models import Program, Surprise, SurpriseDraw
from programs.words.surprises import counted_at, in_words
from tenants.access import BusinessRequest, dashboard_page
from tenants.isolation import current_tenant
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def surprises(request: BusinessRequest) -> HttpResponse:
    program = points_program()
    context = {
        "program": program,
        "listed": _listed(program) if program else [],
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/surprises/list.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def new_surprise(request: BusinessRequest) -> HttpResponse:
    program = points_program()
    if program is None:
        return redirect("programs:program")
    form = SurpriseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = publishing.compose_surprise(
                program, name=form.cleaned_data["name"], terms=form.terms(), by=request.actor
            )
            return _saved(request, made)
        except DomainError as error:
            form.refuse(error)
    return _form_page(request, form, program)


@dashboard_page(Permission.VIEW_PROGRAM)
def surprise(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """A draft in its form; a published one with its figures and draws."""
    found = get_object_or_404(Surprise.objects.select_related("program"), pk=pk)
    if found.published_at is None and request.membership.may(Permission.EDIT_PROGRAM):
        form = SurpriseForm(request.POST or None, name=found.name, terms=SurpriseTerms.from_json(found.definition))
        if request.method == "POST" and form.is_valid():
            try:
                made = publishing.redraft_surprise(
                    found, name=form.cleaned_data["name"], terms=form.terms(), by=request.actor
                )
                return _saved(request, made)
            except DomainError as error:
                form.refuse(error)
        return _form_page(request, form, found.program, found)
    draws = SurpriseDraw.objects.filter(surprise=found).select_related("account__member").order_by("-drawn_at", "-pk")
    context = {
        "one": _shown(found),
        "counted": counted_at(SurpriseTerms.from_json(found.definition)),
        "program": found.program,
        "page": Paginator(draws, 50).get_page(request.GET.get("page")),
        "columns": [
            Column("member", _("Member"), always=True),
            Column("at", _("When")),
            Column("roll", _("Drawn"), align="end"),
            Column("what", _("What came of it")),
            Column("subject", _("Drawn for")),
        ],
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/surprises/surprise.html", context)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def preview(request: BusinessRequest) -> HttpResponse:
    """What stands in the form, in words and with what it would have cost."""
    program = points_program()
    if program is None:
        return HttpResponse(status=204)
    form = SurpriseForm(request.POST)
    form.fields["name"].required = False  # what it would have cost does not depend on it
    return render(request, "programs/surprises/expected.html", _expected(form, program))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def ending(request: BusinessRequest, pk: UUID) -> HttpResponse:
    publishing.end_surprise(get_object_or_404(Surprise, pk=pk), by=request.actor)
    messages.success(
        request, _("It has ended. What was won stays; the seed is shown, and anyone can repeat the draws.")
    )
    return redirect("programs:surprise", pk)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    publishing.drop_surprise(get_object_or_404(Surprise, pk=pk), by=request.actor)
    messages.success(request, _("The draft is gone."))
    return redirect("programs:surprises")


def _saved(request: BusinessRequest, made: Surprise) -> HttpResponse:
    if "publish" in request.POST:
        publishing.publish_surprise(made, by=request.actor)
        messages.success(request, _("It runs from now on."))
    else:
        messages.success(request, _("Saved as a draft."))
    return redirect("programs:surprise", made.pk)


def _form_page(
    request: BusinessRequest, form: SurpriseForm, program: Program, found: Surprise | None = None
) -> HttpResponse:
    context = {"form": form, "program": program, "surprise": found, **_expected(form, program, found)}
    return render(request, "programs/surprises/form.html", context, status=422 if form.errors else 200)


def _expected(form: SurpriseForm, program: Program, found: Surprise | None = None) -> dict[str, Any]:
    terms = form.terms() if form.is_bound and form.is_valid() else None
    if terms is None and found is not None and not form.is_bound:
        terms = SurpriseTerms.from_json(found.definition)
    elif terms is None and not form.is_bound:
        terms = SurpriseTerms("visit", **{name: form.initial[name] for name in ("one_in", "points", "rest_days")})
    if terms is None:
        return {"expected": None}
    try:
        check(terms)
        refusal = ""
    except DomainError as error:
        refusal = str(error) if form.is_bound else ""
        if error.field != "budget":
            return {"expected": None, "refusal": refusal}
    seen = estimate(terms, program)
    return {
        "expected": seen,
        "wins": round(float(seen.wins), 1),
        "visits": round(seen.visits),
        "words": in_words(terms, program),
        "counted": counted_at(terms),
        "days": DAYS,
        "refusal": refusal,
    }


def _listed(program: Program) -> list[dict[str, Any]]:
    found = Surprise.objects.filter(program=program).select_related("program").order_by("ended_at", "-created_at")
    return [_shown(one) for one in found]


def _shown(one: Surprise) -> dict[str, Any]:
    terms = SurpriseTerms.from_json(one.definition)
    given = Q(is_won=True, refusal="")
    sums = SurpriseDraw.objects.filter(surprise=one).aggregate(
        draws=Count("pk"),
        won=Count("pk", filter=given),
        cost=Sum("cost", filter=given),
        back=Count("pk", filter=Q(taken_back_at__isnull=False)),
        held=Count("pk", filter=Q(is_won=True) & ~Q(refusal="")),
    )
    spent, points = spent_in_month(one, local_day(timezone.now(), current_tenant().zone))
    return {
        "surprise": one,
        "terms": terms,
        "words": in_words(terms, one.program),
        "sums": sums,
        "spent": spent,
        "spent_points": points,
        "is_running": one.published_at is not None and one.ended_at is None,
    }

"""Tiers: what they are measured by, their steps, and who would reach them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.errors import DomainError
from programs.domain import ladder
from programs.domain.accounts import points_program, require_points_program
from programs.domain.benefits import set_benefits
from programs.domain.movers import Ladder, ladder_of, names_of, who_would_move
from programs.enums import TierBasis, TierWindow
from programs.forms.tiers import MeasureForm, TierForm
from programs.models import Account, Program, Tier, TierBenefit
from programs.reach import in_each, members_reaching
from programs.words.tiers import benefit_words
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def tiers(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    return _page(request, found, MeasureForm(program=found, tiers=_steps(found)))


@dashboard_page(Permission.EDIT_PROGRAM)
def measure(request: BusinessRequest) -> HttpResponse:
    """Save what tiers are measured by, with the steps' amounts in that measure."""
    if request.method != "POST":
        return redirect("programs:tiers")
    found = require_points_program()
    form = MeasureForm(request.POST, program=found, tiers=_steps(found))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    ladder.measure_tiers(
        found,
        basis=form.cleaned_data["tier_basis"],
        window=form.cleaned_data["tier_window"],
        thresholds=form.thresholds(),
        grace_days=form.cleaned_data["grace_days"],
        notice_days=form.cleaned_data["notice_days"],
        keep=form.cleaned_data["keep"],
        by=request.actor,
    )
    said = _("Saved. Who has gathered enough moves up tonight; nobody moves down before time.")
    if not form.cleaned_data["keep"]:
        said = _("Saved. Who has gathered enough moves up tonight; who no longer has enough has moved down.")
    messages.success(request, said)
    return redirect("programs:tiers")


@require_POST
@dashboard_page(Permission.VIEW_PROGRAM)
def preview(request: BusinessRequest) -> HttpResponse:
    """The steps in the measure that is chosen at this moment, and how many members would be in each."""
    found = require_points_program()
    basis, window = request.POST.get("tier_basis", ""), request.POST.get("tier_window", "")
    if request.htmx.trigger_name == "tier_basis" and basis in TierBasis.values:  # type: ignore[attr-defined]
        # Amounts of another measure mean nothing in this one: the owner writes them anew.
        form = MeasureForm(program=found, tiers=_steps(found), basis=basis, window=window)
    else:
        form = MeasureForm(request.POST, program=found, tiers=_steps(found))
        form.is_valid()
    return render(request, "programs/tiers/amounts.html", _amounts(found, form))


@dashboard_page(Permission.EDIT_PROGRAM)
def new_tier(request: BusinessRequest) -> HttpResponse:
    found = require_points_program()
    form = TierForm(request.POST or None, program=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                tier = ladder.add_tier(found, form.details(), by=request.actor)
                set_benefits(tier, form.works(), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(tier)s” is a step of your program now.") % {"tier": tier.name})
            return redirect("programs:tiers")
    return render(request, "programs/tiers/tier.html", _one(found, form), status=422 if form.errors else 200)


@dashboard_page(Permission.EDIT_PROGRAM)
def tier(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Tier.objects.select_related("program"), pk=pk)
    form = TierForm(request.POST or None, program=found.program, tier=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                ladder.change_tier(found, form.details(), by=request.actor, keep=form.cleaned_data["keep"])
                set_benefits(found, form.works(), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("programs:tiers")
    context = _one(found.program, form, found)
    return render(request, "programs/tiers/tier.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.VIEW_PROGRAM)
def movers(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Who would move with what is typed for one step at this moment."""
    found = get_object_or_404(Tier.objects.select_related("program"), pk=pk)
    form = TierForm(request.POST, program=found.program, tier=found)
    form.is_valid()
    context = {"form": form, **_moving(found.program, _typed_ladder(found, form))}
    return render(request, "programs/tiers/movers.html", context)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Take a step away; its members move one step down when that was said."""
    found = get_object_or_404(Tier.objects.select_related("program"), pk=pk)
    moved = ladder.remove_tier(found, by=request.actor, move_members="move" in request.POST)
    said = _("“%(tier)s” is gone.") % {"tier": found.name}
    if moved:
        said += " " + ngettext(
            "%(count)d member moved one step down.", "%(count)d members moved one step down.", moved
        ) % {"count": moved}
    messages.success(request, said)
    return redirect("programs:tiers")


def _steps(found: Program) -> list[Tier]:
    return list(found.tiers.order_by("threshold"))


def _page(request: BusinessRequest, found: Program, form: MeasureForm, status: int = 200) -> HttpResponse:
    held = dict(Account.objects.filter(program=found).order_by().values_list("tier").annotate(Count("pk")))
    works: dict[UUID, list[str]] = {}
    for benefit in TierBenefit.objects.filter(tier__program=found).select_related("product"):
        works.setdefault(benefit.tier_id, []).append(benefit_words(benefit))
    steps = [{"tier": tier, "members": held.get(tier.pk, 0), "works": works.get(tier.pk, [])} for tier in form.tiers]
    context = {
        "program": found,
        "form": form,
        "steps": steps,
        "without": held.get(None, 0),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
        **_amounts(found, form),
    }
    return render(request, "programs/tiers/page.html", context, status=status)


def _amounts(found: Program, form: MeasureForm) -> dict[str, Any]:
    """Every step with its field and the members who would be in it; None where the amount is not there yet."""
    chosen = form.cleaned_data if form.is_bound else form.initial
    basis, window = chosen.get("tier_basis"), chosen.get("tier_window")
    amounts = form.thresholds()
    counts: dict[UUID, int] = {}
    if basis in TierBasis.values and window in TierWindow.values and amounts:
        rising = sorted(amounts.items(), key=lambda pair: pair[1])
        reaching = members_reaching(found, [amount for _pk, amount in rising], basis=basis, window=window)
        counts = dict(zip([pk for pk, _amount in rising], in_each(reaching), strict=True))
    return {
        "form": form,
        "amounts": [(tier, field, counts.get(tier.pk)) for tier, field in form.amounts()],
        "basis": basis,
        **_moving(found, form.ladder()),
    }


def _moving(found: Program, after: Ladder | None) -> dict[str, Any]:
    """Those whom other terms would move, with the names of the first; nothing while they are as they were."""
    steps = _steps(found)
    if after is None or after == ladder_of(found, steps):
        return {"movers": None}
    moving = who_would_move(found, steps, after)
    named = moving.named()
    return {"movers": moving, "rising": names_of(named.rising), "falling": names_of(named.falling)}


def _typed_ladder(tier: Tier, form: TierForm) -> Ladder | None:
    threshold = form.cleaned_data.get("threshold")
    if threshold is None or form.cleaned_data.get("by_invitation"):
        return None
    now = ladder_of(tier.program, _steps(tier.program))
    return replace(now, thresholds={**now.thresholds, tier.pk: threshold})


def _one(found: Program, form: TierForm, tier: Tier | None = None) -> dict[str, Any]:
    members = Account.objects.filter(tier=tier).count() if tier else 0
    moving: dict[str, Any] = {"movers": None}
    if tier is not None and form.is_bound and form.is_valid():
        moving = _moving(found, _typed_ladder(tier, form))
    return {"program": found, "form": form, "tier": tier, "members": members, **moving}

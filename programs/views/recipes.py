"""Ways to begin: the recipes of a trade, what one would cost, and the beginning."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Purchase
from programs.domain.accounts import points_program
from programs.domain.defaults import example_cost, example_name, small_unit
from programs.domain.surprises.expecting import average_purchase
from programs.forms.recipes import MarginForm, MonthForm, TradeForm, usual
from programs.models import Program
from programs.recipes.begin import begin_with, may_begin_again
from programs.recipes.book import Recipe, habits_of, recipe_of, recipes_for
from programs.recipes.estimate import Estimate, cost_of_month, cost_on_sales, plan_of
from programs.words.rules import in_words
from programs.worth import spend_for
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def recipes(request: BusinessRequest) -> HttpResponse:
    """The recipes of the business's own trade, or of another one it wants to look at."""
    found = points_program()
    if found is not None and not may_begin_again(found):
        return redirect("programs:program")
    form = TradeForm(request.GET if "trade" in request.GET else {"trade": request.tenant.trade})
    trade = form.cleaned_data["trade"] if form.is_valid() else request.tenant.trade
    context = {
        "form": form,
        "recipes": [_told(recipe, request) for recipe in recipes_for(trade)],
        "drafted": found,
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/recipes/list.html", context)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def recipe(request: BusinessRequest, recipe: str) -> HttpResponse:
    """One recipe in plain words, with what it would cost beside it."""
    found = points_program()
    chosen = _recipe(recipe)
    context = {
        **_told(chosen, request),
        "trail": [(_("Ways to begin"), f"{reverse('programs:recipes')}?trade={chosen.trade}")],
        "form": _form(chosen, request),
        "drafted": found,
        "begun": found is not None and not may_begin_again(found),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/recipes/recipe.html", context)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def cost(request: BusinessRequest, recipe: str) -> HttpResponse:
    """What it would cost: on the sales that are here, or on the month that was typed."""
    chosen = _recipe(recipe)
    form = _form(chosen, request)
    estimate = None
    if not form.is_bound:
        estimate = _estimated(chosen, request, form.initial)
    elif form.is_valid():
        estimate = _estimated(chosen, request, form.cleaned_data)
    context = {
        "program": chosen.program(request.tenant),
        "estimate": estimate,
        "form": form,
        "more_on_top": chosen.levels or chosen.boost,
    }
    return render(request, "programs/recipes/cost.html", context)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def beginning(request: BusinessRequest, recipe: str) -> HttpResponse:
    chosen = _recipe(recipe)
    begin_with(chosen, by=request.actor)
    messages.success(
        request,
        _("“%(recipe)s” is filled in, rewards and all. Read it, change what you like, then publish it.")
        % {"recipe": chosen.name},
    )
    return redirect("programs:program")


def _recipe(slug: str) -> Recipe:
    found = recipe_of(slug)
    if found is None:
        raise Http404
    return found


def _form(chosen: Recipe, request: BusinessRequest) -> MarginForm:
    """Asks for a month only where there are no sales to reckon with."""
    has_sales = Purchase.objects.filter(member__isnull=False).exists()
    start = usual(habits_of(chosen.trade), request.tenant)
    typed = request.GET if "margin" in request.GET else None
    form = MarginForm if has_sales else MonthForm
    return form(typed, initial={name: start[name] for name in form.base_fields})


def _estimated(chosen: Recipe, request: BusinessRequest, said: Mapping[str, Any]) -> Estimate | None:
    plan = plan_of(chosen, request.tenant, margin=said["margin"])
    if "average" in said:
        return cost_of_month(plan, purchases=said["purchases"], average=said["average"], margin=said["margin"])
    return cost_on_sales(plan, margin=said["margin"], now=timezone.now())


def _told(chosen: Recipe, request: BusinessRequest) -> dict[str, Any]:
    program = chosen.program(request.tenant)
    usual_purchase = habits_of(chosen.trade).purchase * small_unit(request.tenant.currency)
    own_purchase = average_purchase()
    return {
        "recipe": chosen,
        "program": program,
        "rewards": list(_rewards(chosen, program, request, own_purchase or usual_purchase)),
        "own_purchase": own_purchase,
        "levels": chosen.tiers(request.tenant),
        "boost": in_words(chosen.boost.definition, program) if chosen.boost else "",
        "rough": cost_of_month(
            plan_of(chosen, request.tenant, margin=habits_of(chosen.trade).margin),
            purchases=habits_of(chosen.trade).purchases,
            average=usual_purchase,
            margin=habits_of(chosen.trade).margin,
        ),
    }


def _rewards(chosen: Recipe, program: Program, request: BusinessRequest, purchase: int) -> Iterable[dict[str, Any]]:
    for example in chosen.rewards():
        points = example_cost(example, program, request.tenant)
        spend = spend_for(program, points)
        yield {
            "name": example_name(example, request.tenant),
            "about": example.about,
            "points": points,
            "spend": spend,
            "visits": -(-spend // purchase),
        }

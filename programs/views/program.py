"""The program: how members earn, said in sentences, with an example that is worked out as the owner types."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from programs.domain import programs
from programs.domain.accounts import points_program, require_points_program
from programs.domain.defaults import new_program, small_unit
from programs.enums import ProgramStatus
from programs.example import work_out
from programs.forms.program import ExampleForm, ProgramForm
from programs.models import Account, Program, Tier
from programs.queries import current_rewards
from programs.recipes.begin import may_begin_again
from programs.terms import Change, changes_between
from programs.words.counted import counted_words
from programs.worth import worth_of_rewards
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission
from tenants.preview import previewed


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def program(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:recipes")
    return _page(request, found, ProgramForm(program=found))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def draft(request: BusinessRequest) -> HttpResponse:
    """Begin the program with what suits the trade."""
    programs.draft_program(by=request.actor)
    return redirect("programs:program")


@dashboard_page(Permission.EDIT_PROGRAM)
@previewed
def terms(request: BusinessRequest) -> HttpResponse:
    """Save what was typed; while the program runs, only after saying what changes for whom."""
    if request.method != "POST":
        return redirect("programs:program")
    found = require_points_program()
    form = ProgramForm(request.POST, program=found)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    changes = changes_between(found, form.draft(), exclusions=form.excluded_changes())
    if changes and found.status == ProgramStatus.LIVE and "confirmed" not in request.POST:
        return _page(request, found, form, asking=changes)
    programs.change_program(found, changes=form.terms(), excluded=form.excluded_ids(), by=request.actor)
    if "publish" in request.POST:
        return _publish(request, found)
    messages.success(request, _("Saved."))
    return redirect("programs:program")


@require_POST
@dashboard_page(Permission.VIEW_PROGRAM)
def example(request: BusinessRequest) -> HttpResponse:
    """The worked example for what stands in the form at this moment, saved or not."""
    found = points_program() or new_program(request.tenant)
    form, purchase = ProgramForm(request.POST, program=found), ExampleForm(request.POST, program=found)
    context = {"counted": counted_words(form), **_worked(form, purchase, found)}
    return render(request, "programs/program/worked.html", context)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def exclusions(request: BusinessRequest) -> HttpResponse:
    """What is taken out, as it stands in the form: one more, or one less."""
    return render(
        request, "programs/program/excluded.html", {"form": ProgramForm(request.POST, program=require_points_program())}
    )


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def publication(request: BusinessRequest) -> HttpResponse:
    return _publish(request, require_points_program())


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def pause(request: BusinessRequest) -> HttpResponse:
    programs.pause_program(require_points_program(), by=request.actor)
    messages.success(request, _("Paused. Nobody earns or redeems until you go on; balances stay as they are."))
    return redirect("programs:program")


def _publish(request: BusinessRequest, found: Program) -> HttpResponse:
    programs.publish_program(found, by=request.actor)
    messages.success(
        request,
        _("Your program is running. The counter gives %(unit)s from now on.") % {"unit": found.unit_many},
    )
    return redirect("programs:program")


def _page(
    request: BusinessRequest,
    found: Program,
    form: ProgramForm,
    *,
    asking: list[Change] | None = None,
    status: int = 200,
) -> HttpResponse:
    start = {"example_amount": _typical(request), "example_tier": ""}
    typed = ExampleForm(request.POST, program=found) if request.method == "POST" else None
    purchase = typed if typed is not None and typed.is_valid() else ExampleForm(program=found, initial=start)
    context = {
        "program": found,
        "form": form,
        "counted": counted_words(form),
        "purchase": purchase,
        "has_tiers": found.tiers.exists(),
        "accounts": Account.objects.filter(program=found).count(),
        "asking": asking,
        "may_begin_again": may_begin_again(found),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
        **_worked(form, purchase, found, start=start),
    }
    return render(request, "programs/program/page.html", context, status=status)


def _worked(
    form: ProgramForm, purchase: ExampleForm, found: Program, *, start: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The example, or what is still wrong with what it needs."""
    drafted = found
    if form.is_bound:
        if not form.is_valid():
            return {"example": None, "rule": None, "worths": [], "problem": _first_problem(form)}
        drafted = form.draft()
    if purchase.is_bound and not purchase.is_valid():
        return {"example": None, "rule": drafted, "worths": _worths(drafted), "problem": _first_problem(purchase)}
    basket = purchase.cleaned_data if purchase.is_bound else (start or {})
    tier = Tier.objects.filter(pk=basket["example_tier"]).first() if basket.get("example_tier") else None
    paid = basket["example_amount"] - (basket.get("example_discount") or 0)
    worked = work_out(
        drafted,
        paid=paid,
        tax=basket.get("example_tax") or 0,
        excluded=basket.get("example_excluded") or 0,
        tier=tier,
    )
    return {"example": worked, "rule": drafted, "worths": _worths(drafted), "problem": ""}


def _worths(drafted: Program) -> list[Any]:
    rewards = current_rewards(drafted)
    return worth_of_rewards(drafted, rewards)[:3]


def _first_problem(form: Any) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])


def _typical(request: BusinessRequest) -> int:
    """12.40, or what is as usual in the business's currency."""
    return small_unit(request.tenant.currency) * 124 // 10

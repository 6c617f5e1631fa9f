"""What staff may give by themselves, and the reasons they choose from."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import points_program
from programs.domain.goodwill import reasons
from programs.domain.goodwill.making import worth_of_one
from programs.domain.programs import change_program
from programs.forms.goodwill import BudgetForm, ReasonForm
from programs.models import GoodwillReason, Program
from programs.worth import cost_of_gift
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

# So many points stand in the example of what they count as.
EXAMPLE = 100


@dashboard_page(Permission.EDIT_PROGRAM)
def settings(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    form = BudgetForm(request.POST or None, program=found)
    if request.method == "POST" and form.is_valid():
        change_program(found, changes=form.changes(), by=request.actor)
        messages.success(request, _("Saved. It holds from the next gesture on."))
        return redirect("programs:goodwill_settings")
    return _page(request, found, form=form)


@dashboard_page(Permission.EDIT_PROGRAM)
def add(request: BusinessRequest) -> HttpResponse:
    """One more reason, at the end of the list."""
    found = points_program()
    if found is None or request.method != "POST":
        return redirect("programs:goodwill_settings")
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            made = reasons.add_reason(name=form.cleaned_data["name"], by=request.actor)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("“%(name)s” can be chosen at the counter.") % {"name": made.name})
            return redirect("programs:goodwill_settings")
    return _page(request, found, reason_form=form)


@dashboard_page(Permission.EDIT_PROGRAM)
def reason(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Call it something else."""
    one = get_object_or_404(GoodwillReason, pk=pk)
    form = ReasonForm(request.POST or None, initial={"name": one.name})
    if request.method == "POST" and form.is_valid():
        try:
            reasons.rename_reason(one, name=form.cleaned_data["name"], by=request.actor)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("programs:goodwill_settings")
    context = {"form": form, "reason": one}
    return render(request, "programs/goodwill/reason.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def position(request: BusinessRequest, pk: UUID) -> HttpResponse:
    reasons.move_reason(get_object_or_404(GoodwillReason, pk=pk), up=request.POST.get("to") == "up", by=request.actor)
    return redirect("programs:goodwill_settings")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def state(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """To be chosen at the counter, or not any more."""
    one = get_object_or_404(GoodwillReason, pk=pk)
    if request.POST.get("used") == "1":
        reasons.restore_reason(one, by=request.actor)
        messages.success(request, _("“%(name)s” can be chosen again.") % {"name": one.name})
    else:
        try:
            reasons.archive_reason(one, by=request.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("“%(name)s” is gone from the counter.") % {"name": one.name})
    return redirect("programs:goodwill_settings")


def _page(request: BusinessRequest, program: Program, **forms: Any) -> HttpResponse:
    form, reason_form = forms.get("form") or BudgetForm(program=program), forms.get("reason_form") or ReasonForm()
    context = {
        "program": program,
        "form": form,
        "reason_form": reason_form,
        "used": reasons.reasons_to_choose(),
        "gone": GoodwillReason.objects.filter(archived_at__isnull=False),
        "example": EXAMPLE,
        "example_cost": cost_of_gift(EXAMPLE, worth_of_one(program)),
    }
    wrong = form.errors or reason_form.errors
    return render(request, "programs/goodwill/settings.html", context, status=422 if wrong else 200)

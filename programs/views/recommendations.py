"""What members say that they did to recommend the business, and the ways there are."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.errors import DomainError
from programs.claim_photos import photo_answer
from programs.domain.accounts import points_program
from programs.domain.referrals.advocacy import (
    add_action,
    approve_claim,
    change_action,
    end_action,
    has_photo,
    photo_of,
    refuse_claim,
)
from programs.enums import ClaimState
from programs.forms.referrals import ActionForm
from programs.models import AdvocacyAction, AdvocacyClaim
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

_STATES = [("open", gettext_lazy("To look at")), ("all", gettext_lazy("Everything"))]


@require_GET
@dashboard_page(Permission.ADJUST_POINTS)
def recommendations(request: BusinessRequest) -> HttpResponse:
    """What waits for an answer, and the ways to recommend us."""
    return _page(request)


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def answer(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Thank the member, or say why it does not count."""
    claim = get_object_or_404(AdvocacyClaim.objects.select_related("member", "action"), pk=pk)
    try:
        if request.POST.get("answer") == "refuse":
            refuse_claim(claim, answer=request.POST.get("why", ""), by=request.actor)
            messages.success(request, _("Answered. The member reads why."))
        else:
            approve_claim(claim, by=request.actor)
            messages.success(request, _("Thanked. The points are on the card."))
    except DomainError as error:
        return _page(request, error=str(error), about=claim, status=error.status)
    return redirect("programs:recommendations")


@require_safe
@dashboard_page(Permission.ADJUST_POINTS)
def photo(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """What the member sent to be looked at."""
    return photo_answer(photo_of(get_object_or_404(AdvocacyClaim, pk=pk)))


@dashboard_page(Permission.EDIT_PROGRAM)
def new_action(request: BusinessRequest) -> HttpResponse:
    if points_program() is None:
        return redirect("programs:program")
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = add_action(values=form.cleaned_data, by=request.actor)
        messages.success(request, _("“%(name)s” stands in the portal now.") % {"name": made.name})
        return redirect("programs:recommendations")
    return _action_page(request, form)


@dashboard_page(Permission.EDIT_PROGRAM)
def action(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(AdvocacyAction, pk=pk)
    form = ActionForm(request.POST or None, action=found)
    if request.method == "POST" and form.is_valid():
        change_action(found, values=form.cleaned_data, by=request.actor)
        messages.success(request, _("Saved. What was claimed already keeps its points."))
        return redirect("programs:recommendations")
    return _action_page(request, form, found)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def action_state(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """In the portal, or not any more."""
    found = get_object_or_404(AdvocacyAction, pk=pk)
    end_action(found, by=request.actor, ended=request.POST.get("used") != "1")
    return redirect("programs:recommendations")


def _page(request: BusinessRequest, *, error: str = "", about: Any = None, status: int = 200) -> HttpResponse:
    state = request.GET.get("state") if request.GET.get("state") in dict(_STATES) else "open"
    claims = AdvocacyClaim.objects.select_related("member", "action", "decided_by").annotate(has_photo=has_photo())
    if state == "open":
        claims = claims.filter(state=ClaimState.OPEN).order_by("pk")
    context = {
        "page": Paginator(claims, 50).get_page(request.GET.get("page")),
        "columns": _columns(),
        "states": _STATES,
        "state": state,
        "actions": AdvocacyAction.objects.filter(archived_at__isnull=True),
        "ended": AdvocacyAction.objects.filter(archived_at__isnull=False),
        "program": points_program(),
        "error": error,
        "about": about,
    }
    return render(request, "programs/referrals/recommendations.html", context, status=status)


def _action_page(request: BusinessRequest, form: ActionForm, found: AdvocacyAction | None = None) -> HttpResponse:
    context = {"form": form, "action": found, "program": points_program()}
    return render(request, "programs/referrals/action.html", context, status=422 if form.errors else 200)


def _columns() -> list[Column]:
    return [
        Column("member", _("Member"), always=True),
        Column("what", _("What")),
        Column("proof", _("Where to see it")),
        Column("points", _("Points"), align="end"),
        Column("when", _("When")),
        Column("answer", _("Answer")),
    ]

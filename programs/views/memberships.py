"""Paid memberships: what is offered, who is to pay, and what it brings in; one member's from their page."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.domain.identity import member_by_id
from customers.models import Letter, Member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs import links
from programs.domain.memberships import ending
from programs.domain.memberships.figures import due_on, figures_of, wishes
from programs.domain.memberships.plans import add_plan, change_plan, offer_plan
from programs.domain.memberships.reminding import DUE, LATE, letter_key
from programs.domain.memberships.selling import renew, subscribe
from programs.enums import MembershipState
from programs.forms.memberships import PlanForm
from programs.models import MembershipPayment, MembershipPlan, PaidMembership, Tier
from programs.words.memberships import brings, price_words
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

MOST_DUE = 50


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def memberships(request: BusinessRequest) -> HttpResponse:
    today = local_day(timezone.now(), request.tenant.zone)
    running = Count("memberships", filter=Q(memberships__state=MembershipState.ACTIVE))
    plans = MembershipPlan.objects.select_related("tier", "welcome_product")
    counts = dict(MembershipPlan.objects.order_by().annotate(running=running).values_list("pk", "running"))
    context = {
        "plans": [(plan, price_words(plan.price, plan.period), brings(plan), counts[plan.pk]) for plan in plans],
        "figures": figures_of(today),
        "due": _with_letters(list(due_on(today)[:MOST_DUE])),
        "wishes": wishes(),
        "today": today,
        "has_tiers": Tier.objects.exists(),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/memberships/page.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def new_plan(request: BusinessRequest) -> HttpResponse:
    return _plan(request, None)


@dashboard_page(Permission.EDIT_PROGRAM)
def plan(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return _plan(request, get_object_or_404(MembershipPlan, pk=pk))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def plan_offer(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Offer it, or no longer."""
    found = get_object_or_404(MembershipPlan, pk=pk)
    offered = offer_plan(found, offered=not found.is_offered, by=request.actor).is_offered
    said = _("It is offered again.") if offered else _("It is no longer offered. Those who have it keep it.")
    messages.success(request, said)
    return redirect("programs:memberships")


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def member_membership(request: BusinessRequest, member_id: UUID) -> HttpResponse:
    """From the member's page: begin, renew, cancel, or let it go on."""
    member = _member(member_id)
    act, key = request.POST.get("act", ""), request.POST.get("key", "") or uuid4().hex
    try:
        messages.success(request, _act(request, member, act, key=f"dashboard:{key}"[:90]))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(links.member_url(str(member.pk)))


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def payment_refund(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Pay the last period of a membership back."""
    payment = get_object_or_404(MembershipPayment.objects.select_related("membership"), pk=pk)
    try:
        ending.refund(payment, by=request.actor, reason=request.POST.get("reason", ""), key=f"refund:{pk}")
        messages.success(request, _("Paid back. What it had given has ended with it."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(links.member_url(str(payment.membership.member_id)))


def _act(request: BusinessRequest, member: Member, act: str, *, key: str) -> str:
    reference = request.POST.get("reference", "")[:80]
    if act == "begin":
        found = get_object_or_404(MembershipPlan, pk=request.POST.get("plan") or None)
        subscribe(member, found, by=request.actor, key=key, reference=reference)
        return _("It runs from today on.")
    if act == "renew":
        renew(member, by=request.actor, key=key, reference=reference)
        return _("Renewed.")
    if act == "cancel":
        ending.cancel(member, by=request.actor)
        return _("Cancelled: it runs to the end of what is paid, and is not renewed.")
    if act == "resume":
        ending.take_cancellation_back(member, by=request.actor)
        return _("It goes on.")
    raise Http404


def _with_letters(due: list[PaidMembership]) -> list[PaidMembership]:
    """Each has `letter`, the last one by which the member was asked for the payment, if there is one."""
    keys = {letter_key(kind, one): one for one in due for kind in (DUE, LATE)}
    written = Letter.objects.filter(key__in=keys).order_by("pk") if keys else Letter.objects.none()
    letters = {keys[letter.key].pk: letter for letter in written}
    for one in due:
        one.letter = letters.get(one.pk)  # type: ignore[attr-defined]
    return due


def _plan(request: BusinessRequest, found: MembershipPlan | None) -> HttpResponse:
    form = PlanForm(request.POST or None, plan=found)
    if request.method == "POST" and form.is_valid():
        try:
            if found is None:
                add_plan(form.details(), by=request.actor)
            else:
                change_plan(found, form.details(), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Whoever has it already keeps their price."))
            return redirect("programs:memberships")
    context: dict[str, Any] = {"form": form, "plan": found}
    return render(request, "programs/memberships/plan.html", context, status=422 if form.errors else 200)


def _member(member_id: UUID) -> Member:
    found = member_by_id(member_id)
    if found is None:
        raise Http404
    return found

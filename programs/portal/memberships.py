"""Paid memberships in the portal: what is offered, wishing for one, and cancelling."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.enums import Source
from customers.portal.access import MemberRequest, go, member_page
from loyalty_saas.lib.errors import DomainError, NotFound
from programs.domain.memberships import ending
from programs.domain.memberships.selling import membership_of, wish_for, withdraw_wish
from programs.models import MembershipPayment, MembershipPlan, PaidMembership
from programs.portal.reading import Reading


@member_page
def membership(request: MemberRequest) -> HttpResponse:
    found = membership_of(request.member)
    plans = _plans()
    payments = list(MembershipPayment.objects.filter(membership__member=request.member)[:12])
    if found is None and not plans and not payments:
        raise NotFound
    context = {"place": "home", "membership": found, "plans": plans, "payments": payments}
    return render(request, "portal/points/membership_page.html", context)


@member_page
@require_POST
def wish(request: MemberRequest, plan: UUID) -> HttpResponse:
    found = MembershipPlan.objects.filter(pk=plan, is_offered=True).first()
    if found is None:
        raise NotFound
    try:
        wish_for(request.member, found, by=request.actor, source=Source.PORTAL)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("We know. It begins when you pay it at the counter."))
    return go(request, "membership")


@member_page
@require_POST
def end_wish(request: MemberRequest) -> HttpResponse:
    withdraw_wish(request.member, by=request.actor)
    messages.success(request, _("Your wish is withdrawn."))
    return go(request, "membership" if _plans() else "home")


@member_page
@require_POST
def cancellation(request: MemberRequest) -> HttpResponse:
    try:
        ending.cancel(request.member, by=request.actor, source=Source.PORTAL)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Cancelled. You keep everything to the end of what is paid; nothing follows."))
    return go(request, "membership")


@member_page
@require_POST
def end_cancellation(request: MemberRequest) -> HttpResponse:
    try:
        ending.take_cancellation_back(request.member, by=request.actor, source=Source.PORTAL)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Good to have you: it goes on."))
    return go(request, "membership")


def on_home(reading: Reading) -> dict[str, Any] | None:
    """What the member has or wishes for; for others what is offered, in one line."""
    found = membership_of(reading.request.member)
    plans = [] if found is not None else _plans()
    return {"membership": found, "plans": plans} if found is not None or plans else None


def own_memberships(member: Any) -> dict[str, Any]:
    """Their memberships and payments, for the file with a member's own data. Minor units."""
    memberships = PaidMembership.objects.filter(member=member).select_related("plan")
    rows = MembershipPayment.objects.filter(membership__member=member).select_related("membership__plan")
    return {
        "memberships": [
            {
                "membership": one.plan.name,
                "state": one.state,
                "price": one.price,
                "period": one.period,
                "began": one.began_at.isoformat() if one.began_at else None,
                "paid_until": one.paid_until.isoformat() if one.paid_until else None,
                "cancelled": one.cancelled_at.isoformat() if one.cancelled_at else None,
                "ended": one.ended_at.isoformat() if one.ended_at else None,
            }
            for one in memberships
        ],
        "payments": [
            {
                "membership": one.membership.plan.name,
                "from": one.first.isoformat(),
                "to": one.last.isoformat(),
                "amount": one.amount,
                "paid_back": one.refunded,
                "at": one.paid_at.isoformat(),
            }
            for one in rows
        ],
    }


def _plans() -> list[MembershipPlan]:
    return list(MembershipPlan.objects.filter(is_offered=True).select_related("tier", "welcome_product"))

"""Bringing friends: what it brings, each advocate, what is promised."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.money import to_major
from programs.domain.accounts import points_program
from programs.domain.goodwill.making import worth_of_one
from programs.domain.referrals.offering import change_offer, offer_of
from programs.enums import ReferralState
from programs.exports import csv_download
from programs.forms.referrals import ReferralForm
from programs.models import Advocate, Program, ReferralOffer
from programs.referrals import Brought, by_advocate, friends_of, sums_of
from programs.worth import cost_of_gift
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def referrals(request: BusinessRequest) -> HttpResponse:
    """The figures, and who brought whom."""
    found = points_program()
    brought = by_advocate()
    context = {
        "program": found,
        "offer": offer_of(found) if found else None,
        "sums": sums_of(brought),
        "page": Paginator(brought, 50).get_page(request.GET.get("page")),
        "columns": _columns(),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/referrals/page.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def referrals_export(request: BusinessRequest) -> HttpResponse:
    return csv_download("referrals", _rows(by_advocate(), request))


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def advocate(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """One member and the friends they brought."""
    found = get_object_or_404(Advocate.objects.select_related("member"), pk=pk)
    friends = friends_of(found)
    context = {
        "advocate": found,
        "program": points_program(),
        "friends": [(one, *_standing(one)) for one in friends],
        "bought": sum(one.state == ReferralState.REWARDED for one in friends),
    }
    return render(request, "programs/referrals/advocate.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def settings(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    form = ReferralForm(request.POST or None, offer=offer_of(found))
    if request.method == "POST" and form.is_valid():
        change_offer(changes=form.changes(), by=request.actor)
        messages.success(request, _("Saved. Friends who have joined keep what they were promised."))
        return redirect("programs:referral_settings")
    context = {"program": found, "form": form, "example": _example(found, form.draft())}
    return render(request, "programs/referrals/settings.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def example(request: BusinessRequest) -> HttpResponse:
    """The worked example for what stands in the form at this moment."""
    found = points_program()
    if found is None:
        return HttpResponse(status=204)
    form = ReferralForm(request.POST, offer=offer_of(found))
    form.is_valid()
    context = {"program": found, "example": _example(found, form.draft())}
    return render(request, "programs/referrals/example.html", context)


def _example(program: Program, offer: ReferralOffer) -> dict[str, Any]:
    """What one friend costs, at what points count as now."""
    worth = worth_of_one(program)
    costs = {side: cost_of_gift(points, worth) if points else 0 for side, points in _sides(offer).items()}
    return {"offer": offer, "cost": sum(costs.values()), **costs, "paid": max(offer.minimum, 100) * 12 // 10}


def _sides(offer: ReferralOffer) -> dict[str, int]:
    return {"advocate_cost": offer.advocate_points, "friend_cost": offer.friend_points}


def _standing(referral: Any) -> tuple[str, str]:
    """Where a referral stands, in words, and the colour of it."""
    if referral.held:
        return _("Held for a look"), "warn"
    if referral.state == ReferralState.REWARDED:
        return _("Both rewarded"), "good"
    if referral.state == ReferralState.REFUSED:
        return _("Not rewarded"), "bad"
    if referral.state == ReferralState.JOINED:
        return (_("Brought back, may still count"), "") if referral.round else (_("Joined, not bought yet"), "")
    return str(referral.get_state_display()), "info"


def _columns() -> list[Column]:
    return [
        Column("advocate", _("Member"), always=True),
        Column("joined", _("Friends joined"), align="end"),
        Column("bought", _("Friends bought"), align="end"),
        Column("points", _("Given for it"), align="end"),
        Column("spent", _("What the friends spent"), align="end"),
    ]


def _rows(brought: list[Brought], request: BusinessRequest) -> Iterator[list[object]]:
    currency = request.tenant.currency
    yield [
        *(_("Member"), _("Card"), _("Code"), _("Friends joined"), _("Friends bought"), _("Given for it")),
        *(_("What the friends spent"), _("Currency")),
    ]
    for one in brought:
        member = one.advocate.member
        figures = [one.joined, one.bought, one.points, to_major(one.spent, currency), currency]
        yield [str(member), member.number, one.advocate.code, *figures]

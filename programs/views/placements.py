"""A member placed in a tier by hand, from their page, and taken out of it again."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.identity import present_member
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import require_points_program
from programs.domain.placements import place_member, undo_placement
from programs.forms.tiers import PlacementForm
from programs.links import member_url
from programs.queries import account_of
from tenants.access import BusinessRequest, dashboard_page, go_to
from tenants.permissions import Permission


@dashboard_page(Permission.ADJUST_POINTS)
def placement(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """In a dialog of the member's page, or on a page of its own."""
    member = present_member(get_object_or_404(Member, pk=pk))
    program = require_points_program()
    form = PlacementForm(request.POST or None, program=program, initial={"key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            place_member(
                member,
                tier=data["tier"],
                until=data["until"],
                reason=data["reason"],
                by=request.actor,
                key=data["key"],
                source=Source.DASHBOARD,
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            said = _("%(member)s is in “%(tier)s” now.") % {"member": member, "tier": data["tier"].name}
            messages.success(request, said)
            return go_to(request, member_url(member.pk))
    part = request.htmx  # type: ignore[attr-defined]
    template = "programs/member/place_form.html" if part else "programs/member/place.html"
    context = {"form": form, "member": member, "back": member_url(member.pk)}
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Take back the placement by which the member holds their tier."""
    member = present_member(get_object_or_404(Member, pk=pk))
    account = account_of(member)
    if account is not None and account.tier_placement is not None:
        undo_placement(account.tier_placement, by=request.actor, source=Source.DASHBOARD)
        messages.success(request, _("Taken back. %(member)s stands where they would without it.") % {"member": member})
    return redirect(member_url(member.pk))

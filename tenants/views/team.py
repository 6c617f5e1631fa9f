"""The team: who works here, as what, and who is invited."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty_saas.lib.errors import DomainError, NotFound
from tenants.access import BusinessRequest, dashboard_page
from tenants.domain.mails import send_invitation
from tenants.domain.pins import reset_pin
from tenants.domain.team import change_role, invite, remove_from_team, withdraw_invitation
from tenants.enums import Role
from tenants.forms.team import ROLE_HINTS, InvitationForm, RoleForm
from tenants.models import Invitation, Membership
from tenants.permissions import Permission


@dashboard_page(Permission.MANAGE_TEAM)
def team(request: BusinessRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            email = form.cleaned_data["email"]
            invited, token = invite(email, role=Role(form.cleaned_data["role"]), by=request.membership)
        except DomainError as error:
            form.add_error(error.field, str(error))
        else:
            send_invitation(invited, token)
            messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": email})
            return redirect("team")
    context = {
        "form": form,
        "hints": ROLE_HINTS,
        "people": Membership.objects.filter(removed_at__isnull=True).select_related("user"),
        "invitations": Invitation.objects.filter(
            accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
        ).select_related("invited_by"),
    }
    return render(request, "tenants/team/list.html", context, status=422 if form.errors else 200)


@dashboard_page(Permission.MANAGE_TEAM)
def person(request: BusinessRequest, pk: UUID) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk, removed_at__isnull=True)
    form = RoleForm(request.POST or None, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        try:
            change_role(membership, role=Role(form.cleaned_data["role"]), by=request.membership)
        except DomainError as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, _("%(name)s has a new role.") % {"name": membership.name})
            return redirect("team")
    uses_counter = membership.may(Permission.USE_COUNTER)
    context = {"person": membership, "form": form, "hints": ROLE_HINTS, "uses_counter": uses_counter}
    return render(request, "tenants/team/person.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.MANAGE_TEAM)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk, removed_at__isnull=True)
    remove_from_team(membership, by=request.membership)
    messages.success(request, _("%(name)s is no longer in the team and was signed out.") % {"name": membership.name})
    return redirect("team")


@require_POST
@dashboard_page(Permission.MANAGE_TEAM)
def pin_reset(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """A one-time PIN for somebody who forgot theirs, shown on this page and never again."""
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk, removed_at__isnull=True)
    if not membership.may(Permission.USE_COUNTER):
        raise NotFound
    pin = reset_pin(membership, by=request.membership)
    form = RoleForm(initial={"role": membership.role})
    context = {"person": membership, "form": form, "hints": ROLE_HINTS, "uses_counter": True, "one_time_pin": pin}
    return render(request, "tenants/team/person.html", context)


@require_POST
@dashboard_page(Permission.MANAGE_TEAM)
def withdrawal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    invited = get_object_or_404(Invitation, pk=pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    withdraw_invitation(invited, by=request.membership)
    messages.success(request, _("The invitation to %(email)s no longer works.") % {"email": invited.email})
    return redirect("team")

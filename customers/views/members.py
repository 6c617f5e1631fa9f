"""Adding and changing a member."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.claimed_phones import confirm_phone, drop_claimed_phone
from customers.domain.members import (
    change_member,
    enrol_member,
    leave_program,
    looks_like,
    pause_member,
    reactivate_member,
)
from customers.enums import OWN_STATUSES, MemberStatus, Source
from customers.forms.members import MemberForm, TypedMember
from customers.views.who import member_or_404
from loyalty_saas.lib.errors import DomainError, Invalid
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

_STATUS = {
    MemberStatus.ACTIVE: reactivate_member,
    MemberStatus.PAUSED: pause_member,
    MemberStatus.LEFT: leave_program,
}


@dashboard_page(Permission.EDIT_MEMBERS)
def new(request: BusinessRequest) -> HttpResponse:
    form = MemberForm(request.POST or None, initial={"given_name": request.GET.get("name", "")[:80]})
    if request.method == "POST" and form.is_valid():
        try:
            member = enrol_member(
                form.details(), by=request.actor, source=Source.DASHBOARD, location=form.cleaned_data["location"]
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s is a member now.") % {"name": member})
            return redirect("customers:member", member.pk)
    context = {"form": form, "page_title": _("New member")}
    return render(request, "customers/members/form.html", context, status=422 if form.errors else 200)


@dashboard_page(Permission.EDIT_MEMBERS)
def edit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    member = member_or_404(pk)
    tags = list(member.member_tags.order_by("tag__name").values_list("tag__name", flat=True))
    form = MemberForm(request.POST or None, initial=MemberForm.initial_of(member, tags))
    if request.method == "POST" and form.is_valid():
        try:
            change_member(member, changes=form.changes(), by=request.actor, source=Source.DASHBOARD)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:member", member.pk)
    context = {"form": form, "member": member, "page_title": str(member)}
    return render(request, "customers/members/form.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def duplicates(request: BusinessRequest) -> HttpResponse:
    """Who the person being typed might be already."""
    matches = looks_like(TypedMember(request.POST).details())
    matches = [one for one in matches if str(one.member.pk) != request.POST.get("itself")]
    return render(request, "customers/members/duplicates.html", {"matches": matches})


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def status(request: BusinessRequest, pk: UUID) -> HttpResponse:
    member = member_or_404(pk)
    wanted = request.POST.get("status")
    if wanted not in OWN_STATUSES:
        raise Invalid(field="status")
    member = _STATUS[MemberStatus(wanted)](member, by=request.actor, source=Source.DASHBOARD)
    messages.success(request, _("%(name)s: %(status)s.") % {"name": member, "status": member.get_status_display()})
    return redirect("customers:member", member.pk)


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def phone(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """A number that the member typed in the portal is theirs, or it is not."""
    member = member_or_404(pk)
    settle = confirm_phone if request.POST.get("theirs") == "yes" else drop_claimed_phone
    settle(member, by=request.actor, source=Source.DASHBOARD)
    messages.success(request, _("Saved."))
    return redirect("customers:member", member.pk)

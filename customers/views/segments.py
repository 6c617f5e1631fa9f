"""Segments: the list of members as it is narrowed, kept under a name."""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.domain.segments import keep_segment, remove_segment
from customers.member_lists import Wanted, members_wanted
from customers.models import Segment
from customers.segments import read_filters
from customers.slots import member_filters
from customers.views.member_list import said_filters
from loyalty_saas.lib.errors import DomainError
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


class SegmentForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=60)


@dashboard_page(Permission.EDIT_MEMBERS)
def new(request: BusinessRequest) -> HttpResponse:
    """The filters are those of the address, which the list led here with."""
    filters = read_filters(request.GET)
    form = SegmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            segment = keep_segment(name=form.cleaned_data["name"], filters=filters, by=request.actor)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("“%(name)s” is kept. Whoever fits later is in it, too.") % {"name": segment})
            return redirect(segment_url(segment))
    found = members_wanted(Wanted.read(filters, []), filters, list(member_filters), ordered=False)
    context = {"form": form, "said": said_filters(filters), "members": found.count() if filters else 0}
    return render(request, "customers/members/segment.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    segment = get_object_or_404(Segment, pk=pk)
    try:
        remove_segment(segment, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(segment_url(segment))
    messages.success(request, _("“%(name)s” is removed. Its members stay as they are.") % {"name": segment.name})
    return redirect("customers:members")


def segment_url(segment: Segment) -> str:
    return f"{reverse('customers:members')}?{urlencode({**segment.filters, 'segment': segment.pk})}"

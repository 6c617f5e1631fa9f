"""Settings: the business, its brand, its locations, its keys, and what people changed."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.access import BusinessRequest, dashboard_page
from tenants.domain import businesses
from tenants.domain.keys import create_key, revoke_key
from tenants.forms.business import BrandForm, BusinessForm, LocationForm
from tenants.forms.team import KeyForm
from tenants.models import ApiKey, AuditEvent, Location, Tenant
from tenants.permissions import Permission
from tenants.preview import previewed


@dashboard_page(Permission.MANAGE_SETTINGS)
def business(request: BusinessRequest) -> HttpResponse:
    # The form works on a copy: a refused name does not stand in the frame of the page that refuses it.
    form = BusinessForm(request.POST or None, instance=_fresh(request))
    if request.method == "POST" and form.is_valid():
        businesses.change_business(_fresh(request), changes=form.cleaned_data, by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("settings_business")
    return render(request, "tenants/settings/business.html", {"form": form}, status=422 if form.errors else 200)


@dashboard_page(Permission.MANAGE_SETTINGS)
@previewed
def brand(request: BusinessRequest) -> HttpResponse:
    form = BrandForm(request.POST or None, request.FILES or None, instance=_fresh(request))
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        logo = changes.pop("logo_file")
        tenant = businesses.change_business(_fresh(request), changes=changes, by=request.actor)
        if logo:
            businesses.set_logo(tenant, logo, by=request.actor)
        messages.success(request, _("Saved. Your portal looks like this from now on."))
        return redirect("settings_brand")
    return render(request, "tenants/settings/brand.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.MANAGE_SETTINGS)
def logo_removal(request: BusinessRequest) -> HttpResponse:
    businesses.remove_logo(_fresh(request), by=request.actor)
    messages.success(request, _("The logo is gone; your initials stand in its place."))
    return redirect("settings_brand")


@dashboard_page(Permission.MANAGE_SETTINGS)
def locations(request: BusinessRequest) -> HttpResponse:
    form = LocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        businesses.add_location(**form.cleaned_data, by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("settings_locations")
    context = {"form": form, "locations": Location.objects.order_by(F("closed_at").desc(nulls_first=True), "name")}
    return render(request, "tenants/settings/locations.html", context, status=422 if form.errors else 200)


@dashboard_page(Permission.MANAGE_SETTINGS)
def location(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Location, pk=pk)
    form = LocationForm(request.POST or None, instance=get_object_or_404(Location, pk=pk))
    if request.method == "POST" and form.is_valid():
        businesses.change_location(found, **form.cleaned_data, by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("settings_locations")
    context = {"form": form, "location": found}
    return render(request, "tenants/settings/location.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.MANAGE_SETTINGS)
def location_state(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Close a location, or open it again: what happened there stays."""
    found = get_object_or_404(Location, pk=pk)
    change = businesses.reopen_location if found.closed_at else businesses.close_location
    change(found, by=request.actor)
    return redirect("settings_locations")


@dashboard_page(Permission.MANAGE_KEYS)
def keys(request: BusinessRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    token = None
    if request.method == "POST" and form.is_valid():
        _key, token = create_key(**form.cleaned_data, by=request.membership)
        form = KeyForm()
    context = {"form": form, "token": token, "keys": ApiKey.objects.select_related("created_by")}
    return render(request, "tenants/settings/keys.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.MANAGE_KEYS)
def key_revocation(request: BusinessRequest, pk: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk, revoked_at__isnull=True)
    revoke_key(key, by=request.membership)
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": key.name})
    return redirect("settings_keys")


@dashboard_page(Permission.VIEW_AUDIT)
def audit(request: BusinessRequest) -> HttpResponse:
    page = Paginator(AuditEvent.objects.all(), 50).get_page(request.GET.get("page"))
    return render(request, "tenants/settings/audit.html", {"page": page})


def _fresh(request: BusinessRequest) -> Tenant:
    """The business's row as it is now, apart from the copy that the frame of the page shows."""
    return Tenant.objects.select_for_update(no_key=True).get(pk=request.tenant.pk)

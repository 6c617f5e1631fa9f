"""The web address of the portal: domains of the business's own, their records, and the look at them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.limits import within_limit
from tenants.access import Access, BusinessRequest, dashboard_page, open_page
from tenants.domain.domains import add_domain, check_domain, make_primary, remove_domain
from tenants.models import Domain
from tenants.permissions import Permission

LOOKS = {"most": 30, "seconds": 600}


@dashboard_page(Permission.MANAGE_SETTINGS)
def domains(request: BusinessRequest) -> HttpResponse:
    typed, error = "", ""
    if request.method == "POST":
        typed = request.POST.get("host", "")[:300]
        try:
            add_domain(typed, by=request.actor)
        except DomainError as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Added. Set its records where you bought the name, then let us look."))
            return redirect("settings_domains")
    context: dict[str, Any] = {
        "domains": Domain.objects.all(),
        "ours": f"{settings.SITE_URL}/{request.tenant.slug}/",
        "target": settings.DOMAIN_TARGET,
        "addresses": settings.DOMAIN_ADDRESSES,
        "typed": typed,
        "error": error,
    }
    return render(request, "tenants/settings/domains.html", context, status=422 if error else 200)


@require_POST
@never_cache
def check(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Look at the records now. The DNS is asked between two short transactions and inside neither."""
    asked: list[Domain] = []

    def begin() -> HttpResponse:
        asked.append(get_object_or_404(Domain, pk=pk))
        return HttpResponse()

    refused = open_page(request, Permission.MANAGE_SETTINGS, begin, asks_second_step=True)
    if not asked:
        return refused  # type: ignore[return-value]
    if not within_limit(f"domain-looks:{request.tenant.pk.hex}", **LOOKS):
        messages.error(request, _("That was often. Records take a while: try again in ten minutes."))
        return redirect("settings_domains")
    domain = check_domain(request.tenant, pk, by=request.actor)
    if domain is not None and domain.trouble:
        messages.error(request, f"{domain.shown}: {domain.get_trouble_display()}")
    elif domain is not None:
        messages.success(request, _("%(host)s is yours, and your portal answers there.") % {"host": domain.shown})
    return redirect("settings_domains")


check.access = Access("dashboard", Permission.MANAGE_SETTINGS)  # type: ignore[attr-defined]


@require_POST
@dashboard_page(Permission.MANAGE_SETTINGS)
def primary(request: BusinessRequest, pk: UUID) -> HttpResponse:
    domain = make_primary(get_object_or_404(Domain, pk=pk), by=request.actor)
    messages.success(request, _("Letters and links lead to %(host)s from now on.") % {"host": domain.shown})
    return redirect("settings_domains")


@require_POST
@dashboard_page(Permission.MANAGE_SETTINGS)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    domain = get_object_or_404(Domain, pk=pk)
    remove_domain(domain, by=request.actor)
    messages.success(request, _("%(host)s is removed. Nothing answers there any more.") % {"host": domain.shown})
    return redirect("settings_domains")

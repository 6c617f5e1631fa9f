"""Everything a business has, as one file for its owner."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tenants.access import BusinessRequest, dashboard_page
from tenants.domain.audit import record_audit
from tenants.permissions import Permission
from tenants.takeout import archive, files, tables


@require_GET
@dashboard_page(Permission.TAKE_OUT)
def data(request: BusinessRequest) -> HttpResponse:
    return render(request, "tenants/settings/data.html", {"files": list(files), "tables": len(tables())})


@require_POST
@dashboard_page(Permission.TAKE_OUT)
def take_out(request: BusinessRequest) -> StreamingHttpResponse:
    """The archive, read piece by piece while it is sent."""
    record_audit("data.taken_out", by=request.actor, subject=request.tenant)
    response = StreamingHttpResponse(archive(request.tenant), content_type="application/zip")
    name = f"{request.tenant.slug}-{timezone.localtime(timezone.now(), request.tenant.zone):%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""What browsers load besides pages: stylesheet, logo, icons, manifest, service worker. Nothing of a person."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.portal.access import PortalRequest, portal_page, portal_url
from customers.portal.brand import brand_version, icon, stylesheet

YEAR = 60 * 60 * 24 * 365
SIDES = {"180": 180, "192": 192, "512": 512}


@portal_page
@require_safe
def brand_css(request: PortalRequest, version: str) -> HttpResponse:
    return _kept(request, HttpResponse(stylesheet(request.tenant.brand_color), content_type="text/css"), version)


@portal_page
@require_safe
def logo(request: PortalRequest, version: str) -> HttpResponse:
    if not request.tenant.logo:
        raise Http404
    with request.tenant.logo.open("rb") as file:
        return _kept(request, HttpResponse(file.read(), content_type="image/webp"), version)


@portal_page
@require_safe
def app_icon(request: PortalRequest, version: str, side: str, purpose: str) -> HttpResponse:
    if side not in SIDES:
        raise Http404
    picture = icon(request.tenant, SIDES[side], "maskable" if purpose == "maskable" else "any")
    return _kept(request, HttpResponse(picture, content_type="image/png"), version)


@portal_page
@require_safe
def manifest(request: PortalRequest) -> HttpResponse:
    tenant, home = request.tenant, portal_url(request, "home")
    version = brand_version(tenant)
    icons = [
        {
            "src": portal_url(request, "icon", version=version, side=side, purpose=purpose),
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": purpose,
        }
        for side in ("192", "512")
        for purpose in ("any", "maskable")
    ]
    response = JsonResponse(
        {
            "id": home,
            "name": tenant.name,
            "short_name": tenant.name[:12].strip(),
            "description": tenant.tagline,
            "lang": tenant.language,
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "background_color": "#faf7f1",
            "theme_color": tenant.brand_color,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )
    response["Cache-Control"] = "public, max-age=3600"
    return response


@portal_page
@require_safe
def service_worker(request: PortalRequest) -> HttpResponse:
    """Keeps the look and one page that says "you are offline"; never a page with somebody's data."""
    response = render(request, "portal/service_worker.js", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@portal_page
@require_safe
def offline(request: PortalRequest) -> HttpResponse:
    response = render(request, "portal/offline.html")
    response["Cache-Control"] = "no-cache"
    return response


def _kept(request: HttpRequest, response: HttpResponse, version: str) -> HttpResponse:
    """For a year at the address of the present look; an old address shows the present look, and keeps it briefly."""
    current = version == brand_version(request.tenant)  # type: ignore[attr-defined]
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if current else "public, max-age=300"
    return response

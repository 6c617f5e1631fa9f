"""Who is at the portal of which business: every page of it is wrapped by one of these."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from customers.domain.portal_sessions import IDLE, find_session
from customers.models import Member, PortalSession
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.views import refusal
from tenants import platform
from tenants.access import Access, finished, supported, working_for
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant


class PortalRequest(HttpRequest):
    """What a view of the portal is given. `member` and `portal_session` are None for one who is not signed in."""

    tenant: Tenant
    host_business: Tenant | None
    portal_session: PortalSession | None
    member: Member | None
    actor: Actor


class MemberRequest(PortalRequest):
    """One who is signed in."""

    portal_session: PortalSession
    member: Member


View = Callable[..., HttpResponse]
Gate = Callable[[PortalRequest, Callable[[], HttpResponse]], HttpResponse]


def portal_page(view: View) -> View:
    """A page of the portal for everybody: inside the business's walls, with whoever is signed in."""
    return _page(view, Access("portal"), lambda request, run: run())


def member_page(view: View) -> View:
    """A page for a signed-in member; others are asked to sign in, and come back to it."""
    return _page(view, Access("member"), lambda request, run: run() if request.member else to_portal_sign_in(request))


def portal_url(request: Any, name: str, **kwargs: Any) -> str:
    """The address of a portal page where this request came in: below the business's name, or at its own host."""
    if not getattr(request, "host_business", None):
        kwargs["business"] = request.tenant.slug
    return reverse(f"portal:{name}", kwargs=kwargs)


def go(request: Any, name: str, **kwargs: Any) -> HttpResponse:
    return HttpResponseRedirect(portal_url(request, name, **kwargs))


def to_portal_sign_in(request: PortalRequest) -> HttpResponse:
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    url = portal_url(request, "sign_in") + (f"?{query}" if query else "")
    if getattr(request, "htmx", False):
        response = HttpResponse()
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def next_page(request: PortalRequest, wanted: str) -> str:
    """Where to go on to: a page of this very portal, or its home."""
    home = portal_url(request, "home")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(home)
    return wanted if safe else home


# --- cookies: each business has its own, sent to its own pages only ------------------------------


def cookie_name(request: PortalRequest, what: str) -> str:
    return f"{'__Secure-' if settings.SECURE else ''}{what}-{request.tenant.pk.hex}"


def set_portal_cookie(request: PortalRequest, response: HttpResponse, what: str, value: str, *, seconds: int) -> None:
    response.set_cookie(
        cookie_name(request, what),
        value,
        max_age=seconds,
        path=portal_url(request, "home"),
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )


def portal_cookie(request: PortalRequest, what: str) -> str:
    return request.COOKIES.get(cookie_name(request, what), "")


def drop_portal_cookie(request: PortalRequest, response: HttpResponse, what: str) -> None:
    response.delete_cookie(cookie_name(request, what), path=portal_url(request, "home"), samesite="Lax")


# --- what the two kinds of page share ------------------------------------------------------------


def _page(view: View, access: Access, gate: Gate) -> View:
    @wraps(view)
    def page(request: PortalRequest, *args: Any, business: str = "", **kwargs: Any) -> HttpResponse:
        tenant = getattr(request, "host_business", None) or platform.find_business(business)
        if tenant is None:
            return _to_present_address(request, former=business)
        request.tenant = tenant
        try:
            with working_for(tenant):
                _recognise(request)
                return finished(gate(request, lambda: view(request, *args, **kwargs)))
        except DomainError as error:
            return _refuse(request, error)

    page.access = access  # type: ignore[attr-defined]
    return page


def _to_present_address(request: PortalRequest, *, former: str) -> HttpResponse:
    """From an address of before a renaming to the same page at the one of now, and the sign-in comes along.

    Never for good (301): browsers would keep that, and a business that takes a former address back would send them
    in a circle. Raises Http404 where no open business had the address.
    """
    tenant = platform.find_business_that_was(former)
    if tenant is None:
        raise Http404
    request.tenant = tenant
    rest = request.get_full_path().removeprefix(f"/{former}/")
    response = HttpResponseRedirect(f"{portal_url(request, 'home')}{rest}")
    if request.method not in ("GET", "HEAD"):
        response.status_code = 307
    elif (token := portal_cookie(request, "member")) and _opens(token, tenant):
        # Cookies keep to the address under which they were given.
        set_portal_cookie(request, response, "member", token, seconds=int(IDLE.total_seconds()))
    return response


def _opens(token: str, tenant: Tenant) -> bool:
    with tenant_context(tenant):
        return find_session(token) is not None


def _recognise(request: PortalRequest) -> None:
    token = portal_cookie(request, "member")
    session = find_session(token) if token else None
    request.portal_session = session
    request.member = session.member if session else None
    if session is not None:
        request.actor = Actor.member(session.member_id)


def _refuse(request: PortalRequest, error: DomainError) -> HttpResponse:
    """A refusal in the look of the business; what the page had begun to write is undone."""
    with translation.override(supported(request.tenant.language)):
        if getattr(request, "htmx", False):
            return refusal(request, error)
        return render(request, "portal/refusal.html", {"sentence": str(error)}, status=error.status)

"""Who may open a page, and for which business: every page of a business is wrapped by one of these."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from loyalty_saas.lib.errors import DomainError
from loyalty_saas.views import page_of, refusal
from tenants import platform
from tenants.actors import Actor
from tenants.domain.second_step import second_step_due
from tenants.isolation import tenant_context
from tenants.models import Membership, Tenant, User
from tenants.permissions import Permission

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
SESSION_KEY = "business"


class PersonRequest(HttpRequest):
    """What a view of a person who has signed in is given."""

    user: User


class BusinessRequest(HttpRequest):
    """What a view of a business is given: the request with the business, the person and the acting name."""

    tenant: Tenant
    membership: Membership
    actor: Actor


@dataclass(frozen=True, slots=True)
class Access:
    """Who a view lets in, readable from the view itself (`view.access`) so that a test can walk all routes."""

    kind: str
    permission: Permission | None = None


View = Callable[Concatenate[Any, P], HttpResponseBase]


def dashboard_page(permission: Permission) -> Callable[[View[P]], View[P]]:
    """A page of the dashboard, for those whose role has the permission in the business they have chosen."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        @never_cache
        def page(request: BusinessRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return open_page(request, permission, lambda: view(request, *args, **kwargs), asks_second_step=True)

        page.access = Access("dashboard", permission)  # type: ignore[attr-defined]
        return page

    return decorate


def signed_in_page(view: View[P]) -> View[P]:
    """A page of the person's own, before or beside any business."""

    @wraps(view)
    @never_cache
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            return refusal(request, error)

    page.access = Access("person")  # type: ignore[attr-defined]
    return page


def public_page(view: View[P]) -> View[P]:
    """A page anybody may open; says so, so that a view without any of these words stands out in the tests."""
    view.access = Access("public")  # type: ignore[attr-defined]
    return view


def open_page(
    request: BusinessRequest,
    permission: Permission,
    view: Callable[[], HttpResponseBase],
    *,
    asks_second_step: bool = False,
) -> HttpResponseBase:
    """Sign-in, business, permission, walls, then the view; a refusal becomes a page and writes nothing.

    The counter does not ask for the second step: it stands on a device that colleagues share, guarded by their PINs,
    and a shop does not close because its owner has put something off.
    """
    if not request.user.is_authenticated:
        return to_sign_in(request)
    membership = chosen_membership(request)
    if membership is None:
        return go_to(request, resolve_url("start"))
    if asks_second_step and second_step_is_overdue(request):
        return go_to(request, resolve_url("mfa_index"))
    request.membership = membership
    request.tenant = membership.tenant
    if not membership.may(permission):
        if request.path == "/" and membership.may(Permission.USE_COUNTER):
            return go_to(request, resolve_url("counter:home"))
        return render(request, "403.html", status=403)
    request.actor = Actor.staff(membership)
    try:
        with working_for(membership.tenant):
            return finished(view())
    except DomainError as error:
        return refusal(request, error)


@contextmanager
def working_for(tenant: Tenant) -> Iterator[None]:
    """The business's walls, its time zone and its language, for the length of one page."""
    with tenant_context(tenant), timezone.override(tenant.zone), translation.override(supported(tenant.language)):
        yield


def supported(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def finished(response: R) -> R:
    """Render a lazy response here, while the walls of its business stand."""
    if hasattr(response, "render") and callable(response.render):
        response.render()
    return response


def chosen_membership(request: HttpRequest) -> Membership | None:
    """The membership in the business this session has chosen, or the person's first."""
    memberships = memberships_of_request(request)
    wanted = request.session.get(SESSION_KEY)
    return next((one for one in memberships if str(one.tenant_id) == wanted), memberships[0] if memberships else None)


def memberships_of_request(request: HttpRequest) -> list[Membership]:
    if not hasattr(request, "_memberships"):
        request._memberships = platform.memberships_of(request.user)  # type: ignore[attr-defined, arg-type]
    return request._memberships  # type: ignore[attr-defined, no-any-return]


def second_step_of_request(request: HttpRequest) -> datetime.datetime | None:
    """From when the person must have a second step; None when they owe none. Asked once a request."""
    if not hasattr(request, "_second_step"):
        known = request.user.is_authenticated
        request._second_step = (  # type: ignore[attr-defined]
            second_step_due(request.user, memberships_of_request(request)) if known else None  # type: ignore[arg-type]
        )
    return request._second_step  # type: ignore[attr-defined, no-any-return]


def second_step_is_overdue(request: HttpRequest) -> bool:
    due = second_step_of_request(request)
    return due is not None and due <= timezone.now()


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the page to sign in, and from there back to the page that is open: what only takes forms is no page."""
    if request.htmx:  # type: ignore[attr-defined]
        here = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    else:
        here = request.get_full_path() if request.method in ("GET", "HEAD") else page_of(request)
    return go_to(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here or '/'})}")


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that an htmx call follows as a whole page."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse()
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)

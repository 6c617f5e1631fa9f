"""A device that colleagues share opens the counter and nothing else of the person who signed it in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from programs.counter.station import SESSION_KEY, Station, session_is_shared
from tenants.access import chosen_membership, go_to, memberships_of_request

# Leaving is always possible; so is finding out that the person has to sign in again.
_OPEN_NAMES = frozenset({"account_logout", "account_login", "account_reauthenticate"})
_CLOSED_KINDS = frozenset({"dashboard", "person"})


class SharedDeviceMiddleware:
    """Sends a shared or locked device from the dashboard and the account pages back to the counter."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if SESSION_KEY not in request.session or not _belongs_to_a_person(request, view):
            return None
        if not request.user.is_authenticated:
            return None
        memberships = memberships_of_request(request)
        if session_is_shared(request.session, memberships):
            return go_to(request, resolve_url("counter:people"))
        if own := chosen_membership(request):
            Station(request.session, own).touch()
        return None


def _belongs_to_a_person(request: HttpRequest, view: Any) -> bool:
    """Pages of the dashboard, of the account, and the sign-in library's own, which say nothing of themselves."""
    access = getattr(view, "access", None)
    if access is not None:
        return access.kind in _CLOSED_KINDS
    match = request.resolver_match
    return match is not None and match.url_name not in _OPEN_NAMES and view.__module__.startswith("allauth.")

"""Somebody who comes by a member's link or code: it is kept in the browser until they have joined."""

import secrets

from django.http import HttpResponse

from customers.domain.joining import CameBy
from customers.portal.access import PortalRequest, portal_cookie, set_portal_cookie
from loyalty_saas.lib.limits import client_address

FRIEND, DEVICE = "friend", "device"
FIELD = "friend_code"
_NEW = "_new_portal_device"
KEPT_SECONDS = 30 * 24 * 3600
DEVICE_SECONDS = 365 * 24 * 3600


def friend_code(request: PortalRequest) -> str:
    """As typed now, or else as the link that was followed says."""
    typed = request.POST.get(FIELD)
    return (portal_cookie(request, FRIEND) if typed is None else typed).strip()[:40]


def came_by(request: PortalRequest) -> CameBy:
    return CameBy(friend_code(request), portal_cookie(request, DEVICE), client_address(request))


def keep_friend_code(request: PortalRequest, response: HttpResponse, code: str | None = None) -> HttpResponse:
    """Remember whose word it was, and give the browser a name by which it is known again."""
    set_portal_cookie(request, response, FRIEND, friend_code(request) if code is None else code, seconds=KEPT_SECONDS)
    return name_device(request, response)


def device_name_of(request: PortalRequest) -> str:
    """The browser's own name; one that is new is kept by `name_device` with the answer."""
    known = portal_cookie(request, DEVICE)
    if known:
        return known
    if not hasattr(request, _NEW):
        setattr(request, _NEW, secrets.token_hex(12))
    new: str = getattr(request, _NEW)
    return new


def name_device(request: PortalRequest, response: HttpResponse) -> HttpResponse:
    """Give the browser a random name of its own, unless it has one."""
    if not portal_cookie(request, DEVICE):
        set_portal_cookie(request, response, DEVICE, device_name_of(request), seconds=DEVICE_SECONDS)
    return response

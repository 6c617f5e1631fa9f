"""Which device the counter runs on: a name of its own, kept in the browser, whoever is signed in there."""

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "__Host-counter-device" if settings.SESSION_COOKIE_SECURE else "counter-device"
KEPT_SECONDS = 2 * 365 * 24 * 3600
_NEW = "_new_device"


def device_of(request: HttpRequest) -> str:
    """The device's name: a random text that signing out does not change. A new one is remembered with the answer."""
    known = request.get_signed_cookie(COOKIE, default="")
    if known:
        return str(known)
    if not hasattr(request, _NEW):
        setattr(request, _NEW, secrets.token_hex(8))
    new: str = getattr(request, _NEW)
    return new


def remember_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give a device that is new its name to keep."""
    new: str | None = getattr(request, _NEW, None)
    if new is not None:
        answer: Any = response
        answer.set_signed_cookie(
            COOKIE,
            new,
            max_age=KEPT_SECONDS,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )

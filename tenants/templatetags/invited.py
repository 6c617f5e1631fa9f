"""Who is making an account because somebody invited them."""

from urllib.parse import urlsplit

from django import template
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from loyalty_saas.lib.secrets import hash_token
from tenants import platform
from tenants.models import Invitation

register = template.Library()


@register.filter
def invitation_ahead(request: HttpRequest) -> Invitation | None:
    """The open invitation that the person goes on to (`next`) after this page, if that is where they go."""
    if not hasattr(request, "_invitation_ahead"):
        request._invitation_ahead = _find(request)  # type: ignore[attr-defined]
    found: Invitation | None = request._invitation_ahead  # type: ignore[attr-defined]
    return found


def _find(request: HttpRequest) -> Invitation | None:
    path = urlsplit(request.POST.get("next") or request.GET.get("next") or "").path
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return platform.find_invitation(hash_token(match.kwargs["token"])) if match.url_name == "invitation" else None

"""What the frame around every page of the dashboard shows."""

from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from tenants.access import chosen_membership, memberships_of_request, second_step_is_overdue, second_step_of_request
from tenants.models import Membership, Tenant
from tenants.navigation import navigation
from tenants.permissions import Permission

NEAR = timedelta(days=3)


def shell(request: HttpRequest) -> dict[str, Any]:
    membership: Membership | None = getattr(request, "membership", None) or _of_account_page(request)
    return {
        # A part of a page needs no frame around it.
        "shell": SimpleLazyObject(lambda: _shell(request, membership)) if membership else None,
        # Only the pages that say something about it ask the database.
        "second_step": SimpleLazyObject(lambda: _second_step(request)),
    }


def _of_account_page(request: HttpRequest) -> Membership | None:
    """The pages of one's own account stand in the frame of the business, for those who may go on there."""
    match = request.resolver_match
    if match is None or not match.func.__module__.startswith("allauth.") or not request.user.is_authenticated:
        return None
    membership = chosen_membership(request)
    if membership is None or not membership.may(Permission.VIEW_HOME) or second_step_is_overdue(request):
        return None
    return membership


def _second_step(request: HttpRequest) -> dict[str, Any]:
    """`is_shown`: at home from the first day, on every page when little time is left."""
    due = second_step_of_request(request)
    is_near = due is not None and due - timezone.now() <= NEAR
    return {
        "due": due,
        "is_overdue": second_step_is_overdue(request),
        "is_shown": due is not None and hasattr(request, "membership") and (is_near or request.path == reverse("home")),
    }


def _shell(request: HttpRequest, membership: Membership) -> dict[str, Any]:
    tenant = membership.tenant
    return {
        "business": {
            "name": tenant.name,
            "slug": tenant.slug,
            "logo_url": _logo_url(tenant),
        },
        "person": {
            "key": membership.pk,
            "name": membership.name,
            "email": getattr(request.user, "email", ""),
            "role": membership.get_role_display(),
        },
        "businesses": [
            {
                "name": one.tenant.name,
                "url": reverse("switch", args=[one.tenant_id]),
                "current": one.tenant_id == tenant.pk,
            }
            for one in memberships_of_request(request)
        ],
        "add_business_url": reverse("start"),
        "palette_url": reverse("palette"),
        **navigation(request, membership),
    }


def _logo_url(tenant: Tenant) -> str:
    """Where the portal serves the logo: uploads have no address of their own. Each logo's file has its own name."""
    if not tenant.logo:
        return ""
    return reverse("portal:logo", kwargs={"business": tenant.slug, "version": PurePath(tenant.logo.name or "").stem})

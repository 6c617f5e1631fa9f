"""The home of the dashboard, and the palette that finds everything from anywhere."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty_saas.lib.names import fold
from loyalty_saas.lib.slots import fill
from tenants.access import BusinessRequest, dashboard_page
from tenants.home import Hit, Step, checklist, home_figures, home_panels, palette_actions, palette_sources
from tenants.models import Membership
from tenants.navigation import places_for
from tenants.permissions import Permission


@dashboard_page(Permission.VIEW_HOME)
def home(request: BusinessRequest) -> HttpResponse:
    def may(name: str) -> bool:
        return request.membership.may(Permission(name))

    context = {
        "figures": fill(home_figures, may, request),
        "panels": fill(home_panels, may, request),
        "steps": _steps(request.membership),
    }
    return render(request, "tenants/home.html", context)


def _steps(membership: Membership) -> dict[str, object] | None:
    """The set-up until all of it is done; nothing from then on."""
    steps: list[tuple[Step, bool]] = [(step, step.is_done()) for step in checklist if membership.may(step.permission)]
    done = sum(finished for _step, finished in steps)
    return {"all": steps, "done": done, "of": len(steps)} if done < len(steps) else None


@require_GET
@dashboard_page(Permission.USE_COUNTER)
def palette(request: BusinessRequest) -> HttpResponse:
    """What the words find: pages and actions first, then members and whatever else the apps offer."""
    text = request.GET.get("q", "").strip()[:100]
    groups: list[tuple[str | Promise, list[Hit]]] = [
        (_("Pages"), _pages(request, text)),
        (_("Actions"), _actions(request.membership, text)),
    ]
    if len(text) >= 2:
        groups += [
            (source.label, list(source.find(text)))
            for source in palette_sources
            if request.membership.may(source.permission)
        ]
    context = {"groups": [(label, hits) for label, hits in groups if hits], "query": text}
    return render(request, "tenants/palette.html", context)


def _pages(request: BusinessRequest, text: str) -> list[Hit]:
    places = places_for(request.membership)
    return [
        Hit(str(place.label), reverse(place.url_name), place.icon) for place in places if _matches(place.label, text)
    ]


def _actions(membership: Membership, text: str) -> list[Hit]:
    return [
        Hit(str(action.label), reverse(action.url_name), action.icon)
        for action in palette_actions
        if membership.may(action.permission) and _matches(action.label, text)
    ]


def _matches(label: object, text: str) -> bool:
    """Every word that was typed begins a word of the label, accents or not."""
    words = fold(str(label)).split()
    return all(any(word.startswith(part) for word in words) for part in fold(text).split())

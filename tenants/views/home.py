"""The home of the dashboard, and the palette that finds everything from anywhere."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty_saas.lib.slots import fill
from tenants.access import BusinessRequest, dashboard_page
from tenants.finding import found
from tenants.home import Action, Hit, Step, checklist, home_figures, home_panels, palette_actions, palette_sources
from tenants.models import Membership
from tenants.navigation import Place, places_for
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
@dashboard_page(Permission.FIND)
def palette(request: BusinessRequest) -> HttpResponse:
    """What the words find: pages and actions first, then members and whatever else the apps offer."""
    text = request.GET.get("q", "").strip()[:100]
    groups = _offered(request.membership, text)
    if len(text) >= 2:
        groups += [
            (source.label, list(source.find(text)))
            for source in palette_sources
            if request.membership.may(source.permission)
        ]
    context = {"groups": [(label, hits) for label, hits in groups if hits], "query": text}
    return render(request, "tenants/palette.html", context)


def _offered(membership: Membership, text: str) -> list[tuple[str | Promise, list[Hit]]]:
    """Pages and actions that the words find among those of the role; looked for together, so that a wrong letter is
    only forgiven when neither has it right."""
    places = places_for(membership)
    actions = [
        action
        for action in palette_actions
        if (action.permission is None or membership.may(action.permission)) and (text or action.at_once)
    ]
    offered: list[Place | Action] = [*places, *actions]
    those = found(offered, text)
    hits = [(one, Hit(str(one.label), reverse(one.url_name), one.icon)) for one in those]
    return [
        (_("Pages"), [hit for one, hit in hits if isinstance(one, Place)]),
        (_("Actions"), [hit for one, hit in hits if isinstance(one, Action)]),
    ]

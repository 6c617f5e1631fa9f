"""What this app brings to the shared places of the dashboard."""

from django.utils.translation import gettext_lazy as _

from tenants.domain_watch import watch_after_commit
from tenants.enums import Role
from tenants.home import Action, Step, checklist, palette_actions
from tenants.isolation import current_tenant
from tenants.jobs import DailyJob
from tenants.jobs import register as register_job
from tenants.models import Invitation, Membership
from tenants.navigation import Place
from tenants.navigation import register as register_place
from tenants.permissions import Permission


def register() -> None:
    for place in _PLACES:
        register_place(place)
    register_job(DailyJob("domains.check", 5, watch_after_commit))
    for step in _STEPS:
        checklist.register(step)
    for action in _ACTIONS:
        palette_actions.register(action)


def _brand_is_there() -> bool:
    tenant = current_tenant()
    return bool(tenant.logo or tenant.story or tenant.tagline)


def _team_is_there() -> bool:
    return Membership.objects.exclude(role=Role.OWNER).exists() or Invitation.objects.exists()


_PLACES = (
    Place("home", _("Home"), "home", "house", Permission.VIEW_HOME, "top", 10, bottom=True),
    Place("team", _("Team"), "team", "users", Permission.MANAGE_TEAM, "business", 80),
    Place("settings", _("Settings"), "settings_business", "settings", Permission.MANAGE_SETTINGS, "business", 90),
)

_STEPS = (
    Step(
        name="brand",
        title=_("Show who you are"),
        about=_("Logo, colour and story: your customers’ page and cards carry them."),
        url_name="settings_brand",
        action=_("Choose your look"),
        is_done=_brand_is_there,
        order=40,
        permission=Permission.MANAGE_SETTINGS,
    ),
    Step(
        name="team",
        title=_("Bring your team"),
        about=_("Staff get the counter and nothing else. An invitation is one e-mail."),
        url_name="team",
        action=_("Invite somebody"),
        is_done=_team_is_there,
        order=50,
        permission=Permission.MANAGE_TEAM,
    ),
)

_ACTIONS = (
    Action("invite", _("Invite somebody to the team"), "team", "user-plus", 50, Permission.MANAGE_TEAM),
    Action("key", _("Make an API key"), "settings_keys", "key-round", 60, Permission.MANAGE_KEYS),
    Action("location", _("Add a location"), "settings_locations", "map-pin-plus", 70, Permission.MANAGE_SETTINGS),
)

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
    Place(
        "home",
        _("Home"),
        "home",
        "house",
        Permission.VIEW_HOME,
        "top",
        10,
        bottom=True,
        keywords=_("dashboard overview start"),
    ),
    Place(
        "team",
        _("Team"),
        "team",
        "users",
        Permission.MANAGE_TEAM,
        "business",
        80,
        keywords=_("staff people employees colleagues roles PIN"),
    ),
    Place(
        "settings",
        _("Settings"),
        "settings_business",
        "settings",
        Permission.MANAGE_SETTINGS,
        "business",
        90,
        keywords=_("preferences configuration options business name currency time zone language"),
    ),
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
    Action(
        "invite",
        _("Invite somebody to the team"),
        "team",
        "user-plus",
        50,
        Permission.MANAGE_TEAM,
        keywords=_("add new staff employee colleague manager"),
    ),
    Action("key", _("Make an API key"), "settings_keys", "key-round", 60, Permission.MANAGE_KEYS),
    Action(
        "location",
        _("Add a location"),
        "settings_locations",
        "map-pin-plus",
        70,
        Permission.MANAGE_SETTINGS,
        keywords=_("new shop branch store place address"),
    ),
    Action(
        "brand",
        _("Change your look"),
        "settings_brand",
        "palette",
        72,
        Permission.MANAGE_SETTINGS,
        keywords=_("brand logo colour color story design settings"),
        at_once=False,
    ),
    Action(
        "domain",
        _("Use your own web address"),
        "settings_domains",
        "globe",
        74,
        Permission.MANAGE_SETTINGS,
        keywords=_("domain DNS website settings"),
        at_once=False,
    ),
    Action(
        "takeout",
        _("Download everything"),
        "settings_data",
        "archive",
        76,
        Permission.TAKE_OUT,
        keywords=_("export backup your data take out archive leave"),
        at_once=False,
    ),
    Action(
        "audit",
        _("See who changed what"),
        "settings_audit",
        "history",
        78,
        Permission.VIEW_AUDIT,
        keywords=_("changes audit log history"),
        at_once=False,
    ),
    Action(
        "account",
        _("Your account"),
        "account_email",
        "user-round",
        90,
        None,
        keywords=_("my profile e-mail address"),
        at_once=False,
    ),
    Action(
        "password",
        _("Change your password"),
        "account_change_password",
        "lock-keyhole",
        91,
        None,
        keywords=_("account security"),
        at_once=False,
    ),
    Action(
        "safety",
        _("Sign-in safety"),
        "mfa_index",
        "shield-check",
        92,
        None,
        keywords=_("second step two factor 2FA MFA authenticator passkey security recovery codes"),
        at_once=False,
    ),
    Action(
        "sessions",
        _("Where you are signed in"),
        "usersessions_list",
        "monitor-smartphone",
        93,
        None,
        keywords=_("sessions devices computers phones"),
        at_once=False,
    ),
    Action(
        "sign_out",
        _("Sign out"),
        "account_logout",
        "log-out",
        99,
        None,
        keywords=_("log out logout logoff signout sign off exit leave"),
        at_once=False,
    ),
)

"""What this app brings to the shared places of the dashboard. Registered when the app starts."""

from django.utils.translation import gettext_lazy as _

from programs import home, member_panels, timeline
from tenants.navigation import Place
from tenants.navigation import register as register_place
from tenants.permissions import Permission


def register() -> None:
    for place in _PLACES:
        register_place(place)
    home.register()
    timeline.register()
    member_panels.register()


_PLACES = (
    Place(
        "counter",
        _("Counter"),
        "counter:home",
        "store",
        Permission.USE_COUNTER,
        "top",
        20,
        bottom=True,
        keywords=_("till checkout sell redeem scan cash desk"),
    ),
    Place(
        "program",
        _("Program"),
        "programs:program",
        "sparkles",
        Permission.VIEW_PROGRAM,
        "loyalty",
        40,
        keywords=_("points rules earning loyalty scheme tiers challenges"),
    ),
    Place(
        "rewards",
        _("Rewards"),
        "programs:rewards",
        "gift",
        Permission.VIEW_PROGRAM,
        "loyalty",
        50,
        keywords=_("vouchers gifts prizes redeem coupons"),
    ),
    Place(
        "goodwill",
        _("Goodwill"),
        "programs:goodwill",
        "heart-handshake",
        Permission.VIEW_PROGRAM,
        "loyalty",
        55,
        keywords=_("apology sorry complaint make good present"),
    ),
    Place(
        "referrals",
        _("Bringing friends"),
        "programs:referrals",
        "users-round",
        Permission.VIEW_PROGRAM,
        "loyalty",
        54,
        keywords=_("refer a friend recommend invite ambassador"),
    ),
    Place(
        "surprises",
        _("Surprises"),
        "programs:surprises",
        "party-popper",
        Permission.VIEW_PROGRAM,
        "loyalty",
        53,
        keywords=_("random treat delight birthday"),
    ),
    Place(
        "sharing",
        _("Sharing"),
        "programs:sharing",
        "share-2",
        Permission.VIEW_PROGRAM,
        "loyalty",
        56,
        keywords=_("family household pool transfer gift points"),
    ),
    Place(
        "network",
        _("Network"),
        "programs:network",
        "waypoints",
        Permission.VIEW_PROGRAM,
        "loyalty",
        57,
        keywords=_("partners coalition other businesses"),
    ),
    Place(
        "reviews",
        _("To look at"),
        "programs:reviews",
        "shield-alert",
        Permission.ADJUST_POINTS,
        "loyalty",
        58,
        keywords=_("held suspicious fraud checks review approve"),
    ),
    Place(
        "books",
        _("Books"),
        "programs:books",
        "book-open-check",
        Permission.VIEW_PROGRAM,
        "loyalty",
        60,
        keywords=_("accounting liability ledger report figures reconcile outstanding points"),
    ),
)

"""What this app brings to the shared places of the dashboard."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers import consumers, timeline
from customers.consumers.summaries import SUMMARIES
from customers.domain.merging import look_for_duplicates
from customers.queries import search_members
from tenants.home import Action, Hit, Source, palette_actions, palette_sources
from tenants.jobs import DailyJob
from tenants.jobs import register as register_job
from tenants.navigation import Place
from tenants.navigation import register as register_place
from tenants.permissions import Permission


def register() -> None:
    register_job(DailyJob("members.duplicates", 5, look_for_duplicates))
    consumers.register(SUMMARIES)
    timeline.register()
    for place in _PLACES:
        register_place(place)
    for action in _ACTIONS:
        palette_actions.register(action)
    palette_sources.register(
        Source("members", _("Members"), find=_find_members, order=10, permission=Permission.VIEW_MEMBERS)
    )


def _find_members(text: str) -> Iterable[Hit]:
    for member in search_members(text, limit=6):
        note = member.email or member.phone or member.number
        yield Hit(str(member), reverse("customers:member", args=[member.pk]), "user-round", note if member.name else "")


_PLACES = (
    Place(
        "members",
        _("Members"),
        "customers:members",
        "users-round",
        Permission.VIEW_MEMBERS,
        "customers",
        20,
        bottom=True,
        keywords=_("customers guests clients people regulars"),
    ),
    Place(
        "purchases",
        _("Purchases"),
        "customers:purchases",
        "receipt",
        Permission.VIEW_PURCHASES,
        "customers",
        30,
        bottom=True,
        keywords=_("sales receipts orders transactions returns refunds"),
    ),
    Place(
        "products",
        _("Products"),
        "customers:products",
        "package",
        Permission.EDIT_PRODUCTS,
        "customers",
        40,
        keywords=_("goods items articles categories menu"),
    ),
)

_ACTIONS = (
    Action(
        "member",
        _("Add a member"),
        "customers:member_new",
        "user-round-plus",
        10,
        Permission.EDIT_MEMBERS,
        keywords=_("new customer create join sign up"),
    ),
    Action(
        "export",
        _("Export members"),
        "customers:members",
        "download",
        16,
        Permission.EXPORT_MEMBERS,
        keywords=_("download CSV Excel spreadsheet list customers"),
        at_once=False,
    ),
    Action(
        "export_purchases",
        _("Export purchases"),
        "customers:purchases",
        "download",
        17,
        Permission.VIEW_PURCHASES,
        keywords=_("download CSV Excel spreadsheet sales receipts"),
        at_once=False,
    ),
    Action(
        "product",
        _("Add a product"),
        "customers:product_new",
        "package-plus",
        30,
        Permission.EDIT_PRODUCTS,
        keywords=_("new item article"),
    ),
    Action(
        "duplicates",
        _("Duplicates among members"),
        "customers:merging",
        "merge",
        35,
        Permission.MERGE_MEMBERS,
        keywords=_("merge twice double same customer"),
    ),
    Action(
        "fields",
        _("Own fields of members"),
        "customers:member_fields",
        "list-plus",
        40,
        Permission.EDIT_MEMBERS,
        keywords=_("custom extra"),
    ),
)

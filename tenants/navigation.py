"""The places of the dashboard. Each app adds its own when it starts; the shell shows those a role may open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """`section` is a key of SECTIONS; `bottom` puts it on the bar of a phone (four fit).

    `keywords`: what else people call it, for the palette.
    """

    key: str
    label: str | Promise
    url_name: str
    icon: str
    permission: Permission
    section: str
    order: int
    bottom: bool = False
    keywords: str | Promise = ""


SECTIONS: dict[str, str | Promise] = {
    "top": "",
    "customers": _("Customers"),
    "loyalty": _("Loyalty"),
    "business": _("Business"),
}
_places: dict[str, Place] = {}


def register(place: Place) -> None:
    if place.key in _places:
        raise ValueError(f"There is already a place named {place.key}.")
    if place.section not in SECTIONS:
        raise ValueError(f"{place.section} is not a section.")
    _places[place.key] = place


def places_for(membership: Membership) -> list[Place]:
    return sorted((place for place in _places.values() if membership.may(place.permission)), key=lambda one: one.order)


def navigation(request: HttpRequest, membership: Membership) -> dict[str, object]:
    """The shell's sections and the phone's bar, with the place that is open marked."""
    places = places_for(membership)
    # A place within another (the books within the program) is the one that is open.
    open_url = max(
        (url for place in places if _leads_here(request, url := reverse(place.url_name))), key=len, default=""
    )
    items = {place: _item(place, open_url) for place in places}
    sections = [
        (label, [item for place, item in items.items() if place.section == key]) for key, label in SECTIONS.items()
    ]
    return {
        "sections": [(label, entries) for label, entries in sections if entries],
        "bottom": [item for place, item in items.items() if place.bottom][:4],
    }


def _leads_here(request: HttpRequest, url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url))


def _item(place: Place, open_url: str) -> dict[str, object]:
    url = reverse(place.url_name)
    return {"key": place.key, "label": place.label, "url": url, "icon": place.icon, "active": url == open_url}

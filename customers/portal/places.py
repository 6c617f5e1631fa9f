"""What higher apps bring to the portal: panels of its home and welcome page, places in its bar, addresses.

Register in AppConfig.ready(). A panel's `load(request)` gets the PortalRequest of the page; those of one page
may share what they read by keeping it on the request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.utils.functional import Promise

from loyalty_saas.lib.slots import Filled, Panel, Slot, fill


@dataclass(frozen=True)
class PortalPlace:
    """An entry of the bar: `name` is also the word by which a page says that it is there."""

    name: str
    label: str | Promise
    url_name: str
    icon: str
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True)
class PortalPages:
    """A urls module whose patterns join the portal's own, in its namespace, without the slug."""

    name: str
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True)
class OwnData:
    """What an app keeps about a member, for them to take away: `load(member)` gives plain JSON values."""

    name: str
    load: Callable[[Any], Any]
    order: int = 100
    permission: str | None = None


CARD: Slot[Panel] = Slot("portal card")
HOME: Slot[Panel] = Slot("portal home")
WELCOME: Slot[Panel] = Slot("portal welcome")
# Between the details and the agreements of whoever joins: `load(request)` as for panels.
JOIN: Slot[Panel] = Slot("portal join")
OWN_DATA: Slot[OwnData] = Slot("portal own data")
BAR: Slot[PortalPlace] = Slot("portal bar")
PAGES: Slot[PortalPages] = Slot("portal pages")


def panels(slot: Slot[Panel], request: Any) -> list[Filled]:
    return fill(slot, lambda permission: False, request)


def pages_of_other_apps() -> list[URLPattern | URLResolver]:
    return [path("", include(pages.name)) for pages in PAGES]

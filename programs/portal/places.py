"""Registers what points bring to the portal."""

from django.utils.translation import gettext_lazy as _

from customers.portal.places import BAR, CARD, HOME, JOIN, OWN_DATA, PAGES, WELCOME, OwnData, PortalPages, PortalPlace
from loyalty_saas.lib.slots import Panel
from programs.portal import friends, panels
from programs.portal.reading import panel

_HOME = (
    ("next", panels.next_thing, 10),
    ("stamps", panels.stamp_cards, 15),
    ("progress", panels.progress, 20),
    ("challenges", panels.challenges, 25),
    ("rewards", panels.rewards, 30),
    ("more", panels.more_points, 35),
    ("dates", panels.dates, 40),
    ("recent", panels.recent, 50),
)


def register() -> None:
    CARD.register(Panel("points.balance", "portal/points/balance.html", panel(panels.balance)))
    for name, load, order in _HOME:
        HOME.register(Panel(f"points.{name}", f"portal/points/{name}.html", panel(load), order))
    WELCOME.register(Panel("points.welcome", "portal/points/welcome.html", panel(panels.what_it_gives)))
    OWN_DATA.register(OwnData("points", panels.own_points))
    OWN_DATA.register(OwnData("stamp_cards", panels.own_stamps))
    HOME.register(Panel("friends.home", "portal/friends/home.html", panel(friends.on_home), 45))
    WELCOME.register(Panel("friends.welcome", "portal/friends/welcome.html", friends.welcome, 5))
    JOIN.register(Panel("friends.joining", "portal/friends/joining.html", friends.joining))
    OWN_DATA.register(OwnData("friends", friends.own_referrals))
    BAR.register(PortalPlace("rewards", _("Rewards"), "rewards", "gift", order=20))
    BAR.register(PortalPlace("history", _("History"), "history", "clock", order=40))
    PAGES.register(PortalPages("programs.portal.urls"))

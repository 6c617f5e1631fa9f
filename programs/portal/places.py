"""Registers what points bring to the portal."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.portal.places import BAR, CARD, HOME, JOIN, OWN_DATA, PAGES, WELCOME, OwnData, PortalPages, PortalPlace
from loyalty_saas.lib.slots import Panel
from programs.models import (
    AdvocacyAction,
    EarningRuleVersion,
    MembershipPlan,
    Poll,
    ReferralOffer,
    SharingTerms,
    SurpriseDraw,
)
from programs.portal import credit, friends, memberships, network, panels, questions, sharing, surprises
from programs.portal.reading import Reading, panel

# Name, loader, place in the order, and the tables one of which must have something of the business.
_HOME: tuple[tuple[str, Callable[[Reading], dict[str, Any] | None], int, tuple[type[Model], ...]], ...] = (
    ("surprises/home", surprises.on_home, 5, (SurpriseDraw,)),
    ("points/next", panels.next_thing, 10, ()),
    ("points/stamps", panels.stamp_cards, 15, ()),
    ("points/credit", credit.on_home, 16, ()),
    ("points/progress", panels.progress, 20, ()),
    ("points/membership", memberships.on_home, 22, (MembershipPlan,)),
    ("questions/home", questions.on_home, 22, (Poll,)),
    ("points/challenges", panels.challenges, 25, ()),
    ("points/rewards", panels.rewards, 30, ()),
    ("network/home", network.on_home, 33, ()),
    ("points/more", panels.more_points, 35, (EarningRuleVersion,)),
    ("points/dates", panels.dates, 40, ()),
    ("sharing/home", sharing.on_home, 44, (SharingTerms,)),
    ("friends/home", friends.on_home, 45, (ReferralOffer, AdvocacyAction)),
    ("points/recent", panels.recent, 50, ()),
)


def register() -> None:
    CARD.register(Panel("points.balance", "portal/points/balance.html", panel(panels.balance)))
    for name, load, order, needs in _HOME:
        HOME.register(Panel(name.replace("/", "."), f"portal/{name}.html", panel(load, *needs), order))
    WELCOME.register(Panel("points.welcome", "portal/points/welcome.html", panel(panels.what_it_gives)))
    OWN_DATA.register(OwnData("points", panels.own_points))
    OWN_DATA.register(OwnData("stamp_cards", panels.own_stamps))
    OWN_DATA.register(OwnData("paid_memberships", memberships.own_memberships))
    WELCOME.register(Panel("credit.welcome", "portal/points/credit_welcome.html", credit.welcome, 20))
    OWN_DATA.register(OwnData("store_credit", credit.own_credit))
    WELCOME.register(Panel("friends.welcome", "portal/friends/welcome.html", friends.welcome, 5))
    JOIN.register(Panel("friends.joining", "portal/friends/joining.html", friends.joining))
    OWN_DATA.register(OwnData("friends", friends.own_referrals))
    OWN_DATA.register(OwnData("surprises", surprises.own_surprises))
    OWN_DATA.register(OwnData("sharing", sharing.own_sharing))
    OWN_DATA.register(OwnData("network", network.own_network))
    OWN_DATA.register(OwnData("answers", questions.own_answers))
    OWN_DATA.register(OwnData("events", panels.own_events))
    BAR.register(PortalPlace("rewards", _("Rewards"), "rewards", "gift", order=20))
    BAR.register(PortalPlace("history", _("History"), "history", "clock", order=40))
    PAGES.register(PortalPages("programs.portal.urls"))

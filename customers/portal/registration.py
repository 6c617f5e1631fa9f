"""What the portal brings when the app starts: its places in the bar, and tidying up once a day."""

import datetime

from django.utils.translation import gettext_lazy as _

from customers.domain.cards import tidy_card_steps
from customers.domain.portal_access import tidy_portal_access
from customers.domain.portal_sessions import tidy_sessions
from customers.portal.places import BAR, PortalPlace
from customers.portal.preview import show_portal
from tenants import jobs
from tenants.preview import shown_by


def register() -> None:
    shown_by(show_portal)
    BAR.register(PortalPlace("home", _("Home"), "home", "house", order=10))
    BAR.register(PortalPlace("card", _("Card"), "card", "qr-code", order=30))
    BAR.register(PortalPlace("me", _("Me"), "me", "user-round", order=90))
    jobs.register(jobs.DailyJob("portal-tidy", hour=4, run=tidy))


def tidy(day: datetime.date) -> None:
    """Codes, card steps and sessions that no longer count for anything."""
    tidy_portal_access()
    tidy_card_steps()
    tidy_sessions()

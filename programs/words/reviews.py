"""What a review is about, in words: each suspicion explained, and what was seen."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.enums import Suspicion
from programs.models import Review
from tenants.templatetags.show import money

# What each suspicion means, for whoever decides.
ABOUT: dict[str, str | Promise] = {
    Suspicion.OWN_CARD: gettext_lazy("Somebody of the team tried to give or redeem something on a card of their own."),
    Suspicion.RECEIPT_AGAIN: gettext_lazy("A receipt that had counted was typed again, with another member or amount."),
    Suspicion.MEMBER_LIMIT: gettext_lazy("More for one member in a day than your limit for staff."),
    Suspicion.STAFF_LIMIT: gettext_lazy("More by one person in a day than your limit for staff."),
    Suspicion.DEVICE_LIMIT: gettext_lazy("More at one device in a day than your limit, whoever served there."),
    Suspicion.BY_HAND: gettext_lazy("More by hand at a time than staff may; a manager would have to do it."),
    Suspicion.TOO_OFTEN: gettext_lazy("One person gave one member something more often in seven days than you expect."),
    Suspicion.AFTER_HOURS: gettext_lazy("Points or credit were given when the shop is closed."),
    Suspicion.AWAY: gettext_lazy("A reward was redeemed without the member’s phone, long after their last visit."),
    Suspicion.SAME_DEVICE: gettext_lazy("The friend joined in the browser in which the advocate is signed in."),
    Suspicion.SAME_NETWORK: gettext_lazy("Both used one internet address. In the shop’s own Wi-Fi that is no wonder."),
    Suspicion.SAME_PHONE: gettext_lazy("Both gave the same phone number."),
    Suspicion.SAME_CARD: gettext_lazy("Both paid with the same card."),
    Suspicion.SIMILAR_EMAIL: gettext_lazy("The two addresses differ by a letter or a number, or lead to one mailbox."),
    Suspicion.SAME_PERSON: gettext_lazy("Name and birthday are the same, or the two records were merged."),
    Suspicion.TEAM: gettext_lazy("The friend or the advocate works here."),
    Suspicion.FEEDING: gettext_lazy("More members than you expect gave points to this one within 30 days."),
    Suspicion.BROUGHT: gettext_lazy("It was held before it was brought along, and nobody had decided yet."),
    Suspicion.TOO_MANY: gettext_lazy("The advocate has brought more friends than your limit for the period."),
}


def explained(review: Review) -> list[tuple[str, str]]:
    """Each suspicion and what it means."""
    return [(str(Suspicion(reason).label), str(ABOUT[reason])) for reason in review.reasons]


def _times(value: str) -> str:
    return ngettext("%(n)s time in seven days", "%(n)s times in seven days", int(value)) % {"n": value}


def _days(value: str) -> str:
    return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": value}


# The names of evidence in words, and how each value is said.
_SEEN: dict[str, tuple[str | Promise, Callable[[str], str]]] = {
    "number": (gettext_lazy("Receipt"), str),
    "most": (gettext_lazy("Your limit"), str),
    "limit": (gettext_lazy("Your limit"), str),
    "would": (gettext_lazy("It would have been"), str),
    "often": (gettext_lazy("How often"), _times),
    "usual": (gettext_lazy("You expect at most"), _times),
    "at": (gettext_lazy("At"), str),
    "days": (gettext_lazy("Away for"), _days),
    "reward": (gettext_lazy("Reward"), str),
    "device": (gettext_lazy("Device"), lambda value: value[:8]),
    "feeders": (gettext_lazy("Members who gave"), str),
    "usual_feeders": (gettext_lazy("You expect at most"), str),
    "friend": (gettext_lazy("Friend"), str),
    "advocate": (gettext_lazy("Advocate"), str),
    "friends": (gettext_lazy("Friends in the period"), str),
    "cap": (gettext_lazy("Your limit"), str),
    "paid": (gettext_lazy("First purchase"), lambda value: money(int(value))),
}


def seen(review: Review) -> list[tuple[str, str]]:
    """What was seen, as facts for the page."""
    facts = []
    for name, value in review.evidence.items():
        if name in _SEEN and str(value):
            label, say = _SEEN[name]
            facts.append((str(label), say(str(value))))
    return facts


def decided(review: Review) -> str:
    """What was decided, in a word."""
    if review.is_open:
        return _("Held") if review.is_held else _("To look at")
    if review.was_refused:
        return _("Seen")
    return str(review.get_state_display())


def tone(review: Review) -> str:
    """The badge's colour."""
    if review.is_open:
        return "warn" if review.is_held else "honey"
    return "bad" if review.state == "reversed" else "good"


def row(review: Review) -> dict[str, Any]:
    return {"review": review, "state": decided(review), "tone": tone(review)}

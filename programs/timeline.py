"""Activities of points, rewards, vouchers and tiers in words, for a member's timeline and for the home page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.enums import ActivityKind
from customers.models import Activity
from customers.timeline import Told, tell_kind
from programs.domain.accounts import points_program
from programs.stamp_words import in_stamps
from programs.unit import in_points
from tenants.isolation import current_tenant
from tenants.templatetags.show import day as show_day

# Icon, tone and sentence of the kinds that are told alike; `%(points)s` is an amount with what points are called.
_TOLD: Mapping[str, tuple[str, str, str | Promise]] = {
    ActivityKind.POINTS_AWARDED: ("sparkles", "accent", gettext_lazy("Earned %(points)s")),
    ActivityKind.POINTS_CONFIRMED: ("clock", "", gettext_lazy("Can be spent now: %(points)s")),
    ActivityKind.POINTS_REVERSED: ("undo-2", "bad", gettext_lazy("Taken back: %(points)s")),
    ActivityKind.POINTS_HELD: ("pause", "", gettext_lazy("Held until somebody has looked: %(points)s")),
    ActivityKind.POINTS_EXPIRED: ("calendar-x", "", gettext_lazy("Expired: %(points)s")),
    ActivityKind.REWARD_REDEEMED: ("gift", "honey", gettext_lazy("Redeemed “%(name)s”")),
    ActivityKind.REDEMPTION_VOIDED: ("rotate-ccw", "", gettext_lazy("“%(name)s” was undone")),
    ActivityKind.VOUCHER_USED: ("ticket-check", "good", gettext_lazy("Used the voucher for “%(name)s”")),
    ActivityKind.VOUCHER_EXPIRED: ("ticket-x", "", gettext_lazy("The voucher for “%(name)s” expired")),
    ActivityKind.VOUCHER_RETURNED: ("ticket", "", gettext_lazy("Can use the voucher for “%(name)s” again")),
    ActivityKind.VOUCHER_HANDED_ON: ("gift", "", gettext_lazy("Gave the voucher for “%(name)s” to somebody")),
    ActivityKind.VOUCHER_RECEIVED: ("gift", "honey", gettext_lazy("Was given the voucher for “%(name)s”")),
    ActivityKind.PLACE_AWAITED: ("list-start", "", gettext_lazy("Waits for a place: “%(name)s”")),
    ActivityKind.PLACE_OFFERED: ("ticket-check", "good", gettext_lazy("A place became free: “%(name)s”")),
    ActivityKind.PLACE_LAPSED: ("list-x", "", gettext_lazy("Did not take the place in time: “%(name)s”")),
    ActivityKind.GOODWILL_UNDONE: ("undo-2", "", gettext_lazy("A gesture was undone: “%(name)s”")),
    ActivityKind.CHALLENGE_DONE: ("trophy", "honey", gettext_lazy("Did the challenge “%(name)s”")),
    ActivityKind.CHALLENGE_UNDONE: ("undo-2", "bad", gettext_lazy("“%(name)s” is no longer done")),
    ActivityKind.PRESENT_GIVEN: ("gift", "honey", gettext_lazy("Was given “%(name)s”")),
    ActivityKind.FRIEND_JOINED: ("user-round-plus", "good", gettext_lazy("A friend joined by their word")),
    ActivityKind.ADVOCACY_CLAIMED: ("megaphone", "", gettext_lazy("Said that they did: “%(name)s”")),
    ActivityKind.ADVOCACY_APPROVED: ("megaphone", "good", gettext_lazy("Thanked for “%(name)s”")),
    ActivityKind.ADVOCACY_REFUSED: ("megaphone", "", gettext_lazy("Not accepted: “%(name)s”")),
    ActivityKind.TIER_REACHED: ("star", "honey", gettext_lazy("Reached %(name)s")),
}
_COSTS = (
    ActivityKind.CHALLENGE_DONE,
    ActivityKind.CHALLENGE_UNDONE,
    ActivityKind.REWARD_REDEEMED,
    ActivityKind.REDEMPTION_VOIDED,
)


# Of stamp cards: the same with what the card is called.
_STAMPS: Mapping[str, tuple[str, str, str | Promise]] = {
    ActivityKind.STAMPS_GIVEN: ("stamp", "accent", gettext_lazy("%(stamps)s on the %(card)s")),
    ActivityKind.STAMPS_REVERSED: ("undo-2", "bad", gettext_lazy("Taken back from the %(card)s: %(stamps)s")),
    ActivityKind.STAMPS_EXPIRED: ("calendar-x", "", gettext_lazy("Expired: %(stamps)s")),
    ActivityKind.CARD_FINISHED: ("gift", "honey", gettext_lazy("Filled the %(card)s: “%(name)s”")),
}


def register() -> None:
    for stamps in _STAMPS:
        tell_kind(stamps, _stamped)
    for kind in _TOLD:
        tell_kind(kind, _tell)
    tell_kind(ActivityKind.POINTS_ADJUSTED, _adjusted)
    tell_kind(ActivityKind.GOODWILL_GIVEN, _made_right)
    tell_kind(ActivityKind.TIER_LOST, _tier_lost)
    tell_kind(ActivityKind.TIER_PLACED, _tier_placed)
    tell_kind(ActivityKind.TIER_ENDING, _tier_ending)
    tell_kind(ActivityKind.REFERRAL_REWARDED, _referral)
    tell_kind(ActivityKind.REFERRAL_TAKEN_BACK, _referral)


def _tell(activity: Activity) -> Told:
    payload = activity.payload
    icon, tone, sentence = _TOLD[activity.kind]
    values = {"name": payload.get("name", ""), "points": _points(payload)}
    detail = _points(payload) if activity.kind in _COSTS and payload.get("points") else ""
    if activity.kind == ActivityKind.POINTS_AWARDED and payload.get("pending"):
        detail = _("to be spent later")
    return Told(str(sentence) % values, icon, tone, detail, _entry_url(payload))


def _stamped(activity: Activity) -> Told:
    payload = activity.payload
    icon, tone, sentence = _STAMPS[activity.kind]
    values = {
        "stamps": in_stamps(abs(int(payload.get("stamps") or 0))),
        "card": payload.get("card", ""),
        "name": payload.get("name", ""),
    }
    return Told(str(sentence) % values, icon, tone, "", _entry_url(payload))


def _adjusted(activity: Activity) -> Told:
    taken = int(activity.payload.get("points") or 0) < 0
    sentence = _("Taken by hand: %(points)s") if taken else _("Given by hand: %(points)s")
    said = sentence % {"points": _points(activity.payload)}
    return Told(said, "hand", "", str(activity.payload.get("reason") or ""), _entry_url(activity.payload))


def _made_right(activity: Activity) -> Told:
    payload = activity.payload
    given = _points(payload) if payload.get("points") else payload.get("name", "")
    said = _("Made right: %(given)s") % {"given": given}
    url = reverse("programs:gesture", args=[payload["gesture"]])
    return Told(said, "heart-handshake", "good", str(payload.get("reason") or ""), url)


def _referral(activity: Activity) -> Told:
    payload = activity.payload
    url = _entry_url(payload)
    if activity.kind == ActivityKind.REFERRAL_TAKEN_BACK:
        said = _("Taken back: %(points)s for a friend") % {"points": _points(payload)}
        return Told(said, "undo-2", "bad", str(payload.get("reason") or ""), url)
    brought = payload.get("side") == "advocate"
    said = _("Brought a friend: %(points)s") if brought else _("Came by a friend’s word: %(points)s")
    return Told(said % {"points": _points(payload)}, "users-round", "honey", "", url)


def _tier_lost(activity: Activity) -> Told:
    payload = activity.payload
    said = _("From %(was)s to %(name)s") % {"was": payload.get("was_name", ""), "name": payload.get("name") or "–"}
    return Told(said, "chevrons-down")


def _tier_placed(activity: Activity) -> Told:
    said = _("Placed in %(name)s") % {"name": activity.payload.get("name", "")}
    return Told(said, "star", "honey", str(activity.payload.get("reason") or ""))


def _tier_ending(activity: Activity) -> Told:
    payload = activity.payload
    said = _("Told that %(name)s is about to end") % {"name": payload.get("name", "")}
    last = show_day(date.fromisoformat(payload["until"])) if payload.get("until") else ""
    return Told(said, "hourglass", "", _("until %(day)s") % {"day": last} if last else "")


def _points(payload: Mapping[str, Any]) -> str:
    points = abs(int(payload.get("points") or 0))
    tenant = current_tenant()
    # A page of a timeline names many amounts of one program; it is asked for once, with the business at hand.
    program = tenant.__dict__.get("_points_program") or points_program()
    tenant.__dict__["_points_program"] = program
    return in_points(program, points) if program else str(points)


def _entry_url(payload: Mapping[str, Any]) -> str:
    return reverse("programs:entry", args=[payload["entry"]]) if payload.get("entry") else ""

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
from programs.words.sharing import name_of
from programs.words.stamps import in_stamps
from programs.words.unit import in_points
from tenants.isolation import current_tenant
from tenants.templatetags.show import day as show_day
from tenants.templatetags.show import money

# Icon, tone and sentence of the kinds that are told alike; `%(points)s` is an amount with what points are called.
_TOLD: Mapping[str, tuple[str, str, str | Promise]] = {
    ActivityKind.POINTS_AWARDED: ("sparkles", "accent", gettext_lazy("Earned %(points)s")),
    ActivityKind.POINTS_CONFIRMED: ("clock", "", gettext_lazy("Can be spent now: %(points)s")),
    ActivityKind.POINTS_REVERSED: ("undo-2", "bad", gettext_lazy("Taken back: %(points)s")),
    ActivityKind.POINTS_HELD: ("pause", "", gettext_lazy("Held until somebody has looked: %(points)s")),
    ActivityKind.POINTS_EXPIRED: ("calendar-x", "", gettext_lazy("Expired: %(points)s")),
    ActivityKind.POINTS_GIVEN: ("gift", "", gettext_lazy("Gave %(points)s to %(other)s")),
    ActivityKind.POINTS_RECEIVED: ("gift", "good", gettext_lazy("Was given %(points)s by %(other)s")),
    ActivityKind.POINTS_POOLED: ("users-round", "", gettext_lazy("%(points)s for “%(name)s”, redeemed by %(other)s")),
    ActivityKind.TRANSFER_UNDONE: ("undo-2", "", gettext_lazy("Giving %(points)s was undone")),
    ActivityKind.FAMILY_JOINED: ("users-round", "good", gettext_lazy("Joined the family “%(name)s”")),
    ActivityKind.FAMILY_LEFT: ("users-round", "", gettext_lazy("Left the family “%(name)s”")),
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
    ActivityKind.SURPRISE_WON: ("party-popper", "honey", gettext_lazy("Won by chance: “%(name)s”")),
    ActivityKind.PRESENT_GIVEN: ("gift", "honey", gettext_lazy("Was given “%(name)s”")),
    ActivityKind.FRIEND_JOINED: ("user-round-plus", "good", gettext_lazy("A friend joined by their word")),
    ActivityKind.ADVOCACY_CLAIMED: ("megaphone", "", gettext_lazy("Said that they did: “%(name)s”")),
    ActivityKind.ADVOCACY_APPROVED: ("megaphone", "good", gettext_lazy("Thanked for “%(name)s”")),
    ActivityKind.ADVOCACY_REFUSED: ("megaphone", "", gettext_lazy("Not accepted: “%(name)s”")),
    ActivityKind.MEMBERSHIP_WISHED: ("badge-plus", "", gettext_lazy("Wishes for “%(name)s”")),
    ActivityKind.MEMBERSHIP_BEGUN: ("badge-check", "honey", gettext_lazy("Began “%(name)s”")),
    ActivityKind.MEMBERSHIP_RENEWED: ("badge-check", "good", gettext_lazy("Renewed “%(name)s”")),
    ActivityKind.MEMBERSHIP_DUE: ("hourglass", "", gettext_lazy("Reminded that “%(name)s” is about to end")),
    ActivityKind.MEMBERSHIP_CANCELLED: ("badge-x", "", gettext_lazy("Cancelled “%(name)s”")),
    ActivityKind.MEMBERSHIP_RESUMED: ("badge-check", "", gettext_lazy("Goes on with “%(name)s”")),
    ActivityKind.MEMBERSHIP_ENDED: ("badge-x", "", gettext_lazy("“%(name)s” has ended")),
    ActivityKind.MEMBERSHIP_REFUNDED: ("undo-2", "bad", gettext_lazy("Paid back: “%(name)s”")),
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


# Of store credit: the same in money.
_CREDIT: Mapping[str, tuple[str, str, str | Promise]] = {
    ActivityKind.CREDIT_EARNED: ("wallet", "accent", gettext_lazy("Cash-back: %(amount)s")),
    ActivityKind.CREDIT_HELD: ("pause", "", gettext_lazy("Credit held until somebody has looked: %(amount)s")),
    ActivityKind.CREDIT_CONFIRMED: ("clock", "", gettext_lazy("Credit that can be spent now: %(amount)s")),
    ActivityKind.CREDIT_SPENT: ("wallet", "honey", gettext_lazy("Paid from credit: %(amount)s")),
    ActivityKind.CREDIT_REFUNDED: ("rotate-ccw", "", gettext_lazy("Given back to credit: %(amount)s")),
    ActivityKind.CREDIT_REVERSED: ("undo-2", "bad", gettext_lazy("Cash-back taken back: %(amount)s")),
    ActivityKind.CREDIT_EXPIRED: ("calendar-x", "", gettext_lazy("Credit expired: %(amount)s")),
}


def register() -> None:
    tell_kind(ActivityKind.CREDIT_ADJUSTED, _credit_by_hand)
    for credit in _CREDIT:
        tell_kind(credit, _credited)
    tell_kind(ActivityKind.POLL_ANSWERED, _poll)
    tell_kind(ActivityKind.POLL_WITHDRAWN, _poll)
    tell_kind(ActivityKind.EVENT_RECORDED, _event)
    tell_kind(ActivityKind.EVENT_UNDONE, _event)
    for stamps in _STAMPS:
        tell_kind(stamps, _stamped)
    for kind in _TOLD:
        tell_kind(kind, _tell)
    tell_kind(ActivityKind.POINTS_ADJUSTED, _adjusted)
    tell_kind(ActivityKind.POINTS_CROSSED, _crossed)
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
    if "other" in payload:
        values["other"] = name_of(payload["other"])
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


def _credited(activity: Activity) -> Told:
    payload = activity.payload
    icon, tone, sentence = _CREDIT[activity.kind]
    detail = str(payload.get("reason") or "") or (_("to be spent later") if payload.get("pending") else "")
    said = str(sentence) % {"amount": money(abs(int(payload.get("credit") or 0)))}
    return Told(said, icon, tone, detail, _entry_url(payload))


def _adjusted(activity: Activity) -> Told:
    taken = int(activity.payload.get("points") or 0) < 0
    sentence = _("Taken by hand: %(points)s") if taken else _("Given by hand: %(points)s")
    said = sentence % {"points": _points(activity.payload)}
    return Told(said, "hand", "", str(activity.payload.get("reason") or ""), _entry_url(activity.payload))


def _credit_by_hand(activity: Activity) -> Told:
    amount = int(activity.payload.get("credit") or 0)
    sentence = _("Credit taken by hand: %(amount)s") if amount < 0 else _("Credit given by hand: %(amount)s")
    if activity.payload.get("opening"):
        sentence = _("Credit brought along: %(amount)s")
    said = sentence % {"amount": money(abs(amount))}
    return Told(said, "hand", "", str(activity.payload.get("reason") or ""), _entry_url(activity.payload))


def _crossed(activity: Activity) -> Told:
    payload = activity.payload
    went = int(payload.get("points") or 0) < 0
    sentence = _("Spent at %(partner)s: %(points)s") if went else _("Came home from %(partner)s: %(points)s")
    said = sentence % {"partner": payload.get("partner", ""), "points": _points(payload)}
    return Told(said, "waypoints", "", "", _entry_url(payload))


def _made_right(activity: Activity) -> Told:
    payload = activity.payload
    given = _points(payload) if payload.get("points") else payload.get("name", "")
    said = _("Made right: %(given)s") % {"given": given}
    url = reverse("programs:gesture", args=[payload["gesture"]])
    return Told(said, "heart-handshake", "good", str(payload.get("reason") or ""), url)


def _event(activity: Activity) -> Told:
    payload = activity.payload
    undone = activity.kind == ActivityKind.EVENT_UNDONE
    name, points = payload.get("name", ""), int(payload.get("points") or 0)
    said = _("Undone: “%(name)s”") % {"name": name} if undone else name
    given = _points(payload) if points else ""
    detail = given if undone else given or ("" if payload.get("counts", True) else _("counted as often as it may"))
    url = reverse("programs:event", args=[payload["event"]]) if payload.get("event") else ""
    return Told(said, "undo-2" if undone else "zap", "bad" if undone else "accent", detail, url)


def _poll(activity: Activity) -> Told:
    payload = activity.payload
    taken = activity.kind == ActivityKind.POLL_WITHDRAWN
    said = _("Took back answers: “%(name)s”") if taken else _("Answered “%(name)s”")
    parts = [_points(payload)] if int(payload.get("points") or 0) else []
    if not taken and payload.get("passed") is not None:
        parts.append(_("passed") if payload["passed"] else _("not passed"))
    url = reverse("programs:poll", args=[payload["poll"]]) if payload.get("poll") else ""
    said = said % {"name": payload.get("name", "")}
    return Told(said, "undo-2" if taken else "message-circle-question-mark", "", " · ".join(parts), url)


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

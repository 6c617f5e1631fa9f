"""Activities of points, rewards and tiers in words, for the home page and for a member's timeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.enums import ActivityKind
from customers.models import Activity
from loyalty_saas.lib.money import format_money
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Told:
    """An activity as a line: what happened, what more there is to say, and where its entry is."""

    activity: Activity
    title: str
    details: str
    icon: str
    tone: str = ""
    url: str = ""


_ICONS: Mapping[str, tuple[str, str]] = {
    ActivityKind.MEMBER_JOINED: ("user-plus", ""),
    ActivityKind.PURCHASE_COMPLETED: ("shopping-bag", "accent"),
    ActivityKind.PURCHASE_RETURNED: ("undo-2", "bad"),
    ActivityKind.POINTS_AWARDED: ("sparkles", "accent"),
    ActivityKind.POINTS_CONFIRMED: ("clock-check", ""),
    ActivityKind.POINTS_ADJUSTED: ("hand", ""),
    ActivityKind.POINTS_REVERSED: ("undo-2", "bad"),
    ActivityKind.POINTS_EXPIRED: ("calendar-x", ""),
    ActivityKind.REWARD_REDEEMED: ("gift", "honey"),
    ActivityKind.REDEMPTION_VOIDED: ("rotate-ccw", ""),
    ActivityKind.VOUCHER_USED: ("ticket-check", "good"),
    ActivityKind.VOUCHER_EXPIRED: ("ticket-x", ""),
    ActivityKind.TIER_REACHED: ("star", "honey"),
    ActivityKind.TIER_LOST: ("chevrons-down", ""),
}


def tell(activity: Activity) -> Told:
    """The activity in words. What this app does not know of is told by the name of its kind."""
    payload: Mapping[str, Any] = activity.payload or {}
    icon, tone = _ICONS.get(activity.kind, ("circle", ""))
    entry = payload.get("entry")
    return Told(
        activity=activity,
        title=_title(activity.kind, payload) or activity.get_kind_display(),
        details=_details(activity.kind, payload),
        icon=icon,
        tone=tone,
        url=reverse("programs:entry", args=[entry]) if entry else "",
    )


def _title(kind: str, payload: Mapping[str, Any]) -> str:
    name, points = payload.get("name", ""), abs(int(payload.get("points") or 0))
    if kind in (ActivityKind.PURCHASE_COMPLETED, ActivityKind.PURCHASE_RETURNED):
        return _purchase(kind, payload)
    if kind in (ActivityKind.REWARD_REDEEMED, ActivityKind.REDEMPTION_VOIDED):
        redeemed = kind == ActivityKind.REWARD_REDEEMED
        return (_("Redeemed “%(name)s”") if redeemed else _("“%(name)s” was undone")) % {"name": name}
    if kind in (ActivityKind.VOUCHER_USED, ActivityKind.VOUCHER_EXPIRED):
        used = kind == ActivityKind.VOUCHER_USED
        return (_("Used the voucher for “%(name)s”") if used else _("The voucher for “%(name)s” expired")) % {
            "name": name
        }
    if kind == ActivityKind.TIER_REACHED:
        return _("Reached %(name)s") % {"name": name}
    if kind == ActivityKind.TIER_LOST:
        was = payload.get("was_name", "")
        return _("From %(was)s to %(name)s") % {"was": was, "name": name or _("no tier")}
    if kind == ActivityKind.POINTS_ADJUSTED and int(payload.get("points") or 0) < 0:
        return ngettext("%(points)d point was taken", "%(points)d points were taken", points) % {"points": points}
    sentence = {
        ActivityKind.POINTS_AWARDED: ngettext("Earned %(points)d point", "Earned %(points)d points", points),
        ActivityKind.POINTS_CONFIRMED: ngettext(
            "%(points)d point can be spent now", "%(points)d points can be spent now", points
        ),
        ActivityKind.POINTS_ADJUSTED: ngettext("%(points)d point was given", "%(points)d points were given", points),
        ActivityKind.POINTS_REVERSED: ngettext(
            "%(points)d point was taken back", "%(points)d points were taken back", points
        ),
        ActivityKind.POINTS_EXPIRED: ngettext("%(points)d point expired", "%(points)d points expired", points),
    }.get(ActivityKind(kind), "")
    return sentence % {"points": points}


def _purchase(kind: str, payload: Mapping[str, Any]) -> str:
    total = payload.get("total")
    if not isinstance(total, int):
        return ""
    tenant = current_tenant()
    amount = format_money(total, tenant.currency, tenant.locale)
    sentence = _("Bought for %(amount)s") if kind == ActivityKind.PURCHASE_COMPLETED else _("Returned %(amount)s")
    return sentence % {"amount": amount}


def _details(kind: str, payload: Mapping[str, Any]) -> str:
    parts = []
    if kind in (ActivityKind.REWARD_REDEEMED, ActivityKind.REDEMPTION_VOIDED) and payload.get("points"):
        points = abs(int(payload["points"]))
        parts.append(ngettext("%(points)d point", "%(points)d points", points) % {"points": points})
    if payload.get("pending") and kind == ActivityKind.POINTS_AWARDED:
        parts.append(_("to be spent later"))
    if payload.get("reason"):
        parts.append(str(payload["reason"]))
    return ", ".join(parts)

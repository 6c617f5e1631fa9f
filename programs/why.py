"""Why an entry is what it is, in words, from the snapshot it carries: a later change of rules changes nothing here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_saas.lib.money import format_money
from programs.enums import Cause, EntryKind, Rounding
from programs.models import Entry, Program
from tenants.isolation import current_tenant


def explain_entry(entry: Entry) -> list[str]:
    """Sentences a member understands, in the order of the reckoning; empty where there is nothing to explain."""
    snapshot: Mapping[str, Any] = entry.snapshot or {}
    said: list[str] = []
    if "rule" in snapshot and "reasons" in snapshot:
        said += explain_quote(snapshot["rule"], snapshot["reasons"], snapshot.get("counted", "0"))
    elif entry.kind == EntryKind.REVERSE and "taken_back" in snapshot:
        said += _taken_back(snapshot)
    elif entry.cause == Cause.JOINING and entry.kind == EntryKind.ACCRUE:
        said.append(_("The bonus for joining at that time."))
    elif entry.cause == Cause.OPENING:
        said.append(_("The balance brought along from before."))
    elif entry.kind == EntryKind.REDEEM and snapshot.get("name"):
        said.append(
            _("“%(reward)s” cost %(points)s at that time.") % {"reward": snapshot["name"], "points": snapshot["cost"]}
        )
    elif entry.kind == EntryKind.EXPIRE:
        said.append(_("Their last day was over, and they had not been used."))
    elif entry.kind == EntryKind.CONFIRM:
        said.append(_("The days of waiting were over: they can be spent from now on."))
    return said + _afterwards(snapshot)


def explain_quote(rule: Mapping[str, Any], reasons: Sequence[Mapping[str, Any]], counted: str) -> list[str]:
    """The sentences for what a purchase earned: shared by the worked example and the entry."""
    said = [sentence for reason in reasons if (sentence := _reason(reason))]
    rate = _("%(counted)s counts, at %(points)s for every %(amount)s.") % {
        "counted": _money(Fraction(counted)),
        "points": rule["earn_points"],
        "amount": _money(rule["earn_amount"]),
    }
    rounding = [_rounding(reason) for reason in reasons if reason["what"] == "rounding"]
    tiers = [_tier(reason) for reason in reasons if reason["what"] == "tier"]
    return [*said, rate, *tiers, *(sentence for sentence in rounding if sentence)]


def in_points(program: Program, points: int) -> str:
    """So many of what the business calls them: "12 points", "1 star"."""
    said = format_decimal(points, locale=current_tenant().locale)
    return f"{said} {program.unit_one if abs(points) == 1 else program.unit_many}"


def part_of_point(value: str | Fraction) -> str:
    """A fraction of a point to two places, cut rather than rounded up to a whole: "0.40", "0,40"."""
    hundredths = Decimal(int(Fraction(value) * 100)).scaleb(-2)
    return str(format_decimal(hundredths, format="0.00", locale=current_tenant().locale))


def _reason(reason: Mapping[str, Any]) -> str:
    what = reason["what"]
    if what == "line" and not reason["counts"]:
        text = reason["text"] or _("One line")
        return _("“%(text)s” (%(amount)s) earns nothing.") % {"text": text, "amount": _money(reason["total"])}
    if what == "purchase":
        return _("Paid: %(amount)s.") % {"amount": _money(reason["total"])}
    if what == "tax" and not reason["counts"]:
        return _("Tax of %(amount)s does not count.") % {"amount": _money(reason["tax"])}
    if what == "minimum" and not reason["reached"]:
        return _("Purchases count from %(minimum)s; this one was %(paid)s.") % {
            "minimum": _money(reason["minimum"]),
            "paid": _money(reason["paid"]),
        }
    return ""


def _tier(reason: Mapping[str, Any]) -> str:
    times = format_decimal(Decimal(reason["multiplier"]) / 100, locale=current_tenant().locale)
    return _("%(tier)s earns %(times)s times as fast.") % {"tier": reason["tier"], "times": times}


def _rounding(reason: Mapping[str, Any]) -> str:
    how, exact = reason["how"], Fraction(reason["exact"])
    if how == Rounding.CARRY:
        before, after = Fraction(reason["before"]), Fraction(reason["after"])
        parts = []
        if before:
            parts.append(_("%(part)s was left from before.") % {"part": part_of_point(before)})
        if after:
            parts.append(_("%(part)s goes to the next purchase.") % {"part": part_of_point(after)})
        return " ".join(parts)
    if exact.denominator == 1:
        return ""
    return {
        Rounding.DOWN: _("What was less than a point was dropped."),
        Rounding.NEAREST: _("Rounded to the nearest point."),
        Rounding.UP: _("Rounded up to a whole point."),
    }.get(Rounding(how), "")


def _taken_back(snapshot: Mapping[str, Any]) -> list[str]:
    said = [_("Returned so far: %(amount)s.") % {"amount": _money(snapshot["returned"])}]
    if snapshot.get("expired"):
        said.append(
            ngettext(
                "%(points)d point of the purchase had expired already and is not taken twice.",
                "%(points)d points of the purchase had expired already and are not taken twice.",
                snapshot["expired"],
            )
            % {"points": snapshot["expired"]}
        )
    return said


def _afterwards(snapshot: Mapping[str, Any]) -> list[str]:
    said = []
    if snapshot.get("repaid"):
        said.append(
            ngettext(
                "%(points)d point of it repaid what was owed from a return.",
                "%(points)d points of it repaid what was owed from a return.",
                snapshot["repaid"],
            )
            % {"points": snapshot["repaid"]}
        )
    if snapshot.get("lapsed"):
        said.append(
            ngettext(
                "%(points)d point had expired meanwhile.",
                "%(points)d points had expired meanwhile.",
                snapshot["lapsed"],
            )
            % {"points": snapshot["lapsed"]}
        )
    return said


def _money(minor: Fraction | int) -> str:
    tenant = current_tenant()
    return format_money(int(minor), tenant.currency, tenant.locale)

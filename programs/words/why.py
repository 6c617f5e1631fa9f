"""Why an entry is what it is, in words, from the snapshot it carries: a later change of rules changes nothing here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_saas.lib.money import format_money
from programs.enums import Cause, EntryKind, Rounding
from programs.models import Entry, Program
from programs.words.credit import CREDIT_CAUSES, why_credit
from programs.words.rules import told
from programs.words.sharing import from_family, transfer_why
from programs.words.stamps import why_stamps
from programs.words.unit import in_points, part_of_point
from tenants.isolation import current_tenant


def explain_entry(entry: Entry, program: Program, *, refusals: bool = True) -> list[str]:
    """Sentences a member understands, in the order of the reckoning; empty where there is nothing to explain.

    `program` is the entry's own: its word for points is used. Without `refusals`, rules that did not count are not
    among them.
    """
    snapshot: Mapping[str, Any] = entry.snapshot or {}
    said: list[str] = []
    if entry.cause in CREDIT_CAUSES:
        said += why_credit(entry)
    elif "rule" in snapshot and "reasons" in snapshot:
        reasons = [one for one in snapshot["reasons"] if refusals or one["what"] != "rule" or one["counts"]]
        said += explain_quote(program, snapshot["rule"], reasons, snapshot.get("counted", "0"))
    elif entry.cause in (Cause.STAMPED, Cause.UNSTAMPED, Cause.STAMP):
        said += why_stamps(snapshot)
    elif entry.kind == EntryKind.REVERSE and "taken_back" in snapshot:
        said += _taken_back(snapshot, program)
    elif entry.kind == EntryKind.REDEEM and snapshot.get("name"):
        said.append(
            _("“%(reward)s” cost %(points)s at that time.")
            % {"reward": snapshot["name"], "points": in_points(program, snapshot["cost"])}
        )
        said += filter(None, [from_family(snapshot, program)])
    elif entry.kind == EntryKind.ACCRUE and entry.cause == Cause.EVENT:
        said.append(_("It happened: “%(name)s”.") % {"name": snapshot.get("name", "")})
    elif entry.kind == EntryKind.TRANSFER:
        said.append(_transferred(entry))
    elif plain := _PLAIN.get((entry.kind, entry.cause)) or _PLAIN.get((entry.kind, "")):
        said.append(str(plain))
    if "reasons" in snapshot and "rule" not in snapshot:
        rules = [one for one in snapshot["reasons"] if refusals or one["counts"]]
        said += [told(one, program) for one in rules]
    return said + _afterwards(snapshot, program)


def _crossed(snapshot: Mapping[str, Any]) -> str:
    partner = {"partner": snapshot.get("partner", "")}
    if snapshot["way"] == "out":
        return (
            _("The member took a reward at %(partner)s for them. What you owe stands in the month’s statement.")
            % partner
        )
    if snapshot["way"] == "in":
        return (
            _("Earned at %(partner)s, and brought here for a reward. What you are paid for it stands in the statement.")
            % partner
        )
    return _("A reward in the network was undone, so the points went home.")


# What is said alike of all entries of a kind and cause; of a kind, whatever the cause, with an empty one.
_PLAIN: Mapping[tuple[str, str], str | Promise] = {
    (EntryKind.ACCRUE, Cause.JOINING): gettext_lazy("The bonus for joining at that time."),
    (EntryKind.ACCRUE, Cause.OPENING): gettext_lazy("The balance brought along from before."),
    (EntryKind.ADJUST, Cause.OPENING): gettext_lazy("What was owed elsewhere, brought along from before."),
    (EntryKind.ACCRUE, Cause.REFERRAL): gettext_lazy("A friend joined by a member’s word and bought something."),
    (EntryKind.ACCRUE, Cause.ADVOCACY): gettext_lazy("For recommending us; somebody of the team has seen it."),
    (EntryKind.ACCRUE, Cause.POLL): gettext_lazy("For answering questions."),
    (EntryKind.ADJUST, Cause.CHALLENGE): gettext_lazy("A challenge was done."),
    (EntryKind.REVERSE, Cause.CHALLENGE): gettext_lazy(
        "What was bought for the challenge came back, so it is no longer done."
    ),
    (EntryKind.ADJUST, Cause.SURPRISE): gettext_lazy("A draw picked this purchase; it can be repeated by anyone."),
    (EntryKind.REVERSE, Cause.SURPRISE): gettext_lazy("The purchase that had won came back."),
    (EntryKind.ADJUST, Cause.GOODWILL): gettext_lazy("A gesture, to make something right."),
    (EntryKind.HOLD, ""): gettext_lazy("They wait until somebody of the team has looked at them."),
    (EntryKind.CONFIRM, Cause.REVIEW): gettext_lazy("Somebody has looked: they can be spent from now on."),
    (EntryKind.CONFIRM, ""): gettext_lazy("The days of waiting were over: they can be spent from now on."),
    (EntryKind.EXPIRE, ""): gettext_lazy("Their last day was over, and they had not been used."),
}


def _transferred(entry: Entry) -> str:
    """From one account to another: a merge, a network, or between members."""
    if entry.cause == Cause.NETWORK:
        return _crossed(entry.snapshot)
    return _moved(entry.snapshot) if entry.cause == Cause.MERGE else transfer_why(entry)


def explain_quote(
    program: Program, rule: Mapping[str, Any], reasons: Sequence[Mapping[str, Any]], counted: str
) -> list[str]:
    """The sentences for what a purchase earned: shared by the worked example and the entry."""
    said = [sentence for reason in reasons if (sentence := _reason(reason))]
    rate = _("%(counted)s counts, at %(points)s for every %(amount)s.") % {
        "counted": _money(Fraction(counted)),
        "points": in_points(program, rule["earn_points"]),
        "amount": _money(rule["earn_amount"]),
    }
    rounding = [_rounding(reason, program) for reason in reasons if reason["what"] == "rounding"]
    tiers = [_tier(reason) for reason in reasons if reason["what"] == "tier"]
    rules = [told(reason, program) for reason in reasons if reason["what"] == "rule"]
    return [*said, rate, *tiers, *rules, *(sentence for sentence in rounding if sentence)]


def _reason(reason: Mapping[str, Any]) -> str:
    what = reason["what"]
    if what == "line" and not reason["counts"]:
        text = reason["text"] or _("One line")
        return _("“%(text)s” (%(amount)s) earns nothing.") % {"text": text, "amount": _money(reason["total"])}
    if what == "purchase":
        return _("Paid: %(amount)s.") % {"amount": _money(reason["total"])}
    if what == "credit":
        return _("%(amount)s of it was paid from credit and earns nothing again.") % {
            "amount": _money(reason["credit"])
        }
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


def _rounding(reason: Mapping[str, Any], program: Program) -> str:
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
    sentence = {
        Rounding.DOWN: _("What was less than one %(unit)s was dropped."),
        Rounding.NEAREST: _("Rounded to the nearest %(unit)s."),
        Rounding.UP: _("Rounded up to a whole %(unit)s."),
    }.get(Rounding(how), "")
    return sentence % {"unit": program.unit_one} if sentence else ""


def _taken_back(snapshot: Mapping[str, Any], program: Program) -> list[str]:
    said = [_("Returned so far: %(amount)s.") % {"amount": _money(snapshot["returned"])}]
    if snapshot.get("expired"):
        said.append(
            ngettext(
                "%(points)s of the purchase had expired already and is not taken twice.",
                "%(points)s of the purchase had expired already and are not taken twice.",
                snapshot["expired"],
            )
            % {"points": in_points(program, snapshot["expired"])}
        )
    return said


def _moved(snapshot: Mapping[str, Any]) -> str:
    where = snapshot.get("merge")
    if where == "out":
        return _("This record was merged with another: everything moved there, with its dates.")
    if where == "in":
        return _("Another record of the same person was merged with this one: its points keep their dates.")
    return _("The merge of two records was undone: what was left went back, with its dates.")


def _afterwards(snapshot: Mapping[str, Any], program: Program) -> list[str]:
    said = []
    if repaid := snapshot.get("repaid"):
        said.append(_("%(points)s of it repaid what was owed from a return.") % {"points": in_points(program, repaid)})
    if lapsed := snapshot.get("lapsed"):
        said.append(_("%(points)s had expired meanwhile.") % {"points": in_points(program, lapsed)})
    return said


def _money(minor: Fraction | int) -> str:
    tenant = current_tenant()
    return format_money(int(minor), tenant.currency, tenant.locale)

"""Points in words: amounts with their unit, what a reward is worth, how far a tier is, and why an entry is there."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.enums import Cause, EntryKind, Rounding, TierBasis
from programs.models import Entry, Program
from programs.words.credit import CREDIT_CAUSES, title_of, why_with_dates
from programs.words.rules import told_to_member
from programs.words.sharing import from_family, transfer_title, transfer_why
from programs.words.unit import in_points, part_of_point
from tenants.isolation import current_tenant
from tenants.templatetags.show import day, money, number


def earning(program: Program) -> str:
    """ "1 point for every €1.00 you spend"."""
    return _("%(points)s for every %(amount)s you spend") % {
        "points": in_points(program, program.earn_points),
        "amount": money(program.earn_amount),
    }


def tier_amount(amount: int, program: Program) -> str:
    """An amount that counts towards tiers, in the program's measure."""
    if program.tier_basis == TierBasis.SPEND:
        return money(amount)
    if program.tier_basis == TierBasis.POINTS:
        return in_points(program, amount)
    return ngettext("%(days)s visit", "%(days)s visits", amount) % {"days": number(amount)}


def entry_title(entry: Entry) -> str:
    """What happened, as a member would say it."""
    if entry.cause in CREDIT_CAUSES:
        return title_of(entry)
    name = str(entry.snapshot.get("name", ""))
    brought = entry.snapshot.get("referral") == "advocate"
    partner = {"partner": entry.snapshot.get("partner", "")}
    titles = {
        (EntryKind.TRANSFER, Cause.NETWORK): _crossed(entry) % partner,
        (EntryKind.ACCRUE, Cause.REFERRAL): _("You brought a friend") if brought else _("A friend brought you"),
        (EntryKind.REVERSE, Cause.REFERRAL): _("Taken back: bringing a friend"),
        (EntryKind.ACCRUE, Cause.ADVOCACY): _("Thank you: %(name)s") % {"name": name},
        (EntryKind.ACCRUE, Cause.EVENT): name,
        (EntryKind.ACCRUE, Cause.POLL): _("Thank you for answering: %(name)s") % {"name": name},
        (EntryKind.REVERSE, Cause.POLL): _("Answers taken back: %(name)s") % {"name": name},
        (EntryKind.REVERSE, Cause.EVENT): _("Taken back: %(name)s") % {"name": name},
        (EntryKind.ACCRUE, Cause.PURCHASE): _("Purchase"),
        (EntryKind.ACCRUE, Cause.JOINING): _("A welcome present"),
        (EntryKind.ACCRUE, Cause.OPENING): _("Brought along from before"),
        (EntryKind.ADJUST, Cause.OPENING): _("Owed from before"),
        (EntryKind.ADJUST, Cause.CHALLENGE): _("Challenge done: %(name)s") % {"name": name},
        (EntryKind.REVERSE, Cause.CHALLENGE): _("No longer done: %(name)s") % {"name": name},
        (EntryKind.ADJUST, Cause.SURPRISE): _("A surprise: %(name)s") % {"name": name},
        (EntryKind.REVERSE, Cause.SURPRISE): _("A surprise taken back: %(name)s") % {"name": name},
        (EntryKind.ADJUST, Cause.GOODWILL): _("A gesture from %(business)s") % {"business": current_tenant().name},
        (EntryKind.REVERSE, Cause.GOODWILL): _("A gesture taken back"),
        (EntryKind.REVERSE, Cause.RETURN): _("Return"),
        (EntryKind.REVERSE, Cause.PURCHASE): _("Purchase taken back"),
        (EntryKind.ADJUST, Cause.MERGE): _("Parts of a point from two cards"),
        (EntryKind.ACCRUE, Cause.STAMPED): _("Purchase"),
        (EntryKind.ACCRUE, Cause.STAMP): _("Stamp from the team"),
        (EntryKind.REVERSE, Cause.UNSTAMPED): _("Return"),
        (EntryKind.REVERSE, Cause.STAMP): _("Stamp taken back"),
    }
    by_kind = {
        EntryKind.CONFIRM: _("Became available"),
        EntryKind.REDEEM: name or _("Reward"),
        EntryKind.EXPIRE: _("Expired"),
        EntryKind.HOLD: _("Waits for a look by the team"),
        EntryKind.ADJUST: _("Put right by the team") if entry.amount < 0 else _("From the team"),
        EntryKind.RESTORE: _("Given back"),
        EntryKind.TRANSFER: _("Moved between cards"),
    }
    if moved := transfer_title(entry):
        return moved
    kind, cause = EntryKind(entry.kind), Cause(entry.cause)
    return titles.get((kind, cause)) or by_kind.get(kind) or str(kind.label)


def _crossed(entry: Entry) -> str:
    if entry.snapshot.get("way") == "home":
        return _("Back home: a reward elsewhere was undone") if entry.amount > 0 else _("Went home again")
    return _("Spent at %(partner)s") if entry.amount < 0 else _("From %(partner)s")


def entry_why(entry: Entry, program: Program) -> list[str]:
    """The reasons that were written down with the entry, line by line; a later change of rules changes none."""
    if entry.cause in CREDIT_CAUSES:
        return why_with_dates(entry)
    lines = [line for line in (transfer_why(entry), from_family(entry.snapshot, program)) if line]
    lines += _reasons(entry.snapshot, program)
    if entry.reason:
        lines.append(entry.reason)
    if entry.kind == EntryKind.HOLD:
        lines.append(_("We check now and then. As soon as somebody has looked, you can use them."))
    elif entry.pending_amount > 0:
        lines.append(_("It can be used from %(day)s.") % {"day": day(entry.counts_from)})
    if lapsed := entry.snapshot.get("lapsed"):
        lines.append(_("%(points)s had expired in the meantime.") % {"points": in_points(program, int(lapsed))})
    return lines


def _reasons(snapshot: Mapping[str, Any], program: Program) -> Iterator[str]:
    rule = snapshot.get("rule")
    if rule and "counted" in snapshot:
        yield _("%(amount)s counted; each %(step)s gives %(points)s.") % {
            "amount": money(int(Fraction(str(snapshot["counted"])))),
            "step": money(int(rule["earn_amount"])),
            "points": in_points(program, int(rule["earn_points"])),
        }
    for reason in snapshot.get("reasons", ()):
        if sentence := _reason(reason, program):
            yield sentence
    if "surprise" in snapshot:
        yield _("The purchase it came with was brought back.") if snapshot.get("back") else _("Chance picked you.")
    if "challenge" in snapshot and snapshot.get("back"):
        yield _("What was bought for it came back.")
    if "joining_bonus" in snapshot:
        yield _("Everybody who joins gets it once.")


def _reason(reason: Mapping[str, Any], program: Program) -> str:
    if reason.get("what") == "rounding":
        return _rounding(reason, program)
    if reason.get("what") == "rule":
        return told_to_member(reason, program)
    told = _TOLD.get(str(reason.get("what")))
    return told(reason) if told else ""


def _line(reason: Mapping[str, Any]) -> str:
    if reason["counts"]:
        return ""
    return _("%(thing)s does not earn.") % {"thing": reason.get("text") or _("One thing you bought")}


def _tax(reason: Mapping[str, Any]) -> str:
    if reason["counts"]:
        return ""
    return _("Tax of %(amount)s does not count.") % {"amount": money(int(reason["tax"]))}


def _minimum(reason: Mapping[str, Any]) -> str:
    if reason["reached"]:
        return ""
    return _("Purchases earn from %(amount)s.") % {"amount": money(int(reason["minimum"]))}


def _tier(reason: Mapping[str, Any]) -> str:
    times = number(int(reason["multiplier"]) / 100)
    return _("As %(tier)s you earn %(times)s times as much.") % {"tier": reason["tier"], "times": times}


def _rounding(reason: Mapping[str, Any], program: Program) -> str:
    left = Fraction(str(reason.get("after") or 0))
    if reason.get("how") != Rounding.CARRY or not left:
        return ""
    values = {"part": part_of_point(left), "unit": program.unit_one}
    return _("%(part)s of your next %(unit)s is saved for your next purchase.") % values


def _credit(reason: Mapping[str, Any]) -> str:
    return _("%(amount)s was paid from your credit and earns nothing again.") % {"amount": money(int(reason["credit"]))}


_TOLD = {"credit": _credit, "line": _line, "tax": _tax, "minimum": _minimum, "tier": _tier}

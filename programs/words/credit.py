"""Cash-back and store credit in plain words: what comes back, what it comes to, and why an entry is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.domain.credit.terms import Terms, cash_back_for
from programs.domain.earning import Basket
from programs.enums import Cause, EntryKind
from programs.models import Entry
from tenants.templatetags.show import day, money, number

# Causes that stand on accounts for credit alone.
CREDIT_CAUSES = frozenset({Cause.CREDITED, Cause.UNCREDITED, Cause.TENDER, Cause.REFUND, Cause.BY_HAND})


def in_percent(terms: Terms) -> str:
    """ "5%", "2.5%"."""
    return f"{number(float(terms.percent))}%"


def in_words(terms: Terms) -> str:
    """ "5% of what is paid comes back as store credit, of purchases from €10.00; nothing for Gift cards." """
    return f"{earning(terms)} {keeping(terms)}"


def earning(terms: Terms) -> str:
    """What comes back, as a sentence."""
    said = _("%(percent)s of what is paid comes back as store credit")
    if not terms.on_tax:
        said = _("%(percent)s of what is paid before tax comes back as store credit")
    parts = [said % {"percent": in_percent(terms)}]
    if terms.minimum:
        parts.append(_("of purchases from %(minimum)s") % {"minimum": money(terms.minimum)})
    if names := excluded_names(terms):
        parts.append(_("but not of %(goods)s") % {"goods": _(" or ").join(names)})
    return ", ".join(parts) + "."


def keeping(terms: Terms) -> str:
    """From when on it can be spent, and for how long it keeps."""
    said = []
    if terms.pending_days:
        waits = ngettext(
            "It can be spent %(days)d day later.", "It can be spent %(days)d days later.", terms.pending_days
        )
        said.append(waits % {"days": terms.pending_days})
    else:
        said.append(_("It can be spent at once."))
    if terms.expiry_months is None:
        said.append(_("It never expires."))
    else:
        keeps = ngettext("It keeps for %(months)d month.", "It keeps for %(months)d months.", terms.expiry_months)
        said.append(keeps % {"months": terms.expiry_months})
    return " ".join(said)


def excluded_names(terms: Terms) -> list[str]:
    return [name for pk in (*terms.categories, *terms.products) if (name := terms.names.get(pk, ""))]


@dataclass(frozen=True, slots=True)
class CreditExample:
    """A purchase of `paid`, and the next one of as much, of which `spent` are paid from what the first gave.

    `again` is what the next one gives: only for what is paid in money. Minor units.
    """

    paid: int
    given: int
    spent: int
    again: int

    @property
    def left_to_pay(self) -> int:
        return self.paid - self.spent


def work_out(terms: Terms, paid: int) -> CreditExample:
    """What a purchase of so much leads to, without tax and with nothing excluded. Pure."""
    given = cash_back_for(terms, Basket(paid)) if paid else 0
    spent = min(given, paid)
    again = cash_back_for(terms, Basket(paid, credit=spent)) if paid else 0
    return CreditExample(paid, given, spent, again)


def why_credit(entry: Entry) -> list[str]:
    """Why an entry of store credit is what it is, by what was written down with it."""
    snapshot: Mapping[str, Any] = entry.snapshot or {}
    cause, kind = Cause(entry.cause), EntryKind(entry.kind)
    if cause == Cause.CREDITED and "rule" in snapshot:
        return _why_given(snapshot)
    if cause == Cause.UNCREDITED:
        return _why_taken(snapshot)
    if cause == Cause.TENDER:
        values = {"credit": money(snapshot["credit"]), "total": money(snapshot["total"])}
        return [_("%(credit)s of a purchase of %(total)s was paid from credit.") % values]
    if cause == Cause.REFUND:
        return _why_refunded(snapshot)
    if cause == Cause.BY_HAND:
        return _why_by_hand(kind, entry.amount)
    if cause == Cause.OPENING:
        owes = kind == EntryKind.ADJUST
        return [_("What was owed elsewhere.") if owes else _("The credit brought along from before.")]
    if kind == EntryKind.HOLD:
        return [_("It waits until somebody of the team has looked at it.")]
    if kind == EntryKind.CONFIRM and cause == Cause.REVIEW:
        return [_("Somebody has looked: it can be spent from now on.")]
    if kind == EntryKind.EXPIRE:
        return [_("The last day of this credit was over.")]
    return []


def _why_by_hand(kind: EntryKind, amount: int) -> list[str]:
    if kind != EntryKind.ADJUST:
        return [_("What somebody of the team had done by hand was undone.")]
    return [_("Given by hand.") if amount > 0 else _("Taken by hand.")]


def _why_given(snapshot: Mapping[str, Any]) -> list[str]:
    rule, said = snapshot["rule"], []
    percent = number(float(Decimal(rule["earn_points"]) / 100))
    for reason in snapshot["reasons"]:
        what = reason["what"]
        if what == "credit":
            said.append(_("%(amount)s was paid from credit and gives nothing again.") % _amount(reason["credit"]))
        elif what == "line" and not reason["counts"]:
            name = reason.get("text") or _("One thing")
            said.append(_("“%(name)s” gives no cash-back.") % {"name": name})
        elif what == "tax" and not reason["counts"]:
            said.append(_("Tax of %(amount)s does not count.") % _amount(reason["tax"]))
    counted = int(Fraction(snapshot["counted"]))
    said.append(_("%(percent)s%% of %(amount)s.") % {"percent": percent, "amount": money(counted)})
    return said


def _why_taken(snapshot: Mapping[str, Any]) -> list[str]:
    said = [_("Returned so far: %(amount)s.") % _amount(snapshot["returned"])]
    said.append(_("Cash-back stays for what was kept alone."))
    if snapshot.get("expired"):
        gone = _("%(amount)s of it had expired already and is not taken twice.")
        said.append(gone % _amount(snapshot["expired"]))
    return said


def _why_refunded(snapshot: Mapping[str, Any]) -> list[str]:
    values = {"total": money(snapshot["total"]), "credit": money(snapshot["credit"])}
    said = [_("Of %(total)s that came back, %(credit)s had been paid from credit.") % values]
    if snapshot.get("anew"):
        anew = _("%(amount)s of it had run out meanwhile, and can be spent for %(days)s days more.")
        said.append(anew % {**_amount(snapshot["anew"]), "days": number(snapshot["days"])})
    return said


def _amount(minor: int) -> dict[str, str]:
    return {"amount": money(minor)}


def why_with_dates(entry: Entry) -> list[str]:
    """The reasons as a member reads them, with the day from which it can be spent."""
    said: list[str] = list(why_credit(entry))
    if entry.reason:
        said.append(entry.reason)
    if entry.pending_amount > 0:
        said.append(_("It can be spent from %(day)s.") % {"day": day(entry.counts_from)})
    if repaid := entry.snapshot.get("repaid"):
        said.append(_("%(amount)s of it repaid what a return had left open.") % _amount(repaid))
    return said


def entry_titles(entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """Each with what happened, in a word or two."""
    return [(entry, title_of(entry)) for entry in entries]


def title_of(entry: Entry) -> str:
    titles = {
        Cause.CREDITED: _("Cash-back"),
        Cause.UNCREDITED: _("Cash-back taken back"),
        Cause.TENDER: _("Paid from credit"),
        Cause.REFUND: _("Given back with a return"),
    }
    kinds = {
        EntryKind.CONFIRM: _("Can be spent now"),
        EntryKind.HOLD: _("Waits for a look"),
        EntryKind.EXPIRE: _("Expired"),
        EntryKind.TRANSFER: _("Moved between cards"),
        EntryKind.ADJUST: _("From the team") if entry.amount > 0 else _("Put right by the team"),
        EntryKind.REVERSE: _("Put right by the team"),
        EntryKind.RESTORE: _("Given back by the team"),
        EntryKind.ACCRUE: _("Brought along from before"),
    }
    return titles.get(Cause(entry.cause)) or kinds.get(EntryKind(entry.kind)) or str(entry.get_kind_display())

"""Stamp cards in plain words: what fills one, what a full one gives, and what it comes to for somebody who comes by."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.domain.stamps.terms import Line, Terms, count_stamps
from programs.enums import RewardKind, StampsFor
from tenants.templatetags.show import money, number


def in_words(terms: Terms) -> str:
    """ "Each Coffee gives a stamp, at most 3 a day. The 10th stamp gives: A coffee on us." """
    return f"{earning(terms)} {finishing(terms)}"


def earning(terms: Terms) -> str:
    """What gives a stamp, as a sentence."""
    goods = _goods(terms)
    if terms.counts == StampsFor.ITEMS:
        said = _("Each item of %(goods)s gives a stamp") if goods else _("Each item on the receipt gives a stamp")
    elif terms.counts == StampsFor.SPEND:
        said = (
            _("Each %(every)s spent on %(goods)s gives a stamp") if goods else _("Each %(every)s spent gives a stamp")
        )
    else:
        said = _("Each purchase with %(goods)s gives a stamp") if goods else _("Each purchase gives a stamp")
    parts = [said % {"goods": goods, "every": money(terms.every)}]
    if terms.minimum:
        parts.append(_("from %(minimum)s upwards") % {"minimum": money(terms.minimum)})
    if terms.most_in_day is not None:
        most = ngettext("at most %(most)s a day", "at most %(most)s a day", terms.most_in_day)
        parts.append(most % {"most": number(terms.most_in_day)})
    return ", ".join(parts) + "."


def finishing(terms: Terms) -> str:
    """What a full card gives, and how long things keep."""
    parts = [
        _("A full card of %(slots)s gives: %(reward)s.") % {"slots": number(terms.slots), "reward": reward_of(terms)}
    ]
    if terms.expiry_months:
        months = ngettext(
            "A stamp keeps for %(months)d month.", "A stamp keeps for %(months)d months.", terms.expiry_months
        )
        parts.append(months % {"months": terms.expiry_months})
    return " ".join(parts)


def reward_of(terms: Terms) -> str:
    if terms.reward_kind == RewardKind.AMOUNT_OFF:
        return _("%(name)s (%(amount)s off)") % {"name": terms.reward_name, "amount": money(terms.reward_value)}
    if terms.reward_kind == RewardKind.PERCENT_OFF:
        said = _("%(name)s (%(percent)d% off)").replace("% off", "%% off")
        return said % {"name": terms.reward_name, "percent": terms.reward_value}
    return terms.reward_name


@dataclass(frozen=True, slots=True)
class StampExample:
    """Somebody who comes `visits` times: `stamps` on each, full after `visits_needed` of them, having spent `spent`.

    `spent` and `worth` are minor units; `worth` is None where nobody knows what the reward is worth.
    """

    stamps: int
    missing: str
    visits_needed: int
    weeks: int
    spent: int
    worth: int | None

    @property
    def percent(self) -> str:
        """What share of their spending comes back."""
        if not self.worth or not self.spent:
            return ""
        return number(float(round(Fraction(self.worth * 100, self.spent), 1)))


def work_out(terms: Terms, *, paid: int, items: int, per_week: int, worth: int | None) -> StampExample:
    """What the card is for a guest who comes so often and takes so many of what counts each time. Pure."""
    product = terms.products[0] if terms.products else ""
    category = terms.categories[0] if terms.categories and not product else ""
    line = Line(paid, Decimal(items), product, category)
    counted = count_stamps(terms, paid, [line])
    stamps = counted.stamps if terms.most_in_day is None else min(counted.stamps, terms.most_in_day)
    if not stamps:
        return StampExample(0, counted.missing, 0, 0, 0, worth)
    needed = -(-terms.slots // stamps)
    return StampExample(stamps, "", needed, -(-needed // max(1, per_week)), needed * paid, worth)


def why_stamps(snapshot: Mapping[str, Any]) -> list[str]:
    """Why a purchase gave these stamps, by what was written down with them."""
    said = []
    if "terms" in snapshot:
        said.append(earning(Terms.from_json(snapshot["terms"])))
        kept = snapshot["earned"] - snapshot["stamps"]
        if kept > 0:
            sentence = ngettext(
                "%(kept)d stamp more was not given: the day’s limit was reached.",
                "%(kept)d stamps more were not given: the day’s limit was reached.",
                kept,
            )
            said.append(sentence % {"kept": kept})
    elif snapshot.get("by_hand"):
        said.append(_("Stamped by hand."))
    gone = _("The card is no longer full: “%(reward)s” was taken back.")
    return [*said, *(gone % {"reward": name} for name in snapshot.get("lost", ()))]


def in_stamps(stamps: int) -> str:
    return ngettext("%(stamps)s stamp", "%(stamps)s stamps", stamps) % {"stamps": number(stamps)}


def _goods(terms: Terms) -> str:
    names = [terms.names.get(pk, "") for pk in (*terms.categories, *terms.products)]
    return _(" or ").join(name for name in names if name)

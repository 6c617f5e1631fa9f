"""Rewards and vouchers in words: what they give, and on which terms."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Product
from programs.domain.conditions import Conditions
from programs.enums import LimitPeriod, RewardKind
from programs.models import Reward, Voucher
from tenants.models import Location
from tenants.templatetags.show import day, moment, money, number

ICONS = {
    RewardKind.AMOUNT_OFF: "banknote",
    RewardKind.PERCENT_OFF: "badge-percent",
    RewardKind.FREE_PRODUCT: "gift",
    RewardKind.CHOICE: "list-checks",
    RewardKind.UPGRADE: "circle-arrow-up",
    RewardKind.EXPERIENCE: "calendar-heart",
    RewardKind.EARLY_ACCESS: "key-round",
    RewardKind.CONTENT: "book-open",
    RewardKind.DONATION: "hand-heart",
    RewardKind.MYSTERY: "wand-sparkles",
}


def icon_of(kind: str) -> str:
    return ICONS[RewardKind(kind)] if kind in RewardKind.values else "gift"


def worth_in_words(reward: Reward | Voucher) -> str:
    """What it gives, in a few words; empty where the name says it already. Product and charity should be loaded."""
    kind = reward.kind
    if kind == RewardKind.AMOUNT_OFF:
        return _amount_off(reward)
    if kind == RewardKind.PERCENT_OFF:
        said = _("%(percent)s% off your purchase").replace("%(percent)s", number(reward.value))
        at_most = _("%(said)s, at most %(most)s")
        return said if reward.cap is None else at_most % {"said": said, "most": money(reward.cap)}
    if kind == RewardKind.DONATION:
        return _("%(amount)s for %(charity)s, in your name") % {
            "amount": money(reward.value),
            "charity": reward.charity.name if reward.charity is not None else reward.terms.get("charity", ""),
        }
    if kind == RewardKind.EXPERIENCE:
        return _event(reward)
    if kind == RewardKind.CHOICE and reward.product_id is None:
        return _("One of several, as you like")
    plain = {
        RewardKind.UPGRADE: _("An upgrade"),
        RewardKind.EARLY_ACCESS: _("Before everybody else"),
        RewardKind.CONTENT: _("Only for those who have it"),
        RewardKind.MYSTERY: _("You see what it is when you have it"),
    }
    if kind in plain:
        return plain[RewardKind(kind)]
    return str(reward.product) if reward.product_id and str(reward.product) != reward.name else _("On the house")


def _amount_off(reward: Reward | Voucher) -> str:
    if isinstance(reward, Voucher) and reward.left is not None and reward.left < reward.value:
        return _("%(left)s of %(amount)s left") % {"left": money(reward.left), "amount": money(reward.value)}
    return _("%(amount)s off your purchase") % {"amount": money(reward.value)}


def _event(reward: Reward | Voucher) -> str:
    begins = reward.happens_at if isinstance(reward, Reward) else event_of(reward)
    return moment(begins) if begins else _("A place for you")


def reward_of(voucher: Voucher) -> Reward | None:
    """The reward behind a voucher: redeemed, or of the same name for one that came along from elsewhere.

    Its redemption or present, and their reward, should be loaded.
    """
    if voucher.redemption is not None:
        redeemed: Reward = voucher.redemption.reward
        return redeemed
    return voucher.present.reward if voucher.present is not None else None


def event_of(voucher: Voucher) -> datetime | None:
    """When the event of a voucher begins: as its reward says, or said where it comes from. Load as `reward_of`."""
    reward = reward_of(voucher)
    if reward is not None:
        return reward.happens_at
    text = voucher.terms.get("event")
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class OnlyForHolder:
    """What only whoever has a voucher can read, and where it leads them."""

    words: str = ""
    link: str = ""


def only_for_holder(voucher: Voucher) -> OnlyForHolder:
    """As its reward says, or said where it comes from. Load as `reward_of`."""
    reward = reward_of(voucher)
    if reward is not None:
        return OnlyForHolder(reward.content, reward.link)
    return OnlyForHolder(voucher.terms.get("words", ""), voucher.terms.get("link", ""))


def terms_in_words(reward: Reward | Voucher) -> list[str]:
    """What a member should know before they have it or use it, a sentence each. Asks for the names it needs."""
    lines = []
    if reward.minimum:
        lines.append(_("On purchases from %(amount)s") % {"amount": money(reward.minimum)})
    if (reward.kind == RewardKind.AMOUNT_OFF) and (getattr(reward, "is_partial", False) or _has_rest(reward)):
        lines.append(_("Can be used in parts"))
    conditions = Conditions.from_json(reward.terms)
    if conditions.products and reward.product_id is None:
        names = Product.objects.filter(pk__in=conditions.products).order_by("name").values_list("name", flat=True)
        lines.append(_("Choose one: %(names)s") % {"names": ", ".join(names)})
    if conditions.locations:
        places = Location.objects.filter(pk__in=conditions.locations).order_by("name").values_list("name", flat=True)
        lines.append(_("At: %(names)s") % {"names": ", ".join(places)})
    if conditions.blackout:
        days = [day(one) if one == last else f"{day(one)} – {day(last)}" for one, last in conditions.blackout]
        lines.append(_("Not on: %(days)s") % {"days": ", ".join(days)})
    return [*lines, *(_limits(reward) if isinstance(reward, Reward) else ())]


def _has_rest(reward: Reward | Voucher) -> bool:
    return isinstance(reward, Voucher) and reward.left is not None


def _limits(reward: Reward) -> list[str]:
    lines = []
    if reward.limit_per_member:
        said = ngettext("Once for each member", "%(n)s times for each member", reward.limit_per_member)
        lines.append(said % {"n": number(reward.limit_per_member)})
    if reward.limit_in_period:
        said = ngettext("Once %(period)s", "%(n)s times %(period)s", reward.limit_in_period)
        lines.append(said % {"n": number(reward.limit_in_period), "period": LimitPeriod(reward.limit_period).label})
    if reward.usable_from is not None:
        lines.append(_("To be used from %(day)s") % {"day": day(reward.usable_from)})
    if reward.kind == RewardKind.EARLY_ACCESS and reward.public_at is not None:
        lines.append(_("Everybody else from %(moment)s") % {"moment": moment(reward.public_at)})
    return lines

"""Points and rewards in words, for templates."""

from datetime import datetime

from django import template
from django.utils import timezone

from programs.domain.rules.definition import Definition
from programs.models import Program, Reward, Tier, Voucher
from programs.portal import words
from programs.portal.reading import last_day as last_day_of
from programs.words.rewards import icon_of, terms_in_words, worth_in_words
from programs.words.rules import in_words_for_member
from programs.words.tiers import rate_words
from programs.words.unit import in_points

register = template.Library()


@register.simple_tag
def points(amount: int, program: Program) -> str:
    return in_points(program, amount)


@register.simple_tag
def tier_amount(amount: int, program: Program) -> str:
    return words.tier_amount(amount, program)


@register.filter
def tier_lines(tier: Tier) -> list[str]:
    """What a tier brings, before somebody is in it: how fast it earns, and its words."""
    return [*rate_words(tier), *tier.benefit_lines]


@register.simple_tag
def rule_words(definition: Definition, program: Program) -> str:
    """An earning rule as a promise to the member."""
    return in_words_for_member(definition, program)


@register.filter
def worth(reward: Reward | Voucher) -> str:
    return worth_in_words(reward)


@register.filter
def kind_icon(kind: str) -> str:
    """The name of the icon of a kind of reward."""
    return icon_of(kind)


@register.filter
def terms_of(reward: Reward | Voucher) -> list[str]:
    return terms_in_words(reward)


@register.filter
def share_of(amount: int, whole: int) -> int:
    """How much of the whole there is, in percent, 0 to 100."""
    return min(100, max(0, amount * 100 // max(whole, 1)))


@register.filter
def is_ahead(moment: datetime | None) -> bool:
    """Whether it is still to come."""
    return moment is not None and moment > timezone.now()


@register.filter
def last_day(voucher: Voucher) -> datetime:
    return last_day_of(voucher)

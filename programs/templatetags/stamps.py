"""Stamps in words, for templates."""

from django import template

from programs.domain.stamps import reading
from programs.domain.stamps.terms import Terms
from programs.models import Entry, Redemption
from programs.words import stamps as stamp_words

register = template.Library()


@register.filter
def in_stamps(stamps: int | None) -> str:
    """ "3 stamps", "1 stamp"."""
    return stamp_words.in_stamps(stamps or 0)


@register.filter
def filled_by(entry: Entry) -> list[Redemption]:
    """The full cards that these stamps made."""
    return reading.filled_by(entry)


@register.filter
def stamp_earning(terms: Terms) -> str:
    """What gives a stamp, as a sentence."""
    return stamp_words.earning(terms)

"""Words of the program pages: sentences with blanks in them, and amounts of points."""

import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django import forms, template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from programs import links
from programs.enums import ProgramKind, ProgramStatus, TierBasis
from programs.models import Program
from programs.words.unit import as_title, in_points, part_of_point, unit_for
from tenants.templatetags.show import money, number

register = template.Library()
_BLANK = re.compile(r"\{(\w+)\}")


@register.simple_tag
def sentence(form: forms.BaseForm, text: str, **words: Any) -> SafeString:
    """A sentence in which `{name}` stands for the form's field of that name, or for one of `words`.

    The sentence is translated as a whole, so that other languages may put the blanks in another order. What is wrong
    with a field stands below the sentence it is in.
    """
    parts: list[str] = []
    fields: list[forms.BoundField] = []
    for place, part in enumerate(_BLANK.split(str(text))):
        if place % 2 == 0:
            parts.append(escape(part))
        elif part in form.fields:
            fields.append(form[part])
            parts.append(render_to_string("programs/program/blank.html", {"field": form[part]}).strip())
        else:
            parts.append(conditional_escape(words.get(part, "")))
    # Every part was escaped above or comes from a template.
    drawn = {"sentence": mark_safe("".join(parts)), "fields": fields}  # noqa: S308
    return render_to_string("programs/program/sentence.html", drawn)


@register.filter
def counted(word: str, name: str) -> SafeString:
    """The word of a number, in a place where it follows what is typed (`programs/program/worked.html`)."""
    return format_html('<span id="counted-{}">{}</span>', name, word)


@register.filter
def points_of(points: int | None, program: Program) -> str:
    """So many of what the business calls them: "1,240 points"."""
    return "–" if points is None else in_points(program, points)


@register.filter
def exact_points(points: Fraction) -> str:
    """Points with the part of one: "18.60"; whole ones without."""
    return number(points.numerator) if points.denominator == 1 else part_of_point(points)


@register.filter
def day_before(end: datetime) -> datetime:
    """A moment of the last day, of what ends with the first moment that no longer counts."""
    return end - timedelta(seconds=1)


@register.filter
def unit_of(points: int | None, program: Program) -> str:
    """The word alone, for an amount that is drawn beside it: "leaf" or "leaves"."""
    return unit_for(program, points or 0)


@register.filter
def unit_title(program: Program | None) -> str:
    """What points are called, as a title begins: "Leaves"."""
    return as_title(program, gettext("Points"))


@register.filter
def signed(points: int | None) -> str:
    """With its sign, also plus: "+12", "−1,240", "0"."""
    if not points:
        return "0"
    return f"+{number(points)}" if points > 0 else f"−{number(-points)}"


@register.filter
def in_measure(amount: int | None, program: Program) -> str:
    """A tier's amount in what the program measures by: "€500.00", "500 points", "12 days"."""
    if amount is None:
        return "–"
    return _measured(amount, program.tier_basis, program)


@register.filter
def times(multiplier: int) -> str:
    """Percent as a factor: 150 is "1.5", or "1,5"."""
    return number(multiplier / 100)


def _measured(amount: int, basis: str, program: Program) -> str:
    if basis == TierBasis.SPEND:
        return money(amount)
    if basis == TierBasis.POINTS:
        return in_points(program, amount)
    return ngettext("%(days)d day", "%(days)d days", amount) % {"days": amount}


@register.simple_tag
def book_programs() -> list[Program]:
    """The programs that have books: points first, then stamp cards in the order in which they were begun."""
    programs = Program.objects.exclude(status=ProgramStatus.DRAFT).order_by("created_at", "pk")
    return sorted(programs, key=lambda one: one.kind != ProgramKind.POINTS)


@register.simple_tag
def member_url(pk: object) -> str:
    """The member's page."""
    return links.member_url(str(pk))

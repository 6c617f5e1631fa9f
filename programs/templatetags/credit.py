"""Amounts of store credit, and figures of the books in a program's own unit."""

from django import template

from programs.enums import ProgramKind
from programs.models import Program
from programs.templatetags.program import signed
from programs.words.unit import figure_for
from tenants.templatetags.show import money

register = template.Library()


@register.filter
def signed_money(minor: int | None) -> str:
    """With its sign, also plus: "+€1.20", "−€3.00"."""
    if not minor:
        return money(0)
    return f"+{money(minor)}" if minor > 0 else f"−{money(-minor)}"


@register.filter
def figure(points: int | None, program: Program) -> str:
    """A figure of a program's books: "1,240"; of store credit, money."""
    return "–" if points is None else figure_for(program, points)


@register.filter
def signed_figure(points: int | None, program: Program | None) -> str:
    """A figure of a program's books with its sign; of store credit, money. Without a program, a number."""
    return signed_money(points) if program is not None and program.kind == ProgramKind.CREDIT else signed(points)

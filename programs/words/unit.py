"""Amounts in what the business calls its points: "12 points", "1 leaf"."""

from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_decimal

from loyalty_saas.lib.money import format_money, to_major
from programs.enums import ProgramKind
from programs.models import Program
from tenants.isolation import current_tenant


def unit_for(program: Program, points: int) -> str:
    """The program's own word for so many: "leaf" for one, "leaves" for others; nothing for money."""
    if program.kind == ProgramKind.CREDIT:
        return ""
    return program.unit_one if abs(points) == 1 else program.unit_many


def in_points(program: Program, points: int) -> str:
    """So many of what the business calls them: "12 points", "1 star"; of store credit, money: "€12.00"."""
    if program.kind == ProgramKind.CREDIT:
        return figure_for(program, points)
    return f"{format_decimal(points, locale=current_tenant().locale)} {unit_for(program, points)}"


def figure_for(program: Program, points: int) -> str:
    """The number alone, as the books show it: "1,240"; of store credit, money."""
    tenant = current_tenant()
    if program.kind == ProgramKind.CREDIT:
        return format_money(points, tenant.currency, tenant.locale)
    return str(format_decimal(points, locale=tenant.locale))


def exact_figure(program: Program | None, points: int) -> object:
    """The number as a file has it: whole; of store credit, money in its major unit."""
    if program is not None and program.kind == ProgramKind.CREDIT:
        return to_major(points, current_tenant().currency)
    return points


def as_title(program: Program | None, default: str) -> str:
    """Several of them, as a title or the head of a column begins: "Leaves"; `default` without a program."""
    return program.unit_many[:1].upper() + program.unit_many[1:] if program else default


def part_of_point(value: str | Fraction) -> str:
    """A fraction of a point to two places, cut rather than rounded up to a whole: "0.40", "0,40"."""
    hundredths = Decimal(int(Fraction(value) * 100)).scaleb(-2)
    return str(format_decimal(hundredths, format="0.00", locale=current_tenant().locale))

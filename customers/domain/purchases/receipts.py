"""The arithmetic of a receipt: pure, exact, and to the last unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from customers.domain.purchases.details import LineDetails, PurchaseDetails, check_amount, check_quantity
from customers.errors import DoesNotAddUp
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.rounding import round_half_up, share_out
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class LaidOutLine:
    """`discount` and `tax` with the line's share of the receipt's; `total` after the discount, tax included."""

    details: LineDetails
    discount: int
    tax: int
    total: int


@dataclass(frozen=True, slots=True)
class LaidOut:
    """`subtotal` − `discount` = `total` = the sum of the lines, where there are any."""

    subtotal: int
    discount: int
    tax: int
    total: int
    lines: tuple[LaidOutLine, ...]


def lay_out(details: PurchaseDetails) -> LaidOut:
    """Share the receipt's discount and tax out over its lines and check that everything adds up.

    Raises Invalid at the field (of a line: `lines.2.quantity`), DoesNotAddUp where a total says otherwise.
    """
    if details.currency and details.currency.upper() != current_tenant().currency:
        raise Invalid(
            _("This business counts in %(currency)s."),
            code="other_currency",
            field="currency",
            params={"currency": current_tenant().currency},
        )
    check_amount(details.discount, "discount")
    return _with_lines(details) if details.lines else _total_alone(details)


def gross_of(unit_price: int, quantity: Decimal) -> int:
    """Price times quantity in minor units, a half rounded up."""
    return round_half_up(unit_price * Fraction(quantity))


def _total_alone(details: PurchaseDetails) -> LaidOut:
    if details.total is None:
        raise Invalid(_("Write the amount."), code="no_amount", field="total")
    total = check_amount(details.total, "total")
    tax = check_amount(details.tax or 0, "tax")
    if tax > total:
        raise DoesNotAddUp(_("The tax is more than the total."), field="tax")
    return LaidOut(total + details.discount, details.discount, tax, total, ())


def _with_lines(details: PurchaseDetails) -> LaidOut:
    gross = [_gross(line, number) for number, line in enumerate(details.lines)]
    nets = [whole - line.discount for whole, line in zip(gross, details.lines, strict=True)]
    if details.discount > sum(nets):
        raise DoesNotAddUp(_("The discount is more than the lines add up to."), field="discount")
    shares = share_out(details.discount, nets)
    totals = [net - share for net, share in zip(nets, shares, strict=True)]
    if details.total is not None and details.total != sum(totals):
        raise DoesNotAddUp(
            _("The lines add up to %(lines)s, but the total says %(total)s (in the smallest unit of the currency)."),
            field="total",
            params={"lines": sum(totals), "total": details.total},
        )
    taxes = _taxes(details, totals)
    lines = tuple(
        LaidOutLine(line, line.discount + share, tax, total)
        for line, share, tax, total in zip(details.lines, shares, taxes, totals, strict=True)
    )
    return LaidOut(sum(gross), sum(gross) - sum(totals), sum(taxes), check_amount(sum(totals), "total"), lines)


def _gross(line: LineDetails, number: int) -> int:
    where = f"lines.{number}"
    check_quantity(line.quantity, f"{where}.quantity")
    check_amount(line.unit_price, f"{where}.unit_price")
    check_amount(line.discount, f"{where}.discount")
    gross = check_amount(gross_of(line.unit_price, line.quantity), f"{where}.unit_price")
    if line.discount > gross:
        raise DoesNotAddUp(_("The discount is more than the line costs."), field=f"{where}.discount")
    return gross


def _taxes(details: PurchaseDetails, totals: Sequence[int]) -> list[int]:
    """The lines' own taxes; lines without one share what the receipt's tax leaves."""
    own = [line.tax for line in details.lines]
    for number, (tax, total) in enumerate(zip(own, totals, strict=True)):
        if tax is not None and check_amount(tax, f"lines.{number}.tax") > total:
            raise DoesNotAddUp(_("The tax is more than the line costs."), field=f"lines.{number}.tax")
    known = sum(tax for tax in own if tax is not None)
    open_totals = [total for tax, total in zip(own, totals, strict=True) if tax is None]
    rest = (check_amount(details.tax, "tax") - known) if details.tax is not None else 0
    if rest < 0 or rest > sum(open_totals):
        raise DoesNotAddUp(_("The taxes of the lines and of the receipt do not agree."), field="tax")
    shares = iter(share_out(rest, open_totals))
    return [next(shares) if tax is None else tax for tax in own]

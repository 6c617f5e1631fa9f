"""What a return would give back, line by line: pure, so that a preview and the posting cannot differ.

Shares are computed on everything returned so far and only the difference is taken: many small returns add up to
exactly what was paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from customers.domain.purchases.details import ReturnDetails, ReturnLineDetails, check_amount, check_quantity
from customers.errors import AlreadyReturned, TooMuchReturned
from customers.models import Purchase, PurchaseLine
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import format_money
from loyalty_saas.lib.rounding import round_half_up, share_out
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """`quantity` is zero where an amount is given back without goods."""

    line: PurchaseLine
    quantity: Decimal
    total: int
    tax: int


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """What would be paid back, `tax` being the part of it, and what each line would give. Minor units.

    `credit` of the total goes back to store credit, `money` is paid back as money.
    """

    total: int
    tax: int
    lines: tuple[PlannedLine, ...]
    credit: int = 0

    @property
    def money(self) -> int:
        return self.total - self.credit


def plan_return(purchase: Purchase, lines: Sequence[PurchaseLine], details: ReturnDetails) -> ReturnPlan:
    """Work a return out on the purchase as it stands. Writes nothing.

    Raises AlreadyReturned, TooMuchReturned or Invalid at the field.
    """
    plan = _plan(purchase, lines, details)
    return replace(plan, credit=credit_part(purchase, plan.total))


def credit_part(purchase: Purchase, amount: int) -> int:
    """How much of an amount that comes back goes back to store credit: in the proportion in which it was paid.

    It is reckoned on everything that came back so far, so that many small returns give back exactly what was paid.
    """
    if not purchase.credit or not amount:
        return 0
    return purchase.credit * (purchase.returned + amount) // purchase.total - purchase.credit_returned


def _plan(purchase: Purchase, lines: Sequence[PurchaseLine], details: ReturnDetails) -> ReturnPlan:
    if _nothing_left(purchase, lines):
        raise AlreadyReturned
    if details.lines and details.amount is not None:
        raise Invalid(_("Choose lines or an amount, not both."), field="amount")
    if details.lines:
        planned = _chosen(purchase, lines, details.lines)
    elif details.amount is not None:
        planned = _shared(purchase, lines, details.amount)
    else:
        planned = _rest(purchase, lines)
    if not lines:
        total = purchase.kept if details.amount is None else details.amount
        return ReturnPlan(total, _tax_part(purchase.tax, purchase.total, purchase.returned, total), ())
    return ReturnPlan(sum(one.total for one in planned), sum(one.tax for one in planned), tuple(planned))


def _nothing_left(purchase: Purchase, lines: Sequence[PurchaseLine]) -> bool:
    if purchase.kept > 0:
        return False
    return all(line.returned_quantity >= line.quantity for line in lines) if lines else purchase.returned > 0


def _chosen(
    purchase: Purchase, lines: Sequence[PurchaseLine], chosen: Sequence[ReturnLineDetails]
) -> list[PlannedLine]:
    by_id = {line.pk: line for line in lines}
    seen = set()
    planned = []
    for number, one in enumerate(chosen):
        where = f"lines.{number}"
        line = by_id.get(one.line.pk) if one.line else None
        if line is None or line.pk in seen:
            raise Invalid(_("This line is not part of the purchase."), code="unknown_line", field=f"{where}.line")
        seen.add(line.pk)
        planned.append(_chosen_line(line, one, where))
    if sum(one.total for one in planned) > purchase.kept:
        raise _too_much(purchase, "lines")
    return planned


def _chosen_line(line: PurchaseLine, chosen: ReturnLineDetails, where: str) -> PlannedLine:
    quantity = check_quantity(chosen.quantity, f"{where}.quantity")
    if line.returned_quantity + quantity > line.quantity:
        raise TooMuchReturned(
            _("Only %(left)s of “%(name)s” can still be returned."),
            field=f"{where}.quantity",
            params={"left": f"{(line.quantity - line.returned_quantity).normalize():f}", "name": line.description},
        )
    left = line.total - line.returned_total
    if chosen.total is None:
        total = min(_quantity_share(line, quantity), left)
    elif check_amount(chosen.total, f"{where}.total") > left:
        raise TooMuchReturned(field=f"{where}.total")
    else:
        total = chosen.total
    return _planned(line, quantity, total)


def _quantity_share(line: PurchaseLine, quantity: Decimal) -> int:
    each = Fraction(line.total) / Fraction(line.quantity)
    before, after = Fraction(line.returned_quantity), Fraction(line.returned_quantity + quantity)
    return round_half_up(each * after) - round_half_up(each * before)


def _shared(purchase: Purchase, lines: Sequence[PurchaseLine], amount: int) -> list[PlannedLine]:
    """An amount without goods, over what is left of the lines."""
    if check_amount(amount, "amount") == 0:
        raise Invalid(_("Write the amount."), code="no_amount", field="amount")
    if amount > purchase.kept:
        raise _too_much(purchase, "amount")
    shares = share_out(amount, [line.total - line.returned_total for line in lines]) if lines else []
    return [_planned(line, Decimal(0), share) for line, share in zip(lines, shares, strict=True) if share]


def _rest(purchase: Purchase, lines: Sequence[PurchaseLine]) -> list[PlannedLine]:
    """Everything that has not come back yet."""
    planned = []
    for line in lines:
        quantity, total = line.quantity - line.returned_quantity, line.total - line.returned_total
        if quantity or total:
            planned.append(_planned(line, quantity, total))
    return planned


def _planned(line: PurchaseLine, quantity: Decimal, total: int) -> PlannedLine:
    return PlannedLine(line, quantity, total, _tax_part(line.tax, line.total, line.returned_total, total))


def _tax_part(tax: int, total: int, before: int, now: int) -> int:
    if total == 0:
        return 0
    rate = Fraction(tax, total)
    return round_half_up(rate * (before + now)) - round_half_up(rate * before)


def _too_much(purchase: Purchase, field: str) -> TooMuchReturned:
    """With what is left, where something came back before: it may be less than what was bought."""
    if not purchase.returned:
        return TooMuchReturned(field=field)
    left = format_money(purchase.kept, purchase.currency, current_tenant().locale)
    return TooMuchReturned(_("Only %(left)s of it can still be returned."), field=field, params={"left": left})

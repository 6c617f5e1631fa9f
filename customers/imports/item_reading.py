"""What a row of a file says was bought, and for how much: equal rows are read once."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.imports.cells import Picked, Remembered
from customers.imports.receipts import Goods, Item
from customers.imports.settings import Frame
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import minor_digits
from loyalty_saas.lib.tables import parse_decimal
from loyalty_saas.lib.texts import tidy_text

_MOST_MINOR = 10**13
_MOST_QUANTITY = 10**8
_ONE = Decimal(1)
_GOODS = ("sku", "description", "category")
_AMOUNTS = ("quantity", "unit_price", "line_total", "line_discount", "tax")

Amounts = tuple[Decimal, int, int, int, int]


class ItemReader:
    """Reads the goods and amounts of a row; None for a row of no quantity and no amount."""

    def __init__(self, frame: Frame) -> None:
        self.options = frame.options
        self.scale = Decimal(10) ** minor_digits(frame.currency)
        mapped = set(frame.columns.values())
        self._has_price = "unit_price" in mapped
        self._has_amounts = bool(mapped & {"unit_price", "line_total"})
        self._cells = Picked([frame.position(key) for key in (*_GOODS, *_AMOUNTS)])
        self.pick = self._cells.pick
        self._goods: Remembered[tuple[str, ...], Goods] = Remembered(self._read_goods)
        self._amounts: Remembered[tuple[str, ...], Amounts] = Remembered(self._read_amounts)
        self.known: Remembered[Any, Item | None] = Remembered(self._read)

    def read(self, cells: Sequence[str]) -> Item | None:
        """Raises Invalid, naming the field, for cells that cannot be read."""
        return self.known[self.pick(cells)]

    def total_of(self, cells: Sequence[str]) -> int:
        """What the row cost in minor units, 0 when that cannot be read."""
        try:
            item = self.read(cells)
        except Invalid:
            return 0
        return item.total if item else 0

    def _read(self, picked: Any) -> Item | None:
        cells = self._cells.spread(picked)
        goods = self._goods[tuple(cells[:3])]
        quantity, price, discount, tax, total = self._amounts[tuple(cells[3:])]
        return Item(goods, quantity, price, discount, tax, total) if quantity else None

    def _read_goods(self, cells: tuple[str, ...]) -> Goods:
        sku, name, category = cells
        return Goods(
            tidy_text(sku, field="sku", longest=60),
            tidy_text(name[:160], field="description", longest=160),
            tidy_text(category[:80], field="category", longest=80),
        )

    def _read_amounts(self, cells: tuple[str, ...]) -> Amounts:
        """(quantity, price of one, discount, tax, total)."""
        quantity_cell, price_cell, total_cell, discount_cell, tax_cell = (cell.strip() for cell in cells)
        mark = self.options.decimal_mark
        quantity = parse_decimal(quantity_cell, mark, field="quantity") if quantity_cell else _ONE
        if abs(quantity) > _MOST_QUANTITY:
            raise Invalid(_("This quantity is too large."), code="too_large", field="quantity")
        quantity = quantity.quantize(Decimal("0.001"), ROUND_HALF_UP)
        discount = abs(self.minor(discount_cell, "line_discount"))
        tax = self.minor(tax_cell, "tax")
        if total_cell:
            total = self.minor(total_cell, "line_total")
            if quantity < 0 < total:
                total = -total
        elif price_cell:
            exact = parse_decimal(price_cell, mark, field="unit_price") * quantity
            total = self._whole(exact * self.scale, "unit_price")
            if discount > abs(total):
                raise Invalid(
                    _("The discount is more than the line costs."), code="too_much_discount", field="line_discount"
                )
            total += discount if total < 0 else -discount
        elif self._has_amounts:
            raise Invalid(
                _("The amount is missing."),
                code="no_amount",
                field="unit_price" if self._has_price else "line_total",
            )
        else:
            total = 0
        if self.options.tax_on_top:
            total += tax
        if total and not quantity:
            quantity = _ONE
        if 0 <= total < tax:
            raise Invalid(_("The tax is more than the line costs."), code="too_much_tax", field="tax")
        price = self.minor(price_cell, "unit_price") if price_cell else _each(total, discount, quantity)
        return quantity, abs(price) if total >= 0 else price, discount, tax, total

    def minor(self, cell: str, name: str) -> int:
        """A cell as minor units, rounded: systems write 3.7800000000000002 and prices of a tenth of a cent."""
        if not cell:
            return 0
        return self._whole(parse_decimal(cell, self.options.decimal_mark, field=name) * self.scale, name)

    def _whole(self, amount: Decimal, name: str) -> int:
        if abs(amount) > _MOST_MINOR:
            raise Invalid(_("This amount is too large."), code="too_large", field=name)
        return int(amount.to_integral_value(ROUND_HALF_UP))


def _each(total: int, discount: int, quantity: Decimal) -> int:
    """What one cost before the line's discount."""
    if not quantity:
        return abs(total)
    gross = abs(total) + discount
    return int((gross / abs(quantity)).to_integral_value(ROUND_HALF_UP))

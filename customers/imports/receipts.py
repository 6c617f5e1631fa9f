"""From the rows of a file to receipts: pure, without the database.

The rules:

- Rows with the same receipt number are one receipt. Without such a column, rows of one customer at the same date
  and time are one; where the file knows days only, or no customer, each row is a receipt of its own.
- A receipt is taken whole or not at all: when one of its rows cannot be read, all are refused, so that the
  corrected file can be imported again.
- A negative quantity is goods brought back. So is every row of a receipt like C536379, when the other receipts of
  the file are plain numbers. A negative amount without a negative quantity is a discount on its receipt, or, where
  the receipt has nothing to take it from, money given back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from customers.imports.cells import Remembered
from customers.imports.settings import Duplicates, Frame, Grouping
from customers.imports.who import Who, WhoReader
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import minor_digits
from loyalty_saas.lib.tables import Row, parse_decimal
from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.lib.typed_dates import parse_moment

_MOST_MINOR = 10**13
_MOST_QUANTITY = 10**8
_ONE = Decimal(1)
_AMOUNTS = ("quantity", "unit_price", "line_total", "line_discount", "tax")


@dataclass(frozen=True, slots=True)
class Goods:
    """What a row says was bought. All empty when the file does not say."""

    sku: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """Of one row: `total` is what it cost, tax included, in minor units; negative where the row says so."""

    quantity: Decimal
    unit_price: int
    discount: int
    tax: int
    total: int


@dataclass(slots=True)
class Item:
    """A row of a receipt; in `Receipt.back` its figures are positive."""

    row: int
    goods: Goods
    quantity: Decimal
    unit_price: int
    discount: int
    tax: int
    total: int


@dataclass(slots=True)
class Receipt:
    """Rows that belong together: what was bought and what was brought back. `number` may be empty.

    `key` is the same whenever the same receipt with the same contents is read again. `declared` is the total that
    the file names for the whole of it.
    """

    number: str
    moment: datetime
    who: Who | None
    place: str
    rows: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    back: list[Item] = field(default_factory=list)
    declared: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken; `column` is the file's own name of the one with the problem, if it is one."""

    row: int
    column: str
    reason: str


@dataclass(slots=True)
class Parsed:
    """What a file of purchases holds; receipts in the order of time, net in minor units.

    Every line of the file is in a receipt, refused, left out, dropped, or empty (nothing of no value). `codes`: how
    many lines each product code has. `foreign`: lines and amounts in currencies that are not the business's, which
    are refused.
    """

    receipts: list[Receipt] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lines: int = 0
    duplicates: int = 0
    dropped: int = 0
    left_out: int = 0
    empty: int = 0
    without_customer: int = 0
    cancelled: int = 0
    unread_contacts: int = 0
    net: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, tuple[int, Decimal]] = field(default_factory=dict)


class ReceiptReader:
    """Reads the rows of one file into receipts; equal cells are read once. `settle` (below) finishes them."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.options = frame.options
        self.scale = Decimal(10) ** minor_digits(frame.currency)
        self.who = WhoReader(frame)
        self.amounts: Remembered[tuple[str, ...], Amounts] = Remembered(self._read_amounts)
        self.moments: Remembered[tuple[str, str], datetime] = Remembered(self._read_moment)
        self.goods: Remembered[tuple[str, str, str], Goods] = Remembered(self._read_goods)
        self.receipts: dict[object, Receipt] = {}
        # First bad row of a receipt: the others of it are refused with it.
        self.spoiled: dict[object, int] = {}
        self.latest = datetime.now(UTC) + timedelta(days=1)
        columns = {key: position for position, key in frame.columns.items()}
        self._number, self._date, self._time = (columns.get(key) for key in ("receipt_number", "occurred_at", "time"))
        self._goods = tuple(columns.get(key) for key in ("sku", "description", "category"))
        self._amounts = tuple(columns.get(key) for key in _AMOUNTS)
        self._place, self._currency, self._declared = (
            columns.get(key) for key in ("location", "currency", "receipt_total")
        )
        self._has_amounts = any(columns.get(key) is not None for key in ("unit_price", "line_total"))
        self._leave_out = frozenset(code.strip().upper() for code in self.options.leave_out)

    def read(self, rows: Iterable[Row]) -> Parsed:
        """All receipts and the refused rows; what belongs to a receipt as a whole is still to be settled."""
        parsed = Parsed()
        seen: set[int] = set()
        drop = self.options.duplicates == Duplicates.DROP
        for row, cells in rows:
            parsed.lines += 1
            likeness = hash(tuple(cells))
            if likeness in seen:
                parsed.duplicates += 1
                if drop:
                    parsed.dropped += 1
                    continue
            seen.add(likeness)
            self._take(row, cells, parsed)
        return parsed

    def _take(self, row: int, cells: Sequence[str], parsed: Parsed) -> None:
        number = "" if self._number is None else cells[self._number].strip()
        sku, name, category = ["" if place is None else cells[place] for place in self._goods]
        if self._leave_out and sku.strip().upper() in self._leave_out:
            parsed.left_out += 1
            return
        key: object = number if self.options.grouping == Grouping.RECEIPT and number else None
        try:
            if self._currency is not None and cells[self._currency].strip():
                self._check_currency(cells, parsed)
            who = self.who.read(cells)
            opened = self.receipts.get(key) if key is not None else None
            moment = self._moment(cells, opened)
            goods = self.goods[sku, name, category]
            amounts = self.amounts[tuple(["" if place is None else cells[place] for place in self._amounts])]
            declared = self._read_declared(cells)
        except Invalid as error:
            parsed.refusals.append(Refusal(row, self.frame.column_name(error.field or ""), str(error)))
            if key is not None:
                self.spoiled.setdefault(key, row)
            return
        if not amounts.quantity:
            parsed.empty += 1
            return
        if key is None:
            together = self.options.grouping == Grouping.MOMENT and who is not None
            key = (moment, who) if together else row
            opened = self.receipts.get(key)
        if opened is None:
            place = "" if self._place is None else cells[self._place].strip()
            opened = self.receipts[key] = Receipt(number[:60], moment, who, place, declared=declared)
        _put(opened, row, who, goods, amounts, declared)
        parsed.without_customer += who is None
        if goods.sku:
            parsed.codes[goods.sku] = parsed.codes.get(goods.sku, 0) + 1

    def _moment(self, cells: Sequence[str], opened: Receipt | None) -> datetime:
        """The time of the row, or of its receipt where the export names it on the first row only."""
        day = "" if self._date is None else cells[self._date]
        if not day.strip():
            if opened is not None:
                return opened.moment
            raise Invalid(_("The date is missing."), code="no_date", field="occurred_at")
        return self.moments[day, "" if self._time is None else cells[self._time]]

    def _read_moment(self, cells: tuple[str, str]) -> datetime:
        day, clock = (cell.strip() for cell in cells)
        moment = parse_moment(
            f"{day} {clock}" if clock else day, self.frame.zone.key, self.frame.order, field="occurred_at"
        )
        if moment > self.latest:
            raise Invalid(
                _("“%(text)s” lies in the future."), code="future", field="occurred_at", params={"text": day[:40]}
            )
        return moment

    def _read_goods(self, cells: tuple[str, str, str]) -> Goods:
        sku, name, category = cells
        return Goods(
            tidy_text(sku, field="sku", longest=60),
            tidy_text(name[:160], field="description", longest=160),
            tidy_text(category[:80], field="category", longest=80),
        )

    def _read_amounts(self, cells: tuple[str, ...]) -> Amounts:
        quantity_cell, price_cell, total_cell, discount_cell, tax_cell = (cell.strip() for cell in cells)
        mark = self.options.decimal_mark
        quantity = parse_decimal(quantity_cell, mark, field="quantity") if quantity_cell else _ONE
        if abs(quantity) > _MOST_QUANTITY:
            raise Invalid(_("This quantity is too large."), code="too_large", field="quantity")
        quantity = quantity.quantize(Decimal("0.001"), ROUND_HALF_UP)
        discount = abs(self._minor(discount_cell, "line_discount"))
        tax = self._minor(tax_cell, "tax")
        if total_cell:
            total = self._minor(total_cell, "line_total")
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
                field="unit_price" if self._amounts[1] is not None else "line_total",
            )
        else:
            total = 0
        if self.options.tax_on_top:
            total += tax
        if total and not quantity:
            quantity = _ONE
        if 0 <= total < tax:
            raise Invalid(_("The tax is more than the line costs."), code="too_much_tax", field="tax")
        price = self._minor(price_cell, "unit_price") if price_cell else _each(total, discount, quantity)
        return Amounts(quantity, abs(price) if total >= 0 else price, discount, tax, total)

    def _minor(self, cell: str, name: str) -> int:
        """A cell as minor units, rounded: systems write 3.7800000000000002 and prices of a tenth of a cent."""
        if not cell:
            return 0
        return self._whole(parse_decimal(cell, self.options.decimal_mark, field=name) * self.scale, name)

    def _whole(self, amount: Decimal, name: str) -> int:
        if abs(amount) > _MOST_MINOR:
            raise Invalid(_("This amount is too large."), code="too_large", field=name)
        return int(amount.to_integral_value(ROUND_HALF_UP))

    def _read_declared(self, cells: Sequence[str]) -> int | None:
        cell = "" if self._declared is None else cells[self._declared].strip()
        return self._minor(cell, "receipt_total") if cell else None

    def _check_currency(self, cells: Sequence[str], parsed: Parsed) -> None:
        code = cells[self._currency or 0].strip().upper()
        if code == self.frame.currency:
            return
        lines, amount = parsed.foreign.get(code, (0, Decimal(0)))
        try:
            minor = self.amounts[tuple(["" if place is None else cells[place] for place in self._amounts])].total
        except Invalid:
            minor = 0
        parsed.foreign[code[:12]] = (lines + 1, amount + Decimal(minor) / self.scale)
        raise Invalid(
            _("This amount is in %(code)s, and you count in %(currency)s."),
            code="other_currency",
            field="currency",
            params={"code": code[:12], "currency": self.frame.currency},
        )


def _each(total: int, discount: int, quantity: Decimal) -> int:
    """What one cost before the line's discount."""
    if not quantity:
        return abs(total)
    gross = abs(total) + discount
    return int((gross / abs(quantity)).to_integral_value(ROUND_HALF_UP))


def _put(receipt: Receipt, row: int, who: Who | None, goods: Goods, amounts: Amounts, declared: int | None) -> None:
    """Add a row to its receipt; what the first row left open, a later one may say."""
    if receipt.who is None:
        receipt.who = who
    if receipt.declared is None:
        receipt.declared = declared
    receipt.rows.append(row)
    receipt.items.append(
        Item(row, goods, amounts.quantity, amounts.unit_price, amounts.discount, amounts.tax, amounts.total)
    )

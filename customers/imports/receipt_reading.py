"""From the rows of a file to its receipts, in one pass over it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.imports.cells import Picked, Remembered
from customers.imports.item_reading import ItemReader
from customers.imports.receipts import Parsed, Receipt, Refusal
from customers.imports.settings import Duplicates, Frame, Grouping
from customers.imports.who import KEYS, Who, WhoReader
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.tables import Row
from loyalty_saas.lib.typed_dates import parse_moment

_HEAD = ("receipt_number", "occurred_at", "time", "location", "currency", "receipt_total", *KEYS)


class ReceiptReader:
    """Reads the rows of one file into receipts; equal cells are read once. `settling` finishes them."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.who = WhoReader(frame)
        self.items = ItemReader(frame)
        self.receipts: dict[object, Receipt] = {}
        # First bad row of a receipt: the others of it are refused with it.
        self.spoiled: dict[object, int] = {}
        self.latest = datetime.now(UTC) + timedelta(days=1)
        self._number, self._place, self._currency, self._declared, self._sku = (
            frame.position(key) for key in ("receipt_number", "location", "currency", "receipt_total", "sku")
        )
        self._when = Picked([frame.position("occurred_at"), frame.position("time")])
        self._pick_when = self._when.pick
        self._items, self._pick_item = self.items.known, self.items.pick
        # What the row before said of its receipt, and what came of it; no receipt where that tells nothing of the next.
        self._pick_head = Picked([frame.position(key) for key in _HEAD]).pick
        self._opened: Receipt | None = None
        self._head: Any = None
        self._key: object = None
        self._who: Who | None = None
        self._moments: Remembered[Any, datetime | None] = Remembered(self._read_moment)
        self._by_number = frame.options.grouping == Grouping.RECEIPT
        self._by_moment = frame.options.grouping == Grouping.MOMENT
        self._leave_out = frozenset(code.strip().upper() for code in frame.options.leave_out)

    def read(self, rows: Iterable[Row]) -> Parsed:
        """All receipts and the refused rows; what belongs to a receipt as a whole is still to be settled."""
        parsed = Parsed()
        seen: set[int] = set()
        drop = self.frame.options.duplicates == Duplicates.DROP
        take = self._take
        for row, cells in rows:
            parsed.lines += 1
            likeness = hash(tuple(cells))
            if likeness in seen:
                parsed.duplicates += 1
                if drop:
                    parsed.dropped += 1
                    continue
            else:
                seen.add(likeness)
            take(row, cells, parsed)
        parsed.codes = self._codes()
        parsed.unread_contacts = tuple(self.who.unread)
        return parsed

    def _take(self, row: int, cells: list[str], parsed: Parsed) -> None:
        """Put a row to its receipt, or note why not. Most rows say of their receipt what the row before them said."""
        opened = self._opened
        if opened is None or self._pick_head(cells) != self._head or self._leave_out:
            self._take_anew(row, cells, parsed)
            return
        try:
            item = self._items[self._pick_item(cells)]
        except Invalid as error:
            self._refuse(row, self._key, error, parsed)
            return
        if item is None:
            parsed.empty += 1
            return
        opened.rows.append(row)
        opened.items.append(item)
        if self._who is None:
            parsed.without_customer += 1

    def _take_anew(self, row: int, cells: list[str], parsed: Parsed) -> None:
        """As `_take`, for a row that may belong to any receipt."""
        self._opened = None
        if self._leave_out and self._is_left_out(cells):
            parsed.left_out += 1
            return
        number = "" if self._number is None else cells[self._number].strip()
        key: object = number if number and self._by_number else None
        opened = self.receipts.get(key) if key is not None else None
        try:
            if self._currency is not None:
                self._check_currency(cells, parsed)
            who = self.who.read(cells)
            moment = self._moments[self._pick_when(cells)] or _moment_of(opened)
            item = self._items[self._pick_item(cells)]
            declared = None if self._declared is None else self._read_declared(cells)
        except Invalid as error:
            self._refuse(row, key, error, parsed)
            return
        if item is None:
            parsed.empty += 1
            return
        alone = key is None and not (self._by_moment and who is not None)
        place: object = key
        if key is None:
            place = row if alone else (moment, who)
            opened = self.receipts.get(place)
        if opened is None:
            opened = self.receipts[place] = Receipt(number[:60], moment, who, self._place_in(cells))
        parsed.without_customer += who is None
        opened.add(row, item, who, declared)
        if not alone:
            self._opened, self._key, self._who, self._head = opened, key, who, self._pick_head(cells)

    def _refuse(self, row: int, key: object, error: Invalid, parsed: Parsed) -> None:
        parsed.refusals.append(Refusal(row, self.frame.column_name(error.field or ""), str(error)))
        if key is not None:
            self.spoiled.setdefault(key, row)

    def _read_moment(self, picked: Any) -> datetime | None:
        """None where the row names no day."""
        day, clock = (cell.strip() for cell in self._when.spread(picked))
        if not day:
            return None
        moment = parse_moment(
            f"{day} {clock}" if clock else day, self.frame.zone.key, self.frame.order, field="occurred_at"
        )
        if moment > self.latest:
            raise Invalid(
                _("“%(text)s” lies in the future."), code="future", field="occurred_at", params={"text": day[:40]}
            )
        return moment

    def _place_in(self, cells: Sequence[str]) -> str:
        return "" if self._place is None else cells[self._place].strip()

    def _read_declared(self, cells: Sequence[str]) -> int | None:
        cell = cells[self._declared or 0].strip()
        return self.items.minor(cell, "receipt_total") if cell else None

    def _is_left_out(self, cells: Sequence[str]) -> bool:
        return self._sku is not None and cells[self._sku].strip().upper() in self._leave_out

    def _check_currency(self, cells: Sequence[str], parsed: Parsed) -> None:
        code = cells[self._currency or 0].strip().upper()
        if code in ("", self.frame.currency):
            return
        lines, amount = parsed.foreign.get(code, (0, Decimal(0)))
        parsed.foreign[code[:12]] = (lines + 1, amount + Decimal(self.items.total_of(cells)) / self.items.scale)
        raise Invalid(
            _("This amount is in %(code)s, and you count in %(currency)s."),
            code="other_currency",
            field="currency",
            params={"code": code[:12], "currency": self.frame.currency},
        )

    def _codes(self) -> dict[str, int]:
        """How many lines each product code has; equal lines are counted by the item they share."""
        lines = Counter(chain.from_iterable(receipt.items for receipt in self.receipts.values()))
        codes: dict[str, int] = {}
        for item, count in lines.items():
            if item.goods.sku:
                codes[item.goods.sku] = codes.get(item.goods.sku, 0) + count
        return codes


def _moment_of(opened: Receipt | None) -> datetime:
    """For a row without a date: some exports name it on the first row of a receipt only."""
    if opened is None:
        raise Invalid(_("The date is missing."), code="no_date", field="occurred_at")
    return opened.moment

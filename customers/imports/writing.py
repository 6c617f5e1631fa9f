"""Writing receipts in batches: the rows that `record_purchase` and `record_return` would write one by one."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

from django.utils import timezone

from customers.domain.purchases.recording import activity_payload
from customers.domain.purchases.returning import return_payload
from customers.enums import ActivityKind, Source
from customers.imports.binary import (
    bigint_cell,
    integer_cell,
    numeric_cell,
    row_head,
    text_cell,
    uuid_cell,
    uuid_head,
)
from customers.imports.bulk import add_to_rows, insert_parts, insert_rows
from customers.imports.goods import Catalogue
from customers.imports.newcomers import write_activities
from customers.imports.originals import Original, Originals
from customers.imports.people import People
from customers.imports.receipts import Item, Receipt
from customers.models import Purchase, PurchaseLine, Return, ReturnLine
from loyalty_saas.lib.ids import uuid7, uuid7_bytes
from tenants.actors import Actor

_PURCHASE = (
    *("id", "member_id", "location_id", "source", "receipt_number", "currency", "subtotal", "discount", "tax", "total"),
    *("returned", "occurred_at", "recorded_at", "key"),
)
_LINE = (
    *("id", "purchase_id", "position", "product_id", "description", "quantity", "unit_price", "discount", "tax"),
    "total",
)
# Of each row: how many cells there are, and that a UUID comes first.
_BEGINNING = row_head(len(_LINE)) + uuid_head()
_NOTHING_BACK = {"returned_quantity": 0, "returned_total": 0}
_RETURN = (
    *("id", "purchase_id", "member_id", "location_id", "source", "receipt_number", "total", "tax", "reason"),
    *("occurred_at", "recorded_at", "key"),
)
_RETURN_LINE = ("id", "return_record_id", "line_id", "product_id", "description", "quantity", "total")
_ZERO = Decimal(0)


@dataclass(slots=True)
class Written:
    """What one batch has written.

    A receipt that brings goods back is several returns when they come from several purchases; `receipts_back` counts
    the receipts, as the preview does. `linked` of the returns have their purchase.
    """

    purchases: list[Purchase] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    receipts_back: int = 0
    lines: int = 0
    linked: int = 0


class LineEndings(dict[Item, tuple[UUID | None, bytes]]):
    """What the lines of an item have in common, made once: their product and, as cells to copy, all but the first.

    Ask only when the products of the item are written.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self.catalogue = catalogue

    def __missing__(self, item: Item) -> tuple[UUID | None, bytes]:
        product_id = self.catalogue.find(item.goods)
        goods = (uuid_cell(product_id), text_cell(self.description(item, product_id)), numeric_cell(item.quantity))
        amounts = map(bigint_cell, (item.unit_price, item.discount, item.tax, item.total))
        found = self[item] = (product_id, b"".join((*goods, *amounts)))
        return found

    def description(self, item: Item, product_id: UUID | None) -> str:
        return item.goods.name or (self.catalogue.names.get(product_id, "") if product_id else "")


@dataclass(slots=True)
class ReceiptWriter:
    """Writes receipts whose members and products are there. `places`: locations by their name in lower case."""

    currency: str
    people: People
    endings: LineEndings
    originals: Originals
    places: dict[str, UUID]
    by: Actor
    silent: bool = True

    def write(self, receipts: Sequence[Receipt]) -> Written:
        """Insert purchases and returns with their lines and activities, in the transaction of the caller."""
        written = Written()
        lines: list[bytes] = []
        bought = sum(len(receipt.items) for receipt in receipts)
        ids = iter(uuid7_bytes(bought))
        return_lines: list[tuple[object, ...]] = []
        taken: dict[UUID, tuple[Decimal, int]] = {}
        given_back: dict[UUID, int] = {}
        for receipt in receipts:
            member_id = self.people.find(receipt.who) if receipt.who else None
            if receipt.items:
                purchase = self._purchase(receipt, member_id)
                self._add_lines(purchase, receipt.items, ids, lines)
                written.purchases.append(purchase)
            if receipt.back:
                parts = self._returns(receipt, member_id, return_lines, taken, given_back)
                written.returns += parts
                written.receipts_back += 1
                written.linked += sum(1 for part in parts if part.purchase_id)
        written.lines = bought + len(return_lines)
        insert_rows(Purchase, _PURCHASE, map(_values(_PURCHASE), written.purchases))
        insert_parts(PurchaseLine, _LINE, lines, fixed=_NOTHING_BACK)
        if written.returns:
            insert_rows(Return, _RETURN, map(_values(_RETURN), written.returns))
            insert_rows(ReturnLine, _RETURN_LINE, return_lines)
            add_to_rows(
                PurchaseLine,
                ("returned_quantity", "returned_total"),
                ((line_id, *amounts) for line_id, amounts in taken.items()),
            )
            add_to_rows(Purchase, ("returned",), given_back.items())
        self._tell(written)
        return written

    def _purchase(self, receipt: Receipt, member_id: UUID | None) -> Purchase:
        items = receipt.items
        total = sum([item.total for item in items])
        discount = sum([item.discount for item in items])
        purchase = Purchase(
            member_id=member_id,
            location_id=self._place(receipt),
            source=Source.IMPORT.value,
            receipt_number=receipt.number,
            currency=self.currency,
            subtotal=total + discount,
            discount=discount,
            tax=sum([item.tax for item in items]),
            total=total,
            occurred_at=receipt.moment,
            recorded_at=timezone.now(),
            key=receipt.key,
        )
        purchase.line_count = len(items)  # type: ignore[attr-defined]
        return purchase

    def _add_lines(self, purchase: Purchase, items: Sequence[Item], ids: Iterator[bytes], lines: list[bytes]) -> None:
        of_purchase, wanted, endings = uuid_cell(purchase.pk), self.originals.wanted, self.endings
        for position, (item, line_id) in enumerate(zip(items, ids, strict=False), 1):
            product_id, ending = endings[item]
            lines += (_BEGINNING, line_id, of_purchase, integer_cell(position), ending)
            if product_id in wanted and purchase.member_id is not None and product_id is not None:
                line = UUID(bytes=line_id)
                bought = Original(line, purchase.pk, purchase.occurred_at, item.quantity, item.total, item.tax)
                self.originals.add(purchase.member_id, product_id, bought)

    def _returns(
        self,
        receipt: Receipt,
        member_id: UUID | None,
        return_lines: list[tuple[object, ...]],
        taken: dict[UUID, tuple[Decimal, int]],
        given_back: dict[UUID, int],
    ) -> list[Return]:
        """One return for each purchase that goods of this receipt come from, and one for those of unknown purchases."""
        parts: dict[UUID | None, Return] = {}
        for item in receipt.back:
            product_id, _ending = self.endings[item]
            original = self.originals.find(member_id, product_id, item.quantity, item.total, receipt.moment)
            purchase_id = original.purchase_id if original else None
            part = parts.get(purchase_id)
            if part is None:
                part = parts[purchase_id] = self._return(receipt, member_id, purchase_id, len(parts))
            part.total += item.total
            if original is not None:
                part.tax += original.take(item.quantity, item.total)
                quantity, total = taken.get(original.line_id, (_ZERO, 0))
                taken[original.line_id] = (quantity + item.quantity, total + item.total)
                given_back[original.purchase_id] = given_back.get(original.purchase_id, 0) + item.total
            line_id = original.line_id if original else None
            description = self.endings.description(item, product_id)
            return_lines.append((uuid7(), part.pk, line_id, product_id, description, item.quantity, item.total))
        return list(parts.values())

    def _return(self, receipt: Receipt, member_id: UUID | None, purchase_id: UUID | None, place: int) -> Return:
        suffix = f"/{place + 1}" if place else ""
        return Return(
            purchase_id=purchase_id,
            member_id=member_id,
            location_id=self._place(receipt),
            source=Source.IMPORT.value,
            receipt_number=f"{receipt.number[: 60 - len(suffix)]}{suffix}" if receipt.number else "",
            total=0,
            tax=0,
            occurred_at=receipt.moment,
            recorded_at=timezone.now(),
            key=f"{receipt.key}{suffix}",
        )

    def _place(self, receipt: Receipt) -> UUID | None:
        return self.places.get(receipt.place.lower()) if receipt.place else self.by.location_id

    def _tell(self, written: Written) -> None:
        write_activities(_facts(written), by=self.by, silent=self.silent)


def _values(columns: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    return attrgetter(*columns)


def _facts(written: Written) -> Iterable[tuple[object, ...]]:
    """The activities of a batch in the order of time."""
    facts: list[tuple[object, ...]] = []
    for purchase in written.purchases:
        payload = activity_payload(purchase, purchase.line_count)  # type: ignore[attr-defined]
        kind = ActivityKind.PURCHASE_COMPLETED.value
        facts.append((kind, purchase.member_id, purchase.occurred_at, json.dumps(payload)))
    for record in written.returns:
        payload = return_payload(record)
        kind = ActivityKind.PURCHASE_RETURNED.value
        facts.append((kind, record.member_id, record.occurred_at, json.dumps(payload)))
    return sorted(facts, key=lambda fact: fact[2])  # type: ignore[arg-type, return-value]

"""Finishing receipts when the whole file has been read: what is a return, what a discount, and who they are."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from hashlib import blake2b
from operator import attrgetter

from django.utils.translation import gettext as _

from customers.imports.receipt_reading import ReceiptReader
from customers.imports.receipts import Goods, Item, Parsed, Receipt, Refusal
from customers.imports.settings import Frame
from loyalty_saas.lib.rounding import share_out
from loyalty_saas.lib.tables import Row

_is_plain = attrgetter("is_plain")
_CREDIT = re.compile(r"[Cc]\d+")


def parse_purchases(rows: Iterable[Row], frame: Frame) -> Parsed:
    """All receipts of a file, each ready to be written or refused as a whole; the order of the rows does not matter."""
    reader = ReceiptReader(frame)
    parsed = reader.read(rows)
    has_amounts = bool({"unit_price", "line_total"} & set(frame.columns.values()))
    credit_notes = _marks_credit_notes(parsed, reader)
    twins: dict[str, int] = {}
    for key, receipt in reader.receipts.items():
        if key in reader.spoiled:
            parsed.refusals += _refused_together(receipt, reader.spoiled[key])
            continue
        is_credit = credit_notes and bool(_CREDIT.fullmatch(receipt.number))
        parsed.cancelled += len(receipt.items) if is_credit else 0
        _part(receipt, is_credit)
        if not is_credit:
            _meet_declared(receipt, has_amounts)
        receipt.key = _key(receipt, twins)
        parsed.net += sum([item.total for item in receipt.items]) - sum([item.total for item in receipt.back])
        parsed.receipts.append(receipt)
    parsed.receipts.sort(key=lambda receipt: (receipt.moment, receipt.rows[0]))
    parsed.refusals.sort(key=lambda refusal: refusal.row)
    return parsed


def _marks_credit_notes(parsed: Parsed, reader: ReceiptReader) -> bool:
    """Whether a C before a number means a credit note here: most receipts of the file are plain numbers."""
    plain = sum(1 for receipt in reader.receipts.values() if receipt.number.isdigit())
    return plain * 2 > len(reader.receipts)


def _refused_together(receipt: Receipt, bad_row: int) -> list[Refusal]:
    reason = _("It belongs to a receipt of which row %(row)s cannot be read.") % {"row": bad_row}
    return [Refusal(row, "", reason) for row in receipt.rows]


def _part(receipt: Receipt, is_credit: bool) -> None:
    """Part what was bought from what was brought back, and take negative amounts off as discounts."""
    if not is_credit and all(map(_is_plain, receipt.items)):
        return
    bought: list[Item] = []
    discounts: list[Item] = []
    for item in receipt.items:
        if is_credit or item.quantity < 0:
            receipt.back.append(_turned(item))
        elif item.total < 0:
            discounts.append(item)
        else:
            bought.append(item)
    off = -sum(item.total for item in discounts)
    if off and off <= sum(item.total for item in bought):
        bought = _less(bought, off)
    else:
        receipt.back += [_turned(item) for item in discounts]
    receipt.items = bought


def _turned(item: Item) -> Item:
    """A row of goods brought back, in positive figures."""
    return replace(
        item,
        quantity=abs(item.quantity) or item.quantity + 1,
        unit_price=abs(item.unit_price),
        tax=abs(item.tax),
        total=abs(item.total),
    )


def _less(items: list[Item], off: int) -> list[Item]:
    """The items with an amount taken off as a discount, each its share."""
    shares = share_out(off, [item.total for item in items])
    return [
        replace(item, discount=item.discount + share, total=item.total - share)
        for item, share in zip(items, shares, strict=True)
    ]


def _meet_declared(receipt: Receipt, has_amounts: bool) -> None:
    """Make the rows add up to the total the file names: less is a discount, more is delivery, tips and the like."""
    if receipt.declared is None or not receipt.items:
        return
    there = sum(item.total for item in receipt.items)
    missing = receipt.declared - there
    if not has_amounts and missing > 0:
        shares = share_out(missing, [1] * len(receipt.items))
        receipt.items = [
            replace(item, total=share, unit_price=int(share / item.quantity) if item.quantity else share)
            for item, share in zip(receipt.items, shares, strict=True)
        ]
    elif missing > 0:
        goods = Goods("", _("Delivery and other charges"), "")
        receipt.items.append(Item(goods, Decimal("1.000"), missing, 0, 0, missing))
    elif missing < 0 <= receipt.declared:
        receipt.items = _less(receipt.items, -missing)


def _key(receipt: Receipt, twins: dict[str, int]) -> str:
    """What makes this receipt the same when it comes again; equal ones without a number are counted."""
    bought = [item.content for item in receipt.items]
    parts = [receipt.number, receipt.moment.isoformat(), *bought, "/", *[item.content for item in receipt.back]]
    if not receipt.number and receipt.who is not None:
        parts.append("=".join(receipt.who.identities()[0]))
    digest = blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
    if receipt.number:
        return f"import:{digest}"
    twin = twins[digest] = twins.get(digest, 0) + 1
    return f"import:{digest}" if twin == 1 else f"import:{digest}:{twin}"

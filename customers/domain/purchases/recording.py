"""Recording a purchase: once, whole, with everything it leads to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from customers.domain.activity import record_activity
from customers.domain.identity import hold_member
from customers.domain.products import products_by_sku
from customers.domain.purchases.bills import take_part
from customers.domain.purchases.details import (
    LineDetails,
    PurchaseDetails,
    check_amount,
    clean_key,
    clean_receipt,
    clean_time,
)
from customers.domain.purchases.receipts import LaidOut, lay_out
from customers.effects import purchase_completed
from customers.enums import ActivityKind
from customers.errors import Conflict, DoesNotAddUp, ReceiptConflict
from customers.models import Member, Product, Purchase, PurchaseLine
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.rows import insert_row, insert_rows


def record_purchase(
    member: Member | None,
    details: PurchaseDetails,
    *,
    by: Actor,
    source: str,
    key: str = "",
    silent: bool = False,
    effects: bool = True,
) -> Purchase:
    """Write a purchase of a member, or of a guest (None), and what it leads to in the apps above.

    Its place and staff are the actor's when they are not given. The same `key`, or the same receipt number from the
    same source, a second time gives the first purchase when everything agrees and raises Conflict when not.
    Raises Invalid at the field, or DoesNotAddUp. `effects=False` records it without them (it gives no points, and
    nothing of it can be paid from credit).
    """
    if details.credit and not effects:
        raise ValueError("who pays from credit is the effect of a purchase")
    with transaction.atomic():
        member = hold_member(member) if member is not None else None
        purchase, lines = build_purchase(member, details, by=by, source=source, key=key)
        before = _insert(purchase, lines)
        if before is not None:
            return _same_or_conflict(before, purchase, lines, dated=details.occurred_at is not None)
        if details.bill is not None:
            take_part(details.bill, purchase)
        record_activity(
            ActivityKind.PURCHASE_COMPLETED,
            by=by,
            source=source,
            member=member,
            occurred_at=purchase.occurred_at,
            payload=activity_payload(purchase, len(lines)),
            silent=silent,
        )
        if effects:
            purchase_completed(purchase, by=by, source=source, silent=silent)
    return purchase


def find_recorded(member: Member | None, details: PurchaseDetails, *, by: Actor, source: str) -> Purchase | None:
    """The purchase that `record_purchase` would give back because its receipt is known, or None. Writes nothing.

    Raises ReceiptConflict when the receipt stands on another purchase, and Invalid at the field. For details without
    lines, which could name products that are new.
    """
    if not details.receipt_number.strip():
        return None
    purchase, lines = build_purchase(member, details, by=by, source=source)
    before = Purchase.objects.filter(_same_receipt(purchase)).first()
    if before is None:
        return None
    return _same_or_conflict(before, purchase, lines, dated=details.occurred_at is not None)


def build_purchase(
    member: Member | None, details: PurchaseDetails, *, by: Actor, source: str, key: str = ""
) -> tuple[Purchase, list[PurchaseLine]]:
    """The checked rows of a purchase, not written (products that are new are): for `record_purchase` and importers."""
    sums = lay_out(details)
    _check_credit(member, details, total=sums.total)
    staff_id = by.id if by.kind == ActorKind.STAFF else None
    purchase = Purchase(
        member=member,
        location_id=details.location.pk if details.location else by.location_id,
        staff_id=details.staff.pk if details.staff else staff_id,
        source=source,
        receipt_number=clean_receipt(details.receipt_number),
        currency=current_tenant().currency,
        subtotal=sums.subtotal,
        discount=sums.discount,
        tax=sums.tax,
        total=sums.total,
        occurred_at=clean_time(details.occurred_at),
        key=clean_key(key),
        bill=details.bill,
        payment_card=hash_of_card(details.payment_card),
        credit=details.credit,
    )
    return purchase, _lines(purchase, sums)


def _check_credit(member: Member | None, details: PurchaseDetails, *, total: int) -> None:
    if check_amount(details.credit, "credit") > total:
        raise DoesNotAddUp(_("More would be paid from credit than the purchase costs."), field="credit")
    if details.credit and member is None:
        raise Invalid(_("Only a member can pay from credit."), code="nobody_s_credit", field="credit")


def hash_of_card(card: str) -> str:
    """By which two payments with one card are known to be so, in one business; empty for none."""
    if not card.strip():
        return ""
    digest = salted_hmac(f"card:{current_tenant().pk}", card.strip(), algorithm="sha256").hexdigest()
    return digest[:32]


def activity_payload(purchase: Purchase, lines: int) -> dict[str, Any]:
    return {
        "purchase": str(purchase.pk),
        "total": purchase.total,
        "net": purchase.net,
        "currency": purchase.currency,
        "receipt": purchase.receipt_number,
        "lines": lines,
    }


def _lines(purchase: Purchase, sums: LaidOut) -> list[PurchaseLine]:
    products = products_by_sku([line.details for line in sums.lines])
    return [
        PurchaseLine(
            purchase=purchase,
            position=position,
            product=(product := _product(line.details, products)),
            description=tidy_text(line.details.description, field=f"lines.{position - 1}.description", longest=160)
            or (product.name if product else ""),
            quantity=line.details.quantity,
            unit_price=line.details.unit_price,
            discount=line.discount,
            tax=line.tax,
            total=line.total,
        )
        for position, line in enumerate(sums.lines, 1)
    ]


def _product(line: LineDetails, by_sku: dict[str, Product]) -> Product | None:
    return line.product or by_sku.get(line.sku.strip())


def _insert(purchase: Purchase, lines: Sequence[PurchaseLine]) -> Purchase | None:
    """Insert both, or give the purchase that has this key or this receipt of this source already."""
    if not insert_row(purchase, unless_there=True):
        return _recorded_before(purchase)
    if lines:
        insert_rows(lines)
    purchase.just_written = list(lines)
    return None


def _recorded_before(purchase: Purchase) -> Purchase:
    same = Q()
    if purchase.key:
        same |= Q(key=purchase.key)
    if purchase.receipt_number:
        same |= _same_receipt(purchase)
    before: Purchase = Purchase.objects.filter(same).order_by("pk")[:1].get()
    return before


def _same_receipt(purchase: Purchase) -> Q:
    return Q(source=purchase.source, receipt_number=purchase.receipt_number)


def _same_or_conflict(before: Purchase, purchase: Purchase, lines: Sequence[PurchaseLine], *, dated: bool) -> Purchase:
    """The purchase recorded before. Raises Conflict when this one says something else."""
    there = list(before.lines.select_related("product"))
    agree = _facts(before, dated) == _facts(purchase, dated) and [_line_facts(line) for line in there] == [
        _line_facts(line) for line in lines
    ]
    if not agree:
        if purchase.key != before.key:
            raise ReceiptConflict(purchase.receipt_number)
        raise Conflict
    return before


def _facts(purchase: Purchase, dated: bool) -> tuple[object, ...]:
    when: datetime | None = purchase.occurred_at if dated else None
    return (
        purchase.member_id,
        purchase.receipt_number,
        purchase.source,
        purchase.subtotal,
        purchase.discount,
        purchase.tax,
        purchase.total,
        purchase.credit,
        when,
    )


def _line_facts(line: PurchaseLine) -> tuple[object, ...]:
    return (line.product_id, line.description, Decimal(line.quantity), line.unit_price, line.discount, line.total)

"""Recording what was brought back."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.domain.activity import record_activity
from customers.domain.purchases.bills import give_part_back
from customers.domain.purchases.details import (
    ReturnDetails,
    check_amount,
    check_quantity,
    clean_key,
    clean_receipt,
    clean_time,
)
from customers.domain.purchases.return_plan import PlannedLine, ReturnPlan, plan_return
from customers.effects import purchase_returned
from customers.enums import ActivityKind
from customers.errors import Conflict
from customers.models import Purchase, PurchaseLine, Return, ReturnLine
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant


def record_return(
    purchase: Purchase | None,
    details: ReturnDetails,
    *,
    by: Actor,
    source: str,
    key: str = "",
    silent: bool = False,
    effects: bool = True,
) -> Return:
    """Write goods or an amount brought back, once or several times, never more than was bought.

    Locks the purchase. Without a purchase (a credit note whose sale is not known) the amount, or lines with their
    totals, stand for themselves. The same `key`, or receipt number of the same source, again gives the first return
    when it agrees and raises Conflict when not. Raises TooMuchReturned, AlreadyReturned, or Invalid at the field.
    """
    record = _build(purchase, details, by=by, source=source, key=key)
    with transaction.atomic():
        if purchase is not None:
            purchase = Purchase.objects.select_for_update(no_key=True).get(pk=purchase.pk)
            record.member_id = purchase.member_id  # it may have been merged with another while this waited
        if before := _recorded_before(record):
            return _same_or_conflict(before, record, details)
        planned = _fill(record, purchase, details)
        try:
            with transaction.atomic():
                record.save(force_insert=True)
        except IntegrityError:
            if before := _recorded_before(record):
                return _same_or_conflict(before, record, details)
            raise
        if purchase is not None and planned is not None:
            _write_lines(record, purchase, planned)
        else:
            _write_unknown_lines(record, details)
        if purchase is not None and purchase.bill_id is not None:
            give_part_back(purchase.bill_id, record.total)
        _tell(record, by=by, source=source, silent=silent)
        if effects:
            purchase_returned(record, by=by, source=source, silent=silent)
    return record


def _build(purchase: Purchase | None, details: ReturnDetails, *, by: Actor, source: str, key: str) -> Return:
    staff_id = by.id if by.kind == ActorKind.STAFF else None
    return Return(
        purchase=purchase,
        member_id=purchase.member_id if purchase else (details.member.pk if details.member else None),
        location_id=details.location.pk if details.location else by.location_id,
        staff_id=details.staff.pk if details.staff else staff_id,
        source=source,
        receipt_number=clean_receipt(details.receipt_number),
        reason=tidy_text(details.reason, field="reason", longest=200),
        occurred_at=clean_time(details.occurred_at),
        key=clean_key(key),
    )


def _fill(record: Return, purchase: Purchase | None, details: ReturnDetails) -> ReturnPlan | None:
    """Set the record's amounts; the plan when the purchase is known."""
    if purchase is None:
        record.total, record.tax = _unknown_total(details), 0
        return None
    lines = list(purchase.lines.select_for_update(no_key=True))
    plan = plan_return(purchase, lines, details)
    record.purchase, record.total, record.tax, record.credit = purchase, plan.total, plan.tax, plan.credit
    return plan


def _unknown_total(details: ReturnDetails) -> int:
    if details.amount is not None:
        return check_amount(details.amount, "amount")
    if not details.lines or any(line.total is None for line in details.lines):
        raise Invalid(_("Write the amount."), code="no_amount", field="amount")
    for number, line in enumerate(details.lines):
        check_quantity(line.quantity, f"lines.{number}.quantity")
    return sum(check_amount(line.total or 0, f"lines.{number}.total") for number, line in enumerate(details.lines))


def _write_lines(record: Return, purchase: Purchase, plan: ReturnPlan) -> None:
    for one in plan.lines:
        one.line.returned_quantity += one.quantity
        one.line.returned_total += one.total
    PurchaseLine.objects.bulk_update([one.line for one in plan.lines], ["returned_quantity", "returned_total"])
    purchase.returned += plan.total
    purchase.credit_returned += plan.credit
    purchase.save(update_fields=["returned", "credit_returned"])
    ReturnLine.objects.bulk_create([_return_line(record, one) for one in plan.lines if one.quantity])


def _return_line(record: Return, planned: PlannedLine) -> ReturnLine:
    return ReturnLine(
        return_record=record,
        line=planned.line,
        product_id=planned.line.product_id,
        description=planned.line.description,
        quantity=planned.quantity,
        total=planned.total,
    )


def _write_unknown_lines(record: Return, details: ReturnDetails) -> None:
    ReturnLine.objects.bulk_create(
        [
            ReturnLine(
                return_record=record,
                product=line.product,
                description=tidy_text(line.description, field=f"lines.{number}.description", longest=160),
                quantity=line.quantity,
                total=line.total or 0,
            )
            for number, line in enumerate(details.lines)
        ]
    )


def _tell(record: Return, *, by: Actor, source: str, silent: bool) -> None:
    record_activity(
        ActivityKind.PURCHASE_RETURNED,
        by=by,
        source=source,
        member=record.member,
        occurred_at=record.occurred_at,
        payload=return_payload(record),
        silent=silent,
    )


def return_payload(record: Return) -> dict[str, Any]:
    return {
        "return": str(record.pk),
        "purchase": str(record.purchase_id) if record.purchase_id else "",
        "total": record.total,
        "net": record.total - record.tax,
        "currency": current_tenant().currency,
        "receipt": record.receipt_number,
    }


def _recorded_before(record: Return) -> Return | None:
    same = Q()
    if record.key:
        same |= Q(key=record.key)
    if record.receipt_number:
        same |= Q(source=record.source, receipt_number=record.receipt_number)
    return Return.objects.filter(same).order_by("pk").first() if same else None


def _same_or_conflict(before: Return, record: Return, details: ReturnDetails) -> Return:
    """The return recorded before. Raises Conflict when this one is of another purchase, member, amount or goods."""
    there = (before.purchase_id, before.member_id, before.receipt_number)
    if there != (record.purchase_id, record.member_id, record.receipt_number) or not _asks_for(before, details):
        raise Conflict(field="receipt_number" if record.key != before.key else None)
    return before


def _asks_for(before: Return, details: ReturnDetails) -> bool:
    """Whether these details describe what that return wrote; "all that is left" agrees with any."""
    if details.amount is not None and before.total != details.amount:
        return False
    if not details.lines:
        return True
    return _quantities(before.lines.values_list("line_id", "quantity")) == _quantities(
        (one.line.pk if one.line else None, one.quantity) for one in details.lines
    )


def _quantities(lines: Iterable[tuple[UUID | None, Decimal]]) -> list[tuple[str, Decimal]]:
    return sorted((str(line), quantity) for line, quantity in lines)

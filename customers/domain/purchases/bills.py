"""A bill that several members pay, each their part: together never more than it says."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.domain.purchases.details import check_amount, clean_receipt
from customers.enums import Source
from customers.errors import BillExceeded, ReceiptConflict
from customers.models import Bill, Purchase
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import format_money
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.models import Location
from tenants.rows import insert_row

MOST_PEOPLE = 50
# A table that sat long; after that nobody means this bill any more.
OPEN_FOR = timedelta(hours=3)


@transaction.atomic
def open_bill(
    *, total: int, people: int, receipt_number: str = "", by: Actor, location: Location | None = None
) -> Bill:
    """Begin to divide a bill of `total` minor units. One of this receipt that is still open is taken up again.

    Raises Invalid at the field, and ReceiptConflict when the receipt stands on a purchase, or on another bill.
    """
    if check_amount(total, "amount") == 0:
        raise Invalid(_("Write what the whole bill comes to."), field="amount")
    if not 2 <= people <= MOST_PEOPLE:
        raise Invalid(_("A bill is divided among 2 to %(most)d people."), field="people", params={"most": MOST_PEOPLE})
    receipt = clean_receipt(receipt_number)
    if receipt and Purchase.objects.filter(source=Source.COUNTER, receipt_number=receipt).exists():
        raise ReceiptConflict(receipt)
    bill = Bill(
        total=total,
        people=people,
        receipt_number=receipt,
        location=location,
        staff_id=by.id if by.kind == ActorKind.STAFF else None,
    )
    if insert_row(bill, unless_there=True):
        return bill
    before: Bill = Bill.objects.get(receipt_number=receipt)
    if before.total != total or not is_open(before):
        raise ReceiptConflict(receipt)
    return before


def refuse_whole(receipt_number: str) -> None:
    """Raises ReceiptConflict for a receipt that is divided already: nobody earns the whole of it as well."""
    receipt = clean_receipt(receipt_number)
    if receipt and Bill.objects.filter(receipt_number=receipt).exists():
        raise ReceiptConflict(receipt)


def is_open(bill: Bill) -> bool:
    """Whether somebody may still take a part of it."""
    return bool(bill.left) and bill.opened_at > timezone.now() - OPEN_FOR


def next_share(bill: Bill) -> int:
    """What the next one pays if those who are left divide the rest; the shares add up to the bill to the cent."""
    people = max(1, bill.people - bill.parts.filter(returned__lt=F("total")).count())
    return -(-bill.left // people)


def take_part(bill: Bill, purchase: Purchase) -> None:
    """Count a purchase just written towards its bill. Locks the bill, before any account. Raises BillExceeded."""
    bill = Bill.objects.select_for_update(no_key=True).get(pk=bill.pk)
    if purchase.total > bill.left:
        tenant = current_tenant()
        raise BillExceeded(format_money(bill.left, tenant.currency, tenant.locale))
    Bill.objects.filter(pk=bill.pk).update(given=F("given") + purchase.total)


def give_part_back(bill_id: UUID, amount: int) -> None:
    """What came back is on the bill again, for somebody else. Locks the bill, before any account."""
    Bill.objects.filter(pk=bill_id).update(given=F("given") - amount)

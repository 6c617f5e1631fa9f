"""The bill that is being divided at this device."""

from dataclasses import dataclass

from babel.numbers import format_decimal

from customers.domain.purchases.bills import is_open, next_share
from customers.models import Bill
from loyalty_saas.lib.money import minor_digits, to_major
from programs.counter.access import CounterRequest
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Dividing:
    """`share` in minor units is what the next one pays; `typed` is the same as it would be typed."""

    bill: Bill
    share: int
    typed: str


def bill_at(request: CounterRequest) -> Dividing | None:
    """What is being divided here, until nothing of it is left or it has been put away."""
    chosen = request.station.bill_id
    bill = Bill.objects.filter(pk=chosen).first() if chosen else None
    if bill is None or not is_open(bill):
        return None
    share = next_share(bill)
    return Dividing(bill, share, _typed(share))


def _typed(amount: int) -> str:
    tenant = current_tenant()
    digits = minor_digits(tenant.currency)
    pattern = f"0.{'0' * digits}" if digits else "0"
    return str(format_decimal(to_major(amount, tenant.currency), pattern, locale=tenant.locale))

"""Purchases and returns as somebody gives them. Amounts are minor units of the business's currency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Bill, Member, Product, PurchaseLine
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from tenants.models import Location, Membership

# Clocks of tills differ, and times without a zone are off by hours.
AHEAD = timedelta(days=1)
MOST_QUANTITY = Decimal(10) ** 9
MOST_AMOUNT = 10**15


@dataclass(frozen=True, slots=True)
class LineDetails:
    """One line of a receipt: `unit_price` includes tax; `discount` and `tax` are for the whole line.

    The product is given itself or by `sku`; a sku that is new becomes a product. `tax` None: unknown, it takes its
    share of the receipt's.
    """

    unit_price: int
    quantity: Decimal = Decimal(1)
    product: Product | None = None
    sku: str = ""
    description: str = ""
    discount: int = 0
    tax: int | None = None


@dataclass(frozen=True, slots=True)
class PurchaseDetails:
    """A receipt, with lines or only its total.

    `total` is what was paid, tax included, after every discount; with lines it may be left out and otherwise must
    agree with them. `discount` is taken off the whole, beside the discounts of lines. `tax` is the part of the total
    that is tax. `payment_card` is what the payment provider calls the card (never its number); a hash of it is kept.
    `credit` is the part of the total that the member pays from store credit. `bill` is one that several members pay.
    """

    lines: tuple[LineDetails, ...] = ()
    total: int | None = None
    discount: int = 0
    tax: int | None = None
    receipt_number: str = ""
    occurred_at: datetime | None = None
    location: Location | None = None
    staff: Membership | None = None
    currency: str = ""
    payment_card: str = ""
    credit: int = 0
    bill: Bill | None = None


@dataclass(frozen=True, slots=True)
class ReturnLineDetails:
    """So many of one line of the purchase; `total` only where less or more is paid back than the line's share.

    For a purchase that is not known, `line` is None and product, description and `total` describe what came back.
    """

    line: PurchaseLine | None = None
    quantity: Decimal = Decimal(1)
    total: int | None = None
    product: Product | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ReturnDetails:
    """What is brought back: lines, or an amount, or (neither) all that is left of the purchase.

    `member` is read only when the purchase is not known.
    """

    lines: tuple[ReturnLineDetails, ...] = ()
    amount: int | None = None
    reason: str = ""
    receipt_number: str = ""
    occurred_at: datetime | None = None
    location: Location | None = None
    staff: Membership | None = None
    member: Member | None = None


def clean_receipt(text: str) -> str:
    return tidy_text(text, field="receipt_number", longest=60)


def clean_key(text: str) -> str:
    return tidy_text(text, field="key", longest=120)


def clean_time(moment: datetime | None) -> datetime:
    """The time of the fact, now when it is not given. Raises Invalid for one more than a day ahead."""
    now = timezone.now()
    if moment is None:
        return now
    if moment.tzinfo is None:
        raise ValueError("the time of a purchase needs its time zone")
    if moment > now + AHEAD:
        raise Invalid(_("This time is in the future."), code="in_the_future", field="occurred_at")
    return moment


def check_amount(amount: int, field: str) -> int:
    if amount < 0:
        raise Invalid(_("An amount cannot be negative."), code="negative_amount", field=field)
    if amount >= MOST_AMOUNT:
        raise Invalid(_("This amount is too large. Please check it."), code="amount_too_large", field=field)
    return amount


def check_quantity(quantity: Decimal, field: str) -> Decimal:
    """A quantity above zero with three decimals at most."""
    if not quantity.is_finite() or quantity <= 0 or quantity >= MOST_QUANTITY:
        raise Invalid(_("A quantity is more than zero."), code="bad_quantity", field=field)
    if quantity != round(quantity, 3):
        raise Invalid(_("A quantity has three decimals at most."), code="bad_quantity", field=field)
    return quantity

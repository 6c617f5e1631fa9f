"""Members and purchases for tests."""

import itertools
from decimal import Decimal
from typing import Any

from customers.domain.members import MemberDetails, enrol_member
from customers.domain.purchases import LineDetails, PurchaseDetails, record_purchase
from customers.enums import Source
from customers.models import Member, Purchase
from tenants.actors import Actor

_numbers = itertools.count(1)


def a_member(**details: Any) -> Member:
    """A member of the current business: Mara Weber, unless told otherwise; contact only when given."""
    details = {"given_name": "Mara", "family_name": "Weber", **details}
    return enrol_member(MemberDetails(**details), by=Actor.system(), source=Source.DASHBOARD)


def a_line(price: int, quantity: str = "1", **details: Any) -> LineDetails:
    return LineDetails(unit_price=price, quantity=Decimal(quantity), **{"description": "Coffee", **details})


def a_purchase(member: Member | None, total: int = 1000, **details: Any) -> Purchase:
    """A purchase of this total, or with `lines`."""
    if "lines" not in details:
        details["total"] = total
    return record_purchase(member, PurchaseDetails(**details), by=Actor.system(), source=Source.COUNTER)

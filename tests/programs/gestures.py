"""Making things right in the tests: budgets, reasons, PINs, and a gesture in one call."""

from typing import Any

from customers.models import Member, Product
from programs.domain.goodwill.making import GestureDetails, make_right
from programs.domain.goodwill.reasons import reasons_to_choose
from programs.enums import GestureKind
from programs.models import Gesture, GoodwillReason, Program
from tenants.actors import Actor
from tenants.domain.pins import set_pin
from tenants.models import Membership
from tests.programs.shop import key, make_program, make_reward

PIN = "4826"


def goodwill_program(**fields: Any) -> Program:
    """Live; a point is worth 10 cents; staff give 5.00 at a time, 10.00 a day, 20.00 a day at a location."""
    budgets = {"gesture_limit": 500, "gesture_staff_budget": 1000, "gesture_location_budget": 2000}
    program = make_program(**{**budgets, **fields})
    make_reward(program, 50, kind="amount_off", value=500)
    return program


def reason(name: str = "Long wait") -> GoodwillReason:
    return next(one for one in reasons_to_choose() if one.name == name)


def with_pin(membership: Membership, pin: str = PIN) -> Membership:
    set_pin(membership, pin=pin, by=Actor.staff(membership))
    membership.refresh_from_db()
    return membership


def gift(points: int = 10, **fields: Any) -> GestureDetails:
    return GestureDetails(kind=GestureKind.POINTS, points=points, **{"reason": reason(), **fields})


def money_off(amount: int = 500, **fields: Any) -> GestureDetails:
    return GestureDetails(kind=GestureKind.AMOUNT_OFF, amount=amount, **{"reason": reason("Quality"), **fields})


def on_the_house(product: Product | None = None, **fields: Any) -> GestureDetails:
    product = product or Product.objects.create(name="Carrot cake", price=420)
    return GestureDetails(kind=GestureKind.FREE_PRODUCT, product=product, **{"reason": reason("Wrong order"), **fields})


def give(member: Member, details: GestureDetails, *, by: Actor, **fields: Any) -> Gesture:
    return make_right(member, details, by=by, **{"key": key(), **fields})

"""A café as the counter sees it: a live program with tiers and rewards, and members of every kind."""

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.utils import timezone

from customers.domain.members import MemberDetails, enrol_member
from customers.domain.notes import add_note
from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import Source
from customers.models import Member
from programs.domain.redemptions import redeem_reward
from programs.enums import RewardKind
from programs.models import Program, Reward
from tenants.actors import Actor
from tenants.domain.pins import set_pin
from tenants.isolation import tenant_context
from tenants.models import Membership
from tests.cast import Cast
from tests.programs.shop import make_program, make_reward, make_tier

PIN = "4826"


@dataclass(frozen=True)
class Shop:
    cast: Cast
    program: Program
    coffee: Reward
    cake: Reward
    anna: Member

    @property
    def url(self) -> str:
        return f"/counter/members/{self.anna.pk}/"


def key() -> str:
    return str(uuid4())


def open_shop(cast: Cast | None = None) -> Shop:
    """Anna has 240 points and is Silver; coffee costs 100, cake 300; owner and staff have PINs."""
    cast = cast or Cast.make()
    with tenant_context(cast.business):
        for person in (cast.owner, cast.staff):
            give_pin(person)
        program = make_program(expiry_months=6, joining_bonus=0)
        make_tier(program, "Bronze", 0)
        make_tier(program, "Silver", 20_000, benefits="A free cake on the birthday")
        make_tier(program, "Gold", 60_000, multiplier=150)
        coffee = make_reward(program, 100, name="Free coffee")
        cake = make_reward(program, 300, name="Birthday cake", kind=RewardKind.FREE_PRODUCT, stock=4)
        anna = enrol(cast, "Anna", "Berger", phone="0664 1234567", email=f"anna-{uuid4().hex[:8]}@example.com")
        buy(cast, anna, 24_000)
    return Shop(cast, program, coffee, cake, anna)


def give_pin(person: Membership, pin: str = PIN) -> None:
    set_pin(person, pin=pin, by=Actor.staff(person))


def enrol(cast: Cast, given: str, family: str = "", **fields: Any) -> Member:
    details = MemberDetails(given_name=given, family_name=family, **fields)
    return enrol_member(details, by=Actor.staff(cast.owner, cast.location.pk), source=Source.COUNTER)


def buy(cast: Cast, member: Member, total: int, **fields: Any) -> None:
    by = Actor.staff(cast.owner, cast.location.pk)
    record_purchase(member, PurchaseDetails(total=total, **fields), by=by, source=Source.COUNTER, key=key())


def furnish(shop: Shop) -> dict[str, Member]:
    """More members, in every state worth a picture."""
    cast, today = shop.cast, timezone.now().date()
    with tenant_context(cast.business):
        birthday = enrol(
            cast, "Maximilian", "Hohenwarth-Lichtenstein", phone="0676 9876543", preferences="Oat milk, no sugar",
            birth_month=today.month, birth_day=today.day,
        )  # fmt: skip
        buy(cast, birthday, 41_280, receipt_number="R-1044", occurred_at=timezone.now() - datetime.timedelta(days=9))
        add_note(
            birthday,
            text="Sits by the window. Say Max.",
            by=Actor.staff(cast.staff),
            source=Source.COUNTER,
        )
        redeem_reward(birthday, reward=shop.coffee, by=Actor.system(), key=key())
        new = enrol(cast, "Zoë", "O’Neil", email=f"zoe-{uuid4().hex[:8]}@example.com")
        others = [enrol(cast, name, family) for name, family in (("Anna", "Huber"), ("Annika", "Moser"))]
        for other in others:
            buy(cast, other, 1_240)
    return {"birthday": birthday, "new": new}

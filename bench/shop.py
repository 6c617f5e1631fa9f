"""The business that is measured: made through the same functions as a real one, with a program, a till and an owner."""

import random
import secrets
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from bench.caller import Caller
from bench.site import Site
from customers.models import Member
from programs.domain.awards import award_opening
from programs.enums import ProgramStatus, RewardKind
from programs.models import Program, Reward, Tier
from tenants.actors import Actor
from tenants.domain.businesses import BusinessDetails, create_business
from tenants.domain.keys import create_key
from tenants.enums import Scope
from tenants.isolation import tenant_context
from tenants.models import Membership, Tenant, User

_numbers = count(1)
OPENING = 1_000_000


@dataclass
class Shop:
    """`guests` are members with points; those who act are drawn from them by `chance`, the same in every run."""

    site: Site
    owner: Membership
    reward: Reward
    token: str
    cookies: dict[str, str]
    csrf: str
    guests: list[Member] = field(default_factory=list)
    chance: random.Random = field(default_factory=partial(random.Random, 1))

    @property
    def tenant(self) -> Tenant:
        return self.owner.tenant

    def till(self) -> Caller:
        """A shop's system that calls the API."""
        return Caller(self.site.port, {"Authorization": f"Bearer {self.token}"})

    def browser(self) -> Caller:
        """A browser in which the owner is signed in."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return Caller(self.site.port, {"Cookie": cookies, "X-CSRFToken": self.csrf, "Accept-Language": "en"})

    def guest(self) -> Member:
        return self.chance.choice(self.guests)

    def choose_guests(self, most: int) -> None:
        """Give some members points to spend, through the ledger."""
        with tenant_context(self.tenant):
            self.guests = list(Member.objects.order_by("number")[:most])
            for member in self.guests:
                award_opening(member, points=OPENING, by=Actor.system(), key=f"opening:{member.pk}")


def open_shop(site: Site) -> Shop:
    owner = open_business(country="AT", currency="EUR", time_zone="Europe/Vienna")
    with tenant_context(owner.tenant):
        program = Program.objects.create(name="Regulars", status=ProgramStatus.LIVE, expiry_months=12)
        for name, threshold, multiplier in (("Bronze", 0, 100), ("Silver", 50_000, 110), ("Gold", 150_000, 125)):
            Tier.objects.create(program=program, name=name, threshold=threshold, multiplier=multiplier)
        rewards = [
            Reward.objects.create(program=program, name=name, cost=cost, kind=RewardKind.AMOUNT_OFF, value=cost * 3)
            for name, cost in (("Espresso", 100), ("Melange", 150), ("Breakfast", 400), ("Beans, 1 kg", 900))
        ]
        _key, token = create_key(name="Till", scopes=[scope.value for scope in Scope], by=owner)
    csrf = secrets.token_hex(16)
    return Shop(site, owner, rewards[0], token, {**signed_in(owner.user), settings.CSRF_COOKIE_NAME: csrf}, csrf)


def open_business(**fields: Any) -> Membership:
    """A business of its own, with its owner."""
    number = next(_numbers)
    owner = User.objects.create_user(f"owner-{number}@bench.example", name=f"Owner {number}")
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    details = BusinessDetails(name=f"Shop {number}", trade="cafe", language="en", **fields)
    return create_business(owner, details)


def signed_in(user: User) -> dict[str, str]:
    """The cookies of a browser in which this person is signed in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def new_key() -> str:
    return str(uuid4())


def named(member: Member) -> dict[str, str]:
    return {"id": str(UUID(str(member.pk)))}

"""A small bakery next to the café, in a network with it: points earned in one and spent in the other, and settled."""

import contextlib
import datetime
import random
from typing import Any

from customers.domain.members import MemberDetails, enrol_member
from customers.domain.products import add_product, find_or_make_category
from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import MemberStatus, Source
from customers.models import Member
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.secrets import hash_pin
from programs.demo.clock import clock_at
from programs.demo.script import Person, Sample
from programs.demo.stage import make_person
from programs.domain.networks.closing import close_due
from programs.domain.networks.people import join_network
from programs.domain.networks.proofs import join_by_proof, proof_for
from programs.domain.redemptions import redeem_reward
from programs.enums import ProgramKind, ProgramStatus, RewardKind
from programs.models import Account, Program, Reward
from tenants import platform
from tenants.actors import Actor
from tenants.domain.businesses import BusinessDetails, create_business
from tenants.domain.networks.founding import found_network
from tenants.domain.networks.inviting import OFFERED, accept_network_invitation, invite_business
from tenants.domain.networks.terms import Terms
from tenants.domain.owed import close_letter
from tenants.enums import LetterOutcome, Role
from tenants.isolation import tenant_context
from tenants.models import Membership, OwnerLetter, Tenant

BAKERY = "Backstube Hollerer"
BAKER = Person("Ida", "ida@backstube-hollerer.example", "owner", "5193")
SLUG = "backstube-hollerer"
TERMS = Terms(value=400, share=80, day_limit=500)
# So many days before the end the two found their network; so many people are members of both.
BEGAN, PEOPLE = 75, 9
NAMES = ("Anna", "Bruno", "Carla", "David", "Elif", "Franz", "Greta", "Hugo", "Irma")


def play_neighbour(sample: Sample, now: datetime.datetime) -> None:
    """Open the bakery, found the network with a sample that is there, and let some people go to both."""
    first = platform.find_business(sample.slug)
    if first is None or platform.find_business(SLUG) is not None:
        return
    chance = random.Random(sample.seed + 9)  # noqa: S311  (a play, not a secret)
    begins = now - datetime.timedelta(days=BEGAN)
    bakery = _open_bakery(sample, begins)
    with clock_at(begins):
        _found(first, bakery)
    people = [
        _become_one(first, bakery, number, begins + datetime.timedelta(days=1 + number)) for number in range(PEOPLE)
    ]
    _go_to_both(first, bakery, people, begins, now, chance)
    with clock_at(now), tenant_context(bakery):
        close_due()


def _open_bakery(sample: Sample, at: datetime.datetime) -> Tenant:
    with clock_at(at):
        owner = create_business(
            make_person(BAKER),
            BusinessDetails(
                name=BAKERY,
                trade="bakery",
                country=sample.country,
                currency=sample.currency,
                language=sample.language,
                time_zone=sample.time_zone,
                slug=SLUG,
                location="Große Sperlgasse",
            ),
            is_demo=True,
        )
        with tenant_context(owner.tenant) as tenant:
            owner.pin_hash = hash_pin(BAKER.pin)
            owner.save(update_fields=["pin_hash"])
            program = Program.objects.create(name="Hollerer’s circle", status=ProgramStatus.LIVE, expiry_months=12)
            bread = add_product(
                sku="BRO",
                name="Country loaf",
                category=find_or_make_category("Bread"),
                price=560,
                by=Actor.staff(owner),
            )
            for name, cost, fields in (
                ("A country loaf", 70, {"kind": RewardKind.FREE_PRODUCT, "product": bread}),
                ("€5 off", 120, {"kind": RewardKind.AMOUNT_OFF, "value": 500}),
                ("€10 off", 220, {"kind": RewardKind.AMOUNT_OFF, "value": 1000}),
            ):
                Reward.objects.create(program=program, name=name, cost=cost, **fields)  # type: ignore[misc]
    return tenant


def _found(first: Tenant, bakery: Tenant) -> None:
    with tenant_context(first):
        owner = Membership.objects.get(role=Role.OWNER)
        found_network(name="Leopoldstadt together", terms=TERMS, by=Actor.staff(owner))
        _invitation, token = invite_business(email=BAKER.email, by=owner)
        # Nobody was there to post it then, and a worker of today would find it long out of date.
        close_letter(OwnerLetter.objects.get(kind=OFFERED), LetterOutcome.SENT)
    with tenant_context(bakery):
        baker = Membership.objects.get(role=Role.OWNER)
        accept_network_invitation(token, agreed_to=TERMS.as_json(), by=Actor.staff(baker))


def _become_one(first: Tenant, bakery: Tenant, number: int, at: datetime.datetime) -> tuple[Member, Member]:
    """One of the café's members joins the bakery, and links the two cards herself. Those with most points, and few."""
    with clock_at(at):
        with tenant_context(first):
            known = Account.objects.filter(
                program__kind=ProgramKind.POINTS, member__status=MemberStatus.ACTIVE, family=None, owed=0, balance__gt=5
            )
            rows = list(known.select_related("member").order_by("-balance", "pk")[:40])
            account = rows[number] if number < PEOPLE - 3 else rows[-(number - PEOPLE + 4)]
            here = account.member
            join_network(here, agreed=True, by=Actor.member(here.pk), source=Source.PORTAL)
            sealed = proof_for(here, bakery.pk)
        with tenant_context(bakery):
            baker = Actor.staff(Membership.objects.get(role=Role.OWNER))
            details = MemberDetails(given_name=NAMES[number], email=f"{NAMES[number].lower()}@hollerer.example")
            there = enrol_member(details, by=baker, source=Source.COUNTER)
            join_by_proof(there, sealed, agreed=True, by=Actor.member(there.pk), source=Source.PORTAL)
    return here, there


def _go_to_both(
    first: Tenant,
    bakery: Tenant,
    people: list[tuple[Member, Member]],
    begins: datetime.datetime,
    now: datetime.datetime,
    chance: random.Random,
) -> None:
    for day in range(12, BEGAN - 1, 4):
        at = begins + datetime.timedelta(days=day)
        with clock_at(at), tenant_context(bakery):
            by = Actor.staff(Membership.objects.get(role=Role.OWNER))
            for number, (_here, there) in enumerate(people):
                if (day // 4 + number) % 3 == 0:
                    details = PurchaseDetails(total=chance.randrange(600, 2900))
                    key = f"sample-{day}-{number}"
                    record_purchase(there, details, by=by, source=Source.DEMO, key=key, silent=True)
        if day % 8 == 4:
            _redeem(bakery, people[day // 8 % len(people)][1], at + datetime.timedelta(hours=1), f"sample-there-{day}")
            _redeem(first, people[-1 - day // 8 % 3][0], at + datetime.timedelta(hours=2), f"sample-here-{day}")


def _redeem(business: Tenant, member: Member, at: datetime.datetime, key: str) -> Any:
    """The cheapest reward that needs points from the other one."""
    with clock_at(at), tenant_context(business):
        by = Actor.staff(Membership.objects.filter(role=Role.OWNER)[0])
        account = Account.objects.get(member=member, program__kind=ProgramKind.POINTS)
        rewards = Reward.objects.filter(program=account.program, is_active=True, cost__gt=account.balance)
        for reward in rewards.filter(kind__in=[RewardKind.FREE_PRODUCT, RewardKind.AMOUNT_OFF]).order_by("cost")[:2]:
            with contextlib.suppress(DomainError):
                return redeem_reward(member, reward=reward, by=by, key=key, source=Source.DEMO, silent=True)
    return None

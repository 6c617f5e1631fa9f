"""The stage before the play: people who sign in, the business, its shelves, its program."""

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from customers.domain.products import add_product, find_or_make_category
from customers.models import Product
from loyalty_saas.lib.secrets import hash_pin
from programs.demo.clock import clock_at
from programs.demo.script import Person, Sample, SampleReward
from programs.domain.accounts import points_program
from programs.domain.benefits import BenefitDetails, set_benefits
from programs.domain.challenges.definition import Definition as ChallengeDefinition
from programs.domain.challenges.publishing import compose_challenge, publish_challenge
from programs.domain.charities import add_charity
from programs.domain.conditions import Conditions
from programs.domain.credit.publishing import compose_cash_back, publish_cash_back
from programs.domain.credit.terms import Terms as CreditTerms
from programs.domain.own_codes import add_codes
from programs.domain.prizes import PrizeDetails, set_prizes
from programs.domain.rules.definition import Definition
from programs.domain.rules.publishing import compose_rule, publish_rule
from programs.domain.stamps.publishing import compose_card, publish_card
from programs.domain.stamps.terms import Terms
from programs.enums import BenefitKind, ProgramStatus
from programs.models import Program, Reward, Tier
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.domain.businesses import BusinessDetails, create_business
from tenants.isolation import tenant_context
from tenants.models import Location, Membership, Tenant, User

PASSWORD = "regulars-demo"  # noqa: S105  (shown to whoever loads the samples)


@dataclass(frozen=True, slots=True)
class Stage:
    tenant: Tenant
    staff: list[Membership]
    locations: list[Location]
    products: list[Product]
    rewards: list[Reward]


def set_stage(sample: Sample, opened: datetime.datetime, *, end: datetime.datetime) -> Stage:
    """Open the business on that day, with its team, products and a live program; the play goes on until `end`."""
    owner = sample.people[0]
    with clock_at(opened):
        membership = create_business(
            make_person(owner),
            BusinessDetails(
                name=sample.name,
                trade=sample.trade,
                country=sample.country,
                currency=sample.currency,
                language=sample.language,
                time_zone=sample.time_zone,
                slug=sample.slug,
                location=sample.locations[0],
            ),
            is_demo=True,
        )
        with tenant_context(membership.tenant) as tenant:
            return _furnish(sample, tenant, membership, end)


def _furnish(sample: Sample, tenant: Tenant, owner: Membership, end: datetime.datetime) -> Stage:
    by = Actor.staff(owner)
    for name in ("tagline", "story", "values"):
        setattr(tenant, name, getattr(sample, name))
    tenant.brand_color = sample.color
    tenant.save(update_fields=["tagline", "story", "values", "brand_color"])
    owner.pin_hash = hash_pin(sample.people[0].pin)
    owner.save(update_fields=["pin_hash"])
    staff = [owner, *(_join(person) for person in sample.people[1:])]
    for name in sample.locations[1:]:
        Location.objects.create(name=name)
    products = [
        add_product(
            sku=item.sku, name=item.name, category=find_or_make_category(item.category), price=item.price, by=by
        )
        for item in sample.items
    ]
    program = _program(sample)
    _benefits(sample, program, products, end, by)
    _rules(sample, program, end, by)
    _stamp_cards(sample, products, end, by)
    _cash_back(sample, end, by)
    record_audit("sheet.printed", by=by, subject=tenant, sheet="poster")
    return Stage(tenant, staff, list(Location.objects.all()), products, _rewards(sample, program, products, end, by))


def make_person(person: Person) -> User:
    """The account of a person in the samples; one who is in two of them, which are played side by side, has one.

    Nothing is hashed for one who is there: every start asks for the newcomer.
    """
    user, _made = User.objects.get_or_create(
        email=person.email,
        defaults={"name": person.name, "password": _hashed_password},  # type: ignore[misc]  # called for a new one
    )
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


@cache
def _hashed_password() -> str:
    """Everybody's, hashed once: it takes as long as it should, and there are many of them."""
    return make_password(PASSWORD)


def _join(person: Person) -> Membership:
    return Membership.objects.create(
        user=make_person(person),
        role=person.role,
        name=person.name,
        pin_hash=hash_pin(person.pin) if person.pin else "",
    )


def _program(sample: Sample) -> Program:
    fields: dict[str, Any] = dict(sample.program)
    program = Program.objects.create(status=ProgramStatus.LIVE, **fields)
    for tier in sample.tiers:
        Tier.objects.create(
            program=program,
            name=tier.name,
            threshold=tier.threshold,
            multiplier=tier.multiplier,
            benefits=tier.benefits,
            by_invitation=tier.by_invitation,
        )
    return program


def _benefits(sample: Sample, program: Program, products: list[Product], end: datetime.datetime, by: Actor) -> None:
    by_sku = {product.sku: product for product in products}
    tiers = {tier.name: tier for tier in program.tiers.all()}
    for one in sample.tiers:
        wanted = [
            BenefitDetails(
                BenefitKind(work.kind),
                gift_kind=work.gift_kind,
                value=work.value,
                product=by_sku.get(work.sku),
                days=work.days,
                text=work.text,
                on_day=None if work.in_days is None else (end + datetime.timedelta(days=work.in_days)).date(),
            )
            for work in one.works
        ]
        if wanted:
            set_benefits(tiers[one.name], wanted, by=by)


def _rules(sample: Sample, program: Program, end: datetime.datetime, by: Actor) -> None:
    for one in sample.rules:
        goods = tuple(str(find_or_make_category(name).pk) for name in one.categories)
        definition = Definition(one.effect, one.amount, categories=goods, **one.when)
        rule = compose_rule(program, name=one.name, definition=definition, by=by)
        publish_rule(rule, by=by, starts_at=end - datetime.timedelta(days=one.days))


def _stamp_cards(sample: Sample, products: list[Product], end: datetime.datetime, by: Actor) -> None:
    skus = {product.sku: str(product.pk) for product in products}
    for one in sample.stamp_cards:
        terms = Terms(
            name=one.name,
            slots=one.slots,
            counts=one.counts,
            categories=tuple(str(find_or_make_category(name).pk) for name in one.categories),
            most_in_day=one.most_in_day,
            reward_name=one.reward,
            reward_product=skus.get(one.sku),
        )
        with clock_at(end - datetime.timedelta(days=one.days)):
            publish_card(compose_card(terms, by=by), by=by)


def _cash_back(sample: Sample, end: datetime.datetime, by: Actor) -> None:
    one = sample.cash_back
    if one is None:
        return
    terms = CreditTerms(
        name=one.name,
        rate=one.rate,
        minimum=one.minimum,
        pending_days=one.pending_days,
        expiry_months=one.expiry_months,
    )
    with clock_at(end - datetime.timedelta(days=one.days)):
        publish_cash_back(compose_cash_back(terms, by=by), by=by)


def begin_challenges(sample: Sample, stage: Stage, end: datetime.datetime, day: datetime.date) -> None:
    """Publish those that begin on this day; the clock stands there."""
    beginning = [one for one in sample.challenges if (end - datetime.timedelta(days=one.began)).date() == day]
    program = points_program() if beginning else None
    if program is None:
        return
    by, by_sku = Actor.staff(stage.staff[0]), {product.sku: product for product in stage.products}
    for one in beginning:
        definition = ChallengeDefinition(
            one.kind,
            goal=one.goal,
            last_day=None if one.ends is None else (end + datetime.timedelta(days=one.ends)).date(),
            minimum=one.minimum,
            products=tuple(str(by_sku[sku].pk) for sku in one.skus),
            categories=tuple(str(find_or_make_category(name).pk) for name in one.categories),
            points=one.points,
            gift_kind=one.gift_kind,
            value=one.value,
            product=str(by_sku[one.sku].pk) if one.sku else "",
        )
        publish_challenge(compose_challenge(program, name=one.name, definition=definition, by=by), by=by)


def _rewards(
    sample: Sample, program: Program, products: list[Product], end: datetime.datetime, by: Actor
) -> list[Reward]:
    return [_reward(one, program, products, end, by) for one in sample.rewards]


def _reward(one: SampleReward, program: Program, products: list[Product], end: datetime.datetime, by: Actor) -> Reward:
    by_sku = {product.sku: product for product in products}
    chosen = tuple(str(by_sku[sku].pk) for sku in one.choices)
    begins = None
    if one.in_days is not None:
        begins = (end + datetime.timedelta(days=one.in_days)).replace(hour=17, minute=30, second=0, microsecond=0)
    reward: Reward = Reward.objects.create(
        program=program,
        name=one.name,
        description=one.description,
        kind=one.kind,
        value=one.value,
        product=by_sku.get(one.sku),
        cost=one.cost,
        stock=0 if one.codes else one.stock,
        limit_per_member=one.limit,
        tier=program.tiers.filter(name=one.tier).first() if one.tier else None,
        terms=Conditions(products=chosen).as_json(),
        charity=add_charity(name=one.charity, by=by) if one.charity else None,
        happens_at=begins,
        uses_own_codes=bool(one.codes),
        **one.more,
    )
    if one.prizes:
        set_prizes(
            reward,
            [
                PrizeDetails(name, kind, value=value, weight=weight, unit_cost=cost)
                for name, kind, value, weight, cost in one.prizes
            ],
        )
    if one.codes:
        add_codes(reward, list(one.codes), by=by)
        reward.refresh_from_db()
    return reward

"""Rewards as the owner offers them: made, changed, withdrawn and brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from customers.models import Product
from loyalty_saas.lib.days import end_of_day, local_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text, without_turns
from programs.domain.defaults import RewardExample, example_cost, example_name, example_worth
from programs.domain.places import close_line, pass_on
from programs.domain.prizes import PrizeDetails, set_prizes
from programs.domain.shaping import check_kind, keep_what_belongs
from programs.enums import RedemptionStatus, RewardKind, VoucherRule
from programs.errors import RewardWindow
from programs.models import Charity, Program, Reward, Tier, Voucher
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

MOST_POINTS = 10**8


@dataclass(frozen=True, slots=True)
class RewardDetails:
    """What a reward is, in the fields of `Reward`; None means without limit. `prizes` are those of a surprise."""

    name: str
    kind: str
    cost: int
    value: int = 0
    description: str = ""
    product: Product | None = None
    stock: int | None = None
    limit_per_member: int | None = None
    tier: Tier | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    charity: Charity | None = None
    cap: int | None = None
    minimum: int = 0
    unit_cost: int | None = None
    limit_in_period: int | None = None
    limit_period: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)
    happens_at: datetime | None = None
    public_at: datetime | None = None
    content: str = ""
    link: str = ""
    has_waiting_list: bool = False
    take_hours: int = 24
    uses_own_codes: bool = False
    is_partial: bool = False
    usable_from: date | None = None
    usable_days: int | None = None
    prizes: Sequence[PrizeDetails] = ()


@transaction.atomic
def create_reward(program: Program, details: RewardDetails, *, by: Actor) -> Reward:
    """Offer a reward from now on. Raises Invalid, RewardWithoutWorth or RewardWindow."""
    reward = Reward(program=program)
    _fill(reward, details)
    last = program.rewards.aggregate(last=Max("position"))["last"]
    reward.position = last + 1 if last else 0
    if reward.uses_own_codes:
        reward.stock = 0
    reward.save(force_insert=True)
    if reward.kind == RewardKind.MYSTERY:
        set_prizes(reward, details.prizes)
    record_audit("reward.created", by=by, subject=reward, cost=reward.cost)
    return reward


@transaction.atomic
def create_example(program: Program, example: RewardExample, *, by: Actor) -> Reward:
    """Offer one of the rewards of the trade, priced for this program's rate."""
    tenant = current_tenant()
    return create_reward(
        program,
        RewardDetails(
            name=example_name(example, tenant),
            description=str(example.about),
            kind=example.kind,
            value=example_worth(example, tenant),
            cost=example_cost(example, program, tenant),
        ),
        by=by,
    )


@transaction.atomic
def change_reward(reward: Reward, details: RewardDetails, *, by: Actor, keep_stock: bool = False) -> Reward:
    """Change what is offered from now on; vouchers given already keep their worth.

    With `keep_stock` the stock stays what it is at this moment, whatever was redeemed meanwhile. Raises Invalid,
    RewardWithoutWorth or RewardWindow. Locks the reward.
    """
    reward = _locked(reward)
    before, happened, had_line = _shape(reward), reward.happens_at, reward.has_waiting_list
    # How many codes are left is not for anybody to say.
    counted = details.uses_own_codes and reward.uses_own_codes
    stock = reward.stock if keep_stock or counted else 0 if details.uses_own_codes else details.stock
    _fill(reward, replace(details, stock=stock))
    reward.save(update_fields=list(detail_names()))
    if reward.kind == RewardKind.MYSTERY:
        set_prizes(reward, details.prizes)
    if reward.kind == RewardKind.EXPERIENCE and reward.happens_at != happened:
        _move_event(reward)
    if had_line and not reward.has_waiting_list:
        close_line(reward)
    pass_on(reward.pk)
    after = _shape(reward)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        record_audit("reward.changed", by=by, subject=reward, **changed)
    return reward


@transaction.atomic
def withdraw_reward(reward: Reward, *, by: Actor) -> Reward:
    """Offer it no more. Vouchers given already can still be used. Locks the reward."""
    return _switch(reward, False, "reward.withdrawn", by)


@transaction.atomic
def reactivate_reward(reward: Reward, *, by: Actor) -> Reward:
    """Offer a withdrawn reward again. Locks the reward."""
    return _switch(reward, True, "reward.reactivated", by)


@transaction.atomic
def move_reward(reward: Reward, *, up: bool, by: Actor) -> Reward:
    """Let it change places with its neighbour among those on offer: portal and counter show them in this order.

    At the end of the list nothing changes. Locks the program.
    """
    Program.objects.select_for_update(no_key=True).get(pk=reward.program_id)
    offered = list(Reward.objects.filter(program=reward.program_id, is_active=True))
    here = next((place for place, one in enumerate(offered) if one.pk == reward.pk), None)
    if here is None:
        return reward
    there = here - 1 if up else here + 1
    if 0 <= there < len(offered):
        offered[here], offered[there] = offered[there], offered[here]
        for place, one in enumerate(offered, start=1):
            if one.position != place:
                one.position = place
                one.save(update_fields=["position"])
        record_audit("reward.moved", by=by, subject=offered[there], place=there + 1)
        return offered[there]
    return offered[here]


@transaction.atomic
def choose_voucher_rule(program: Program, rule: str, *, by: Actor) -> Program:
    """Say which vouchers go together on one purchase, from now on. Raises Invalid. Locks the program."""
    if rule not in VoucherRule.values:
        raise Invalid(field="voucher_rule")
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if program.voucher_rule != rule:
        record_audit("program.changed", by=by, subject=program, voucher_rule=[program.voucher_rule, rule])
        program.voucher_rule = rule
        program.save(update_fields=["voucher_rule", "updated_at"])
    return program


def detail_names() -> tuple[str, ...]:
    return tuple(name for name in RewardDetails.__dataclass_fields__ if name != "prizes")


def _move_event(reward: Reward) -> None:
    """Its places are good until the end of the new day."""
    if reward.happens_at is None:
        return
    zone = current_tenant().zone
    until = end_of_day(local_day(reward.happens_at, zone), zone)
    of_this = Q(redemption__reward=reward) | Q(present__reward=reward)
    Voucher.objects.filter(of_this, status=RedemptionStatus.OPEN).update(valid_until=until)


def _switch(reward: Reward, active: bool, action: str, by: Actor) -> Reward:
    reward = _locked(reward)
    if reward.is_active != active:
        reward.is_active = active
        reward.save(update_fields=["is_active"])
        record_audit(action, by=by, subject=reward)
    return reward


def _locked(reward: Reward) -> Reward:
    found: Reward = Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)
    return found


def _shape(reward: Reward) -> dict[str, object]:
    """The reward's details as plain values for the record."""
    things = ("product", "tier", "charity")
    fields = {name: getattr(reward, name) for name in detail_names() if name not in things}
    for name in things:
        pk = getattr(reward, f"{name}_id")
        fields[name] = pk and str(pk)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}


def _fill(reward: Reward, details: RewardDetails) -> None:
    _check(details, reward)
    for name in detail_names():
        setattr(reward, name, getattr(details, name))
    reward.name = " ".join(without_turns(details.name).split())[:80]
    reward.description = without_turns(details.description).strip()[:300]
    reward.content = tidy_text(details.content, field="content", longest=4000)
    reward.terms = dict(details.terms)
    keep_what_belongs(reward)


def _check(details: RewardDetails, reward: Reward) -> None:
    if not without_turns(details.name).strip():
        raise Invalid(field="name")
    if details.kind not in RewardKind.values:
        raise Invalid(field="kind")
    if not 1 <= details.cost <= MOST_POINTS:
        raise Invalid(field="cost")
    check_kind(details)
    if details.starts_on and details.ends_on and details.ends_on < details.starts_on:
        raise RewardWindow(field="ends_on")
    if details.tier is not None and details.tier.program_id != reward.program_id:
        raise Invalid(field="tier")

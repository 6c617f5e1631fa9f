"""A small shop for the ledger's tests: a live program, members, purchases and rewards, through the front doors."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import time_machine

from customers.domain.purchases import LineDetails, PurchaseDetails, ReturnDetails, record_purchase, record_return
from customers.enums import Source
from customers.models import Member, Purchase, Return
from loyalty_saas.lib.ids import card_number
from programs.enums import Cause, EntryKind, ProgramStatus, RewardKind
from programs.models import Entry, Program, Reward, Tier
from programs.queries import account_of
from tenants.actors import Actor

SYSTEM = Actor.system()
_numbers = itertools.count(1)


def key() -> str:
    return uuid4().hex


def make_program(**fields: Any) -> Program:
    """One point for each euro, carried, never expiring, live; unless told otherwise."""
    return Program.objects.create(**{"name": "Regulars", "status": ProgramStatus.LIVE, **fields})


def make_member(**fields: Any) -> Member:
    defaults = {"number": card_number(), "given_name": "Ines", "source": Source.COUNTER, "joined_at": datetime.now(UTC)}
    return Member.objects.create(**{**defaults, **fields})


def make_tier(program: Program, name: str, threshold: int, **fields: Any) -> Tier:
    return Tier.objects.create(program=program, name=name, threshold=threshold, **fields)


def make_reward(program: Program, cost: int = 10, **fields: Any) -> Reward:
    defaults = {"name": f"Coffee {next(_numbers)}", "kind": RewardKind.FREE_PRODUCT, "cost": cost}
    return Reward.objects.create(program=program, **{**defaults, **fields})


def buy(
    member: Member,
    total: int | None = None,
    *,
    lines: tuple[LineDetails, ...] = (),
    by: Actor = SYSTEM,
    effects: bool = True,
    **details: Any,
) -> Purchase:
    """A purchase at the counter. `total` in cents, tax included; or lines."""
    given = PurchaseDetails(lines=lines, total=total, **details)
    return record_purchase(member, given, by=by, source=Source.COUNTER, key=key(), effects=effects)


def earn(member: Member, total: int, **fields: Any) -> Entry:
    """The entry of a purchase."""
    return accrual_of(buy(member, total, **fields))


def accrual_of(purchase: Purchase) -> Entry:
    return Entry.objects.get(cause=Cause.PURCHASE, cause_id=purchase.pk, kind=EntryKind.ACCRUE)


def bring_back(purchase: Purchase, amount: int | None = None, *, by: Actor = SYSTEM, **details: Any) -> Return:
    """A return of an amount, of `lines`, or of all that is left."""
    return record_return(purchase, ReturnDetails(amount=amount, **details), by=by, source=Source.COUNTER, key=key())


def balance(member: Member) -> tuple[int, int, int]:
    """Balance, pending and owed, as they stand in the account."""
    account = account_of(member)
    assert account is not None
    return account.balance, account.pending, account.owed


@contextmanager
def at(moment: str | datetime) -> Iterator[datetime]:
    """Work at this moment; "2026-03-01 10:00" is UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        yield moment

"""Many purchases at once leave the same books as one after the other."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.domain.purchases import LineDetails
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Activity, Product
from programs.domain.awards import award_opening, award_purchase
from programs.domain.bulk import award_purchases
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.errors import OwnAccount
from programs.models import Entry, Lot, ProgramExclusion, Qualification
from programs.queries import account_of
from tenants.actors import Actor
from tests.programs.shop import (
    SYSTEM,
    at,
    balance,
    bring_back,
    buy,
    key,
    make_member,
    make_program,
    make_reward,
    make_tier,
)

pytestmark = pytest.mark.usefixtures("inside")


def test_nobody_but_an_owner_imports_points_to_their_own_card(cast):
    make_program()
    mine, hers, other = (
        make_member(email=cast.manager.user.email),
        make_member(email=cast.owner.user.email),
        make_member(),
    )
    for person in (cast.manager, cast.owner):
        bought = [buy(one, 5_000, effects=False) for one in (mine, hers, other)]
        award_purchases(bought, by=Actor.importing(person), source=Source.IMPORT, silent=True)
    assert [balance(one)[0] for one in (mine, hers, other)] == [50, 100, 100]
    with pytest.raises(OwnAccount):
        award_opening(mine, points=5, by=Actor.importing(cast.manager), key=key())
    award_opening(hers, points=5, by=Actor.importing(cast.owner), key=key())


def award_all(purchases):
    return award_purchases(purchases, by=SYSTEM, source=Source.IMPORT, silent=True)


def books(member):
    """What the ledger says about a member, without ids and times of writing."""
    account = account_of(member)
    return (
        balance(member),
        account.lifetime,
        (account.carry_numerator, account.carry_denominator, account.tier, account.tier_until),
        [
            (entry.amount, entry.pending_amount, entry.occurred_at, entry.snapshot)
            for entry in Entry.objects.filter(account=account).order_by("seq")
        ],
        list(
            Lot.objects.filter(account=account)
            .order_by("id")
            .values_list("amount", "remaining", "is_pending", "available_from", "expires_at")
        ),
        list(
            Qualification.objects.filter(account=account)
            .order_by("id")
            .values_list("spend", "points", "visits", "occurred_at")
        ),
        list(
            Activity.objects.filter(member=member, kind__in=(ActivityKind.POINTS_AWARDED, ActivityKind.TIER_REACHED))
            .order_by("kind", "id")
            .values_list("kind", "occurred_at", "payload__points", "payload__balance", "payload__name")
        ),
    )


@pytest.mark.parametrize("seed", range(4))
def test_at_once_is_the_same_as_one_after_the_other(seed):
    chance = random.Random(seed)
    program = make_program(
        earn_points=3, earn_amount=70, pending_days=chance.choice([0, 5]), expiry_months=2, minimum_purchase=100
    )
    make_tier(program, "Silver", 20_000, multiplier=150)
    tobacco = Product.objects.create(name="Tobacco")
    ProgramExclusion.objects.create(program=program, product=tobacco)
    single, together = make_member(), make_member()
    with at("2026-06-10 10:00") as now:
        pairs = []
        for _purchase in range(30):
            details = {
                "lines": (
                    LineDetails(unit_price=chance.randint(0, 3_000), product=chance.choice([None, tobacco])),
                    LineDetails(unit_price=chance.randint(0, 3_000), description="Tea"),
                ),
                "occurred_at": now - timedelta(hours=chance.randint(0, 24 * 400)),
            }
            pairs.append(tuple(buy(member, effects=False, **details) for member in (single, together)))
        pairs.sort(key=lambda pair: pair[0].occurred_at)
        for one, _other in pairs:
            award_purchase(one, by=SYSTEM, silent=True)
        others = [other for _one, other in pairs]
        chance.shuffle(others)
        assert award_all(others) == 30
        assert award_all(others) == 0
    one, other = books(single), books(together)
    for entries in (one[3], other[3]):
        for entry in entries:
            for reason in entry[3]["reasons"]:
                reason.pop("id", None)
    assert one == other
    assert reconcile().differences == []


def test_what_is_owed_is_repaid_and_what_is_not_due_is_left_out():
    program = make_program()
    member, paused = make_member(), make_member(status=MemberStatus.PAUSED)
    first = buy(member, 1_000)
    redeem_reward(member, reward=make_reward(program, cost=4), by=SYSTEM, key=key())
    bring_back(first)
    assert balance(member) == (0, 0, 4)
    purchases = [buy(member, 900, effects=False), buy(paused, 500, effects=False), buy(None, 500, effects=False)]
    assert award_all([*purchases, first]) == 1
    assert balance(member) == (5, 0, 0)
    assert account_of(paused) is None
    assert reconcile().differences == []


def test_the_queries_do_not_grow_with_the_purchases():
    make_program()
    member = make_member()

    def queries(count):
        purchases = [buy(member, 500, effects=False) for _purchase in range(count)]
        with CaptureQueriesContext(connection) as captured:
            award_all(purchases)
        return len(captured)

    queries(1)
    assert queries(1) == queries(40)

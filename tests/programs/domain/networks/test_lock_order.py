"""Two people, each a member of two businesses, who give each other points in both while both spend elsewhere.

Whoever crosses holds an account here and wants one there; whoever gives holds one and wants another of the same
business. Four of them could wait in a ring, which PostgreSQL ends by failing one of them after a second.
"""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from customers.models import Member, Purchase
from programs.domain.networks.people import lock_crossings
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.domain.serving import Visit, serve_member
from programs.domain.sharing.transfers import transfer_points
from programs.errors import LedgerConflict
from programs.models import Lot, Redemption
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.programs.domain.networks.street import Street, link, make_street
from tests.programs.sharing import allow
from tests.programs.shop import SYSTEM, balance, buy, key, make_member, make_reward
from tests.threads import at_once


@dataclass
class Two:
    """Xenia and Yves at both shops. At the first the account of Yves is the older one, at the second that of Xenia."""

    street: Street
    xenia: list[Member]
    yves: list[Member]

    def redeem(self, number: int, member: Member, cost: int = 60) -> Redemption:
        with tenant_context(self.street.shops[number].business):
            return redeem_reward(member, reward=self.rewards[cost][number], by=SYSTEM, key=key())

    def give(self, number: int, giver: Member, to: Member) -> Any:
        with tenant_context(self.street.shops[number].business):
            return transfer_points(giver, to=to, points=10, by=SYSTEM, key=key())

    @property
    def people(self) -> list[list[Member]]:
        return [self.xenia, self.yves]


@pytest.fixture
def two() -> Two:
    street = make_street(2)
    made = Two(street, [shop.member for shop in street.shops], [])
    for number, shop in enumerate(street.shops):
        with tenant_context(shop.business):
            allow()
            other = make_member(given_name="Yves")
            made.yves.append(other)
            for member in (other, shop.member) if not number else (shop.member, other):
                buy(member, 5_000)
            older = sorted((account_of(shop.member), account_of(other)), key=lambda one: one.pk)[0]
            assert older.member_id == (other.pk if not number else shop.member.pk)
    for shop, other in zip(street.shops, made.yves, strict=True):
        shop.member = other
    link(street, 1)
    for shop, first in zip(street.shops, made.xenia, strict=True):
        shop.member = first
    made.rewards = {}
    for cost in (20, 60):
        made.rewards[cost] = []
        for shop in street.shops:
            with tenant_context(shop.business):
                made.rewards[cost].append(make_reward(shop.program, cost))
    return made


def begin(outcomes: list[Any], *acts: Any) -> list[threading.Thread]:
    threads = []
    for act in acts:
        thread = threading.Thread(target=lambda act=act: outcomes.extend(at_once(lambda _n: act(), [0])))
        thread.start()
        threads.append(thread)
    return threads


def wait_until_so_many_wait(cursor: Any, count: int) -> None:
    for _turn in range(12_000):
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid"
            " WHERE NOT l.granted AND s.datname = current_database()"
        )
        if cursor.fetchone()[0] >= count:
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_four_never_wait_in_a_ring(two: Two) -> None:
    """Both crossings hold their own account and are kept from going on, until both presents wait for those."""
    outcomes: list[Any] = []
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [str(two.street.network)])
        threads = begin(
            outcomes,
            lambda: two.redeem(0, two.xenia[0]),
            lambda: two.redeem(1, two.yves[1]),
        )
        wait_until_so_many_wait(cursor, 2)
        threads += begin(
            outcomes,
            lambda: two.give(0, two.yves[0], two.xenia[0]),
            lambda: two.give(1, two.xenia[1], two.yves[1]),
        )
        wait_until_so_many_wait(cursor, 3)
        # Whoever need not wait for anybody has had the time to be done.
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["PointTransfer"] * 2 + ["Redemption"] * 2
    two.street.check()


def test_whoever_crosses_unexpectedly_does_not_wait_with_accounts_in_hand(two: Two) -> None:
    """Who holds accounts of its own is refused, for it alone can let go of them; and it goes well the next time."""
    shop = two.street.shops[0]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [str(two.street.network)])
        with pytest.raises(LedgerConflict), tenant_context(shop.business):
            redeem_reward(two.xenia[0], reward=two.rewards[60][0], by=SYSTEM, key="again", is_locked=True)
        with tenant_context(shop.business):
            # Who has enough here waits for nobody.
            assert balance(two.xenia[0]) == (50, 0, 0)
            redeem_reward(two.xenia[0], reward=two.rewards[20][0], by=SYSTEM, key=key())
    with tenant_context(shop.business):
        redeem_reward(two.xenia[0], reward=two.rewards[60][0], by=SYSTEM, key="again", is_locked=True)
    two.street.check()


def let_lapse(two: Two, number: int = 0) -> Member:
    """What Xenia has lapsed an hour ago, and the balance does not know yet: it looks as if there were enough."""
    member = two.xenia[number]
    with tenant_context(two.street.shops[number].business):
        Lot.objects.filter(account=account_of(member)).update(expires_at=timezone.now() - timedelta(hours=1))
        assert balance(member) == (50, 0, 0)
        two.rewards[50] = [make_reward(two.street.shops[number].program, 50)]
    return member


def while_another_crosses(two: Two, act: Any, meanwhile: Any) -> Any:
    """What `act` gives, which comes to cross while somebody else does; `meanwhile` is done before that one is."""
    outcomes: list[Any] = []
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [str(two.street.network)])
        threads = begin(outcomes, act)
        wait_until_so_many_wait(cursor, 1)
        # It waits with empty hands: the account it looked into is free for everybody.
        [done] = at_once(lambda _n: meanwhile(), [0])
        assert not isinstance(done, Exception), done
        assert outcomes == []
    for thread in threads:
        thread.join()
    [outcome] = outcomes
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def test_whoever_is_taken_aback_by_a_crossing_lets_go_and_waits_for_the_turn(two: Two) -> None:
    shop, member = two.street.shops[0], let_lapse(two)

    def redeem() -> Redemption:
        with tenant_context(shop.business):
            return redeem_reward(member, reward=two.rewards[50][0], by=SYSTEM, key="once")

    def earn() -> Any:
        with tenant_context(shop.business):
            return buy(member, 1_000)

    first = while_another_crosses(two, redeem, earn)
    # Ten were earned here while it waited, and forty come from elsewhere.
    assert [two.street.crossings(number) for number in (0, 1)] == [[("spent", 40, 160)], [("spent", -40, -160)]]
    assert redeem().pk == first.pk
    assert two.street.points() == [0, 10]
    two.street.check()


def test_a_visit_that_is_taken_aback_is_served_once(two: Two) -> None:
    shop, member = two.street.shops[0], let_lapse(two)
    visit = Visit(amount=500, rewards=(two.rewards[50][0],))

    def serve() -> Any:
        with tenant_context(shop.business):
            return serve_member(member, visit, by=SYSTEM, key="once")

    def give() -> Any:
        return two.give(1, two.yves[1], two.xenia[1])

    served = while_another_crosses(two, serve, give)
    assert served.sums.abroad == 45
    again = serve()
    assert (again.purchase.pk, again.redemptions[0].pk) == (served.purchase.pk, served.redemptions[0].pk)
    with tenant_context(shop.business):
        assert Purchase.objects.filter(member=member, total=500).count() == 1
        assert Redemption.objects.filter(account__member=member).count() == 1
    assert two.street.points() == [0, 15]
    two.street.check()


def test_the_turn_to_cross_ends_with_the_transaction(two: Two) -> None:
    with tenant_context(two.street.shops[0].business):
        assert lock_crossings(two.street.network)
        assert lock_crossings(two.street.network, wait=False)
    outcomes = at_once(lambda number: two.redeem(number, two.xenia[number]), [0, 1])
    assert sorted(type(one).__name__ for one in outcomes) == ["NotEnoughPoints", "Redemption"]


def test_everything_at_once_at_both_and_nobody_is_failed(two: Two) -> None:
    """Presents both ways, redemptions with and without crossing, at the counter and undone, all at the same time."""

    def act(turn: int) -> Any:
        number = turn % 2
        mine, theirs = two.people[turn // 2 % 2], two.people[1 - turn // 2 % 2]
        shop = two.street.shops[number]
        if turn % 5 == 0:
            redemption = two.redeem(number, mine[number])
            with tenant_context(shop.business):
                return void_redemption(
                    Redemption.objects.select_related("account").get(pk=redemption.pk),
                    by=SYSTEM,
                    reason="Changed their mind",
                    key=key(),
                )
        if turn % 5 == 1:
            with tenant_context(shop.business):
                visit = Visit(amount=500, rewards=(two.rewards[60][number],))
                return serve_member(mine[number], visit, by=SYSTEM, key=key())
        if turn % 5 == 2:
            return two.redeem(number, mine[number], 20)
        return two.give(number, mine[number], theirs[number])

    outcomes = at_once(act, range(20))
    allowed = {"Redemption", "Served", "PointTransfer", "NotEnoughPoints"}
    assert {type(one).__name__ for one in outcomes} <= allowed
    two.street.check()

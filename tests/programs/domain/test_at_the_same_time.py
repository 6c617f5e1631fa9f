"""Many tills at once: real threads, real transactions.

`LEDGER_KEYS=500` runs the long form of the retries.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import connection

from customers.enums import ActivityKind
from customers.models import Activity
from loyalty_saas.lib.errors import DomainError
from programs.domain.adjustments import adjust_points
from programs.domain.awards import award_opening
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, use_voucher, void_redemption
from programs.errors import IdempotencyConflict, NotEnoughPoints, OutOfStock, VoucherUsed, VoucherVoided
from programs.models import Entry, Redemption, Voucher
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.programs.shop import SYSTEM, balance, bring_back, buy, key, make_member, make_program, make_reward, make_tier

WORKERS = 8
KEYS = int(os.environ.get("LEDGER_KEYS", "12"))


def together(business: Any, act: Callable[[Any], Any], items: Iterable[Any], workers: int = WORKERS) -> list[Any]:
    """Do each in a thread with a connection of its own; the results, or the DomainError each was refused with."""
    waiting, results = list(items), []
    start = threading.Barrier(workers)

    def work() -> None:
        start.wait()
        try:
            while waiting:
                with suppress(IndexError):
                    results.append(_attempt(business, act, waiting.pop()))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _attempt(business: Any, act: Callable[[Any], Any], item: Any) -> Any:
    try:
        with tenant_context(business):
            return act(item)
    except DomainError as refusal:
        return refusal


def test_8_tills_on_10_members_never_overdraw(business):
    with tenant_context(business):
        reward = make_reward(make_program(), cost=7)
        members = [make_member() for _member in range(10)]
        for member in members:
            buy(member, 5_000)
    jobs = [members[number % 10] for number in range(120)]
    results = together(business, lambda member: redeem_reward(member, reward=reward, by=SYSTEM, key=key()), jobs)
    kinds = Counter(type(result) for result in results)
    assert kinds == {Redemption: 70, NotEnoughPoints: 50}
    with tenant_context(business):
        assert [balance(member) for member in members] == [(1, 0, 0)] * 10
        assert reconcile().differences == []


def test_everything_at_once_leaves_books_that_agree(business):
    with tenant_context(business):
        reward = make_reward(make_program(pending_days=0), cost=3)
        members = [make_member() for _member in range(3)]

    def act(number: int) -> None:
        member = members[number % 3]
        if number % 4 == 0:
            redeem_reward(member, reward=reward, by=SYSTEM, key=key())
        elif number % 4 == 1:
            bring_back(buy(member, 777), 333)
        elif number % 4 == 2:
            adjust_points(member, points=-2, reason="Test", by=SYSTEM, key=key())
        else:
            buy(member, 1234)

    results = together(business, act, range(96))
    assert {type(result) for result in results} <= {type(None), NotEnoughPoints}
    with tenant_context(business):
        assert reconcile().differences == []


def test_a_key_is_one_entry_however_often_it_is_sent(business):
    with tenant_context(business):
        make_program()
        member = make_member()
        account_of(member)
    keys = [key() for _key in range(KEYS)]
    sent = [(number % 16, one) for one in keys for number in range(16)]
    results = together(
        business, lambda job: (job[1], award_opening(member, points=3, by=SYSTEM, key=job[1]).pk), sent, workers=16
    )
    assert len(set(results)) == KEYS
    with tenant_context(business):
        assert Entry.objects.count() == KEYS
        assert balance(member) == (3 * KEYS, 0, 0)
        assert reconcile().differences == []


def test_a_key_on_two_accounts_at_once_is_one_entry_and_one_conflict(business):
    with tenant_context(business):
        make_program()
        members = [make_member(), make_member()]
        for member in members:
            buy(member, 100)
    for _round in range(10):
        jobs = [(member, one) for one in [key()] for member in members]
        results = together(
            business, lambda job: award_opening(job[0], points=3, by=SYSTEM, key=job[1]), jobs, workers=2
        )
        assert {type(result) for result in results} == {Entry, IdempotencyConflict}


def test_the_first_purchase_twice_at_once_opens_one_account(business):
    with tenant_context(business):
        make_program()
        member = make_member()
    together(business, lambda _number: buy(member, 500), range(8))
    with tenant_context(business):
        assert balance(member) == (40, 0, 0)
        assert reconcile().differences == []


def test_the_last_pieces_go_to_as_many_members(business):
    with tenant_context(business):
        reward = make_reward(make_program(), cost=1, stock=3)
        members = [make_member() for _member in range(8)]
        for member in members:
            buy(member, 500)
    results = together(business, lambda member: redeem_reward(member, reward=reward, by=SYSTEM, key=key()), members)
    assert Counter(type(result) for result in results) == {Redemption: 3, OutOfStock: 5}
    with tenant_context(business):
        reward.refresh_from_db()
        assert reward.stock == 0


def test_a_voucher_is_used_or_undone_but_not_both(business):
    with tenant_context(business):
        reward = make_reward(make_program(), cost=1)
        member = make_member()
        buy(member, 1_000)
        vouchers = [redeem_reward(member, reward=reward, by=SYSTEM, key=key()).vouchers.get() for _voucher in range(6)]

    def act(job: tuple[Voucher, int]) -> str:
        voucher, number = job
        if number % 2:
            return use_voucher(voucher, by=SYSTEM).status
        return void_redemption(voucher.redemption, by=SYSTEM, reason="Race", key=f"void-{voucher.pk}").status

    results = together(business, act, [(voucher, number) for voucher in vouchers for number in range(4)])
    refused = {type(result) for result in results if not isinstance(result, str)}
    assert refused <= {VoucherUsed, VoucherVoided}
    with tenant_context(business):
        used = Voucher.objects.filter(status="used").count()
        assert balance(member) == (10 - used, 0, 0)
        assert reconcile().differences == []


def test_a_tier_is_reached_once_and_counts_for_who_comes_after(business):
    with tenant_context(business):
        program = make_program()
        make_tier(program, "Silver", 2_000, multiplier=200)
        member = make_member()
        buy(member, 1_000)
    together(business, lambda _number: buy(member, 1_000), range(8))
    with tenant_context(business):
        assert Activity.objects.filter(kind=ActivityKind.TIER_REACHED).count() == 1
        # Two purchases reach it; the seven after them count double.
        assert balance(member) == (20 + 7 * 20, 0, 0)

"""Both are rewarded after the friend's first purchase, once; they lose it again when that comes back."""

import sys
from datetime import UTC, datetime

import pytest

from customers.models import Activity
from programs.domain.expiry import confirm_due
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.referrals.advocates import advocate_for, find_advocate
from programs.domain.referrals.offering import change_offer
from programs.domain.referrals.rewarding import reward_referral, settle_referrals
from programs.enums import Cause, ReferralState
from programs.models import Entry, Program, Referral
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import afterwards, tenant_context
from tests.programs.referrals import bring, referral, referral_program
from tests.programs.shop import at, balance, bring_back, buy, key, make_member, make_reward
from tests.threads import at_once

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def pair(business):
    """An advocate and the friend they brought, neither of whom has bought anything."""
    with tenant_context(business):
        referral_program()
        advocate = make_member()
        return advocate, bring(advocate)


def buy_and_die(business, friend):
    """The purchase is kept, and the process is told to end before what follows it has begun."""

    def sell():
        with tenant_context(business):
            afterwards(sys.exit)
            buy(friend, 1200)

    with pytest.raises(SystemExit):
        sell()


def test_both_are_rewarded_after_the_first_purchase(business, pair):
    advocate, friend = pair
    with tenant_context(business):
        purchase = buy(friend, 1200)
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)
        assert balance(friend) == (62, 0, 0)
        done = referral(friend)
        assert (done.state, done.purchase_id, done.reasons) == (ReferralState.REWARDED, purchase.pk, [])
        assert account_of(advocate).lifetime == 100
        assert Activity.objects.filter(kind="referral.rewarded").count() == 2
        buy(friend, 5000)
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)
        assert reconcile().differences == []


def test_less_than_the_minimum_waits_for_a_larger_one(business, pair):
    advocate, friend = pair
    with tenant_context(business):
        buy(friend, 999)
    with tenant_context(business):
        assert referral(friend).state == ReferralState.JOINED
        buy(friend, 1000)
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)


def test_a_purchase_after_the_time_allowed_earns_nothing_more(business):
    with tenant_context(business), at("2026-03-01 10:00"):
        referral_program(within_days=30)
        advocate = make_member()
        friend = bring(advocate)
    with at("2026-03-31 11:00"), tenant_context(business):
        buy(friend, 5000)
    with tenant_context(business):
        assert referral(friend).state == ReferralState.JOINED
        assert account_of(advocate) is None


def test_they_wait_the_days_that_were_promised(business):
    with tenant_context(business), at("2026-03-01 10:00"):
        referral_program(hold_days=14)
        advocate = make_member()
        friend = bring(advocate)
        change_offer(changes={"hold_days": 90, "advocate_points": 1}, by=Actor.system())
    with at("2026-03-02 10:00"):
        with tenant_context(business):
            buy(friend, 1000)
        with tenant_context(business):
            assert balance(advocate) == (0, 100, 0)
            assert referral(friend).available_from == datetime(2026, 3, 15, 23, tzinfo=UTC)
    with tenant_context(business), at("2026-03-15 22:59") as now:
        confirm_due(now)
        assert balance(advocate) == (0, 100, 0)
    for _run in range(2):
        with tenant_context(business), at("2026-03-15 23:00") as now:
            confirm_due(now)
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)
        assert reconcile().differences == []


def test_a_return_takes_it_from_both_and_the_next_purchase_earns_it_anew(business, pair):
    advocate, friend = pair
    with tenant_context(business):
        purchase = buy(friend, 1200)
    with tenant_context(business):
        bring_back(purchase)
    with tenant_context(business):
        assert (balance(advocate), balance(friend)) == ((0, 0, 0), (0, 0, 0))
        taken = Entry.objects.filter(cause=Cause.REFERRAL, kind="reverse")
        assert {entry.reason for entry in taken} == {"What the friend bought first was brought back"}
        assert (referral(friend).state, referral(friend).round) == (ReferralState.JOINED, 1)
        assert account_of(advocate).lifetime == 0
        buy(friend, 1000)
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)
        assert reconcile().differences == []


def test_a_part_that_leaves_the_minimum_changes_nothing_and_the_next_part_does(business, pair):
    advocate, friend = pair
    with tenant_context(business):
        purchase = buy(friend, 1500)
    with tenant_context(business):
        bring_back(purchase, 500)
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)
        bring_back(purchase, 1)
    with tenant_context(business):
        assert balance(advocate) == (0, 0, 0)
        assert reconcile().differences == []


def test_what_was_spent_already_is_owed(business, pair):
    advocate, friend = pair
    with tenant_context(business):
        purchase = buy(friend, 1200)
    with tenant_context(business):
        reward = make_reward(Program.objects.get(), cost=70)
        redeem_reward(advocate, reward=reward, by=Actor.member(advocate.pk), key=key())
        bring_back(purchase)
    with tenant_context(business):
        assert balance(advocate) == (0, 0, 70)
        assert reconcile().differences == []


def test_the_worker_dies_before_it_gives_and_the_daily_job_gives_once(business, pair):
    advocate, friend = pair
    buy_and_die(business, friend)
    with tenant_context(business):
        assert referral(friend).state == ReferralState.EARNED
        assert account_of(advocate) is None
    for settled in (1, 0):
        with tenant_context(business):
            assert settle_referrals(NOW) == settled
    with tenant_context(business):
        assert (balance(advocate), balance(friend)) == ((100, 0, 0), (62, 0, 0))


def test_the_worker_dies_in_the_middle_of_giving_and_nothing_is_given_by_half(business, pair):
    advocate, friend = pair
    buy_and_die(business, friend)
    with tenant_context(business):
        pk = referral(friend).pk

    def killed_before_it_is_kept():
        with tenant_context(business):
            assert reward_referral(pk) is not None
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        killed_before_it_is_kept()
    with tenant_context(business):
        assert account_of(advocate) is None
        settle_referrals(NOW)
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)


def test_rewarded_and_settled_at_once_it_is_given_once(business, pair):
    advocate, friend = pair
    buy_and_die(business, friend)
    with tenant_context(business):
        pk = referral(friend).pk

    def act(_number):
        with tenant_context(business):
            return reward_referral(pk) is not None

    assert sorted(at_once(act, range(4))) == [False, False, False, True]
    with tenant_context(business):
        assert balance(advocate) == (100, 0, 0)


def test_two_friends_of_one_buy_at_once_and_both_count(business, pair):
    advocate, friend = pair
    with tenant_context(business):
        other = bring(advocate, given_name="Gerda")

    def act(who):
        with tenant_context(business):
            return buy(who, 1200)

    at_once(act, [friend, other])
    with tenant_context(business):
        assert balance(advocate) == (200, 0, 0)
        assert reconcile().differences == []


def test_bought_and_brought_back_at_once_leaves_the_books_in_order(business, pair):
    advocate, friend = pair
    with tenant_context(business):
        purchase = buy(friend, 1200)

    def act(what):
        with tenant_context(business):
            return bring_back(purchase) if what else buy(advocate, 300)

    at_once(act, [0, 1])
    with tenant_context(business):
        assert balance(advocate) == (3, 0, 0)
        assert reconcile().differences == []


def test_codes_are_found_as_typed_and_of_members_who_take_part(business):
    with tenant_context(business):
        member = make_member()
        code = advocate_for(member).code
        assert advocate_for(member).code == code
        assert find_advocate(f" {code[:4].lower()}-{code[4:]} ").member == member
        member.status = "left"
        member.save()
        assert find_advocate(code) is None


def test_nobody_brings_themselves_and_a_friend_is_brought_once(business):
    with tenant_context(business):
        referral_program()
        advocate = make_member()
        friend = bring(advocate)
        bring(make_member(), given_name="Other")
        assert Referral.objects.filter(friend=friend).count() == 1
        assert Referral.objects.count() == 2

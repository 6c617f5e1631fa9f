"""Points when two records of one person become one, and when they are parted again."""

from datetime import date

import pytest

from customers.domain.members import pause_member
from customers.domain.merging import merge_members, preview_merge, preview_undo, undo_merge
from customers.enums import Source
from customers.errors import NewerMergeFirst
from customers.models import Member, Merge
from programs.books.cohorts import cohorts
from programs.books.places import places_of
from programs.domain.adjustments import adjust_points
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.polls.answering import withdraw_answer
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, use_voucher, void_redemption
from programs.errors import LimitReached
from programs.models import Account, Entry, Lot, Qualification
from programs.queries import account_of
from tenants.isolation import tenant_context
from tenants.models import Location
from tests.programs.credit import make_credit
from tests.programs.polls import answer, make_poll
from tests.programs.shop import (
    SYSTEM,
    at,
    balance,
    bring_back,
    buy,
    earn,
    key,
    make_member,
    make_program,
    make_reward,
    make_tier,
)


@pytest.fixture
def shop(business):
    with tenant_context(business):
        yield make_program(expiry_months=12)
        assert reconcile().differences == []


def merge(kept, absorbed) -> Merge:
    return merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)


def undo(one: Merge) -> Merge:
    return undo_merge(one, by=SYSTEM, source=Source.DASHBOARD)


def test_lots_keep_the_dates_on_which_they_were_earned_and_expire(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-01-10 09:00"):
        earn(absorbed, 3000)
    with at("2026-02-20 09:00"):
        earn(kept, 1000)
        dates = set(Lot.objects.values_list("amount", "available_from", "expires_at"))
        merge(kept, absorbed)
        lots = Lot.objects.filter(account=account_of(kept), remaining__gt=0)
        assert set(lots.values_list("amount", "available_from", "expires_at")) == dates
        assert (balance(kept), balance(absorbed)) == ((40, 0, 0), (0, 0, 0))


def test_a_record_that_was_merged_before_it_had_an_account_is_not_given_one(shop):
    credit = make_credit()
    kept, absorbed = make_member(), make_member()
    merge(kept, Member.objects.get(pk=absorbed.pk))
    adjust_credit(absorbed, amount=500, reason="Sorry", by=SYSTEM, key=key())
    adjust_points(absorbed, points=7, reason="Sorry", by=SYSTEM, key=key())
    assert Account.objects.get(program=credit).member == kept
    assert balance(kept)[0] == 7


def test_waiting_points_go_on_waiting_and_become_available_on_their_day(business):
    with tenant_context(business):
        make_program(pending_days=10)
        kept, absorbed = make_member(), make_member()
        with at("2026-03-01 10:00"):
            earn(absorbed, 500)
            merge(kept, absorbed)
            assert balance(kept) == (0, 5, 0)
        with at("2026-03-12 10:00"):
            redeem_reward(kept, reward=make_reward(account_of(kept).program, 5), by=SYSTEM, key=key())
            assert balance(kept) == (0, 0, 0)
        assert reconcile().differences == []


def test_what_either_owes_is_repaid_by_what_the_other_has(shop):
    for kept_owes in (True, False):
        kept, absorbed = make_member(), make_member()
        debtor, other = (kept, absorbed) if kept_owes else (absorbed, kept)
        purchase = buy(debtor, 1000)
        redeem_reward(debtor, reward=make_reward(shop, 8), by=SYSTEM, key=key())
        bring_back(purchase)
        earn(other, 500)
        assert (balance(debtor), balance(other)) == ((0, 0, 8), (5, 0, 0))
        one = merge(kept, absorbed)
        assert (balance(kept), balance(absorbed)) == ((0, 0, 3), (0, 0, 0))
        undo(one)
        assert (balance(debtor), balance(other)) == ((0, 0, 8), (5, 0, 0))


def test_a_debt_that_was_repaid_since_comes_back_as_points(shop):
    kept, absorbed = make_member(), make_member()
    purchase = buy(absorbed, 1000)
    redeem_reward(absorbed, reward=make_reward(shop, 8), by=SYSTEM, key=key())
    bring_back(purchase)
    one = merge(kept, absorbed)
    earn(kept, 2000)
    assert balance(kept) == (12, 0, 0)
    undo(one)
    assert (balance(kept), balance(absorbed)) == ((20, 0, 0), (0, 0, 8))


def test_parts_of_a_point_make_a_whole_one_and_are_parted_again(shop):
    kept, absorbed = make_member(), make_member()
    earn(kept, 170)
    earn(absorbed, 270)
    one = merge(kept, absorbed)
    account = account_of(kept)
    assert (balance(kept), account.carry_numerator / account.carry_denominator) == ((4, 0, 0), 0.4)
    undo(one)
    for member, points in ((kept, 1), (absorbed, 2)):
        account = account_of(member)
        assert (account.balance, account.carry_numerator / account.carry_denominator) == (points, 0.7)


def test_a_return_after_the_merge_takes_the_points_of_that_very_purchase(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-01-10 09:00"):
        purchase = buy(absorbed, 1000)
        other = buy(absorbed, 700)
    with at("2026-02-10 09:00"):
        earn(kept, 300)
        merge(kept, absorbed)
        bring_back(type(purchase).objects.get(pk=purchase.pk), 400)
        left = Lot.objects.filter(account=account_of(kept), remaining__gt=0).order_by("remaining")
        assert list(left.values_list("remaining", flat=True)) == [3, 6, 7]
        assert account_of(kept).lifetime == 16
        bring_back(type(purchase).objects.get(pk=other.pk))
        assert balance(kept) == (9, 0, 0)


def test_a_return_is_counted_once_across_merging_and_undoing(shop):
    kept, absorbed = make_member(), make_member()
    purchase = buy(absorbed, 1000)
    one = merge(kept, absorbed)
    bring_back(type(purchase).objects.get(pk=purchase.pk), 400)
    undo(one)
    assert (balance(kept), balance(absorbed)) == ((0, 0, 0), (6, 0, 0))
    bring_back(type(purchase).objects.get(pk=purchase.pk), 600)
    assert balance(absorbed) == (0, 0, 0)
    assert account_of(absorbed).lifetime == 0


def test_open_vouchers_are_the_kept_members_and_a_voided_one_gives_its_dates_back(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-01-10 09:00"):
        earn(absorbed, 2000)
        expires = Lot.objects.get().expires_at
        used = redeem_reward(absorbed, reward=make_reward(shop, 5), by=SYSTEM, key=key())
        voided = redeem_reward(absorbed, reward=make_reward(shop, 7), by=SYSTEM, key=key())
    with at("2026-01-12 09:00"):
        one = merge(kept, absorbed)
        assert use_voucher(used.vouchers.get(), by=SYSTEM).account.member == kept
        void_redemption(voided, by=SYSTEM, reason="Oops", key=key())
        assert balance(kept) == (15, 0, 0)
        held = Lot.objects.filter(account=account_of(kept), remaining__gt=0)
        assert set(held.values_list("expires_at", flat=True)) == {expires}
        undo(one)
        assert (balance(kept), balance(absorbed)) == ((0, 0, 0), (15, 0, 0))


def test_a_limited_reward_counts_what_both_records_had(shop):
    kept, absorbed = make_member(), make_member()
    reward = make_reward(shop, 1, limit_per_member=1)
    for member in (kept, absorbed):
        earn(member, 500)
    redeem_reward(absorbed, reward=reward, by=SYSTEM, key=key())
    merge(kept, absorbed)
    with pytest.raises(LimitReached):
        redeem_reward(kept, reward=reward, by=SYSTEM, key=key())


def test_the_tier_rises_at_once_and_falls_back_with_the_undoing(shop):
    silver, gold = make_tier(shop, "Silver", 1000), make_tier(shop, "Gold", 5000)
    kept, absorbed = make_member(), make_member()
    earn(kept, 3000)
    earn(absorbed, 3000)
    assert account_of(kept).tier == silver
    one = merge(kept, absorbed)
    assert account_of(kept).tier == gold
    assert account_of(absorbed).tier is None
    undo(one)
    assert [account_of(member).tier for member in (kept, absorbed)] == [silver, silver]
    assert sum(Qualification.objects.filter(account=account_of(kept)).values_list("spend", flat=True)) == 3000


def test_a_visit_of_both_on_one_day_counts_once_and_again_for_each_after_undoing(business):
    with tenant_context(business):
        make_program(tier_basis="visits")
        kept, absorbed = make_member(), make_member()
        with at("2026-03-01 10:00"):
            earn(kept, 100)
            earn(absorbed, 100)
        with at("2026-03-02 10:00"):
            earn(absorbed, 100)
            visits = lambda who: sum(  # noqa: E731
                Qualification.objects.filter(account=account_of(who)).values_list("visits", flat=True)
            )
            one = merge(kept, absorbed)
            assert (visits(kept), visits(absorbed)) == (2, 0)
            undo(one)
            assert (visits(kept), visits(absorbed)) == (1, 2)


def test_undoing_gives_back_what_is_left_and_what_was_spent_stays_spent(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-01-10 09:00"):
        earn(absorbed, 3000)
    with at("2026-02-10 09:00"):
        earn(kept, 1000)
        one = merge(kept, absorbed)
        redeem_reward(kept, reward=make_reward(shop, 12), by=SYSTEM, key=key())
        seen = preview_undo(one, by=SYSTEM, source=Source.DASHBOARD).effects["programs"][0]["undone"]
        assert (seen["back"], seen["spent"]) == (18, 12)
        assert balance(kept) == (28, 0, 0)
        undo(one)
        assert (balance(kept), balance(absorbed)) == ((10, 0, 0), (18, 0, 0))
        assert undo(one).undone_at is not None


def test_what_is_earned_after_the_merge_stays_with_the_kept_record(shop):
    kept, absorbed = make_member(), make_member()
    earn(absorbed, 1000)
    one = merge(kept, absorbed)
    late = buy(absorbed, 500)  # with the record as it was read before
    assert late.member == kept
    undo(one)
    assert (balance(kept), balance(absorbed)) == ((5, 0, 0), (10, 0, 0))


def test_a_chain_of_merges_is_undone_from_its_end(shop):
    first, second, third = make_member(), make_member(), make_member()
    for member, total in ((first, 100), (second, 200), (third, 400)):
        earn(member, total)
    inner = merge(second, third)
    outer = merge(first, second)
    assert [balance(member)[0] for member in (first, second, third)] == [7, 0, 0]
    with pytest.raises(NewerMergeFirst):
        undo(inner)
    undo(outer)
    assert [balance(member)[0] for member in (first, second, third)] == [1, 6, 0]
    undo(inner)
    assert [balance(member)[0] for member in (first, second, third)] == [1, 2, 4]


def test_what_was_taken_back_in_the_chain_of_merges_is_not_counted_again_by_undoing_it(shop):
    outer, middle, inner = make_member(), make_member(), make_member()
    purchase = buy(inner, 1000)
    first = merge(middle, inner)
    second = merge(outer, Member.objects.get(pk=middle.pk))
    bring_back(type(purchase).objects.get(pk=purchase.pk))
    undo(second)
    undo(first)
    assert [account_of(member).lifetime for member in (outer, middle, inner)] == [0, 0, 0]


def test_points_of_an_answer_that_is_taken_back_while_the_records_are_one(shop):
    kept, absorbed = make_member(), make_member()
    given = answer(absorbed, make_poll(shop, points=6))
    one = merge(kept, absorbed)
    withdraw_answer(given, by=SYSTEM)
    undo(one)
    assert [account_of(member).lifetime for member in (kept, absorbed)] == [0, 0]


def test_a_voided_redemption_of_the_innermost_record_finds_its_way_home(shop):
    first, second, third = make_member(), make_member(), make_member()
    earn(third, 900)
    redeemed = redeem_reward(third, reward=make_reward(shop, 4), by=SYSTEM, key=key())
    inner, outer = merge(second, third), merge(first, second)
    void_redemption(redeemed, by=SYSTEM, reason="Oops", key=key())
    assert balance(first) == (9, 0, 0)
    undo(outer)
    assert balance(second) == (9, 0, 0)
    undo(inner)
    assert balance(third) == (9, 0, 0)


def test_a_preview_moves_nothing(shop):
    kept, absorbed = make_member(), make_member()
    earn(absorbed, 1000)
    entries = Entry.objects.count()
    seen = preview_merge(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD).effects["programs"][0]["seen"]
    assert (seen["moved"]["balance"], seen["after"]["balance"]) == (10, 10)
    assert (Entry.objects.count(), Merge.objects.count(), balance(absorbed)) == (entries, 0, (10, 0, 0))


def test_the_same_two_again_move_nothing_more(shop):
    kept, absorbed = make_member(), make_member()
    earn(absorbed, 1000)
    first = merge(kept, absorbed)
    assert merge(kept, absorbed) == first
    assert balance(kept) == (10, 0, 0)


def test_whoever_holds_the_absorbed_record_still_moves_the_kept_ones_points(shop):
    kept, absorbed = make_member(), make_member()
    merge(kept, absorbed)
    adjust_points(absorbed, points=6, reason="Sorry", by=SYSTEM, key=key())
    assert (balance(kept), balance(absorbed)) == ((6, 0, 0), (0, 0, 0))
    assert Account.objects.get(member=absorbed).merged_into == account_of(kept)


def test_points_that_lapsed_meanwhile_stay_lapsed(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-01-10 09:00"):
        earn(absorbed, 1000)
    with at("2027-01-25 09:00"):
        earn(absorbed, 400)
        one = merge(kept, absorbed)
    with at("2027-02-05 09:00"):
        undo(one)
        assert (balance(kept), balance(absorbed)) == ((0, 0, 0), (4, 0, 0))


def test_the_books_go_on_knowing_where_and_when_the_points_were_earned(business):
    with tenant_context(business):
        make_program(expiry_months=12)
        stall = Location.objects.create(name="Market stall")
        kept, absorbed = make_member(), make_member()
        with at("2026-03-05 10:00"):
            buy(absorbed, 1000, location=stall)
        with at("2026-04-05 10:00"):
            buy(kept, 500)
            one = merge(kept, absorbed)
            redeem_reward(kept, reward=make_reward(account_of(kept).program, 4), by=SYSTEM, key=key())
            for _round in range(2):
                march, april = cohorts(2)
                assert (march.earned, march.left, march.fates["redeemed"], march.fates["moved"]) == (10, 6, 4, 0)
                assert (april.earned, april.left) == (5, 5)
                places = places_of(date(2026, 4, 1), date(2026, 4, 30)).places
                assert [(one.location, one.books.closing, one.books.moved["transferred"]) for one in places] == [
                    (stall, 6, 0),
                    (None, 5, 0),
                    (None, 0, 0),
                ]
                undo(one)


def test_days_that_a_pause_added_go_back_with_the_points(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-01-10 09:00"):
        earn(absorbed, 1000)
    with at("2027-01-25 09:00"):
        one = merge(kept, absorbed)
        pause_member(kept, by=SYSTEM, source=Source.DASHBOARD)
    with at("2027-02-10 09:00"):
        undo(one)
        assert (balance(kept), balance(absorbed)) == ((0, 0, 0), (10, 0, 0))
        [last] = Lot.objects.filter(account=account_of(absorbed)).values_list("expires_at", flat=True)
        assert str(last) == "2027-02-16 23:00:00+00:00"

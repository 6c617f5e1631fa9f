from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.domain.purchases import LineDetails, ReturnDetails, ReturnLineDetails
from customers.models import Category, Product, PurchaseLine
from programs.domain.posting import account_carry
from programs.domain.redemptions import redeem_reward
from programs.domain.reversals import preview_return
from programs.enums import Rounding
from programs.models import Entry, Lot, Program, ProgramExclusion, Qualification
from programs.queries import account_of, standing_of
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

pytestmark = pytest.mark.usefixtures("inside")


def test_a_whole_return_takes_everything_back():
    make_program()
    member = make_member()
    purchase = buy(member, 1240)
    bring_back(purchase)
    assert balance(member) == (0, 0, 0)
    assert account_carry(account_of(member)) == 0
    assert account_of(member).lifetime == 0


@pytest.mark.parametrize("rounding", list(Rounding))
def test_many_small_returns_do_not_slip_under_the_rounding(rounding):
    make_program(rounding=rounding)
    member = make_member()
    purchase = buy(member, 1000)
    for _cent in range(20):
        bring_back(purchase, 50)
    assert balance(member) == (0, 0, 0)


def test_a_return_comes_out_of_its_own_lot_first():
    make_program()
    member = make_member()
    first, second = buy(member, 500), buy(member, 700)
    bring_back(second, 300)
    assert [lot.remaining for lot in Lot.objects.order_by("id")] == [5, 4]
    bring_back(first)
    assert [lot.remaining for lot in Lot.objects.order_by("id")] == [0, 4]


def test_what_is_spent_already_is_owed_and_repaid_by_the_next_points():
    program = make_program()
    member = make_member()
    purchase = buy(member, 1200)
    redeem_reward(member, reward=make_reward(program, cost=10), by=SYSTEM, key=key())
    bring_back(purchase)
    assert balance(member) == (0, 0, 10)
    assert (standing_of(account_of(member)).balance, standing_of(account_of(member)).owed) == (0, 10)
    entry = earn(member, 1500)
    assert (entry.amount, entry.balance_after, entry.owed_after, entry.snapshot["repaid"]) == (15, 5, 0, 10)
    assert balance(member) == (5, 0, 0)


def test_pending_points_are_taken_before_others():
    make_program(pending_days=14)
    member = make_member()
    purchase = buy(member, 1200)
    assert balance(member) == (0, 12, 0)
    effect = preview_return(purchase, ReturnDetails(amount=500))
    assert (effect.points, effect.from_pending, effect.from_balance, effect.owed) == (5, 5, 0, 0)
    bring_back(purchase, 500)
    assert balance(member) == (0, 7, 0)


def test_points_that_have_expired_are_not_taken_twice():
    make_program(expiry_months=1, expires_at_month_end=False)
    member = make_member()
    with at("2026-01-10 10:00"):
        purchase = buy(member, 1000)
    with at("2026-03-10 10:00"):
        buy(member, 800)
        effect = preview_return(purchase, ReturnDetails(amount=600))
        assert (effect.points, effect.expired, effect.balance_after) == (0, 6, 8)
        bring_back(purchase, 600)
        bring_back(purchase)
        assert balance(member) == (8, 0, 0)


def test_a_return_after_a_change_of_rules_uses_the_rule_of_the_purchase():
    program = make_program()
    member = make_member()
    purchase = buy(member, 1000)
    program.earn_points, program.rounding, program.minimum_purchase = 7, Rounding.UP, 5000
    program.save()
    bring_back(purchase, 250)
    assert balance(member) == (7, 0, 0)
    assert account_carry(account_of(member)) == Fraction(1, 2)


def test_falling_below_the_minimum_takes_all_points():
    make_program(minimum_purchase=1000)
    member = make_member()
    purchase = buy(member, 1200)
    bring_back(purchase, 300)
    assert balance(member) == (0, 0, 0)


def test_returning_what_earned_nothing_takes_nothing():
    program = make_program()
    member = make_member()
    cigarettes = Product.objects.create(name="Tobacco", category=Category.objects.create(name="Smoke"))
    ProgramExclusion.objects.create(program=program, category=cigarettes.category)
    purchase = buy(
        member, lines=(LineDetails(unit_price=900, product=cigarettes), LineDetails(unit_price=500, description="Tea"))
    )
    assert balance(member) == (5, 0, 0)
    line = PurchaseLine.objects.get(purchase=purchase, product=cigarettes)
    bring_back(purchase, lines=(ReturnLineDetails(line=line),))
    assert balance(member) == (5, 0, 0)
    bring_back(purchase)
    assert balance(member) == (0, 0, 0)


def test_a_return_reduces_what_counts_towards_a_tier_on_the_day_of_its_purchase():
    program = make_program()
    make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-01-10 10:00"):
        first = buy(member, 6_000)
        buy(member, 3_999)
    assert account_of(member).tier is None
    with at("2026-02-01 10:00"):
        effect = preview_return(first, ReturnDetails())
        assert (effect.progress_before.missing, effect.progress_after.missing) == (1, 6_001)
        bring_back(first)
        assert standing_of(account_of(member)).progress.missing == 6_001
    row = Qualification.objects.latest("id")
    assert (row.spend, row.points, row.visits, row.occurred_at) == (-6_000, -60, 0, first.occurred_at)


def test_the_visit_is_taken_back_with_the_last_purchase_of_the_day():
    make_program()
    member = make_member()
    with at("2026-01-10 10:00"):
        first, second = buy(member, 600), buy(member, 300)
        bring_back(first)
        bring_back(second)
    assert list(Qualification.objects.order_by("id").values_list("visits", flat=True)) == [1, 0, 0, -1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    totals=st.lists(st.integers(1, 5_000), min_size=1, max_size=4),
    parts=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3_000)), min_size=1, max_size=5),
    spend=st.integers(0, 40),
    rounding=st.sampled_from(list(Rounding)),
    pending_days=st.sampled_from([0, 0, 3]),
)
def test_the_preview_is_what_happens(totals, parts, spend, rounding, pending_days):

    program, _made = Program.objects.update_or_create(
        kind="points",
        defaults={"name": "P", "status": "live", "rounding": rounding, "pending_days": pending_days, "earn_points": 3},
    )
    member = make_member()
    purchases = [buy(member, total) for total in totals]
    if spend and account_of(member).balance >= spend:
        redeem_reward(member, reward=make_reward(program, cost=spend), by=SYSTEM, key=key())
    for which, amount in parts:
        purchase = purchases[which % len(purchases)]
        purchase.refresh_from_db()
        if not purchase.kept:
            continue
        amount = min(amount, purchase.kept)
        entries = Entry.objects.count()
        before = balance(member)
        effect = preview_return(purchase, ReturnDetails(amount=amount))
        assert (Entry.objects.count(), balance(member)) == (entries, before)
        bring_back(purchase, amount)
        assert balance(member) == (effect.balance_after, effect.pending_after, effect.owed_after)
        assert standing_of(account_of(member)).progress == effect.progress_after
        entry = Entry.objects.filter(account__member=member).latest("seq")
        assert entry.amount == -(effect.from_balance + effect.owed)
        assert entry.pending_amount == -effect.from_pending

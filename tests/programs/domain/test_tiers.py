from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.enums import ActivityKind
from customers.models import Activity
from programs.domain.redemptions import redeem_reward
from programs.domain.tiers import evaluate_tiers, period_end
from programs.enums import TierBasis, TierWindow
from programs.models import Program
from programs.queries import account_of, standing_of
from tests.programs.shop import (
    SYSTEM,
    at,
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


def test_a_tier_is_reached_at_the_cent():
    program = make_program()
    silver = make_tier(program, "Silver", 30_000)
    member = make_member()
    buy(member, 29_999)
    assert account_of(member).tier is None
    assert standing_of(account_of(member)).progress.missing == 1
    buy(member, 1)
    assert account_of(member).tier == silver
    told = Activity.objects.get(kind=ActivityKind.TIER_REACHED)
    assert (told.member, told.payload["name"]) == (member, "Silver")


def test_two_steps_are_taken_at_once_and_the_next_purchase_earns_more():
    program = make_program()
    make_tier(program, "Silver", 10_000, multiplier=125)
    gold = make_tier(program, "Gold", 20_000, multiplier=200)
    member = make_member()
    assert earn(member, 20_000).amount == 200
    assert account_of(member).tier == gold
    assert earn(member, 1_000).amount == 20


def test_a_tier_that_asks_for_nothing_is_everybodys():
    program = make_program()
    base = make_tier(program, "Friend", 0)
    member = make_member()
    buy(member, 100)
    account = account_of(member)
    assert (account.tier, account.tier_until) == (base, None)


def test_spending_points_never_demotes():
    program = make_program(tier_basis=TierBasis.POINTS)
    silver = make_tier(program, "Silver", 100)
    member = make_member()
    buy(member, 10_000)
    redeem_reward(member, reward=make_reward(program, cost=100), by=SYSTEM, key=key())
    evaluate_tiers(timezone.now().date() + timedelta(days=1))
    assert account_of(member).tier == silver
    assert standing_of(account_of(member)).progress.gathered == 100


def test_visits_are_days():
    program = make_program(tier_basis=TierBasis.VISITS)
    make_tier(program, "Regular", 3)
    member = make_member()
    for moment in ("2026-03-01 08:00", "2026-03-01 17:00", "2026-03-02 08:00"):
        with at(moment):
            buy(member, 300)
    with at("2026-03-02 12:00"):
        assert standing_of(account_of(member)).progress.missing == 1
        # In Vienna it is the next day already.
    with at("2026-03-02 23:30"):
        buy(member, 300)
        assert account_of(member).tier.name == "Regular"


def test_the_calendar_year_ends_at_its_midnight_and_loses_one_step():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 20_000)
    member = make_member()
    with at("2026-03-10 10:00"):
        buy(member, 20_000)
        account = account_of(member)
        assert (account.tier, account.tier_until) == (gold, date(2026, 12, 31))
        assert standing_of(account).progress.next_tier is None
    with at("2027-01-01 02:00"):
        # What was gathered in 2026 keeps it through 2027.
        assert evaluate_tiers(date(2027, 1, 1)) == 0
        assert account_of(member).tier_until == date(2027, 12, 31)
        progress = standing_of(account_of(member)).progress
        assert (progress.gathered, progress.keep_missing) == (0, 20_000)
    with at("2027-12-31 12:00"):
        assert evaluate_tiers(date(2027, 12, 31)) == 0
    with at("2028-01-01 02:00"):
        assert evaluate_tiers(date(2028, 1, 1)) == 1
        account = account_of(member)
        assert (account.tier, account.tier_until) == (silver, date(2028, 12, 31))
        assert evaluate_tiers(date(2028, 1, 1)) == 0
    lost = Activity.objects.get(kind=ActivityKind.TIER_LOST)
    assert (lost.payload["was_name"], lost.payload["name"]) == ("Gold", "Silver")


def test_the_rolling_year_is_judged_on_its_own_twelve_months():
    program = make_program(tier_window=TierWindow.ROLLING_YEAR)
    silver = make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-03-10 10:00"):
        buy(member, 10_000)
        assert account_of(member).tier_until == date(2027, 3, 10)
    with at("2027-03-10 10:00"):
        buy(member, 9_999)
    with at("2027-03-11 10:00"):
        # The purchase of 10 March 2026 is no longer among the twelve months up to 10 March 2027.
        assert evaluate_tiers(date(2027, 3, 11)) == 1
        assert account_of(member).tier is None
        buy(member, 1)
        assert account_of(member).tier == silver


def test_a_return_makes_the_tier_fall_only_when_its_period_ends():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    silver = make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-06-10 10:00"):
        purchase = buy(member, 10_000)
        bring_back(purchase, 1)
        assert account_of(member).tier == silver
        assert standing_of(account_of(member)).progress.keep_missing == 1
    with at("2027-01-01 10:00"):
        assert evaluate_tiers(date(2027, 1, 1)) == 1
        assert account_of(member).tier is None


def test_a_lowered_threshold_lifts_members_on_the_next_day():
    program = make_program()
    silver = make_tier(program, "Silver", 10_000)
    member = make_member()
    buy(member, 9_000)
    silver.threshold = 9_000
    silver.save()
    assert evaluate_tiers(timezone.now().date()) == 1
    assert account_of(member).tier == silver


def test_an_old_purchase_counts_only_where_it_belongs():
    program = make_program()
    make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-06-10 10:00") as now:
        buy(member, 20_000, occurred_at=now - timedelta(days=366))
        assert account_of(member).tier is None
        buy(member, 10_000, occurred_at=now - timedelta(days=364))
        assert account_of(member).tier is not None


def test_an_outage_over_several_periods_loses_one_step_for_each():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    make_tier(program, "Silver", 10_000)
    make_tier(program, "Gold", 20_000)
    member = make_member()
    with at("2026-03-10 10:00"):
        buy(member, 20_000)
    with at("2029-01-02 10:00"):
        assert evaluate_tiers(date(2029, 1, 2)) == 1
        assert account_of(member).tier is None


@pytest.mark.parametrize(
    ("window", "day", "end"),
    [
        (TierWindow.CALENDAR_YEAR, date(2028, 2, 29), date(2028, 12, 31)),
        (TierWindow.ROLLING_YEAR, date(2026, 3, 10), date(2027, 3, 10)),
        (TierWindow.ROLLING_YEAR, date(2028, 2, 29), date(2029, 2, 28)),
        (TierWindow.ROLLING_YEAR, date(2027, 2, 28), date(2028, 2, 28)),
    ],
)
def test_a_period_ends(window, day, end):
    assert period_end(Program(tier_window=window), day) == end

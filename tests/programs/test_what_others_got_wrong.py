"""What customers of other loyalty programs complain of, one test each: it does not happen here."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import Source
from loyalty_saas.lib.days import end_of_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.programs import change_program
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, use_voucher
from programs.domain.rules.publishing import end_rule, publish_rule, redraft_rule
from programs.enums import Rounding
from programs.errors import VoucherUsed
from programs.models import EarningRule, Lot, Program, VoucherUse
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.programs.rules import defined, make_rule
from tests.programs.shop import (
    SYSTEM,
    accrual_of,
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
from tests.threads import at_once

EUROPE = {"country": "AT", "time_zone": "Europe/Vienna"}


@pytest.fixture
def program(inside: Any) -> Program:
    return make_program()


def test_refund_after_redemption_leaves_a_debt_and_not_free_points(program: Program) -> None:
    member, reward = make_member(), make_reward(program, cost=100)
    purchase = buy(member, 10_000)
    redeem_reward(member, reward=reward, by=SYSTEM, key=key())
    bring_back(purchase)
    assert balance(member) == (0, 0, 100)
    earn(member, 15_000)
    assert balance(member) == (50, 0, 0)
    assert reconcile().agrees


def test_clawback_goes_by_the_rules_of_the_purchase_and_not_by_todays(program: Program) -> None:
    member, rule = make_member(), make_rule(program)
    purchase = buy(member, 1_000)
    assert balance(member)[0] == 20
    redraft_rule(rule, name=rule.name, definition=defined(amount=500), by=SYSTEM)
    publish_rule(rule, by=SYSTEM)
    change_program(program, changes={"earn_points": 9, "rounding": Rounding.UP}, by=SYSTEM)
    bring_back(purchase, 500)
    assert balance(member) == (10, 0, 0)
    bring_back(purchase)
    assert balance(member) == (0, 0, 0)


def test_a_rule_that_has_ended_still_takes_back_what_it_gave(program: Program) -> None:
    member, rule = make_member(), make_rule(program)
    purchase = buy(member, 1_000)
    end_rule(rule, by=SYSTEM)
    assert earn(member, 1_000).amount == 10
    bring_back(purchase)
    assert balance(member) == (10, 0, 0)
    assert EarningRule.objects.filter(pk=rule.pk).exists()


def test_a_sale_that_is_sent_again_earns_once_and_with_other_content_is_refused(program: Program) -> None:
    member, sent = make_member(), key()
    for _try in range(3):
        details = PurchaseDetails(total=1_000)
        record_purchase(member, details, by=SYSTEM, source=Source.API, key=sent)
    assert balance(member) == (10, 0, 0)
    with pytest.raises(DomainError):
        record_purchase(member, PurchaseDetails(total=9_000), by=SYSTEM, source=Source.API, key=sent)
    assert balance(member) == (10, 0, 0)


def test_a_tab_that_is_settled_later_earns_by_the_rules_of_its_evening_once(program: Program) -> None:
    member = make_member()
    with at("2026-03-02 20:00"):
        rule = make_rule(program, since="2026-03-01 00:00")
    with at("2026-03-03 09:00"):
        end_rule(rule, by=SYSTEM)
        late = buy(member, 1_000, occurred_at=datetime(2026, 3, 2, 20, tzinfo=UTC), receipt_number="T-1")
        assert accrual_of(late).amount == 20
        again = buy(member, 1_000, occurred_at=late.occurred_at, receipt_number="T-1")
        assert again.pk == late.pk
    assert balance(member)[0] == 20


def test_points_under_another_label_are_the_same_points(program: Program) -> None:
    member, reward = make_member(), make_reward(program, cost=15)
    earn(member, 1_000)
    change_program(program, changes={"unit_one": "leaf", "unit_many": "leaves"}, by=SYSTEM)
    earn(member, 1_000)
    assert balance(member) == (20, 0, 0)
    redeem_reward(member, reward=reward, by=SYSTEM, key=key())
    change_program(program, changes={"unit_one": "point", "unit_many": "points"}, by=SYSTEM)
    assert balance(member) == (5, 0, 0)
    assert reconcile().agrees


def test_thirty_and_twenty_earn_at_fifty(inside: Any) -> None:
    make_program(earn_points=1, earn_amount=5_000)
    member = make_member()
    assert [earn(member, 3_000).amount, earn(member, 2_000).amount] == [0, 1]
    assert [earn(member, 4_999).amount, earn(member, 1).amount] == [0, 1]


class TestPromotionByTheClock:
    """ "Double on Sundays", or from 01:00 to 04:00, in Vienna: 22:00 UTC is Monday there in summer, not in winter."""

    @pytest.mark.parametrize(
        ("moment", "points"),
        [
            ("2026-03-28 22:59", 10),  # Saturday, 23:59
            ("2026-03-28 23:00", 20),  # Sunday begins, an hour before the clocks change
            ("2026-03-29 21:59", 20),  # Sunday, 23:59, by now in summer time
            ("2026-03-29 22:00", 10),  # Monday
            ("2026-10-24 22:00", 20),  # Sunday begins in summer time
            ("2026-10-25 22:59", 20),  # Sunday, 23:59, in winter time: the day had 25 hours
            ("2026-10-25 23:00", 10),
        ],
    )
    def test_a_day_is_the_local_day_when_the_clocks_change(self, make_business: Any, moment: str, points: int) -> None:
        with tenant_context(make_business(**EUROPE)):
            make_rule(make_program(), weekdays=(6,))
            when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            assert accrual_of(buy(make_member(), 1_000, occurred_at=when)).amount == points

    @pytest.mark.parametrize(
        ("moment", "points"),
        [
            ("2026-03-29 00:59", 20),  # 01:59; a minute later it is 03:00
            ("2026-03-29 01:00", 20),  # 03:00
            ("2026-03-29 01:59", 20),  # 03:59
            ("2026-03-29 02:00", 10),  # 04:00
            ("2026-10-25 00:30", 20),  # 02:30, for the first time
            ("2026-10-25 01:30", 20),  # 02:30, for the second time
            ("2026-10-25 03:00", 10),  # 04:00
        ],
    )
    def test_hours_are_those_of_the_clock_on_the_wall(self, make_business: Any, moment: str, points: int) -> None:
        with tenant_context(make_business(**EUROPE)):
            make_rule(make_program(), from_minute=60, to_minute=240)
            when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            assert accrual_of(buy(make_member(), 1_000, occurred_at=when)).amount == points


def test_a_tier_is_reached_at_the_cent_and_lost_with_none_of_it_given_back_twice(program: Program) -> None:
    gold, member = make_tier(program, "Gold", 50_000, multiplier=200), make_member()
    buy(member, 49_999)
    assert account_of(member).tier is None
    assert earn(member, 1).amount == 1
    assert account_of(member).tier == gold
    assert earn(member, 1_000).amount == 20


@pytest.mark.parametrize(
    ("bought", "months", "last"),
    [
        ("2028-02-29 12:00", 12, date(2029, 2, 28)),
        ("2027-02-28 12:00", 12, date(2028, 2, 28)),
        ("2028-02-29 12:00", 48, date(2032, 2, 29)),
        ("2028-01-31 12:00", 1, date(2028, 2, 29)),
    ],
)
def test_points_of_the_29th_of_february_end_on_a_day_that_there_is(
    make_business: Any, bought: str, months: int, last: date
) -> None:
    business = make_business(**EUROPE)
    with tenant_context(business), at(bought):
        make_program(expiry_months=months, expires_at_month_end=False)
        lot = Lot.objects.get(entry=earn(make_member(), 1_000))
        assert lot.expires_at == end_of_day(last, business.zone)


def test_who_was_born_on_the_29th_of_february_has_a_birthday_every_year(inside: Any) -> None:
    make_rule(make_program(), occasion="birthday", around="day")
    member = make_member(birth_month=2, birth_day=29)
    days = [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 28), date(2028, 2, 29)]
    won = []
    for day in days:
        with at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            won.append(earn(member, 1_000).amount)
    assert won == [10, 20, 10, 10, 20]


def test_a_coupon_is_used_once_by_two_tills_at_once(business: Any) -> None:
    with tenant_context(business):
        member, reward = make_member(), make_reward(make_program(), cost=10)
        earn(member, 1_000)
        redemption = redeem_reward(member, reward=reward, by=SYSTEM, key=key())
        voucher = redemption.vouchers.get()

    def use(_till: int) -> Any:
        with tenant_context(business):
            return use_voucher(voucher, by=SYSTEM)

    outcomes = at_once(use, range(6))
    assert sum(1 for one in outcomes if not isinstance(one, Exception)) == 1
    assert sum(1 for one in outcomes if isinstance(one, VoucherUsed)) == 5
    with tenant_context(business):
        assert VoucherUse.objects.filter(voucher=voucher).count() == 1

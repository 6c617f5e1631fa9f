"""What there is besides money off and a coffee: choice, upgrade, event, early access, content, donation, surprise."""

import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from customers.domain.segments import keep_segment
from customers.domain.tags import find_or_make_tags
from customers.models import MemberTag, Product
from programs.domain.catalog import RewardDetails, change_reward, create_reward
from programs.domain.charities import add_charity, archive_charity, charities_with_sums, gifts_to, sum_of
from programs.domain.conditions import Conditions
from programs.domain.own_codes import add_codes, read_codes, remove_free_codes
from programs.domain.prizes import PrizeDetails, prizes_of, roll_of
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import find_voucher, redeem_reward, use_voucher, void_redemption
from programs.domain.vouchers import Using
from programs.enums import RedemptionStatus, RewardKind
from programs.errors import LimitReached, OutOfStock, RewardWithoutWorth, VoucherUsed
from programs.models import Draw, Redemption, Reward
from programs.queries import account_of, rewards_for
from programs.voucher_errors import (
    CharityInUse,
    ChoiceNotThere,
    CodesAreTaken,
    EventBegun,
    NoPrizeLeft,
    NotForThisMember,
    OpenToEverybody,
    PeriodLimitReached,
    PrizesMissing,
    VoucherNotHere,
    VoucherNotToday,
    VoucherNotYet,
)
from tests.programs.shop import SYSTEM, at, balance, buy, key, make_member, make_program

pytestmark = pytest.mark.usefixtures("inside")


def member_with(points=1000):
    member = make_member()
    buy(member, points * 100)
    return member


def offer(program, kind, cost=10, **fields):
    return create_reward(program, RewardDetails(name=f"A {kind}", kind=kind, cost=cost, **fields), by=SYSTEM)


def redeem(member, reward):
    return redeem_reward(member, reward=reward, by=SYSTEM, key=key())


def product(name, price):
    return Product.objects.create(name=name, sku=f"{name}-{key()[:8]}", price=price)


def test_percent_stop_at_their_cap_and_cost_what_they_took_off():
    reward = offer(make_program(), RewardKind.PERCENT_OFF, value=20, cap=500)
    member = member_with()
    for basket, off in ((2000, 400), (9000, 500)):
        redemption = redeem(member, reward)
        assert redemption.cost is None
        use_voucher(redemption.vouchers.get(), by=SYSTEM, using=Using(basket=basket))
        assert Redemption.objects.get(pk=redemption.pk).cost == off


def test_a_choice_is_made_when_it_is_used_and_only_among_its_products():
    program = make_program()
    small, large, other = product("Small", 300), product("Large", 500), product("Cake", 600)
    terms = Conditions(products=(str(small.pk), str(large.pk))).as_json()
    reward = offer(program, RewardKind.CHOICE, terms=terms)
    redemption = redeem(member_with(), reward)
    # Until it is made, the dearest is what it costs.
    assert redemption.cost == 500
    with pytest.raises(ChoiceNotThere):
        use_voucher(redemption.vouchers.get(), by=SYSTEM, using=Using(product=other))
    used = use_voucher(redemption.vouchers.get(), by=SYSTEM, using=Using(product=small))
    assert used.product == small


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (RewardKind.DONATION, {"value": 0}),
        (RewardKind.AMOUNT_OFF, {"value": 0}),
    ],
)
def test_a_worth_is_asked_for(kind, fields):
    with pytest.raises(RewardWithoutWorth):
        offer(make_program(), kind, **fields)


def test_what_an_owner_says_it_costs_is_kept_with_each():
    reward = offer(make_program(), RewardKind.UPGRADE, value=60, unit_cost=15)
    first = redeem(member_with(), reward)
    Reward.objects.filter(pk=reward.pk).update(unit_cost=25)
    assert (first.cost, redeem(member_with(), reward).cost) == (15, 25)


def test_a_place_is_had_until_it_begins_and_its_ticket_holds_to_the_end_of_the_day():
    with at("2026-03-01 10:00"):
        program = make_program(voucher_days=1)
        begins = datetime(2026, 3, 29, 18, tzinfo=UTC)
        reward = offer(program, RewardKind.EXPERIENCE, happens_at=begins, stock=5)
        voucher = redeem(member_with(), reward).vouchers.get()
        # The 29th of March has 23 hours in Vienna: summer time begins.
        assert voucher.valid_until == datetime(2026, 3, 29, 22, tzinfo=UTC)
        later = begins + timedelta(days=7)
        details = RewardDetails(name="Moved", kind=RewardKind.EXPERIENCE, cost=10, happens_at=later, stock=4)
        change_reward(reward, details, by=SYSTEM)
        voucher.refresh_from_db()
        assert voucher.valid_until == datetime(2026, 4, 5, 22, tzinfo=UTC)
    with at("2026-04-05 18:00"), pytest.raises(EventBegun):
        redeem(member_with(), reward)
    with at("2026-04-05 21:59"):
        assert use_voucher(voucher, by=SYSTEM).status == RedemptionStatus.USED


def test_early_access_ends_when_everybody_may():
    with at("2026-03-01 10:00"):
        reward = offer(
            make_program(), RewardKind.EARLY_ACCESS, public_at=datetime(2026, 3, 10, tzinfo=UTC), content="Call Lena"
        )
        assert redeem(member_with(), reward).vouchers.get().valid_until == datetime(2026, 3, 10, tzinfo=UTC)
    with at("2026-03-10 00:00"), pytest.raises(OpenToEverybody):
        redeem(member_with(), reward)


def test_a_donation_is_given_at_once_and_stands_in_the_statement():
    charity = add_charity(name="Animal shelter", by=SYSTEM)
    reward = offer(make_program(), RewardKind.DONATION, value=250, charity=charity)
    member = member_with()
    with at("2026-12-31 22:59"):
        redemption = redeem(member, reward)
    with at("2026-12-31 23:00"):
        redeem(member_with(), reward)
    assert (redemption.status, redemption.cost) == (RedemptionStatus.USED, 250)
    with pytest.raises(VoucherUsed):
        void_redemption(redemption, by=SYSTEM, reason="No", key=key())
    of_2026 = gifts_to(charity, date(2026, 1, 1), date(2026, 12, 31))
    assert [gift.account.member for gift in of_2026] == [member]
    found = sum_of(of_2026)
    assert (found.money, found.gifts, found.members) == (250, 1, 1)
    assert list(charities_with_sums()) == [(charity, 500, 2)]
    with pytest.raises(CharityInUse):
        archive_charity(charity, archived=True, by=SYSTEM)


def surprise(program, *prizes):
    return offer(program, RewardKind.MYSTERY, prizes=prizes)


def test_a_surprise_is_drawn_among_its_prizes_and_can_be_computed_again():
    program = make_program()
    reward = surprise(
        program,
        PrizeDetails("An espresso", RewardKind.FREE_PRODUCT, weight=3, unit_cost=40),
        PrizeDetails("Ten off", RewardKind.AMOUNT_OFF, weight=1, value=1000, stock=2),
    )
    member = member_with(3000)
    redemptions = [redeem(member, reward) for _draw in range(60)]
    won = Counter(one.vouchers.get().name for one in redemptions)
    # Two of the dear ones and no more, however the dice fall.
    assert won["Ten off"] == 2
    assert won["An espresso"] == 58
    for draw in Draw.objects.all():
        weights = sum(prize["weight"] for prize in draw.listed)
        digest = hashlib.sha256(f"{draw.seed}:{draw.redemption_id}".encode()).hexdigest()
        assert draw.roll == int(digest[:15], 16) % weights == roll_of(draw.seed, draw.redemption_id, weights)
    assert {one.cost for one in redemptions} == {40, 1000}
    assert reconcile().differences == []


def test_an_undone_prize_may_come_out_again_and_nothing_is_drawn_from_nothing():
    reward = surprise(
        make_program(),
        PrizeDetails("Cake", RewardKind.FREE_PRODUCT, stock=1),
        PrizeDetails("Tea", RewardKind.FREE_PRODUCT, stock=1),
    )
    member = member_with()
    first, _second = redeem(member, reward), redeem(member, reward)
    before = balance(member)
    with pytest.raises(NoPrizeLeft):
        redeem(member, reward)
    assert balance(member) == before
    void_redemption(first, by=SYSTEM, reason="Mistake", key=key())
    assert [prize.name for prize in prizes_of(reward.pk)] == [first.vouchers.get().name]
    assert redeem(member, reward).vouchers.get().name == first.vouchers.get().name


def test_a_surprise_needs_two_prizes_and_keeps_those_that_stay():
    program = make_program()
    with pytest.raises(PrizesMissing):
        surprise(program, PrizeDetails("Cake", RewardKind.FREE_PRODUCT))
    tea, cake = PrizeDetails("Tea", RewardKind.FREE_PRODUCT), PrizeDetails("Cake", RewardKind.FREE_PRODUCT)
    reward = surprise(program, tea, cake)
    kept = {prize.name: prize.pk for prize in prizes_of(reward.pk)}
    pie = PrizeDetails("Pie", RewardKind.FREE_PRODUCT)
    change_reward(reward, RewardDetails(name="S", kind=RewardKind.MYSTERY, cost=10, prizes=(tea, pie)), by=SYSTEM)
    now = {prize.name: prize.pk for prize in prizes_of(reward.pk)}
    assert set(now) == {"Tea", "Pie"}
    assert now["Tea"] == kept["Tea"]


def test_own_codes_are_given_once_and_are_the_stock():
    reward = offer(make_program(), RewardKind.AMOUNT_OFF, value=500, uses_own_codes=True, stock=99)
    reward.refresh_from_db()
    assert reward.stock == 0
    with pytest.raises(OutOfStock):
        redeem(member_with(), reward)
    assert read_codes("SHOP-1\r\nshop-2, SHOP-1\n\n") == ["SHOP-1", "shop-2"]
    add_codes(reward, ["SHOP-1", "shop-2", "SHOP-3"], by=SYSTEM)
    with pytest.raises(CodesAreTaken):
        add_codes(reward, ["SHOP-9", "shop-2"], by=SYSTEM)
    first, second = redeem(member_with(), reward), redeem(member_with(), reward)
    assert [one.vouchers.get().own_code for one in (first, second)] == ["SHOP-1", "shop-2"]
    assert find_voucher(" shop-2 ") == second.vouchers.get()
    # What somebody has seen is not given to anybody else.
    void_redemption(first, by=SYSTEM, reason="Mistake", key=key())
    reward.refresh_from_db()
    assert reward.stock == 1
    assert redeem(member_with(), reward).vouchers.get().own_code == "SHOP-3"
    add_codes(reward, ["SHOP-4"], by=SYSTEM)
    assert remove_free_codes(reward, by=SYSTEM) == 1
    assert reconcile().differences == []


@pytest.mark.parametrize(
    ("period", "first", "same", "another"),
    [
        ("day", "2026-03-28 22:59", "2026-03-28 22:59", "2026-03-28 23:00"),
        ("week", "2026-03-23 00:00", "2026-03-29 21:59", "2026-03-29 22:00"),
        ("month", "2026-02-28 23:00", "2026-03-31 21:59", "2026-03-31 22:00"),
        ("year", "2025-12-31 23:00", "2026-12-31 22:59", "2026-12-31 23:00"),
    ],
)
def test_a_limit_in_a_period_counts_days_of_the_business(period, first, same, another):
    with at("2025-12-01 10:00"):
        reward = offer(make_program(), RewardKind.FREE_PRODUCT, limit_in_period=1, limit_period=period)
        member = member_with()
    with at(first):
        redemption = redeem(member, reward)
    # `created_at` is written by the clock of the program, which is moved.
    Redemption.objects.filter(pk=redemption.pk).update(created_at=datetime.fromisoformat(first).replace(tzinfo=UTC))
    with at(same), pytest.raises(PeriodLimitReached):
        redeem(member, reward)
    with at(another):
        redeem(member, reward)


def test_both_limits_hold():
    reward = offer(make_program(), RewardKind.FREE_PRODUCT, limit_per_member=2, limit_in_period=1, limit_period="day")
    member = member_with()
    for day in ("2026-03-01 10:00", "2026-03-02 10:00"):
        with at(day):
            redeem(member, reward)
    with at("2026-03-03 10:00"), pytest.raises(LimitReached):
        redeem(member, reward)


def test_a_reward_of_a_segment_is_seen_and_had_by_its_members_only():
    program = make_program()
    [tag] = find_or_make_tags([f"Neighbour {key()[:6]}"])
    segment = keep_segment(name=f"Neighbours {key()[:6]}", filters={"tag": str(tag.pk)}, by=SYSTEM)
    reward = offer(program, RewardKind.FREE_PRODUCT, terms=Conditions(segments=(str(segment.pk),)).as_json())
    inside, outside = member_with(), member_with()
    MemberTag.objects.create(member=inside, tag=tag)
    assert redeem(inside, reward).points == 10
    with pytest.raises(NotForThisMember):
        redeem(outside, reward)
    assert [len(rewards_for(account_of(one))) for one in (inside, outside)] == [1, 0]


def test_a_voucher_works_where_and_when_it_may(cast):
    terms = Conditions(locations=(str(cast.location.pk),), blackout=((date(2026, 12, 24), date(2026, 12, 26)),))
    with at("2026-12-20 10:00"):
        reward = offer(make_program(), RewardKind.FREE_PRODUCT, terms=terms.as_json(), usable_from=date(2026, 12, 22))
        voucher = redeem(member_with(), reward).vouchers.get()
        assert voucher.valid_until == datetime(2027, 1, 21, 23, tzinfo=UTC)
        with pytest.raises(VoucherNotYet):
            use_voucher(voucher, by=SYSTEM, location=cast.location)
    with at("2026-12-23 22:59"), pytest.raises(VoucherNotHere):
        use_voucher(voucher, by=SYSTEM)
    for moment in ("2026-12-23 23:00", "2026-12-26 22:59"):
        with at(moment), pytest.raises(VoucherNotToday):
            use_voucher(voucher, by=SYSTEM, location=cast.location)
    with at("2026-12-26 23:00"):
        assert use_voucher(voucher, by=SYSTEM, location=cast.location).status == RedemptionStatus.USED

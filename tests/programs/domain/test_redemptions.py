from datetime import UTC, date, datetime, timedelta

import pytest

from customers.enums import ActivityKind, MemberStatus
from customers.models import Activity
from programs.domain.expiry import expire_vouchers
from programs.domain.redemptions import find_voucher, redeem_reward, use_voucher, void_redemption
from programs.enums import EntryKind, ProgramStatus, RedemptionStatus, RewardKind
from programs.errors import (
    LimitReached,
    MemberNotActive,
    NotEnoughPoints,
    OutOfStock,
    ProgramNotLive,
    ReasonMissing,
    RewardNotAvailable,
    TierTooLow,
    VoucherExpired,
    VoucherNotFound,
    VoucherUsed,
    VoucherVoided,
)
from programs.models import Entry, Reward, Voucher
from programs.queries import account_of, rewards_for
from tenants.actors import Actor
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


def redeem(member, reward):
    return redeem_reward(member, reward=reward, by=SYSTEM, key=key())


def rich_member(points=1000):
    member = make_member()
    buy(member, points * 100)
    return member


def test_a_voucher_is_worth_what_the_reward_was_worth_then():
    program = make_program(voucher_days=30)
    reward = make_reward(program, name="Five off", kind=RewardKind.AMOUNT_OFF, value=500)
    with at("2026-01-10 10:00"):
        voucher = redeem(rich_member(), reward).vouchers.get()
    Reward.objects.filter(pk=reward.pk).update(value=1, name="One cent")
    voucher = Voucher.objects.get(pk=voucher.pk)
    assert (voucher.name, voucher.kind, voucher.value, voucher.status) == ("Five off", "amount_off", 500, "open")
    # To the end of 9 February in Vienna.
    assert voucher.valid_until == datetime(2026, 2, 9, 23, tzinfo=UTC)


def test_a_voucher_is_found_as_people_type_it():
    reward = make_reward(make_program())
    voucher = redeem(rich_member(), reward).vouchers.get()
    typed = f" {voucher.code[:4].lower()}-{voucher.code[4:].lower()} "
    assert find_voucher(typed) == voucher
    with pytest.raises(VoucherNotFound):
        find_voucher("NOTTHERE")


def test_a_voucher_is_used_once(cast):
    reward = make_reward(make_program())
    member = rich_member()
    voucher = redeem(member, reward).vouchers.get()
    by = Actor.staff(cast.staff, cast.location.pk)
    used = use_voucher(voucher, by=by, purchase=buy(member, 500))
    assert (used.status, used.used_by, used.used_location) == (RedemptionStatus.USED, cast.staff, cast.location)
    assert used.redemption.status == RedemptionStatus.USED
    with pytest.raises(VoucherUsed):
        use_voucher(voucher, by=by)
    with pytest.raises(VoucherUsed):
        void_redemption(voucher.redemption, by=by, reason="No", key=key())


def test_two_codes_never_collide(monkeypatch):
    chances = iter("BBBB3333" + "BBBB3333" + "CCCC4444")
    monkeypatch.setattr("secrets.choice", lambda _alphabet: next(chances))
    reward = make_reward(make_program(), cost=1)
    member = rich_member()
    assert [redeem(member, reward).vouchers.get().code for _twice in range(2)] == ["BBBB3333", "CCCC4444"]


def test_an_unused_voucher_expires_without_its_points():
    reward = make_reward(make_program(voucher_days=1), cost=10)
    with at("2026-01-10 10:00"):
        member = rich_member(points=10)
        redemption = redeem(member, reward)
    with at("2026-01-11 22:59"):
        assert expire_vouchers(datetime.now(UTC)) == 0
    with at("2026-01-11 23:00"):
        with pytest.raises(VoucherExpired):
            use_voucher(redemption.vouchers.get(), by=SYSTEM)
        assert expire_vouchers(datetime.now(UTC)) == 1
        assert expire_vouchers(datetime.now(UTC)) == 0
    redemption.refresh_from_db()
    assert (redemption.status, balance(member)) == (RedemptionStatus.EXPIRED, (0, 0, 0))
    with pytest.raises(VoucherExpired):
        void_redemption(redemption, by=SYSTEM, reason="Too late", key=key())


def test_voiding_gives_the_points_and_the_piece_back_once():
    reward = make_reward(make_program(), cost=10, stock=1)
    member = rich_member(points=10)
    redemption = redeem(member, reward)
    reward.refresh_from_db()
    assert reward.stock == 0
    with pytest.raises(ReasonMissing):
        void_redemption(redemption, by=SYSTEM, reason="  ", key=key())
    one = key()
    void_redemption(redemption, by=SYSTEM, reason="Wrong reward", key=one)
    void_redemption(redemption, by=SYSTEM, reason="Wrong reward", key=one)
    reward.refresh_from_db()
    assert (reward.stock, balance(member)) == (1, (10, 0, 0))
    with pytest.raises(VoucherVoided):
        use_voucher(redemption.vouchers.get(), by=SYSTEM)
    restored = Entry.objects.get(kind=EntryKind.RESTORE)
    assert (restored.reverses, restored.amount, restored.reason) == (redemption.entry, 10, "Wrong reward")


def test_what_has_lapsed_meanwhile_has_lapsed():
    program = make_program(expiry_months=1, expires_at_month_end=False, voucher_days=90)
    member = make_member()
    with at("2026-01-10 10:00"):
        buy(member, 400)
    with at("2026-02-01 10:00"):
        buy(member, 800)
        redemption = redeem(member, make_reward(program, cost=10))
    with at("2026-02-15 10:00"):
        void_redemption(redemption, by=SYSTEM, reason="Changed their mind", key=key())
    assert balance(member) == (8, 0, 0)
    assert Activity.objects.get(kind=ActivityKind.REDEMPTION_VOIDED).payload["lapsed"] == 4


def test_points_given_back_repay_what_is_owed_first():
    program = make_program()
    member = make_member()
    purchase = buy(member, 1000)
    redemption = redeem(member, make_reward(program, cost=6))
    bring_back(purchase)
    assert balance(member) == (0, 0, 6)
    buy(member, 200)
    assert balance(member) == (0, 0, 4)
    void_redemption(redemption, by=SYSTEM, reason="Undo", key=key())
    assert balance(member) == (2, 0, 0)


def test_the_last_piece_is_somebodys():
    reward = make_reward(make_program(), cost=1, stock=1)
    redeem(rich_member(), reward)
    with pytest.raises(OutOfStock):
        redeem(rich_member(), reward)


def test_stale_stock_in_memory_does_not_matter():
    reward = make_reward(make_program(), cost=1, stock=1)
    stale = Reward.objects.get(pk=reward.pk)
    member = rich_member()
    redeem(member, reward)
    with pytest.raises(OutOfStock):
        redeem(member, stale)
    assert balance(member) == (999, 0, 0)


def test_a_limit_counts_what_was_not_undone():
    reward = make_reward(make_program(), cost=1, limit_per_member=1)
    member = rich_member()
    first = redeem(member, reward)
    with pytest.raises(LimitReached) as refusal:
        redeem(member, reward)
    assert str(refusal.value) == "Each member can have this reward once."
    void_redemption(first, by=SYSTEM, reason="Oops", key=key())
    redeem(member, reward)


@pytest.mark.parametrize(
    ("fields", "day", "refused"),
    [
        ({"is_active": False}, "2026-01-10 10:00", True),
        ({"starts_on": date(2026, 1, 11)}, "2026-01-10 22:59", True),
        ({"starts_on": date(2026, 1, 11)}, "2026-01-10 23:00", False),
        ({"ends_on": date(2026, 1, 10)}, "2026-01-10 22:59", False),
        ({"ends_on": date(2026, 1, 10)}, "2026-01-10 23:00", True),
    ],
)
def test_the_window_is_in_days_of_the_business(fields, day, refused):
    reward = make_reward(make_program(), **fields)
    with at(day):
        member = rich_member()
        if refused:
            with pytest.raises(RewardNotAvailable):
                redeem(member, reward)
        else:
            redeem(member, reward)


def test_a_reward_of_a_tier_is_for_that_tier_and_those_above():
    program = make_program()
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 100_000)
    rewards = [make_reward(program, cost=1, tier=tier) for tier in (silver, gold)]
    poor, silver_member, gold_member = rich_member(50), rich_member(100), rich_member(1000)
    with pytest.raises(TierTooLow) as refusal:
        redeem(poor, rewards[0])
    assert str(refusal.value) == "This reward is for members from Silver upwards."
    redeem(silver_member, rewards[0])
    with pytest.raises(TierTooLow):
        redeem(silver_member, rewards[1])
    redeem(gold_member, rewards[0])
    assert [offer.available for offer in rewards_for(account_of(silver_member))] == [True, False]


def test_nothing_moves_while_the_program_rests_or_the_member_is_paused():
    program = make_program()
    member = rich_member()
    reward = make_reward(program)
    member.status = MemberStatus.PAUSED
    member.save()
    with pytest.raises(MemberNotActive):
        redeem(member, reward)
    assert not Entry.objects.filter(cause_id=buy(member, 1000).pk).exists()
    member.status = MemberStatus.ACTIVE
    member.save()
    program.status = ProgramStatus.PAUSED
    program.save()
    with pytest.raises(ProgramNotLive):
        redeem(member, reward)
    assert not Entry.objects.filter(cause_id=buy(member, 1000).pk).exists()


def test_a_refused_redemption_leaves_nothing_behind():
    reward = make_reward(make_program(), cost=100, stock=3)
    member = rich_member(points=99)
    with pytest.raises(NotEnoughPoints):
        redeem(member, reward)
    reward.refresh_from_db()
    assert (reward.stock, Voucher.objects.count(), balance(member)) == (3, 0, (99, 0, 0))


def test_points_and_their_reasons_reach_the_timeline():
    program = make_program()
    member = make_member()
    entry = earn(member, 1240)
    redeem(member, make_reward(program, name="Cake", cost=10))
    kinds = (ActivityKind.POINTS_AWARDED, ActivityKind.REWARD_REDEEMED)
    awarded, redeemed = (Activity.objects.get(kind=kind) for kind in kinds)
    assert (awarded.payload["entry"], awarded.payload["points"]) == (str(entry.pk), 12)
    assert (redeemed.payload["points"], redeemed.payload["name"], redeemed.payload["balance"]) == (-10, "Cake", 2)
    assert timedelta() <= redeemed.recorded_at - awarded.recorded_at < timedelta(minutes=1)

"""Windows, days of grace, notices, tiers given by hand, what tiers bring by themselves, and who would move."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from customers.domain.merging import merge_members, undo_merge
from customers.enums import ActivityKind, Source
from customers.models import Activity
from loyalty_saas.lib.errors import Forbidden, Invalid
from programs.domain.benefits import BenefitDetails, set_benefits
from programs.domain.ladder import TierDetails, change_tier, measure_tiers
from programs.domain.movers import Ladder, who_would_move
from programs.domain.periods import own_year
from programs.domain.placements import place_member, undo_placement
from programs.domain.presents import give_presents
from programs.domain.redemptions import redeem_reward
from programs.domain.tier_notices import tell_of_endings
from programs.domain.tiers import evaluate_tiers, progress_of
from programs.enums import BenefitKind, RewardKind, TierBasis, TierWindow
from programs.errors import OwnAccount, ReasonMissing, RewardNotAvailable
from programs.models import Present, TierPlacement, Voucher
from programs.queries import account_of, standing_of
from tenants.actors import Actor
from tests.programs.shop import SYSTEM, at, bring_back, buy, key, make_member, make_program, make_reward, make_tier

pytestmark = pytest.mark.usefixtures("inside")
BIRTHDAY = BenefitDetails(BenefitKind.BIRTHDAY, gift_kind=RewardKind.AMOUNT_OFF, value=500, days=14)


def joined(moment: str, **fields):
    return make_member(joined_at=datetime.fromisoformat(moment).replace(tzinfo=UTC), **fields)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 9), (date(2025, 3, 10), date(2026, 3, 9))),
        (date(2026, 3, 10), (date(2026, 3, 10), date(2027, 3, 9))),
    ],
)
def test_a_members_own_year(day, year):
    assert own_year(date(2024, 3, 10), day) == year


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2027, 2, 27), (date(2026, 2, 28), date(2027, 2, 27))),
        (date(2027, 2, 28), (date(2027, 2, 28), date(2028, 2, 28))),
        (date(2028, 2, 28), (date(2027, 2, 28), date(2028, 2, 28))),
        (date(2028, 2, 29), (date(2028, 2, 29), date(2029, 2, 27))),
    ],
)
def test_the_own_year_of_who_joined_on_29_february(day, year):
    assert own_year(date(2024, 2, 29), day) == year


def test_an_own_year_is_judged_from_the_day_of_joining_at_the_cent():
    program = make_program(tier_window=TierWindow.JOINING_YEAR)
    silver = make_tier(program, "Silver", 10_000)
    # Late in the evening in UTC it is the next day in Vienna already.
    member = joined("2026-03-09 23:30")
    with at("2027-03-09 22:59"):
        buy(member, 10_000)
        assert (account_of(member).tier, account_of(member).tier_until) == (silver, date(2027, 3, 9))
    with at("2027-03-09 23:01"):
        # A new year of theirs: nothing of the last one counts.
        progress = standing_of(account_of(member)).progress
        assert (progress.gathered, progress.by) == (0, None)
        assert evaluate_tiers(date(2027, 3, 10)) == 0
        assert account_of(member).tier_until == date(2028, 3, 9)
        buy(member, 9_999)
    with at("2028-03-10 01:00"):
        assert evaluate_tiers(date(2028, 3, 10)) == 1
        assert account_of(member).tier is None


def test_two_members_are_lifted_by_their_own_years():
    program = make_program(tier_window=TierWindow.JOINING_YEAR)
    tier = make_tier(program, "Silver", 10_000)
    early, late = joined("2025-01-10 10:00"), joined("2025-08-10 10:00")
    with at("2026-01-05 10:00"):
        for member in (early, late):
            buy(member, 9_000)
    tier.threshold = 9_000
    tier.save()
    with at("2026-02-01 10:00"):
        # The year of one has turned since; the other's has not.
        assert evaluate_tiers(date(2026, 2, 1)) == 1
        assert account_of(early).tier is None
        assert account_of(late).tier == tier


def test_for_ever_counts_everything_and_loses_nothing():
    program = make_program(tier_window=TierWindow.EVER)
    silver = make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2020-03-09 12:00"):
        buy(member, 6_000)
    with at("2026-03-09 12:00"):
        buy(member, 4_000)
        account = account_of(member)
        assert (account.tier, account.tier_until) == (silver, None)
        assert progress_of(account).by is None
    with at("2036-03-09 12:00"):
        assert evaluate_tiers(date(2036, 3, 9)) == 0


def test_tiers_that_were_for_ever_get_an_end_with_another_window():
    program = make_program(tier_window=TierWindow.EVER)
    silver = make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-03-09 12:00"):
        buy(member, 10_000)
        measure_tiers(program, basis=TierBasis.SPEND, window=TierWindow.CALENDAR_YEAR, by=SYSTEM)
        assert (account_of(member).tier, account_of(member).tier_until) == (silver, date(2026, 12, 31))


@pytest.mark.parametrize(("moment", "kept"), [("2028-01-14 22:59", True), ("2028-01-14 23:01", False)])
def test_days_of_grace_end_at_midnight(moment, kept):
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR, tier_grace_days=14)
    silver = make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-06-01 10:00"):
        buy(member, 10_000)
    with at("2027-01-15 10:00"):
        evaluate_tiers(date(2027, 1, 15))
        assert account_of(member).tier_until == date(2027, 12, 31)
        buy(member, 9_999)
    with at("2028-01-10 10:00"):
        assert evaluate_tiers(date(2028, 1, 10)) == 0
        progress = standing_of(account_of(member)).progress
        assert (progress.keep_missing, progress.keep_by) == (1, date(2028, 1, 14))
    with at(moment):
        buy(member, 1)
    with at("2028-01-15 02:00"):
        assert evaluate_tiers(date(2028, 1, 15)) == (0 if kept else 1)
        account = account_of(member)
        assert account.tier == (silver if kept else None)
        if kept:
            assert account.tier_until == date(2028, 12, 31)


def test_a_member_is_told_once_before_the_tier_ends():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR, tier_notice_days=30)
    make_tier(program, "Silver", 10_000)
    member, safe = make_member(), make_member()
    with at("2026-06-01 10:00"):
        purchase = buy(member, 10_000)
        buy(safe, 10_000)
        bring_back(purchase, 2_550)
    with at("2026-11-30 10:00"):
        assert tell_of_endings(date(2026, 11, 30)) == 0
    with at("2026-12-01 10:00"):
        assert tell_of_endings(date(2026, 12, 1)) == 1
        assert tell_of_endings(date(2026, 12, 2)) == 0
    told = Activity.objects.get(kind=ActivityKind.TIER_ENDING)
    assert (told.member, told.payload["missing"], told.payload["until"]) == (member, 2_550, "2026-12-31")
    account = account_of(member)
    assert account.tier_told_of == account.tier_until == date(2026, 12, 31)


def test_a_return_after_the_first_night_is_told_of_too():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR, tier_notice_days=30)
    make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-12-05 10:00"):
        purchase = buy(member, 10_000)
        assert tell_of_endings(date(2026, 12, 5)) == 0
        bring_back(purchase, 1)
        assert tell_of_endings(date(2026, 12, 6)) == 1


def test_the_rolling_year_says_what_is_missing_at_its_end():
    program = make_program(tier_window=TierWindow.ROLLING_YEAR)
    make_tier(program, "Silver", 10_000)
    member = make_member()
    with at("2026-03-10 10:00"):
        buy(member, 10_000)
    with at("2026-09-10 10:00"):
        buy(member, 4_000)
        # Of the twelve months up to 10 March 2027 the first purchase is no part.
        assert standing_of(account_of(member)).progress.keep_missing == 6_000


def test_a_placement_ends_and_the_own_tier_is_there_again():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 20_000)
    member = make_member()
    with at("2026-03-10 10:00"):
        buy(member, 10_000)
        placement = place_member(
            member, tier=gold, reason="Won the summer quiz", until=date(2026, 5, 31), by=SYSTEM, key=key()
        )
        account = account_of(member)
        assert (account.tier, account.tier_until, account.tier_placement) == (gold, date(2026, 5, 31), placement)
    with at("2026-05-31 12:00"):
        assert evaluate_tiers(date(2026, 5, 31)) == 0
    with at("2026-06-01 02:00"):
        assert evaluate_tiers(date(2026, 6, 1)) == 1
        account = account_of(member)
        assert (account.tier, account.tier_until, account.tier_placement) == (silver, date(2026, 12, 31), None)
    assert TierPlacement.objects.get().end == "over"


def test_what_was_earned_beneath_a_placement_counts_when_it_ends_in_the_next_year():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 20_000)
    member = make_member()
    with at("2026-12-10 10:00"):
        place_member(member, tier=gold, reason="A thank-you", until=date(2027, 1, 15), by=SYSTEM, key=key())
        buy(member, 10_000)
    with at("2027-01-16 02:00"):
        assert evaluate_tiers(date(2027, 1, 16)) == 1
        assert (account_of(member).tier, account_of(member).tier_until) == (silver, date(2027, 12, 31))


def test_more_than_was_given_is_reached_by_oneself():
    program = make_program()
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 20_000)
    member = make_member()
    place_member(
        member,
        tier=silver,
        reason="New neighbour",
        until=timezone.now().date() + timedelta(days=9),
        by=SYSTEM,
        key=key(),
    )
    buy(member, 20_000)
    account = account_of(member)
    assert (account.tier, account.tier_placement) == (gold, None)
    assert TierPlacement.objects.get().end == "outgrown"


def test_a_placement_is_taken_back_and_needs_a_reason_and_an_end():
    program = make_program()
    silver = make_tier(program, "Silver", 10_000)
    member = make_member()
    with pytest.raises(ReasonMissing):
        place_member(member, tier=silver, reason=" ", until=date(2999, 1, 1), by=SYSTEM, key=key())
    with pytest.raises(Invalid):
        place_member(member, tier=silver, reason="Friend", by=SYSTEM, key=key())
    with pytest.raises(Invalid):
        place_member(member, tier=silver, reason="Friend", until=date(2020, 1, 1), by=SYSTEM, key=key())
    same = key()
    placement = place_member(member, tier=silver, reason="Friend", until=date(2999, 1, 1), by=SYSTEM, key=same)
    assert place_member(member, tier=silver, reason="Friend", until=date(2999, 1, 1), by=SYSTEM, key=same) == placement
    undo_placement(placement, by=SYSTEM)
    assert account_of(member).tier is None
    assert undo_placement(placement, by=SYSTEM).end == "undone"


def test_staff_place_nobody_and_managers_not_themselves(cast):
    silver = make_tier(make_program(), "Silver", 10_000)
    with pytest.raises(Forbidden):
        place_member(
            make_member(),
            tier=silver,
            reason="Friend",
            until=date(2999, 1, 1),
            by=Actor.staff(cast.staff),
            key=key(),
        )
    manager = cast.manager
    with pytest.raises(OwnAccount):
        place_member(
            make_member(email=manager.user.email),
            tier=silver,
            reason="Me",
            until=date(2999, 1, 1),
            by=Actor.staff(manager),
            key=key(),
        )


def test_a_tier_by_invitation_is_reached_by_nobody_by_themselves():
    program = make_program()
    silver = make_tier(program, "Silver", 10_000)
    house = make_tier(program, "House", 15_000, by_invitation=True)
    member = make_member()
    buy(member, 50_000)
    assert account_of(member).tier == silver
    assert standing_of(account_of(member)).progress.next_tier is None
    assert evaluate_tiers(timezone.now().date() + timedelta(days=1)) == 0
    place_member(member, tier=house, reason="One of us", by=SYSTEM, key=key())
    assert (account_of(member).tier, account_of(member).tier_until) == (house, None)


def test_merging_brings_a_placement_along_and_parting_gives_it_back():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 20_000)
    kept, other = make_member(), make_member()
    buy(kept, 10_000)
    buy(other, 100)
    placement = place_member(other, tier=gold, reason="Friend", until=date(2999, 1, 1), by=SYSTEM, key=key())
    merge = merge_members(kept, other, by=SYSTEM, source=Source.DASHBOARD)
    account = account_of(kept)
    assert (account.tier, account.tier_placement) == (gold, placement)
    undo_merge(merge, by=SYSTEM, source=Source.DASHBOARD)
    assert (account_of(kept).tier, account_of(kept).tier_placement) == (silver, None)
    assert (account_of(other).tier, account_of(other).tier_placement) == (gold, placement)


def test_a_placement_that_came_with_a_merge_ends_on_what_the_kept_record_had():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 20_000)
    kept, other = make_member(), make_member()
    with at("2026-03-10 10:00"):
        buy(kept, 10_000)
        buy(other, 100)
        place_member(other, tier=gold, reason="Friend", until=date(2026, 4, 1), by=SYSTEM, key=key())
        merge_members(kept, other, by=SYSTEM, source=Source.DASHBOARD)
    with at("2026-04-02 10:00"):
        assert evaluate_tiers(date(2026, 4, 2)) == 1
        assert account_of(kept).tier == silver


def test_raising_a_threshold_shows_who_would_move_and_keeps_them():
    program = make_program(tier_window=TierWindow.CALENDAR_YEAR)
    silver, gold = make_tier(program, "Silver", 10_000), make_tier(program, "Gold", 20_000)
    rich, edge, near = make_member(), make_member(), make_member()
    for member, amount in ((rich, 30_000), (edge, 20_000), (near, 9_000)):
        buy(member, amount)
    after = Ladder(TierBasis.SPEND, program.tier_window, {silver.pk: 9_000, gold.pk: 20_001})
    movers = who_would_move(program, [silver, gold], after)
    assert [(one.member, one.was, one.becomes) for one in movers.rising] == [(near.pk, "", "Silver")]
    assert [(one.member, one.was, one.becomes) for one in movers.falling] == [(edge.pk, "Gold", "Silver")]
    change_tier(gold, TierDetails("Gold", 20_001), by=SYSTEM)
    assert account_of(edge).tier == gold
    change_tier(gold, TierDetails("Gold", 20_000), by=SYSTEM)
    change_tier(gold, TierDetails("Gold", 20_001), by=SYSTEM, keep=False)
    assert account_of(edge).tier == silver
    assert account_of(rich).tier == gold


def test_another_window_counts_who_would_move_by_each_members_own_year():
    program = make_program(tier_window=TierWindow.EVER)
    silver = make_tier(program, "Silver", 10_000)
    early, late = joined("2025-01-10 10:00"), joined("2025-08-10 10:00")
    with at("2026-01-05 10:00"):
        for member in (early, late):
            buy(member, 10_000)
    with at("2026-02-01 10:00"):
        after = Ladder(TierBasis.SPEND, TierWindow.JOINING_YEAR, {silver.pk: 10_000})
        assert [one.member for one in who_would_move(program, [silver], after).falling] == [early.pk]
        measure_tiers(program, basis=TierBasis.SPEND, window=TierWindow.JOINING_YEAR, keep=False, by=SYSTEM)
        assert account_of(early).tier is None
        assert account_of(late).tier == silver


def test_a_birthday_gift_is_given_once_a_year_and_works():
    program = make_program()
    friend = make_tier(program, "Friend", 0)
    member = make_member(birth_month=3, birth_day=10)
    with at("2026-03-01 10:00"):
        buy(member, 100)
        set_benefits(friend, [BIRTHDAY], by=SYSTEM)
    with at("2026-03-09 22:59"):
        assert give_presents(date(2026, 3, 9)) == 0
    with at("2026-03-10 01:00"):
        assert give_presents(date(2026, 3, 10)) == 1
        assert give_presents(date(2026, 3, 10)) == 0
        voucher = Voucher.objects.get()
        assert (voucher.kind, voucher.value, voucher.present.occasion) == ("amount_off", 500, "birthday")
        assert voucher.valid_until == datetime(2026, 3, 24, 23, tzinfo=UTC)
        # Another birthday within the year gives no second one.
        member.birth_day = 12
        member.save()
        assert give_presents(date(2026, 3, 12)) == 0
    with at("2027-03-14 01:00"):
        # Nothing ran for two days.
        assert give_presents(date(2027, 3, 14)) == 1
        assert Present.objects.order_by("day").last().day == date(2027, 3, 12)


@pytest.mark.parametrize(
    ("day", "given"), [(date(2027, 2, 27), 0), (date(2027, 2, 28), 1), (date(2028, 2, 28), 0), (date(2028, 2, 29), 1)]
)
def test_a_birthday_on_29_february(day, given):
    friend = make_tier(make_program(), "Friend", 0)
    member = make_member(birth_month=2, birth_day=29)
    with at(f"{day.year}-02-01 10:00"):
        buy(member, 100)
        set_benefits(friend, [BIRTHDAY], by=SYSTEM)
    with at(f"{day} 03:00"):
        assert give_presents(day) == given


def test_the_day_of_joining_in_the_zone_of_the_business():
    friend = make_tier(make_program(), "Friend", 0)
    # In Vienna it was 1 April already.
    member = joined("2025-03-31 22:30")
    gift = BenefitDetails(BenefitKind.ANNIVERSARY, gift_kind=RewardKind.PERCENT_OFF, value=10, days=7)
    with at("2025-04-01 10:00"):
        buy(member, 100)
        set_benefits(friend, [gift], by=SYSTEM)
        assert give_presents(date(2025, 4, 1)) == 0
    with at("2026-03-31 21:00"):
        assert give_presents(date(2026, 3, 31)) == 0
    with at("2026-03-31 22:30"):
        assert give_presents(date(2026, 4, 1)) == 1


def test_who_reaches_the_tier_after_their_birthday_waits_a_year():
    program = make_program()
    silver = make_tier(program, "Silver", 10_000)
    with at("2026-03-01 10:00"):
        set_benefits(silver, [BIRTHDAY], by=SYSTEM)
    member = make_member(birth_month=3, birth_day=10)
    with at("2026-03-11 10:00"):
        buy(member, 10_000)
        assert give_presents(date(2026, 3, 11)) == 0


def test_a_merged_member_gets_one_gift():
    friend = make_tier(make_program(), "Friend", 0)
    one, other = make_member(birth_month=3, birth_day=10), make_member(birth_month=3, birth_day=10)
    with at("2026-03-01 10:00"):
        for member in (one, other):
            buy(member, 100)
        set_benefits(friend, [BIRTHDAY], by=SYSTEM)
    with at("2026-03-10 02:00"):
        assert give_presents(date(2026, 3, 10)) == 2
        merge_members(one, other, by=SYSTEM, source=Source.DASHBOARD)
        assert give_presents(date(2026, 3, 11)) == 0
    with at("2027-03-10 02:00"):
        assert give_presents(date(2027, 3, 10)) == 1


def test_rewards_come_earlier_to_a_tier_with_early_access():
    program = make_program()
    silver = make_tier(program, "Silver", 5_000)
    set_benefits(silver, [BenefitDetails(BenefitKind.EARLY, days=3)], by=SYSTEM)
    member, other = make_member(), make_member()
    with at("2026-03-08 10:00"):
        buy(member, 5_000)
        buy(other, 4_000)
        reward = make_reward(program, cost=10, starts_on=date(2026, 3, 11))
        assert redeem_reward(member, reward=reward, by=SYSTEM, key=key())
        with pytest.raises(RewardNotAvailable):
            redeem_reward(other, reward=reward, by=SYSTEM, key=key())
    with at("2026-03-07 10:00"), pytest.raises(RewardNotAvailable):
        redeem_reward(member, reward=reward, by=SYSTEM, key=key())

"""Places at an event, and the line of those who wait for one."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from customers.domain.merging import merge_members, undo_merge
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Activity
from programs.domain.catalog import RewardDetails, change_reward, create_reward
from programs.domain.places import leave_line, pass_on_due, wait_for_place
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.enums import RewardKind, WaitingStatus
from programs.errors import OutOfStock
from programs.models import Redemption, Reward, WaitingPlace
from programs.queries import account_of
from programs.voucher_errors import FullyBooked, NoWaitingList, PlacesLeft
from tenants.isolation import tenant_context
from tests.programs.shop import SYSTEM, at, buy, key, make_member, make_program, make_reward
from tests.threads import at_once

NOW = "2026-03-01 10:00"
BEGINS = datetime(2026, 3, 20, 18, tzinfo=UTC)


def event(program, stock=1, **fields):
    details = {"happens_at": BEGINS, "has_waiting_list": True, "take_hours": 24, **fields}
    return create_reward(
        program, RewardDetails(name="Tasting", kind=RewardKind.EXPERIENCE, cost=10, stock=stock, **details), by=SYSTEM
    )


def members(count):
    found = [make_member() for _number in range(count)]
    for member in found:
        buy(member, 10_000)
    return found


def redeem(member, reward):
    return redeem_reward(member, reward=reward, by=SYSTEM, key=key())


def wait(member, reward):
    return wait_for_place(member, reward=reward, by=SYSTEM)


def line(reward):
    return list(WaitingPlace.objects.filter(reward=reward).values_list("status", flat=True))


def stock(reward):
    return Reward.objects.get(pk=reward.pk).stock


@pytest.mark.usefixtures("inside")
class TestTheLine:
    def test_a_place_given_back_is_kept_for_the_first_and_for_nobody_else(self):
        with at(NOW):
            reward = event(make_program())
            has, first, second, stranger = members(4)
            redemption = redeem(has, reward)
            with pytest.raises(FullyBooked):
                redeem(first, reward)
            waiting = wait(first, reward)
            assert wait(first, reward) == waiting
            wait(second, reward)
            void_redemption(redemption, by=SYSTEM, reason="Ill", key=key())
            assert line(reward) == [WaitingStatus.OFFERED, WaitingStatus.WAITING]
            for other in (second, stranger):
                with pytest.raises(FullyBooked):
                    redeem(other, reward)
            redeem(first, reward)
            assert line(reward) == [WaitingStatus.TAKEN, WaitingStatus.WAITING]
            assert stock(reward) == 0
            offered = Activity.objects.get(kind=ActivityKind.PLACE_OFFERED)
            assert (offered.member, offered.payload["until"]) == (first, "2026-03-02T10:00:00+00:00")
            assert reconcile().differences == []

    def test_a_place_not_taken_in_time_goes_to_the_next_and_then_to_anybody(self):
        with at(NOW):
            reward = event(make_program())
            has, first, second, stranger = members(4)
            redemption = redeem(has, reward)
            for member in (first, second):
                wait(member, reward)
            void_redemption(redemption, by=SYSTEM, reason="Ill", key=key())
        with at("2026-03-02 09:59"):
            assert pass_on_due(datetime.now(UTC)) == 0
        with at("2026-03-02 10:00"):
            # Without the clock's work too: whoever asks finds the line in order.
            with pytest.raises(FullyBooked):
                redeem(first, reward)
            assert pass_on_due(datetime.now(UTC)) == 1
            assert line(reward) == [WaitingStatus.LAPSED, WaitingStatus.OFFERED]
        with at("2026-03-03 10:00"):
            assert pass_on_due(datetime.now(UTC)) == 1
            assert (line(reward), stock(reward)) == ([WaitingStatus.LAPSED, WaitingStatus.LAPSED], 1)
            redeem(stranger, reward)

    def test_leaving_the_line_passes_the_place_on(self):
        with at(NOW):
            reward = event(make_program())
            has, first, second = members(3)
            redemption = redeem(has, reward)
            one, _two = wait(first, reward), wait(second, reward)
            void_redemption(redemption, by=SYSTEM, reason="Ill", key=key())
            leave_line(one, by=SYSTEM)
            leave_line(one, by=SYSTEM)
            assert line(reward) == [WaitingStatus.LEFT, WaitingStatus.OFFERED]

    def test_more_places_are_kept_for_those_who_wait_and_who_rests_is_passed_over(self):
        with at(NOW):
            reward = event(make_program())
            has, first, second, third = members(4)
            redeem(has, reward)
            for member in (first, second, third):
                wait(member, reward)
            first.status = MemberStatus.PAUSED
            first.save()
            details = RewardDetails(
                name="Tasting",
                kind=RewardKind.EXPERIENCE,
                cost=10,
                stock=3,
                happens_at=BEGINS,
                has_waiting_list=True,
            )
            change_reward(reward, details, by=SYSTEM)
            assert line(reward) == [WaitingStatus.WAITING, WaitingStatus.OFFERED, WaitingStatus.OFFERED]
            assert stock(reward) == 1

    def test_nobody_is_asked_beyond_the_beginning(self):
        with at("2026-03-20 10:00"):
            reward = event(make_program())
            has, first, second = members(3)
            redemption = redeem(has, reward)
            wait(first, reward)
            wait(second, reward)
            void_redemption(redemption, by=SYSTEM, reason="Ill", key=key())
            assert WaitingPlace.objects.get(status=WaitingStatus.OFFERED).offered_until == BEGINS
        with at(BEGINS + timedelta(minutes=1)):
            pass_on_due(datetime.now(UTC))
            assert line(reward) == [WaitingStatus.LAPSED, WaitingStatus.WAITING]

    def test_nobody_waits_without_need(self):
        with at(NOW):
            program = make_program()
            [member] = members(1)
            with pytest.raises(PlacesLeft):
                wait(member, event(program, 2))
            with pytest.raises(NoWaitingList):
                wait(member, make_reward(program, stock=0))


def test_the_last_place_is_one_members_and_the_others_may_wait(business):
    with tenant_context(business):
        reward = event(make_program(), 1, happens_at=datetime.now(UTC) + timedelta(days=9))
        wanting = members(6)

    def act(member):
        # Two requests, as it is on a page. In one transaction the second try could deadlock: whoever waits for a row
        # that was locked under a savepoint waits for the whole transaction, also when the savepoint is rolled back.
        try:
            with tenant_context(business):
                return redeem(member, reward)
        except OutOfStock:
            with tenant_context(business):
                return wait(member, reward)

    outcomes = Counter(type(one) for one in at_once(act, wanting))
    assert outcomes == {Redemption: 1, WaitingPlace: 5}
    with tenant_context(business):
        assert stock(reward) == 0
        assert reconcile().differences == []


def test_a_place_that_becomes_free_is_asked_of_one_while_all_want_it(business):
    with tenant_context(business):
        reward = event(make_program(), 2, happens_at=datetime.now(UTC) + timedelta(days=9))
        people = members(7)
        taken = [redeem(member, reward) for member in people[:2]]
        for member in people[2:4]:
            wait(member, reward)
    acts = [("void", one) for one in taken] + [("redeem", member) for member in people[4:]]

    def act(what):
        with tenant_context(business):
            if what[0] == "void":
                return void_redemption(what[1], by=SYSTEM, reason="Ill", key=key())
            return redeem(what[1], reward)

    outcomes = Counter(type(one) for one in at_once(act, acts))
    assert outcomes == {Redemption: 2, FullyBooked: 3}
    with tenant_context(business):
        assert line(reward) == [WaitingStatus.OFFERED, WaitingStatus.OFFERED]
        assert stock(reward) == 0


@pytest.mark.usefixtures("inside")
def test_merged_records_wait_once_and_part_again():
    with at(NOW):
        reward = event(make_program())
        has, first, kept, other = members(4)
        redeem(has, reward)
        for member in (first, kept, other):
            wait(member, reward)
        # Of the two it is the place further in front that stays.
        merge = merge_members(kept, first, by=SYSTEM, source=Source.DASHBOARD)
        assert line(reward) == [WaitingStatus.WAITING, WaitingStatus.LEFT, WaitingStatus.WAITING]
        assert WaitingPlace.objects.earliest("pk").account == account_of(kept)
        undo_merge(merge, by=SYSTEM, source=Source.DASHBOARD)
        assert WaitingPlace.objects.earliest("pk").account == account_of(first)
        assert reconcile().differences == []


@pytest.mark.usefixtures("inside")
def test_places_that_were_kept_are_free_where_the_list_ends():
    with at(NOW):
        reward = event(make_program())
        has, first = members(2)
        redemption = redeem(has, reward)
        wait(first, reward)
        void_redemption(redemption, by=SYSTEM, reason="Ill", key=key())
        assert stock(reward) == 0
        details = RewardDetails(name="T", kind=RewardKind.EXPERIENCE, cost=10, happens_at=BEGINS, stock=0)
        change_reward(reward, details, by=SYSTEM, keep_stock=True)
        assert (line(reward), stock(reward)) == ([WaitingStatus.LEFT], 1)

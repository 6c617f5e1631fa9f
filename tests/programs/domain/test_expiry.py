from datetime import UTC, date, datetime

import pytest

from customers.enums import ActivityKind
from customers.models import Activity
from programs.domain.awards import award_joining, award_opening
from programs.domain.expiry import confirm_due, expire_due
from programs.domain.lots import last_day, new_lot
from programs.domain.redemptions import redeem_reward
from programs.enums import EntryKind
from programs.errors import NotEnoughPoints
from programs.models import Entry, Lot, Program
from programs.queries import Dated, account_of, rewards_for, standing_of
from tenants.isolation import tenant_context
from tests.cast import make_business
from tests.programs.shop import SYSTEM, at, balance, buy, key, make_member, make_program, make_reward


@pytest.mark.parametrize(
    ("day", "months", "month_end", "last"),
    [
        (date(2026, 1, 31), 1, False, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, False, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, False, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, False, date(2032, 2, 29)),
        (date(2026, 8, 31), 6, True, date(2027, 2, 28)),
        (date(2026, 1, 1), 12, True, date(2027, 1, 31)),
        (date(2026, 12, 31), 2, True, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, True, date(2028, 2, 29)),
        (date(2026, 11, 15), 12, False, date(2027, 11, 15)),
    ],
)
def test_the_last_day_of_points(day, months, month_end, last):
    assert last_day(day, months, month_end) == last


@pytest.mark.parametrize(
    ("zone", "earned", "starts", "expires"),
    [
        # Vienna: 23:30 UTC is the next day there.
        ("Europe/Vienna", "2026-01-09 23:30", "2026-01-11 23:00", "2026-02-12 23:00"),
        # Cairo springs forward at midnight of 24 April 2026: that day begins at 01:00, or 22:00 UTC.
        ("Africa/Cairo", "2026-03-22 12:00", "2026-03-23 22:00", "2026-04-24 21:00"),
        ("Africa/Cairo", "2026-03-21 12:00", "2026-03-22 22:00", "2026-04-23 22:00"),
        # Santiago springs forward at midnight of 6 September 2026: that day begins at 01:00, or 04:00 UTC.
        ("America/Santiago", "2026-08-03 15:00", "2026-08-05 04:00", "2026-09-06 04:00"),
        ("America/Santiago", "2026-08-04 15:00", "2026-08-06 04:00", "2026-09-07 03:00"),
        ("Pacific/Kiritimati", "2026-01-09 12:00", "2026-01-11 10:00", "2026-02-12 10:00"),
        ("America/New_York", "2028-01-28 15:00", "2028-01-30 05:00", "2028-03-01 05:00"),
    ],
)
def test_days_are_those_of_the_business(zone, earned, starts, expires):
    program = Program(pending_days=2, expiry_months=1, expires_at_month_end=False, tenant_id=None)
    moment = datetime.fromisoformat(earned).replace(tzinfo=UTC)
    with tenant_context(make_business(time_zone=zone)):
        lot = new_lot(program, 5, earned_at=moment, now=moment)
    assert lot.is_pending
    assert lot.available_from == datetime.fromisoformat(starts).replace(tzinfo=UTC)
    assert lot.expires_at == datetime.fromisoformat(expires).replace(tzinfo=UTC)


def test_points_count_to_the_last_moment_of_their_last_day(inside):
    program = make_program(expiry_months=1, expires_at_month_end=False)
    member = make_member()
    reward = make_reward(program, cost=5)
    with at("2026-01-10 10:00"):
        buy(member, 1000)
        assert standing_of(account_of(member)).expiring == [Dated(date(2026, 2, 10), 10)]
    with at("2026-02-10 22:59"):
        redeem_reward(member, reward=reward, by=SYSTEM, key=key())
        assert expire_due(datetime.now(UTC)) == 0
    with at("2026-02-10 23:00"):
        # The job has not run yet; the points are gone all the same.
        assert standing_of(account_of(member)).balance == 0
        assert rewards_for(account_of(member))[0].missing == 5
        with pytest.raises(NotEnoughPoints):
            redeem_reward(member, reward=reward, by=SYSTEM, key=key())
        expire_due(datetime.now(UTC))
        assert balance(member) == (0, 0, 0)
    expired = Entry.objects.get(kind=EntryKind.EXPIRE)
    assert (expired.amount, expired.occurred_at) == (-5, datetime(2026, 2, 10, 23, tzinfo=UTC))
    assert Activity.objects.get(kind=ActivityKind.POINTS_EXPIRED).payload["points"] == 5


def test_pending_points_become_available_with_their_day(inside):
    make_program(pending_days=14)
    member = make_member()
    with at("2026-01-10 10:00"):
        buy(member, 1000)
        standing = standing_of(account_of(member))
        assert (standing.balance, standing.pending, standing.coming) == (0, 10, [Dated(date(2026, 1, 24), 10)])
    with at("2026-01-23 22:59"):
        assert confirm_due(datetime.now(UTC)) == 0
    with at("2026-01-23 23:00"):
        assert standing_of(account_of(member)).balance == 10
        assert confirm_due(datetime.now(UTC)) == 1
        assert confirm_due(datetime.now(UTC)) == 0
    assert balance(member) == (10, 0, 0)
    assert Activity.objects.get(kind=ActivityKind.POINTS_CONFIRMED).payload["points"] == 10


def test_pending_points_can_be_spent_from_their_day_on_though_no_job_has_run(inside):
    program = make_program(pending_days=1)
    member = make_member()
    with at("2026-01-10 10:00"):
        buy(member, 1000)
        with pytest.raises(NotEnoughPoints):
            redeem_reward(member, reward=make_reward(program, cost=10), by=SYSTEM, key=key())
    with at("2026-01-11 10:00"):
        redeem_reward(member, reward=make_reward(program, cost=10), by=SYSTEM, key=key())
    assert balance(member) == (0, 0, 0)


def test_a_debit_takes_what_expires_first(inside):
    program = make_program()
    member = make_member()
    with at("2026-01-10 10:00"):
        buy(member, 700)
    program.expiry_months = 2
    program.save()
    with at("2026-01-11 10:00"):
        buy(member, 500)
        redeem_reward(member, reward=make_reward(program, cost=6), by=SYSTEM, key=key())
    assert [lot.remaining for lot in Lot.objects.order_by("id")] == [6, 0]


def test_the_joining_bonus_is_given_once(inside):
    make_program(joining_bonus=20, pending_days=14)
    member = make_member()
    first = award_joining(member, by=SYSTEM)
    assert award_joining(member, by=SYSTEM).pk == first.pk
    assert balance(member) == (20, 0, 0)


def test_an_opening_balance_expires_as_if_it_had_been_earned_then(inside):
    make_program(expiry_months=12, expires_at_month_end=True)
    member = make_member()
    with at("2026-06-10 10:00"):
        award_opening(member, points=40, by=SYSTEM, key=key(), earned_at=datetime(2025, 7, 1, 12, tzinfo=UTC))
    assert Lot.objects.get().expires_at == datetime(2026, 7, 31, 22, tzinfo=UTC)

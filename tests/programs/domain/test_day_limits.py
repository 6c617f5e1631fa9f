"""What staff may give in a day: to one member, and one person in all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.domain.members import MemberDetails, enrol_member
from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import Source
from customers.models import Note, Purchase
from programs.domain.adjustments import adjust_points
from programs.domain.defaults import new_program
from programs.domain.redemptions import redeem_reward
from programs.domain.undo import undo_entry
from programs.errors import MemberDayLimit, StaffDayLimit
from programs.models import Entry, Program
from tenants.actors import Actor
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.models import Membership, Tenant
from tests.cast import make_business, make_membership
from tests.programs.domain.test_at_the_same_time import together
from tests.programs.shop import (
    SYSTEM,
    accrual_of,
    at,
    balance,
    buy,
    key,
    make_member,
    make_program,
    make_reward,
    make_tier,
)


@pytest.fixture
def by(cast) -> Actor:
    return Actor.staff(cast.staff)


def give(member, points, *, by):
    return adjust_points(member, points=points, reason="Sorry", by=by, key=key())


@pytest.mark.usefixtures("inside")
def test_one_member_gets_as_much_as_the_limit_and_a_point_more_is_refused(by):
    make_program(member_day_limit=10_000)
    member = make_member()
    buy(member, 6_000, by=by)
    give(member, 40, by=by)
    with pytest.raises(MemberDayLimit) as refusal:
        buy(member, 100, by=by)
    assert str(refusal.value) == (
        "Staff may give one member up to 100 points in a day; with this it would be 101 points."
        " Ask a manager to take over with their PIN."
    )
    assert Purchase.objects.count() == 1  # the whole of it is taken back
    assert balance(member) == (100, 0, 0)
    buy(make_member(), 10_000, by=by)


@pytest.mark.usefixtures("inside")
def test_two_of_the_staff_share_what_one_member_may_get(cast, by):
    make_program(member_day_limit=10_000)
    member = make_member()
    buy(member, 6_000, by=by)
    with pytest.raises(MemberDayLimit):
        buy(member, 5_000, by=Actor.staff(make_membership(cast.business, Role.STAFF)))


@pytest.mark.usefixtures("inside")
def test_one_person_gives_as_much_in_all_and_a_colleague_goes_on(cast, by):
    make_program(staff_day_limit=10_000)
    buy(make_member(), 6_000, by=by)
    give(make_member(), 40, by=by)
    with pytest.raises(StaffDayLimit) as refusal:
        give(make_member(), 1, by=by)
    assert refusal.value.status == 403
    buy(make_member(), 9_000, by=Actor.staff(make_membership(cast.business, Role.STAFF)))


@pytest.mark.usefixtures("inside")
def test_managers_owners_and_systems_go_above_and_use_up_nothing(cast, by):
    make_program(member_day_limit=10_000, staff_day_limit=10_000)
    member = make_member()
    for actor in (Actor.staff(cast.manager), Actor.staff(cast.owner), SYSTEM):
        buy(member, 50_000, by=actor)
        give(member, 5_000, by=actor)
    buy(member, 10_000, by=by)


@pytest.mark.usefixtures("inside")
def test_taking_is_not_limited_and_frees_nothing(by):
    make_program(member_day_limit=10_000, adjustment_limit=1_000)
    member = make_member()
    buy(member, 10_000, by=by)
    give(member, -50, by=by)
    with pytest.raises(MemberDayLimit):
        give(member, 1, by=by)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("typed", ["purchase", "by hand"])
def test_what_one_undid_the_same_day_does_not_count(by, typed):
    make_program(member_day_limit=10_000, staff_day_limit=10_000, adjustment_limit=1_000)
    member = make_member()
    wrong = accrual_of(buy(member, 10_000, by=by)) if typed == "purchase" else give(member, 100, by=by)
    undo_entry(wrong, by=by, key=key())
    buy(member, 10_000, by=by)


@pytest.mark.usefixtures("inside")
def test_what_was_spent_before_it_was_undone_counts(cast, by):
    """Otherwise one purchase after another is typed, spent and undone, each on a card that nobody will miss."""
    program = make_program(member_day_limit=10_000, staff_day_limit=10_000)
    member, coffee = make_member(), make_reward(program, 60)
    wrong = accrual_of(buy(member, 10_000, by=by))
    redeem_reward(member, reward=coffee, by=SYSTEM, key=key())
    undo_entry(wrong, by=by, key=key())
    assert balance(member) == (0, 0, 60)
    with pytest.raises(StaffDayLimit):
        buy(make_member(), 4_100, by=by)
    buy(make_member(), 4_000, by=by)
    with pytest.raises(MemberDayLimit):
        buy(member, 4_100, by=Actor.staff(make_membership(cast.business, Role.STAFF)))


@pytest.mark.usefixtures("inside")
def test_undoing_what_is_older_or_a_colleagues_frees_nothing(cast, by):
    make_program(staff_day_limit=10_000, adjustment_limit=1_000, undo_minutes=1440)
    with at("2026-03-02 20:00"):
        old = give(make_member(), 90, by=by)
    with at("2026-03-03 10:00"):
        colleagues = give(make_member(), 90, by=Actor.staff(make_membership(cast.business, Role.STAFF)))
        give(make_member(), 100, by=by)
        undo_entry(old, by=by, key=key())
        undo_entry(colleagues, by=by, key=key())
        with pytest.raises(StaffDayLimit):
            give(make_member(), 1, by=by)


@pytest.mark.usefixtures("inside")
def test_a_day_is_the_shops_and_dating_a_purchase_back_does_not_help(by):
    make_program(member_day_limit=10_000)  # in Vienna, an hour before UTC in winter
    member = make_member()
    with at("2026-01-10 22:59"):
        buy(member, 10_000, by=by)
        with pytest.raises(MemberDayLimit):
            buy(member, 10_000, by=by, occurred_at=timezone.now() - timedelta(days=2))
    with at("2026-01-10 23:00"):
        buy(member, 10_000, by=by)


@pytest.mark.usefixtures("inside")
def test_the_limit_follows_the_rate(by):
    make_program(earn_points=5, member_day_limit=10_000)
    member = make_member()
    assert accrual_of(buy(member, 10_000, by=by)).amount == 500
    with pytest.raises(MemberDayLimit):
        give(member, 1, by=by)


@pytest.mark.usefixtures("inside")
def test_what_a_tier_multiplies_counts_as_it_was_given(by):
    make_tier(make_program(member_day_limit=10_000), "Gold", 0, multiplier=150)
    with pytest.raises(MemberDayLimit):
        buy(make_member(), 10_000, by=by)


def enrol(by, source=Source.COUNTER):
    return enrol_member(MemberDetails(given_name="Ines"), by=by, source=source)


@pytest.mark.usefixtures("inside")
def test_points_for_joining_count_for_who_signs_people_up_and_nobody_is_sent_away(cast, by):
    make_program(joining_bonus=40, staff_day_limit=10_000, member_day_limit=10_000)
    assert [balance(enrol(by)) for _person in range(2)] == [(40, 0, 0)] * 2
    late = enrol(by)
    assert not Entry.objects.filter(account__member=late).exists()
    assert Note.objects.get(member=late).text == (
        "40 points for joining were not given: Staff had given enough for the day. A manager can give them."
    )
    with pytest.raises(StaffDayLimit):
        buy(late, 2_100, by=by)
    buy(late, 2_000, by=by)
    for actor in (Actor.staff(cast.manager), SYSTEM, Actor.staff(make_membership(cast.business, Role.STAFF))):
        assert balance(enrol(actor)) == (40, 0, 0)


@pytest.mark.usefixtures("inside")
def test_points_for_joining_do_not_use_up_what_one_member_may_get(by):
    make_program(joining_bonus=40, member_day_limit=10_000)
    member = enrol(by)
    buy(member, 10_000, by=by)
    assert balance(member) == (140, 0, 0)


@pytest.mark.usefixtures("inside")
def test_points_for_joining_that_were_undone_are_free_again(by):
    make_program(joining_bonus=40, staff_day_limit=10_000)
    wrong = enrol(by)
    undo_entry(Entry.objects.get(account__member=wrong), by=by, key=key())
    buy(make_member(), 10_000, by=by)


def test_two_who_sign_people_up_at_once_do_not_pass_the_limit(cast):
    by = Actor.staff(cast.staff)
    with tenant_context(cast.business):
        make_program(joining_bonus=10, staff_day_limit=10_000)
    joined = together(cast.business, lambda _number: enrol(by), range(16))
    with tenant_context(cast.business):
        assert (len(joined), Entry.objects.count(), Note.objects.count()) == (16, 10, 6)


@pytest.mark.usefixtures("inside")
def test_a_retry_at_the_limit_gives_the_first_answer(by):
    make_program(member_day_limit=10_000)
    member, one = make_member(), key()
    details = PurchaseDetails(total=10_000)
    first = record_purchase(member, details, by=by, source=Source.COUNTER, key=one)
    assert record_purchase(member, details, by=by, source=Source.COUNTER, key=one).pk == first.pk
    assert Entry.objects.count() == 1


def test_two_tills_at_once_do_not_pass_the_limit_of_a_person_together(cast):
    """Other members, the same person: nothing but the lock on the person makes them wait for each other."""
    by = Actor.staff(cast.staff)
    with tenant_context(cast.business):
        make_program(staff_day_limit=10_000)
        members = [make_member() for _number in range(24)]
    results = together(cast.business, lambda member: buy(member, 1_000, by=by), members)
    assert sum(isinstance(one, Purchase) for one in results) == 10
    assert sum(isinstance(one, StaffDayLimit) for one in results) == 14


def test_two_of_the_staff_at_once_do_not_pass_the_limit_of_a_member_together(cast):
    people = [Actor.staff(make_membership(cast.business, Role.STAFF)) for _number in range(4)]
    with tenant_context(cast.business):
        make_program(member_day_limit=10_000)
        member = make_member()
    results = together(cast.business, lambda n: buy(member, 1_000, by=people[n % 4]), range(24))
    assert sum(isinstance(one, Purchase) for one in results) == 10
    assert sum(isinstance(one, MemberDayLimit) for one in results) == 14


def test_people_and_members_crosswise_never_wait_in_a_circle(cast):
    people = [Actor.staff(make_membership(cast.business, Role.STAFF)) for _number in range(3)]
    with tenant_context(cast.business):
        make_program(member_day_limit=10**9, staff_day_limit=10**9)
        members = [make_member() for _number in range(3)]
    jobs = [(members[n % 3], people[(n // 3) % 3], n % 2) for n in range(90)]

    def serve(job):
        member, by, by_hand = job
        return give(member, 1, by=by) if by_hand else accrual_of(buy(member, 100, by=by))

    assert all(isinstance(one, Entry) for one in together(cast.business, serve, jobs))


@pytest.mark.usefixtures("inside")
def test_the_limits_cost_one_query_and_only_where_they_hold(cast, by):
    program, member = make_program(), make_member(email="ines@example.com")
    buy(member, 1_000, by=by)
    counts = []
    for limits in ({}, {"member_day_limit": 10**6, "staff_day_limit": 10**6}):
        type(program).objects.filter(pk=program.pk).update(**limits)
        for actor in (by, SYSTEM):
            buy(member, 1_000, by=actor)
            with CaptureQueriesContext(connection) as queries:
                buy(member, 1_000, by=actor)
            counts.append(len(queries))
    plain, plain_system, limited, limited_system = counts
    assert (limited - plain, limited_system - plain_system) == (1, 0)


def program_of(business: Tenant) -> Program:
    with tenant_context(business):
        return new_program(business)


def test_a_new_program_has_limits_in_the_money_of_its_country():
    vienna, kyoto = program_of(make_business()), program_of(make_business(currency="JPY", trade="boutique"))
    assert (vienna.member_day_limit, vienna.staff_day_limit) == (20_000, 500_000)
    assert (kyoto.member_day_limit, kyoto.staff_day_limit) == (200_000, 2_000_000)


def test_whoever_holds_the_person_does_not_hold_up_their_purchases_on_record(cast):
    """The lock on the membership lets others refer to it: a purchase by the same person needs no more than that."""
    met = Barrier(2)

    def record(limited):
        with tenant_context(cast.business):
            if limited:
                Membership.objects.select_for_update(no_key=True).get(pk=cast.staff.pk)
            met.wait(timeout=60)
            purchase = record_purchase(
                None, PurchaseDetails(total=100), by=Actor.staff(cast.staff), source=Source.COUNTER, key=key()
            )
            met.wait(timeout=60)
            return purchase

    def work(limited):
        try:
            return record(limited)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(work, (True, False)))) == 2

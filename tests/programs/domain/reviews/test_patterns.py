"""How staff take points for themselves: nine patterns played as they happen. Six are refused at once, all are seen."""

from dataclasses import replace
from datetime import time

import pytest

from customers.errors import ReceiptConflict
from customers.models import Activity, Purchase
from programs.domain.adjustments import adjust_points
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.serving import Visit, serve_member
from programs.enums import ReviewState, ReviewSubject, Suspicion
from programs.errors import AdjustmentTooLarge, DeviceDayLimit, MemberDayLimit, OwnAccount, StaffDayLimit
from programs.models import Entry, Review
from tenants.actors import Actor
from tenants.domain.pins import set_pin
from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import make_membership
from tests.programs.shop import at, balance, buy, key, make_member, make_program, make_reward


@pytest.fixture
def by(cast) -> Actor:
    return replace(Actor.staff(cast.staff, cast.location.pk), device="till-1")


@pytest.fixture
def shop(business):
    """A program that watches everything, and a member."""
    with tenant_context(business):
        make_program(
            member_day_limit=10_000,
            staff_day_limit=20_000,
            device_day_limit=25_000,
            adjustment_limit=50,
            watch_often=3,
            watch_away_days=90,
            watch_from=time(7),
            watch_until=time(20),
        )
        return make_member()


def serve(member, *, by, amount=None, receipt="", rewards=(), pin=""):
    visit = Visit(amount=amount, receipt_number=receipt, rewards=rewards, pin=pin)
    return serve_member(member, visit, by=by, key=key())


def refused(business, error, act):
    """Play it as a till does, in a transaction that the refusal undoes; what is on the record afterwards."""
    with pytest.raises(error), tenant_context(business):
        act()
    with tenant_context(business):
        return Review.objects.select_related("member", "staff", "location").get()


DAY = "2026-03-10 10:00"  # eleven o'clock in Vienna


def test_1_their_own_card(cast, business, shop, by):
    with at(DAY):
        with tenant_context(business):
            own = make_member(email=cast.staff.user.email)
        review = refused(business, OwnAccount, lambda: serve(own, by=by, amount=1000))
    assert review.reasons == [Suspicion.OWN_CARD]
    assert (review.member, review.staff, review.location) == (own, cast.staff, cast.location)
    assert (review.subject_kind, review.points, review.times) == (ReviewSubject.REFUSAL, 0, 1)
    with tenant_context(business):
        assert not Entry.objects.exists()


def test_2_a_receipt_that_counted_before(business, shop, by):
    with at(DAY):
        with tenant_context(business):
            friend = make_member()
            serve(shop, by=by, amount=1000, receipt="R1")
        review = refused(business, ReceiptConflict, lambda: serve(friend, by=by, amount=1000, receipt="R1"))
    assert (review.reasons, review.evidence["number"], review.member) == ([Suspicion.RECEIPT_AGAIN], "R1", friend)
    with tenant_context(business):
        assert balance(shop) == (10, 0, 0)
        assert Purchase.objects.count() == 1


def test_3_too_much_for_one_member_in_a_day(business, shop, by):
    with at(DAY):
        review = refused(business, MemberDayLimit, lambda: serve(shop, by=by, amount=10_100))
    assert (review.reasons, review.evidence["most"]) == ([Suspicion.MEMBER_LIMIT], "100 points")


def test_4_too_much_by_one_person_in_a_day(business, shop, by):
    with at(DAY):
        with tenant_context(business):
            serve(shop, by=by, amount=10_000)
            serve(make_member(), by=by, amount=9_000)
            third = make_member()
        review = refused(business, StaffDayLimit, lambda: serve(third, by=by, amount=2_000))
    assert review.reasons == [Suspicion.STAFF_LIMIT]


def test_5_too_much_at_one_device_by_several(business, shop, by):
    """A phone goes round among colleagues, each of whom stays within what one person may give."""
    with at(DAY):
        with tenant_context(business):
            for _person in range(2):
                colleague = replace(Actor.staff(make_membership(business, Role.STAFF)), device="till-1")
                serve(make_member(), by=colleague, amount=10_000)
        review = refused(business, DeviceDayLimit, lambda: serve(shop, by=by, amount=6_000))
        with tenant_context(business):
            serve(shop, by=replace(by, device="till-2"), amount=6_000)
    assert (review.reasons, review.evidence["device"]) == ([Suspicion.DEVICE_LIMIT], "till-1")


def test_6_more_by_hand_than_one_person_may_give(business, shop, by):
    with at(DAY):
        review = refused(
            business,
            AdjustmentTooLarge,
            lambda: adjust_points(shop, points=51, reason="Sorry", by=by, key=key()),
        )
    assert review.reasons == [Suspicion.BY_HAND]


def test_7_one_person_with_one_member_too_often(business, shop, by):
    with tenant_context(business):
        for hour in ("09 08:00", "09 12:00", "10 08:00"):
            with at(f"2026-03-{hour}"):
                serve(shop, by=by, amount=500)
        assert not Review.objects.exists()
        with at(DAY):
            served = serve(shop, by=by, amount=700)
        review = Review.objects.get()
        assert (review.reasons, review.is_held, review.points) == ([Suspicion.TOO_OFTEN], True, 7)
        assert review.evidence == {"often": "4", "usual": "3", "device": "till-1"}
        assert review.subject_id == served.entry.pk
        assert balance(shop) == (15, 7, 0)
        assert Activity.objects.filter(kind="points.held", member=shop).count() == 1
        assert reconcile().differences == []


def test_8_redeemed_for_a_member_who_had_long_been_away(cast, business, shop, by):
    with tenant_context(business):
        with at("2026-01-02 10:00"):
            shop.joined_at = "2025-01-01T00:00Z"
            shop.save()
            buy(shop, 5_000)
            set_pin(cast.staff, pin="492817", by=Actor.staff(cast.staff))
        reward = make_reward(cast_program(), cost=20)
        with at("2026-05-10 10:00"):
            serve(shop, by=by, rewards=[reward], pin="492817")
        review = Review.objects.get()
        assert (review.reasons, review.evidence["days"], review.points) == ([Suspicion.AWAY], "128", 20)
        assert (review.is_held, review.state) == (False, ReviewState.OPEN)


def test_9_given_when_the_shop_was_closed(business, shop, by):
    with tenant_context(business), at("2026-03-10 20:30"):
        serve(shop, by=by, amount=900)
        review = Review.objects.get()
        assert (review.reasons, review.evidence["at"], review.is_held) == ([Suspicion.AFTER_HOURS], "21:30", True)
        assert balance(shop) == (0, 9, 0)


def test_tried_again_it_is_one_review_that_counts(business, shop, by):
    with at(DAY):
        refused(business, MemberDayLimit, lambda: serve(shop, by=by, amount=10_100))
        review = refused(business, MemberDayLimit, lambda: serve(shop, by=by, amount=10_200))
    assert review.times == 2


def test_managers_may_all_of_it_and_nothing_is_seen(cast, business, shop):
    manager = Actor.staff(cast.manager, cast.location.pk)
    with tenant_context(business), at("2026-03-10 20:30"):
        serve(shop, by=manager, amount=50_000)
        adjust_points(shop, points=500, reason="Prize", by=manager, key=key())
        assert not Review.objects.exists()


def test_a_member_redeems_by_themselves_unseen(business, shop):
    with tenant_context(business), at("2027-03-10 10:00"):
        buy(shop, 5_000)
        redeem_reward(shop, reward=make_reward(cast_program()), by=Actor.member(shop.pk), key=key())
        assert not Review.objects.exists()


def cast_program():
    from programs.models import Program

    return Program.objects.get()

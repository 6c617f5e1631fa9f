"""Held, released, taken back: what a decision does to the points, and who may take it."""

from datetime import time

import pytest

from loyalty_saas.lib.errors import Forbidden
from programs.domain.adjustments import adjust_points
from programs.domain.expiry import confirm_due
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.reviews.deciding import hold_review, release_review, reverse_review
from programs.domain.reviews.opening import Seen, open_review
from programs.enums import EntryKind, ReviewKind, ReviewState, ReviewSubject, Suspicion
from programs.errors import NotEnoughPoints, NothingToHold, OwnReview, ReviewClosed
from programs.models import Entry, Lot, Review
from programs.queries import account_of, standing_of
from tenants.actors import Actor
from tenants.enums import Role
from tenants.models import AuditEvent
from tests.cast import make_membership
from tests.programs.shop import at, balance, bring_back, buy, earn, key, make_member, make_program, make_reward

pytestmark = pytest.mark.usefixtures("inside")
CLOSED = "2026-03-10 20:30"


@pytest.fixture
def owner(cast) -> Actor:
    return Actor.staff(cast.owner)


@pytest.fixture
def by(cast) -> Actor:
    return Actor.staff(cast.staff)


def held(member, by, total=900) -> Review:
    """Points that were given after closing."""
    with at(CLOSED):
        buy(member, total, by=by)
    return Review.objects.get(member=member)


@pytest.fixture
def program():
    return make_program(watch_from=time(7), watch_until=time(20))


def test_held_points_cannot_be_spent_and_no_day_lets_them_go(program, by):
    member = make_member()
    held(member, by)
    with at("2026-04-10 10:00") as now:
        confirm_due(now)
        with pytest.raises(NotEnoughPoints):
            redeem_reward(member, reward=make_reward(program, cost=5), by=Actor.member(member.pk), key=key())
        standing = standing_of(account_of(member))
        assert (standing.balance, standing.pending, standing.held, standing.coming) == (0, 9, 9, [])
    assert Entry.objects.get(kind=EntryKind.HOLD).amount == -9
    assert reconcile().differences == []


def test_released_they_can_be_spent_and_keep_their_end(program, by, owner):
    program.expiry_months = 12
    program.save()
    member = make_member()
    review = held(member, by)
    end = Lot.objects.get().expires_at
    with at("2026-03-11 10:00"):
        release_review(review, by=owner, note="Evening event")
    assert balance(member) == (9, 0, 0)
    assert Lot.objects.get().expires_at == end
    review.refresh_from_db()
    assert (review.state, review.is_held, review.decided_by_id, review.note) == (
        ReviewState.RELEASED,
        False,
        owner.id,
        "Evening event",
    )
    assert AuditEvent.objects.filter(action="review.released").count() == 1
    assert reconcile().differences == []


def test_taken_back_the_purchase_is_returned_whole(program, by, owner):
    member = make_member()
    review = held(member, by)
    reverse_review(review, by=owner)
    assert balance(member) == (0, 0, 0)
    review.refresh_from_db()
    assert review.state == ReviewState.REVERSED
    assert account_of(member).lifetime == 0
    assert reconcile().differences == []


def test_taken_back_what_was_given_by_hand(program, by, owner):
    member = make_member()
    with at(CLOSED):
        adjust_points(member, points=30, reason="Sorry", by=by, key=key())
    assert balance(member) == (0, 30, 0)
    reverse_review(Review.objects.get(), by=owner)
    assert balance(member) == (0, 0, 0)
    assert reconcile().differences == []


def test_points_that_wait_anyway_lose_their_day_and_get_it_back(program, by, owner):
    program.pending_days = 14
    program.save()
    member = make_member()
    review = held(member, by)
    assert not Entry.objects.filter(kind=EntryKind.HOLD).exists()
    with at("2026-03-12 10:00"):
        release_review(review, by=owner)
        assert balance(member) == (0, 9, 0)
        assert standing_of(account_of(member)).held == 0
    with at("2026-03-25 10:00") as now:
        confirm_due(now)
    assert balance(member) == (9, 0, 0)
    assert reconcile().differences == []


def test_a_return_takes_held_points_first(program, by):
    member = make_member()
    earn(member, 2_000)
    review = held(member, by)
    from customers.models import Purchase

    bring_back(Purchase.objects.get(pk=Entry.objects.get(pk=review.subject_id).cause_id))
    assert balance(member) == (20, 0, 0)
    assert reconcile().differences == []


def test_what_was_given_before_can_be_held_as_far_as_it_is_there(program, cast, owner):
    member = make_member()
    entry = earn(member, 3_000)
    redeem_reward(member, reward=make_reward(program, cost=10), by=Actor.member(member.pk), key=key())
    review = open_review(
        Seen(ReviewKind.STAFF, ReviewSubject.ENTRY, [Suspicion.TOO_OFTEN], "k", subject_id=entry.pk, member=member)
    )
    hold_review(review, by=owner)
    assert balance(member) == (0, 20, 0)
    release_review(review, by=owner)
    assert balance(member) == (20, 0, 0)
    assert reconcile().differences == []


def test_nobody_of_the_staff_decides_and_no_manager_about_themselves(program, cast, by):
    member = make_member()
    review = held(member, by)
    with pytest.raises(Forbidden):
        release_review(review, by=by)
    manager = make_membership(cast.business, Role.MANAGER)
    Review.objects.update(staff=manager)
    with pytest.raises(OwnReview):
        release_review(review, by=Actor.staff(manager))


def test_decided_once(program, by, owner):
    review = held(make_member(), by)
    release_review(review, by=owner)
    with pytest.raises(ReviewClosed):
        reverse_review(review, by=owner)


def test_what_was_refused_has_nothing_to_hold(program, owner):
    review = open_review(Seen(ReviewKind.STAFF, ReviewSubject.REFUSAL, [Suspicion.OWN_CARD], "k"))
    with pytest.raises(NothingToHold):
        hold_review(review, by=owner)
    release_review(review, by=owner)
    assert Review.objects.get().state == ReviewState.RELEASED

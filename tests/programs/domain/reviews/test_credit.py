"""Store credit by hand is watched as points are: by the same hours, the same usual number, at the same devices."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from customers.models import Activity
from programs.books.rollforward import books_of
from programs.domain.adjustments import adjust_points
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.credit.publishing import cash_back_of_business, limit_credit_by_hand
from programs.domain.credit.reading import credit_of
from programs.domain.reconcile import reconcile
from programs.domain.reviews.deciding import release_review, reverse_review
from programs.enums import ReviewState, Suspicion
from programs.errors import DeviceDayLimit
from programs.models import Entry, Review
from programs.words.reviews import seen
from tenants.actors import Actor
from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import make_membership
from tests.programs.credit import credit, make_credit
from tests.programs.shop import SYSTEM, at, buy, key, make_member, make_program
from tests.threads import at_once

DAY = "2026-03-10 10:00"  # eleven o'clock in Vienna
NIGHT = "2026-03-10 22:00"


@pytest.fixture
def by(cast: Any) -> Actor:
    return replace(Actor.staff(cast.staff, cast.location.pk), device="till-1")


@pytest.fixture
def shop(business: Any) -> Any:
    """A business that watches everything, with store credit, and a member."""
    with tenant_context(business):
        make_program(watch_often=3, watch_from=time(7), watch_until=time(20), device_day_limit=5_000)
        make_credit()
        found = cash_back_of_business()
        assert found is not None
        limits = {"adjustment_limit": 3_000, "member_day_limit": None, "staff_day_limit": None}
        limit_credit_by_hand(found, limits, by=SYSTEM)
        return make_member()


def give(member: Any, amount: int, by: Actor, **fields: Any) -> Entry:
    return adjust_credit(member, amount=amount, by=by, **{"reason": "Sorry", "key": key(), **fields})


def test_after_hours_it_is_held_and_can_be_released(cast: Any, shop: Any, by: Actor) -> None:
    with at(NIGHT), tenant_context(cast.business):
        entry = give(shop, 1_500, by, key="one")
        assert give(shop, 1_500, by, key="one") == entry
        review = Review.objects.get()
        assert (review.reasons, review.is_held, review.points) == ([Suspicion.AFTER_HOURS], True, 1_500)
        assert (review.subject_id, review.member, review.location) == (entry.pk, shop, cast.location)
        assert dict(seen(review)) == {"At": "23:00", "Device": "till-1"}
        assert review.is_money
        assert credit(shop) == (0, 1_500, 0)
        assert credit_of(shop).held == 1_500
        assert buy(shop, 2_000).credit == 0
        assert Activity.objects.get(kind="credit.held").payload == {"entry": str(entry.pk), "credit": 1_500}
        assert not Activity.objects.filter(kind="points.held").exists()
        release_review(review, by=Actor.staff(cast.owner), note="Told me")
        assert Activity.objects.get(kind="credit.confirmed").payload["credit"] == 1_500
        assert credit(shop)[0] == 1_500
        assert reconcile().differences == []


def test_taken_back_it_is_gone_and_the_books_say_so(cast: Any, shop: Any, by: Actor) -> None:
    with at(NIGHT) as moment, tenant_context(cast.business):
        entry = give(shop, 1_500, by)
        reverse_review(Review.objects.get(), by=Actor.staff(cast.owner))
        assert Review.objects.get().state == ReviewState.REVERSED
        assert credit(shop) == (0, 0, 0)
        assert reconcile().differences == []
        whole = books_of(moment.date(), moment.date(), program=entry.account.program).sum
        assert (whole.moved["adjusted"], whole.moved["reversed"], whole.closing) == (1_500, -1_500, 0)


def test_too_often_is_counted_over_points_and_credit_together(cast: Any, shop: Any, by: Actor) -> None:
    with at(DAY), tenant_context(cast.business):
        for turn in range(3):
            give(shop, 100, by)
            assert not Review.objects.exists(), turn
        adjust_points(shop, points=5, reason="Sorry", by=by, key=key())
        review = Review.objects.get()
        assert (review.reasons, review.is_money, review.points) == ([Suspicion.TOO_OFTEN], False, 5)
        give(shop, 100, by)
        latest = Review.objects.exclude(pk=review.pk).get()
        assert (latest.evidence["often"], latest.evidence["usual"], latest.is_money) == ("5", "3", True)
        assert reconcile().differences == []


def test_the_limit_of_a_device_counts_credit_of_everybody(cast: Any, shop: Any, by: Actor) -> None:
    with at(DAY):
        with tenant_context(cast.business):
            give(shop, 3_000, by)
            colleague = replace(Actor.staff(make_membership(cast.business, Role.STAFF)), device="till-1")
        with pytest.raises(DeviceDayLimit, match=r"€50\.00"), tenant_context(cast.business):
            give(shop, 2_001, colleague)
        with tenant_context(cast.business):
            assert Review.objects.get().reasons == [Suspicion.DEVICE_LIMIT]
            give(shop, 2_001, replace(colleague, device="till-2"))


def test_managers_and_what_is_taken_are_not_watched(cast: Any, shop: Any, by: Actor) -> None:
    with at(NIGHT), tenant_context(cast.business):
        give(shop, 50_000, replace(Actor.staff(cast.manager), device="till-1"))
        give(shop, -100, by)
        assert not Review.objects.exists()


def test_at_four_tills_at_once_what_goes_beyond_is_held(cast: Any, shop: Any, by: Actor) -> None:
    def act(_turn: int) -> None:
        with tenant_context(cast.business):
            give(shop, 100, by)

    at_once(act, range(5))
    with tenant_context(cast.business):
        often = Review.objects.filter(reasons__contains=[Suspicion.TOO_OFTEN])
        assert sorted(one.evidence["often"] for one in often) == ["4", "5"]
        held = sum(one.points for one in Review.objects.filter(is_held=True))
        assert credit(shop) == (500 - held, held, 0)
        assert reconcile().differences == []

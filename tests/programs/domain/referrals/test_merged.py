"""Somebody who brought herself along: merging the two records opens a review, parting them closes it."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.domain.merging import merge_members, preview_merge, undo_merge
from customers.enums import Source
from customers.models import Merge
from programs.domain.accounts import points_program
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.referrals.advocacy import add_action, claim_action, claims_of, left_for
from programs.domain.reviews.deciding import release_review, reverse_review
from programs.enums import ReferralState, ReviewState, Suspicion
from programs.models import Review
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.photos import a_photo
from tests.programs.referrals import bring, referral, referral_program
from tests.programs.shop import SYSTEM, at, balance, buy, key, make_member, make_reward


def pair(business, **offer):
    """An advocate and the friend she brought, both thanked."""
    with tenant_context(business):
        referral_program(**offer)
        advocate = make_member(given_name="Ana", email="ana@example.com")
        friend = bring(advocate, email="zoe@example.net")
    with tenant_context(business):
        buy(friend, 2_000)
    return advocate, friend


def figures_of(merged: Merge) -> dict:
    return merged.effects["programs"][0]["seen"]


def merge(business, kept, absorbed) -> Merge:
    with tenant_context(business):
        return merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)


@pytest.mark.parametrize("keeps_friend", [False, True])
def test_merging_the_two_holds_both_rewards_whichever_is_kept(cast, keeps_friend):
    advocate, friend = pair(cast.business)
    kept, absorbed = (friend, advocate) if keeps_friend else (advocate, friend)
    merge(cast.business, kept, absorbed)
    with tenant_context(cast.business):
        review = Review.objects.get()
        assert (review.state, review.reasons, review.is_held) == (ReviewState.OPEN, [Suspicion.SAME_PERSON], True)
        assert (review.member_id, review.points) == (kept.pk, 150)
        assert balance(kept)[:2] == (20, 150)
        assert reconcile().differences == []
        reverse_review(review, by=Actor.staff(cast.owner), note="Brought herself")
        assert balance(kept) == (20, 0, 0)
        assert referral(friend).state == ReferralState.REFUSED
        assert reconcile().differences == []


def test_found_in_order_it_stays(cast):
    advocate, friend = pair(cast.business)
    merge(cast.business, advocate, friend)
    with tenant_context(cast.business):
        release_review(Review.objects.get(), by=Actor.staff(cast.owner))
        assert balance(advocate) == (170, 0, 0)
        assert reconcile().differences == []


def test_only_what_is_still_there_is_held(business):
    """What she has spent of it stays spent; taken back after a look, it is owed."""
    advocate, friend = pair(business)
    with tenant_context(business):
        redeem_reward(advocate, reward=make_reward(points_program(), cost=60), by=SYSTEM, key=key())
    merge(business, advocate, friend)
    with tenant_context(business):
        review = Review.objects.get()
        assert (review.points, review.is_held) == (90, True)
        assert balance(advocate) == (20, 90, 0)
        assert reconcile().differences == []


def test_what_waited_for_its_day_is_held_beyond_it(business):
    advocate, friend = pair(business, hold_days=14)
    merged = merge(business, advocate, friend)
    assert figures_of(merged)["held"] == 150
    assert figures_of(merged)["withheld"] == 0
    with tenant_context(business), at(datetime.now(UTC) + timedelta(days=20)):
        buy(advocate, 100)
        assert balance(advocate)[:2] == (21, 150)
        undo_merge(merged, by=SYSTEM, source=Source.DASHBOARD)
        assert (balance(advocate)[:2], balance(friend)[:2]) == ((101, 0), (70, 0))
        assert reconcile().differences == []


@pytest.mark.parametrize("keeps_friend", [False, True])
def test_parted_again_nothing_is_held_and_nothing_is_to_be_looked_at(business, keeps_friend):
    advocate, friend = pair(business)
    merged = merge(business, *((friend, advocate) if keeps_friend else (advocate, friend)))
    with tenant_context(business):
        undone = undo_merge(merged, by=SYSTEM, source=Source.DASHBOARD)
        review = Review.objects.get()
        assert (review.state, review.note) == (ReviewState.RELEASED, "The two records were parted again.")
        assert (balance(advocate), balance(friend)) == ((100, 0, 0), (70, 0, 0))
        after = undone.effects["programs"][0]["undone"]
        assert {after["kept"]["balance"], after["absorbed"]["balance"]} == {100, 70}
        assert (after["kept"]["pending"], after["absorbed"]["pending"]) == (0, 0)
        assert reconcile().differences == []


def test_the_page_of_the_merge_says_what_is_held(business):
    advocate, friend = pair(business)
    with tenant_context(business):
        foreseen = preview_merge(advocate, friend, by=SYSTEM, source=Source.DASHBOARD)
        assert figures_of(foreseen)["after"] == {"balance": 20, "pending": 150, "owed": 0, "tier": ""}
        assert (balance(advocate)[0], balance(friend)[0]) == (100, 70)
        assert not Review.objects.exists()


def test_somebody_who_became_part_of_the_advocate_before_counts(business):
    """The record that brought the friend was merged into another first; both parted again, all is as it was."""
    advocate, friend = pair(business)
    with tenant_context(business):
        kept = make_member(given_name="Ana")
    first = merge(business, kept, advocate)
    second = merge(business, friend, kept)
    with tenant_context(business):
        assert Review.objects.get().is_held
        assert balance(friend)[:2] == (20, 150)
        undo_merge(second, by=SYSTEM, source=Source.DASHBOARD)
        assert (balance(kept), balance(friend)) == ((100, 0, 0), (70, 0, 0))
        undo_merge(first, by=SYSTEM, source=Source.DASHBOARD)
        assert (balance(advocate), balance(kept)) == ((100, 0, 0), (0, 0, 0))
        assert reconcile().differences == []


def test_decided_meanwhile_parting_leaves_the_decision(cast):
    advocate, friend = pair(cast.business)
    merged = merge(cast.business, advocate, friend)
    with tenant_context(cast.business):
        reverse_review(Review.objects.get(), by=Actor.staff(cast.owner), note="Brought herself")
        undo_merge(merged, by=SYSTEM, source=Source.DASHBOARD)
        assert Review.objects.get().state == ReviewState.REVERSED
        assert sum(one[0] - one[2] for one in (balance(advocate), balance(friend))) == 20
        assert reconcile().differences == []


def test_what_is_not_given_yet_is_held_when_it_would_be(business):
    with tenant_context(business):
        referral_program()
        advocate = make_member(given_name="Ana", email="ana@example.com")
        friend = bring(advocate, email="zoe@example.net")
    merge(business, friend, advocate)
    with tenant_context(business):
        assert not Review.objects.exists()
        buy(friend, 2_000)
    with tenant_context(business):
        review = Review.objects.get()
        assert Suspicion.SAME_PERSON in review.reasons
        assert review.is_held
        assert balance(friend)[:2] == (20, 150)


def test_a_review_that_is_open_already_gets_one_more_reason(business):
    with tenant_context(business):
        referral_program()
        advocate = make_member(given_name="Ana", email="ana.miller@example.com")
        friend = bring(advocate, email="ana.miller2@example.com")
    with tenant_context(business):
        buy(friend, 2_000)
    merged = merge(business, advocate, friend)
    with tenant_context(business):
        review = Review.objects.get()
        assert set(review.reasons) == {Suspicion.SIMILAR_EMAIL, Suspicion.SAME_PERSON}
        assert review.is_held
        undo_merge(merged, by=SYSTEM, source=Source.DASHBOARD)
        review.refresh_from_db()
        assert (review.state, review.is_held) == (ReviewState.OPEN, True)
        assert review.reasons == [Suspicion.SIMILAR_EMAIL]
        assert (balance(advocate)[:2], balance(friend)[:2]) == ((0, 100), (20, 50))
        assert reconcile().differences == []


def test_others_are_merged_without_a_review(business):
    advocate, _friend = pair(business)
    with tenant_context(business):
        other = make_member(given_name="Ana")
    merge(business, advocate, other)
    with tenant_context(business):
        assert not Review.objects.exists()


def test_recommendations_come_along(inside):
    action = add_action(values={"name": "Photo", "points": 5}, by=SYSTEM) if referral_program() else None
    ana, old = make_member(given_name="Ana"), make_member(given_name="Ana")
    claim = claim_action(old, action=action, proof="", photo=a_photo(), by=Actor.member(old.pk), key=key())
    merge_members(ana, old, by=SYSTEM, source=Source.DASHBOARD)
    assert [one.pk for one in claims_of(ana)] == [claim.pk]
    assert claims_of(ana)[0].has_photo
    assert left_for(ana, action) == 0


def test_what_was_held_before_stays_held_through_a_chain_of_records(business):
    """Parted in two steps, through a record that stood between: what waits for a look waits on."""
    with tenant_context(business):
        referral_program()
        advocate = make_member(given_name="Ana", email="ana.miller@example.com")
        friend = bring(advocate, email="ana.miller2@example.com")
        kept = make_member(given_name="Ana")
    with tenant_context(business):
        buy(friend, 2_000)
    first = merge(business, kept, advocate)
    second = merge(business, friend, kept)
    with tenant_context(business):
        undo_merge(second, by=SYSTEM, source=Source.DASHBOARD)
        buy(kept, 100)
        assert (balance(kept)[:2], balance(friend)[:2]) == ((1, 100), (20, 50))
        undo_merge(first, by=SYSTEM, source=Source.DASHBOARD)
        buy(advocate, 100)
        assert balance(advocate)[:2] == (1, 100)
        assert Review.objects.get().is_held
        assert reconcile().differences == []

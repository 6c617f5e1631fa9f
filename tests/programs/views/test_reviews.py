"""The queue of what looks wrong, as managers see it."""

from datetime import time

import pytest

from programs.enums import ReviewState
from programs.models import Program, Review
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.gestures import gift, give, goodwill_program
from tests.programs.shop import at, balance, buy, make_member, make_program

REVIEWS = "/program/reviews/"


@pytest.fixture
def held(cast):
    """Nine points given after closing, held."""
    with tenant_context(cast.business), at("2026-03-10 20:30"):
        make_program(watch_from=time(7), watch_until=time(20))
        member = make_member(given_name="Ines")
        buy(member, 900, by=Actor.staff(cast.staff))
        return Review.objects.select_related("member").get()


def test_the_list_says_what_waits_and_the_page_what_was_seen(cast, held):
    owner = sign_in(cast.owner)
    listed = owner.get(REVIEWS).content.decode()
    assert "Given outside of opening hours" in listed
    assert "Held" in listed
    page = owner.get(f"{REVIEWS}{held.pk}/").content.decode()
    assert "21:30" in page
    assert "9 points" in page
    assert "held: nobody can spend them" in page
    assert "To look at" in owner.get("/").content.decode()


def test_found_in_order_it_can_be_spent_and_leaves_the_list(cast, held):
    owner = sign_in(cast.owner)
    answer = owner.post(f"{REVIEWS}{held.pk}/decision/", {"decision": "release", "note": "A party"})
    assert (answer.status_code, answer.url) == (302, REVIEWS)
    with tenant_context(cast.business):
        assert balance(held.member) == (9, 0, 0)
    assert "Nothing to look at" in owner.get(REVIEWS).content.decode()
    assert "A party" in owner.get(f"{REVIEWS}{held.pk}/").content.decode()


def test_taken_back_and_decided_once(cast, held):
    manager = sign_in(cast.manager)
    manager.post(f"{REVIEWS}{held.pk}/decision/", {"decision": "reverse"})
    again = manager.post(f"{REVIEWS}{held.pk}/decision/", {"decision": "release"})
    assert again.status_code == 409
    assert "Somebody has decided this already" in again.content.decode()
    with tenant_context(cast.business):
        assert Review.objects.get().state == ReviewState.REVERSED
        assert balance(held.member) == (0, 0, 0)


def test_held_points_are_named_to_the_team_on_the_members_page(cast, held):
    page = sign_in(cast.owner).get(f"/members/{held.member_id}/").content.decode()
    assert "9 held for a look" in page


def test_what_is_watched_is_set_and_both_hours_are_asked_for(cast, held):
    owner = sign_in(cast.owner)
    wrong = owner.post(f"{REVIEWS}settings/", {"watch_from": "07:00", "watch_often": "5"})
    assert (wrong.status_code, "Write both hours, or neither." in wrong.content.decode()) == (422, True)
    sent = {"watch_from": "07:00", "watch_until": "22:00", "watch_often": "5", "device_day_limit": "900"}
    assert owner.post(f"{REVIEWS}settings/", sent).status_code == 302
    with tenant_context(cast.business):
        program = Program.objects.get()
    assert (program.watch_until, program.watch_often, program.device_day_limit) == (time(22), 5, 90_000)
    assert program.watch_away_days is None


def test_gestures_stand_on_the_members_page(cast):
    with tenant_context(cast.business):
        goodwill_program()
        member = make_member()
        give(member, gift(20), by=Actor.staff(cast.staff, cast.location.pk))
    page = sign_in(cast.owner).get(f"/members/{member.pk}/").content.decode()
    assert "1 gesture, counted as €2.00" in page
    assert "Long wait" in page

"""Points on the pages of members and purchases, and what managers do with them there."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Member
from programs.domain.redemptions import redeem_reward
from programs.models import Entry, Program, Redemption
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import bring_back, buy, key, make_member, make_program, make_reward, make_tier

BY = Actor.system()


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_tier(make_program(), "Gold", 4000)
    return sign_in(cast.owner)


@pytest.fixture
def member(cast: Cast, owner: Client) -> Member:
    with tenant_context(cast.business):
        member = make_member(family_name="Quirk")
        buy(member, 5000)
        return member


def balance_of(cast: Cast, member: Member) -> int:
    with tenant_context(cast.business):
        account = account_of(member)
        assert account is not None
        return account.balance


def test_a_members_page_shows_points_tier_rewards_and_why(cast: Cast, owner: Client, member: Member) -> None:
    with tenant_context(cast.business):
        program = Program.objects.get()
        redeem_reward(member, reward=make_reward(program, cost=20, name="Cake"), by=BY, key=key())
        make_reward(program, cost=500, name="Dinner")
    page = owner.get(f"/members/{member.pk}/").content.decode()
    assert "30 points" in page
    assert "Gold" in page
    assert "470 points are missing." in page
    assert "To be used" in page
    assert "counts, at 1 point for every" in page
    assert "Redeemed “Cake”" in page


def test_a_member_whose_card_never_moved(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        member = make_member()
    assert "Nothing has moved on this card yet." in owner.get(f"/members/{member.pk}/").content.decode()


def test_points_are_given_and_taken_with_a_reason_once_for_each_form(cast, owner, member) -> None:
    typed = {"direction": "give", "points": "1.000", "reason": "Sorry for the wait", "key": "form-1"}
    for _time in range(2):
        assert owner.post(f"/members/{member.pk}/points/", typed).headers["Location"] == f"/members/{member.pk}/"
    assert balance_of(cast, member) == 1050
    page = owner.get(f"/members/{member.pk}/").content.decode()
    assert len(re.findall(r'toast-text">1,000 points for [^<]*Quirk\.<', page)) == 1
    owner.post(f"/members/{member.pk}/points/", {**typed, "direction": "take", "points": "50", "key": "form-2"})
    assert balance_of(cast, member) == 1000


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "Please fill this in."),
        ({"reason": "  "}, "Please fill this in."),
        ({"points": "0"}, "Write 1 or more."),
        ({"direction": "take", "points": "51"}, "1 point is missing."),
    ],
)
def test_an_adjustment_that_cannot_be_is_refused_in_its_form(cast, owner, member, changes, said) -> None:
    typed = {"direction": "give", "points": "5", "reason": "Kept", "key": "form", **changes}
    answer = owner.post(f"/members/{member.pk}/points/", typed, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert balance_of(cast, member) == 50


def test_an_htmx_form_goes_back_to_the_members_page(owner: Client, member: Member) -> None:
    typed = {"direction": "give", "points": "5", "reason": "Thanks", "key": "form"}
    answer = owner.post(f"/members/{member.pk}/points/", typed, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/members/{member.pk}/"


def test_a_reward_is_redeemed_from_the_page_once_for_each_page(cast, owner, member) -> None:
    with tenant_context(cast.business):
        reward = make_reward(Program.objects.get(), cost=20)
    for _time in range(2):
        owner.post(f"/members/{member.pk}/redemptions/", {"reward": str(reward.pk), "key": "page-1"})
    assert balance_of(cast, member) == 30
    with tenant_context(cast.business):
        assert Redemption.objects.count() == 1


def test_analysts_see_points_and_cannot_move_them(cast: Cast, owner: Client, member: Member) -> None:
    analyst = sign_in(cast.analyst)
    page = analyst.get(f"/members/{member.pk}/").content.decode()
    assert "50 points" in page
    assert "Give or take" not in page
    assert analyst.post(f"/members/{member.pk}/points/", {}).status_code == 403


def test_a_purchase_says_what_it_earned_and_what_a_return_took(cast, owner, member) -> None:
    with tenant_context(cast.business):
        purchase = buy(member, 3000)
        bring_back(purchase, 1000)
    page = owner.get(f"/purchases/{purchase.pk}/").content.decode()
    assert "+30 points" in page
    assert "−10 points" in page


def test_a_return_shows_what_it_takes_before_it_is_recorded(cast, owner, member) -> None:
    with tenant_context(cast.business):
        purchase = member.purchases.get()
        redeem_reward(member, reward=make_reward(Program.objects.get(), cost=40), by=BY, key=key())
        entries = Entry.objects.count()
    page = owner.get(f"/purchases/{purchase.pk}/returns/").content.decode()
    assert "50 points" in page
    assert "40 points of this purchase are spent." in page
    assert "Gold would no longer be kept" in page
    with tenant_context(cast.business):
        assert Entry.objects.count() == entries


def test_the_list_of_members_is_narrowed_by_tier(cast: Cast, owner: Client, member: Member) -> None:
    with tenant_context(cast.business):
        make_member(family_name="Untiered")
        gold = Program.objects.get().tiers.get()
    page = owner.get(f"/members/?tier={gold.pk}").content.decode()
    assert "Quirk" in page
    assert "Untiered" not in page
    assert "Untiered" in owner.get("/members/?tier=nonsense").content.decode()


def test_a_members_page_asks_as_often_for_few_entries_as_for_many(cast, owner, member) -> None:
    counts = []
    for _time in range(2):
        with tenant_context(cast.business):
            for _purchase in range(3):
                buy(member, 700)
            make_reward(Program.objects.get())
        owner.get(f"/members/{member.pk}/")
        with CaptureQueriesContext(connection) as queries:
            owner.get(f"/members/{member.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_far_more_than_usual_is_asked_once_more_with_its_worth(cast: Cast, owner: Client, member: Member) -> None:
    with tenant_context(cast.business):
        make_reward(Program.objects.get(), cost=20, kind="amount_off", value=100)
    page, typed = f"/members/{member.pk}/points/", {"direction": "give", "reason": "Opening", "key": "slip-1"}
    asked = owner.post(page, {**typed, "points": "999999999"})
    said = asked.content.decode()
    assert (asked.status_code, balance_of(cast, member)) == (422, 50)
    assert (
        "That is 999,999,999 points, worth about €49,999,999.95, far more than usual: the fullest card has 50 points."
        in said
    )
    assert ('value="Opening"' in said, 'value="999999999"' in said, "Yes, give 999,999,999 points" in said) == (
        True,
        True,
        True,
    )
    # A yes is to the number it was asked about, and no other.
    assert owner.post(page, {**typed, "points": "888888888", "sure": "999999999"}).status_code == 422
    assert owner.post(page, {**typed, "points": "999999999", "sure": "999999999"}).status_code == 302
    assert balance_of(cast, member) == 1_000_000_049


@pytest.mark.parametrize(("points", "status"), [("1000", 302), ("1001", 422)])
def test_ten_times_what_staff_may_give_is_usual(cast: Cast, owner: Client, member: Member, points, status) -> None:
    sent = {"direction": "give", "reason": "Opening", "key": "slip-2", "points": points}
    assert owner.post(f"/members/{member.pk}/points/", sent).status_code == status


@pytest.mark.parametrize(("points", "status"), [("5000", 302), ("5001", 422)])
def test_ten_times_the_fullest_card_is_usual(cast: Cast, owner: Client, member: Member, points, status) -> None:
    with tenant_context(cast.business):
        buy(make_member(), 50_000)
    sent = {"direction": "give", "reason": "Opening", "key": "slip-3", "points": points}
    assert owner.post(f"/members/{member.pk}/points/", sent).status_code == status

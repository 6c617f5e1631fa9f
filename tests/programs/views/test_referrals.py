"""Bringing friends, on the owner's pages: the figures, what is promised, and recommendations."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.domain.referrals.advocacy import add_action, claim_action
from programs.enums import ClaimState
from programs.models import AdvocacyAction, AdvocacyClaim, ReferralOffer
from programs.referrals import by_advocate, sums_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.referrals import bring, referral_program
from tests.programs.shop import balance, bring_back, buy, key, make_member, make_program

REFERRALS = "/program/referrals/"
TERMS = {
    "is_active": "on", "advocate_points": "80", "friend_points": "0", "minimum": "15", "within_days": "30",
    "hold_days": "7", "cap": "3", "cap_days": "30",
}  # fmt: skip


@pytest.fixture
def brought(cast):
    """Anna brought one who bought and one who did not; Bruno brought one who brought everything back."""
    with tenant_context(cast.business):
        referral_program()
        anna, bruno = make_member(given_name="Anna"), make_member(given_name="Bruno")
        buy(bring(anna, given_name="Carla"), 2_000)
        bring(anna, given_name="Dora")
        purchase = buy(bring(bruno, given_name="Emil"), 3_000)
    with tenant_context(cast.business):
        bring_back(purchase)
    return anna


def test_the_figures_of_each_and_of_all(cast, brought):
    with tenant_context(cast.business):
        rows = [
            (one.advocate.member.given_name, one.joined, one.bought, one.points, one.spent) for one in by_advocate()
        ]
        sums = sums_of(by_advocate())
    assert rows == [("Anna", 2, 1, 100, 2_000), ("Bruno", 1, 0, 0, 0)]
    assert (sums.joined, sums.bought, sums.points, sums.spent, sums.share, sums.held) == (3, 1, 150, 2_000, 33, 0)


def test_the_page_and_the_file_say_the_same(cast, brought):
    analyst = sign_in(cast.analyst)
    assert "Anna" in analyst.get(REFERRALS).content.decode()
    file = analyst.get(f"{REFERRALS}export/").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [(row["Member"], row["Friends bought"], row["What the friends spent"]) for row in rows] == [
        ("Anna", "1", "20.00"),
        ("Bruno", "0", "0.00"),
    ]


def test_one_advocate_and_their_friends(cast, brought):
    with tenant_context(cast.business):
        advocate = by_advocate()[0].advocate
    page = sign_in(cast.owner).get(f"{REFERRALS}advocates/{advocate.pk}/").content.decode()
    assert "Both rewarded" in page
    assert "Joined, not bought yet" in page


def test_the_list_takes_as_many_queries_for_three_as_for_one(cast):
    def asked() -> int:
        with (
            tenant_context(cast.business),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            by_advocate()
        return len(queries)

    with tenant_context(cast.business):
        referral_program()
        bring(make_member())
    one = asked()
    with tenant_context(cast.business):
        bring(make_member())
        bring(make_member())
    assert asked() == one


def test_what_is_promised_is_set_with_an_example(cast):
    with tenant_context(cast.business):
        make_program()
    owner = sign_in(cast.owner)
    example = owner.post(f"{REFERRALS}example/", TERMS).content.decode()
    assert "80 points" in example
    assert owner.post(f"{REFERRALS}settings/", TERMS).status_code == 302
    with tenant_context(cast.business):
        offer = ReferralOffer.objects.get()
    assert (offer.is_active, offer.advocate_points, offer.minimum, offer.cap) == (True, 80, 1_500, 3)
    nothing = owner.post(f"{REFERRALS}settings/", {**TERMS, "advocate_points": "0"})
    assert (nothing.status_code, "Give at least one of the two something." in nothing.content.decode()) == (422, True)


def test_a_way_is_added_claimed_and_answered(cast):
    with tenant_context(cast.business):
        make_program()
        member = make_member()
    owner = sign_in(cast.owner)
    way = {"name": "Review", "points": "25", "times": "1", "link": "maps.example.com/us"}
    assert owner.post(f"{REFERRALS}actions/new/", way).status_code == 302
    with tenant_context(cast.business):
        action = AdvocacyAction.objects.get()
        by = Actor.member(member.pk)
        claim = claim_action(member, action=action, proof="As Ines K.", by=by, key=key())
    assert action.link == "https://maps.example.com/us"
    assert "As Ines K." in owner.get(f"{REFERRALS}recommendations/").content.decode()
    empty = owner.post(f"{REFERRALS}recommendations/{claim.pk}/answer/", {"answer": "refuse", "why": ""})
    assert empty.status_code == 422
    assert owner.post(f"{REFERRALS}recommendations/{claim.pk}/answer/", {"answer": "approve"}).status_code == 302
    with tenant_context(cast.business):
        assert AdvocacyClaim.objects.get().state == ClaimState.APPROVED
        assert balance(member) == (25, 0, 0)


def test_a_way_is_taken_out_and_brought_back(cast):
    with tenant_context(cast.business):
        make_program()
        action = add_action(values={"name": "Photo", "points": 5}, by=Actor.system())
    owner = sign_in(cast.owner)
    for sent, gone in (({}, True), ({"used": "1"}, False)):
        owner.post(f"{REFERRALS}actions/{action.pk}/state/", sent)
        with tenant_context(cast.business):
            assert (AdvocacyAction.objects.get().archived_at is not None) is gone

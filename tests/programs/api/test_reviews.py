"""What is to be looked at, and recommendations, read and decided through the API as on the pages."""

import pytest
from django.conf import settings

from programs.domain.referrals.advocacy import add_action, approve_claim, claim_action, photo_of
from programs.domain.reviews.opening import Seen, open_review
from programs.enums import Cause, ReviewKind, ReviewSubject, Suspicion
from programs.models import AdvocacyClaim, Entry, Review
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.api import Shop, Till, make_key
from tests.cast import sign_in
from tests.photos import a_photo
from tests.programs.shop import SYSTEM, key
from tests.threads import at_once


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.buys(5_000)
    return made


def seen(shop: Shop, **more) -> Review:
    """A review of the points of the last purchase."""
    with tenant_context(shop.business):
        entry = Entry.objects.filter(cause=Cause.PURCHASE).latest("seq")
        values = {"subject_kind": ReviewSubject.ENTRY, "subject_id": entry.pk, "points": entry.amount} | more
        said = Seen(kind=ReviewKind.STAFF, reasons=[Suspicion.TOO_OFTEN], key=key(), member=shop.member, **values)
        return open_review(said)


def claimed(shop: Shop, **more) -> AdvocacyClaim:
    with tenant_context(shop.business):
        action = add_action(values={"name": "Review", "points": 30}, by=SYSTEM)
        by = Actor.member(shop.member.pk)
        return claim_action(shop.member, action=action, proof="As Ines", by=by, key=key(), **more)


def test_points_are_held_and_released(shop):
    review = seen(shop)
    (row,) = shop.till.get("reviews/").json()["results"]
    assert (row["id"], row["reasons"][0]["code"], row["held"]) == (str(review.pk), "too_often", False)
    held = shop.till.post(f"reviews/{review.pk}/holding/", {}).json()
    assert (held["held"], shop.balance()["balance"], shop.balance()["pending"]) == (True, 0, 50)
    assert [one["id"] for one in shop.till.get("reviews/", {"state": "held"}).json()["results"]] == [str(review.pk)]
    done = shop.till.post(f"reviews/{review.pk}/release/", {"note": "Her birthday"}).json()
    assert (done["state"], done["held"], done["note"], done["decided_by"]) == (
        *("released", False, "Her birthday", "Till"),
    )
    assert shop.balance()["balance"] == 50
    assert shop.till.get("reviews/").json()["results"] == []
    again = shop.till.post(f"reviews/{review.pk}/reversal/", {})
    assert (again.status_code, again.json()["code"]) == (409, "review_closed")
    with tenant_context(shop.business):
        assert AuditEvent.objects.filter(action="review.released", actor_kind="api").count() == 1


def test_taken_back_a_purchase_is_returned_and_the_page_says_who_decided(shop):
    review = seen(shop)
    done = shop.till.post(f"reviews/{review.pk}/reversal/", {"note": "Never bought"}, key="r1")
    assert (done.status_code, done.json()["state"]) == (201, "reversed")
    assert shop.till.post(f"reviews/{review.pk}/reversal/", {"note": "Never bought"}, key="r1").json() == done.json()
    assert shop.balance()["balance"] == 0
    page = sign_in(shop.owner).get(f"/program/reviews/{review.pk}/").content.decode()
    assert "Till" in page
    assert "Never bought" in page


def test_a_refusal_is_seen_and_cannot_be_taken_back(shop):
    review = seen(shop, subject_kind=ReviewSubject.REFUSAL, subject_id=None, points=0)
    for verb in ("holding", "reversal"):
        refused = shop.till.post(f"reviews/{review.pk}/{verb}/", {})
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_hold")
    assert shop.till.post(f"reviews/{review.pk}/release/", {}).json()["state"] == "released"


def test_lists_are_narrowed(shop):
    seen(shop)
    assert shop.till.get("reviews/", {"kind": "referral"}).json()["results"] == []
    assert shop.till.get("reviews/", {"reason": "own_card"}).json()["results"] == []
    assert len(shop.till.get("reviews/", {"reason": "too_often", "kind": "staff"}).json()["results"]) == 1
    assert shop.till.get("reviews/", {"state": "nonsense"}).status_code == 422


def test_decided_at_once_it_is_decided_once(shop):
    review = seen(shop)
    verbs = ["release", "reversal", "release", "reversal"]
    answers = at_once(lambda verb: shop.till.post(f"reviews/{review.pk}/{verb}/", {}).status_code, verbs)
    assert sorted(answers) == [201, 409, 409, 409]


def test_a_recommendation_is_thanked_once(shop):
    claim = claimed(shop)
    (row,) = shop.till.get("recommendations/").json()["results"]
    assert (row["id"], row["name"], row["proof"], row["photo"]) == (str(claim.pk), "Review", "As Ines", None)
    answers = at_once(lambda _n: shop.till.post(f"recommendations/{claim.pk}/approval/", {}).status_code, range(4))
    assert set(answers) == {201}
    assert shop.balance()["balance"] == 80
    done = shop.till.get(f"recommendations/{claim.pk}/").json()
    assert (done["state"], done["decided_by"]) == ("approved", "Till")
    refused = shop.till.post(f"recommendations/{claim.pk}/refusal/", {"answer": "Too late"})
    assert (refused.status_code, refused.json()["code"]) == (409, "claim_answered")


def test_a_recommendation_is_answered_with_why_not(shop):
    claim = claimed(shop)
    done = shop.till.post(f"recommendations/{claim.pk}/refusal/", {"answer": "Not to be found"}).json()
    assert (done["state"], done["answer"], done["entry"]) == ("refused", "Not to be found", None)
    assert shop.till.post(f"recommendations/{claim.pk}/approval/", {}).json()["code"] == "claim_answered"
    assert shop.till.get("recommendations/", {"state": "refused"}).json()["results"][0]["id"] == str(claim.pk)


def test_a_photo_is_read_with_the_key_that_lists_it_and_with_no_other(shop):
    claim, bare = claimed(shop, photo=a_photo()), claimed(shop)
    address = shop.till.get(f"recommendations/{claim.pk}/").json()["photo"]
    path = address.removeprefix(f"{settings.SITE_URL.rstrip('/')}/api/v1/")
    picture = shop.till.get(path)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")
    with tenant_context(shop.business):
        assert picture.content == photo_of(claim)
    assert "no-store" in picture["Cache-Control"]
    assert Till("").get(path).status_code == 401
    assert Till(make_key(shop.owner, ["rewards:read"])).get(path).status_code == 403
    assert Shop().till.get(path).status_code == 404
    assert shop.till.get(f"recommendations/{bare.pk}/").json()["photo"] is None
    assert shop.till.get(f"recommendations/{bare.pk}/photo/").json()["code"] == "not_found"


def test_those_who_decided_on_the_page_are_named(shop):
    claim = claimed(shop)
    with tenant_context(shop.business):
        approve_claim(claim, by=Actor.staff(shop.owner))
    assert shop.till.get(f"recommendations/{claim.pk}/").json()["decided_by"] == shop.owner.name

"""A friend enrolled with a code, and recommendations answered where the member stands."""

from django.test import Client

from customers.models import Member
from programs.domain.referrals.advocacy import add_action, claim_action
from programs.domain.referrals.advocates import advocate_for
from programs.enums import ArrivalWay, ClaimState
from programs.models import AdvocacyClaim, Referral, Review
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.counter_shop import Shop, key
from tests.programs.referrals import referral_program
from tests.programs.shop import key as any_key

HTMX = {"HX-Request": "true"}


def enrol(till: Client, **data: str):
    sent = {"contact": "0664 7654321", "name": "Fred Huber", "program": "on", "key": key(), **data}
    return till.post("/counter/members/new/", sent, headers=HTMX)


def test_a_friend_is_enrolled_with_a_code(shop: Shop, till: Client) -> None:
    assert "Code of a friend" not in till.get("/counter/members/new/", headers=HTMX).content.decode()
    with tenant_context(shop.cast.business):
        referral_program(shop.program)
        code = advocate_for(shop.anna).code
    wrong = enrol(till, friend_code="ZZZZZZZZ")
    assert (wrong.status_code, "We know no member with this code" in wrong.content.decode()) == (422, True)
    with tenant_context(shop.cast.business):
        assert not Member.objects.filter(given_name="Fred").exists()
    enrol(till, friend_code=code)
    with tenant_context(shop.cast.business):
        referral = Referral.objects.get()
        assert (referral.advocate.member, referral.way) == (shop.anna, ArrivalWay.COUNTER)
        friend = referral.friend
    page = till.get(f"/counter/members/{friend.pk}/", headers=HTMX).content.decode()
    assert "Came by the word of" in page


def test_staff_thank_for_what_they_have_seen(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        action = add_action(values={"name": "Review", "points": 15}, by=Actor.system())
        by = Actor.member(shop.anna.pk)
        claim = claim_action(shop.anna, action=action, proof="As Anna B.", by=by, key=any_key())
    assert "As Anna B." in till.get(shop.url, headers=HTMX).content.decode()
    sent = {"claim": str(claim.pk), "answer": "approve"}
    assert till.post(f"{shop.url}recommendations/", sent, headers=HTMX).status_code == 200
    with tenant_context(shop.cast.business):
        assert AdvocacyClaim.objects.get().state == ClaimState.APPROVED


def test_a_refusal_at_the_till_is_written_down_with_its_device(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        shop.program.adjustment_limit = 10
        shop.program.save()
    sent = {"points": "50", "reason": "Sorry", "key": key()}
    for _try in range(2):
        assert till.post(f"{shop.url}adjustments/", sent, headers=HTMX).status_code == 403
    with tenant_context(shop.cast.business):
        review = Review.objects.get()
        assert (review.times, review.staff, review.member) == (2, shop.cast.staff, shop.anna)
        assert review.evidence["device"]

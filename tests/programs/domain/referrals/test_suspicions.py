"""Why a referral is held: each reason by itself, and that a person decides."""

import pytest

from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import Source
from programs.domain.reconcile import reconcile
from programs.domain.referrals.advocates import advocate_for, remember_browser
from programs.domain.referrals.suspicions import are_similar
from programs.domain.reviews.deciding import release_review, reverse_review
from programs.enums import ReferralState, ReviewState, Suspicion
from programs.models import Review
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.referrals import bring, referral, referral_program
from tests.programs.shop import balance, bring_back, buy, key, make_member


@pytest.fixture
def advocate(business):
    with tenant_context(business):
        referral_program(cap=2)
        member = make_member(given_name="Mara", email="mara.huber@example.com", phone="+436641234567")
        remember_browser(advocate_for(member), device="phone-1", network="10.0.0.9")
        return member


def after_buying(business, advocate, *, total=1000, **details):
    """The open review, or None, after a friend with these details has bought."""
    with tenant_context(business):
        friend = bring(advocate, **details)
        buy(friend, total)
    with tenant_context(business):
        return friend, Review.objects.select_related("member").first()


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"device": "phone-1"}, Suspicion.SAME_DEVICE),
        ({"network": "10.0.0.9"}, Suspicion.SAME_NETWORK),
        ({"email": "mara.huber2@example.com"}, Suspicion.SIMILAR_EMAIL),
    ],
)
def test_each_reason_holds_both(business, advocate, details, reason):
    friend, review = after_buying(business, advocate, **details)
    assert (review.reasons, review.is_held, review.points, review.member) == ([reason], True, 150, advocate)
    with tenant_context(business):
        assert (balance(advocate), balance(friend)) == ((0, 100, 0), (10, 50, 0))
        assert reconcile().differences == []


def test_the_phone_they_claim_is_the_advocates(business, advocate):
    with tenant_context(business):
        friend = bring(advocate)
        friend.claimed_phone = advocate.phone
        friend.save()
        buy(friend, 1000)
    with tenant_context(business):
        assert Review.objects.get().reasons == [Suspicion.SAME_PHONE]


def test_paid_with_the_advocates_card(business, advocate):
    def pay(member, card):
        details = PurchaseDetails(total=1500, payment_card=card)
        return record_purchase(member, details, by=Actor.system(), source=Source.API, key=key())

    with tenant_context(business):
        pay(advocate, "fp_123")
        pay(bring(advocate), "fp_456")
        pay(bring(advocate), "fp_123")
    with tenant_context(business):
        assert Review.objects.get().reasons == [Suspicion.SAME_CARD]
        assert "fp_123" not in str(Review.objects.values())


def test_somebody_of_the_team(cast, business, advocate):
    _friend, review = after_buying(business, advocate, email=cast.staff.user.email)
    assert review.reasons == [Suspicion.TEAM]


def test_more_than_one_may_bring_in_the_period(business, advocate):
    for _friend in range(2):
        _one, review = after_buying(business, advocate)
        assert review is None
    _third, review = after_buying(business, advocate)
    assert (review.reasons, review.evidence["friends"], review.evidence["cap"]) == ([Suspicion.TOO_MANY], 3, 2)


def test_two_friends_in_one_browser(business, advocate):
    after_buying(business, advocate, device="tablet")
    _second, review = after_buying(business, advocate, device="tablet")
    assert review.reasons == [Suspicion.SAME_DEVICE]


def test_found_in_order_both_can_spend_it(cast, business, advocate):
    friend, review = after_buying(business, advocate, network="10.0.0.9")
    with tenant_context(business):
        release_review(review, by=Actor.staff(cast.owner), note="Our Wi-Fi")
        assert (balance(advocate), balance(friend)) == ((100, 0, 0), (60, 0, 0))
        assert reconcile().differences == []


def test_refused_both_lose_it_for_good(cast, business, advocate):
    friend, review = after_buying(business, advocate, network="10.0.0.9")
    with tenant_context(business):
        reverse_review(review, by=Actor.staff(cast.owner))
        assert (balance(advocate), balance(friend)) == ((0, 0, 0), (10, 0, 0))
        assert referral(friend).state == ReferralState.REFUSED
        buy(friend, 5000)
    with tenant_context(business):
        assert balance(advocate) == (0, 0, 0)
        assert reconcile().differences == []


def test_brought_back_while_it_is_held_there_is_nothing_left_to_decide(business, advocate):
    friend, review = after_buying(business, advocate, network="10.0.0.9")
    with tenant_context(business):
        bring_back(referral(friend).purchase)
    with tenant_context(business):
        review.refresh_from_db()
        assert (review.state, review.is_held) == (ReviewState.REVERSED, False)
        assert (balance(advocate), balance(friend)) == ((0, 0, 0), (0, 0, 0))
        assert reconcile().differences == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("mara.huber@example.com", "marahuber@other.example", True),
        ("mara.huber@example.com", "mara.huber+2@example.com", True),
        ("mara.huber1@example.com", "mara.huber99@example.com", True),
        ("mara.huber@example.com", "mara.hubre@example.com", False),
        ("mara.huber@example.com", "mara.hubert@example.com", True),
        ("anna@example.com", "ann@example.com", False),
        ("jonas.k@example.com", "miriam@example.com", False),
        ("", "miriam@example.com", False),
    ],
)
def test_addresses_that_are_nearly_the_same(one, other, alike):
    assert are_similar(one, other) is alike
    assert are_similar(other, one) is alike

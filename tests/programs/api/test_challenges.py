"""Challenges and what tiers bring, as a shop's system reads them."""

from datetime import timedelta

from django.utils import timezone

from programs.domain.benefits import BenefitDetails, set_benefits
from programs.domain.challenges.definition import Definition
from programs.domain.challenges.publishing import compose_challenge, publish_challenge
from programs.domain.placements import place_member
from programs.enums import BenefitKind
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import SYSTEM, key, make_tier


def test_a_challenge_is_read_with_its_progress_and_named_by_the_preview_of_a_return():
    shop = Shop()
    with tenant_context(shop.business):
        definition = Definition("streak", goal=2, points=25)
        challenge = compose_challenge(shop.program, name="Two weeks", definition=definition, by=SYSTEM)
        publish_challenge(challenge, by=SYSTEM)
        type(challenge).objects.update(published_at=timezone.now() - timedelta(days=20))
    earlier = (timezone.now() - timedelta(days=7)).isoformat()
    shop.buys(500, occurred_at=earlier)
    (shown,) = shop.till.get(f"members/{shop.member.pk}/challenges/").json()["results"]
    assert (shown["name"], shown["gives"], shown["done"], shown["goal"]) == ("Two weeks", "25 points", 1, 2)
    assert (shown["is_done"], shown["parts"]) == (False, [])
    bought = shop.buys(500)["purchase"]
    (shown,) = shop.till.get(f"members/{shop.member.pk}/challenges/").json()["results"]
    assert (shown["is_done"], shop.balance()["balance"]) == (True, 35)
    preview = shop.till.post(f"purchases/{bought['id']}/returns/preview/", {}).json()
    assert [(one["name"], one["points"]) for one in preview["challenges"]] == [("Two weeks", 25)]
    assert preview["balance_after"] == 5


def test_a_balance_says_what_the_tier_brings_and_how_it_stands():
    shop = Shop()
    with tenant_context(shop.business):
        gold = make_tier(shop.program, "Gold", 10_000)
        set_benefits(gold, [BenefitDetails(BenefitKind.DELIVERY, text="GOLD-POST")], by=SYSTEM)
        until = timezone.now().date() + timedelta(days=9)
        place_member(shop.member, tier=gold, reason="Friend", until=until, by=SYSTEM, key=key())
    balance = shop.balance()
    (works,) = balance["tier"]["works"]
    assert (works["kind"], works["text"], works["said"]) == (
        "delivery",
        "GOLD-POST",
        "Free delivery with the code GOLD-POST",
    )
    standing = balance["tier_standing"]
    assert (standing["until"], standing["placed"], standing["missing"]) == (until.isoformat(), True, 0)

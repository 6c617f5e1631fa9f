"""Surprises through the API."""

from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.publishing import compose_surprise, end_surprise, publish_surprise
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import SYSTEM


def test_the_seed_is_shown_once_it_has_ended_and_wins_are_listed():
    shop = Shop()
    with tenant_context(shop.business):
        terms = SurpriseTerms("visit", one_in=1, points=7, budget_points=100)
        surprise = publish_surprise(compose_surprise(shop.program, name="Lucky", terms=terms, by=SYSTEM), by=SYSTEM)
    bought = shop.buys(5000)["purchase"]["id"]
    [won] = shop.till.get(f"members/{shop.member.pk}/surprises/").json()["results"]
    assert (won["points"], won["purchase"], won["taken_back_at"]) == (7, bought, None)
    [one] = shop.till.get("surprises/").json()["results"]
    assert (one["commitment"], one["seed"]) == (surprise.commitment, None)
    with tenant_context(shop.business):
        end_surprise(surprise, by=SYSTEM)
    [one] = shop.till.get("surprises/").json()["results"]
    assert one["seed"] == surprise.seed


def test_the_preview_of_a_return_names_the_surprise_that_goes_with_it():
    shop = Shop()
    with tenant_context(shop.business):
        terms = SurpriseTerms("visit", one_in=1, points=7, budget_points=100)
        publish_surprise(compose_surprise(shop.program, name="Lucky", terms=terms, by=SYSTEM), by=SYSTEM)
    bought = shop.buys(5000)["purchase"]["id"]
    [lost] = shop.till.post(f"purchases/{bought}/returns/preview/", {}).json()["surprises"]
    assert lost == {"name": "Lucky", "points": 7, "owed": 0, "voucher": "", "was_used": False}
    # What stays of the purchase still counts for the surprise.
    part = shop.till.post(f"purchases/{bought}/returns/preview/", {"amount": 500}).json()
    assert part["surprises"] == []

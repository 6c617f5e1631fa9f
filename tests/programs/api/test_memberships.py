"""Paid memberships through the API."""

from programs.domain.accounts import points_program
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.reconcile import reconcile
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import SYSTEM, make_tier


def _shop():
    shop = Shop()
    with tenant_context(shop.business):
        tier = make_tier(points_program(), "Club", 900_000, multiplier=150, by_invitation=True)
        plan = add_plan(PlanDetails(name="Club card", tier=tier, price=900, tax_words="VAT included"), by=SYSTEM)
    return shop, str(plan.pk), f"members/{shop.member.pk}/membership/"


def test_a_membership_is_begun_once_renewed_and_cancelled():
    shop, plan, path = _shop()
    [offered] = shop.till.get("membership-plans/").json()["results"]
    assert (offered["id"], offered["price"], offered["brings"]) == (plan, 900, ["You earn 1.5 times as much"])
    assert (shop.till.get(path).status_code, shop.till.get(path).json()["code"]) == (404, "no_membership")
    first = shop.till.post(path, {"plan": plan, "reference": "ch_1"}, key="same")
    again = shop.till.post(path, {"plan": plan, "reference": "ch_1"}, key="same")
    assert (first.status_code, again.json()) == (201, first.json())
    assert shop.till.post(path, {"plan": plan}).json()["code"] == "has_membership"
    renewed = shop.till.post(f"{path}renewals/", {}).json()
    assert renewed["first"] > first.json()["last"]
    assert shop.till.post(f"{path}renewals/", {}).json()["code"] == "paid_enough"
    cancelled = shop.till.post(f"{path}cancellation/", {}).json()
    assert (cancelled["state"], cancelled["is_cancelled"], cancelled["paid_until"]) == ("active", True, renewed["last"])
    with tenant_context(shop.business):
        assert reconcile().agrees


def test_a_plan_that_is_not_there_is_refused():
    shop, _plan, path = _shop()
    refused = shop.till.post(path, {"plan": str(shop.member.pk)})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_plan")

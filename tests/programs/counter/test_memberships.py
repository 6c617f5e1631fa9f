"""Paid memberships at the counter and on the owner's pages: sold, renewed, cancelled, seen as due."""

from typing import Any

import pytest
from django.test import Client

from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import membership_of
from programs.domain.reconcile import reconcile
from programs.models import MembershipPayment, MembershipPlan, PaidMembership, Tier
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.counter_shop import Shop, key
from tests.programs.shop import SYSTEM


@pytest.fixture
def plan(shop: Shop) -> MembershipPlan:
    with tenant_context(shop.cast.business):
        tier = Tier.objects.create(program=shop.program, name="Club", threshold=900_000, by_invitation=True)
        return add_plan(PlanDetails(name="Club card", tier=tier, price=900), by=SYSTEM)


def _post(till: Client, shop: Shop, **values: Any) -> Any:
    return till.post(f"{shop.url}membership/", {"key": key(), **values}, headers={"HX-Request": "true"})


def _state(shop: Shop) -> tuple[str, int]:
    with tenant_context(shop.cast.business):
        found = membership_of(shop.anna)
        assert reconcile().agrees
        return (found.state if found else "", MembershipPayment.objects.count())


def test_nothing_of_it_is_shown_without_a_plan(shop: Shop, till: Client) -> None:
    assert "membership-title" not in till.get(shop.url).content.decode()


def test_it_is_sold_with_one_key_once_renewed_and_cancelled(shop: Shop, till: Client, plan: MembershipPlan) -> None:
    page = till.get(shop.url).content.decode()
    assert "Sell a membership" in page
    assert "€9.00 a month" in page
    same = key()
    for _time in range(2):
        done = _post(till, shop, do="begin", plan=plan.pk, key=same)
    assert "€9.00 taken: paid up to" in done.content.decode()
    assert _state(shop) == ("active", 1)
    _post(till, shop, do="renew")
    assert _state(shop) == ("active", 2)
    assert "Cancelled: it runs to" in _post(till, shop, do="cancel").content.decode()
    assert "It goes on." in _post(till, shop, do="resume").content.decode()
    assert _post(till, shop, do="something").status_code == 404


def test_the_owner_offers_sees_who_has_it_and_pays_it_back(shop: Shop, plan: MembershipPlan) -> None:
    owner = sign_in(shop.cast.owner)
    with tenant_context(shop.cast.business):
        tier = Tier.objects.get(name="Club")
    typed = {
        "name": "Year card", "price": "90", "period": "year", "tier": tier.pk, "kind": "percent_off", "percent": "10",
        "welcome_days": "30", "reminder_days": "14", "grace_days": "7",
    }  # fmt: skip
    assert owner.post("/program/memberships/new/", typed).status_code == 302
    wrong = owner.post("/program/memberships/new/", {**typed, "name": "Other", "percent": ""})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["percent"])
    twice = owner.post("/program/memberships/new/", typed)
    assert list(twice.context["form"].errors) == ["name"]
    member = f"/members/{shop.anna.pk}/"
    assert "Year card, €90.00 a year" in owner.get(member).content.decode()
    owner.post(f"{member}membership/", {"act": "begin", "plan": plan.pk, "key": "a"})
    page = owner.get("/program/memberships/").content.decode()
    assert "1 member has it" in page
    with tenant_context(shop.cast.business):
        payment = MembershipPayment.objects.get()
    owner.post(f"/program/membership-payments/{payment.pk}/refund/", {"reason": "Oops"})
    assert _state(shop) == ("", 1)
    with tenant_context(shop.cast.business):
        assert PaidMembership.objects.get().end == "refunded"
    owner.post(f"/program/memberships/{plan.pk}/offer/")
    with tenant_context(shop.cast.business):
        assert MembershipPlan.objects.get(pk=plan.pk).is_offered is False

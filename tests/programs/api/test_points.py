"""Purchases that earn, returns that take back, balances and entries, through the API."""

import pytest

from programs.domain.reconcile import reconcile
from programs.models import Entry
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import make_tier


@pytest.mark.parametrize("by", ["id", "email", "phone", "card", "external_id"])
def test_a_purchase_finds_its_member_and_earns(by):
    shop = Shop()
    shop.till.patch(f"members/{shop.member.pk}/", {"phone": "0660 1234567", "external_id": "x"})
    known = {
        "id": str(shop.member.pk),
        "email": shop.member.email.upper(),
        "phone": "0660/1234567",
        "card": shop.member.number,
        "external_id": "x",
    }
    said = shop.till.post("purchases/", {"member": {by: known[by]}, "total": 2050}).json()
    assert said["purchase"]["member"] == str(shop.member.pk)
    assert (said["earned"]["points"], said["earned"]["balance"]) == (20, 20)
    assert said["earned"]["why"][0].endswith("gives 1 point.")
    assert shop.balance() | {"member": ""} == {
        "member": "",
        "balance": 20,
        "pending": 0,
        "owed": 0,
        "lifetime": 20,
        "unit": "points",
        "currency": "EUR",
        "tier": None,
        "tier_standing": None,
        "next_tier": None,
        "to_next_point": 50,
        "expiring": [],
        "coming": [],
    }


def test_a_guest_earns_nothing():
    said = Shop().till.post("purchases/", {"total": 500, "member": None}).json()
    assert (said["purchase"]["member"], said["earned"]) == (None, None)


@pytest.mark.parametrize("member", [{}, {"id": None}, {"email": "a@b.c", "card": "1"}])
def test_a_member_is_named_by_exactly_one_thing(member):
    assert Shop().till.post("purchases/", {"total": 500, "member": member}).status_code == 422


def test_the_same_receipt_is_the_same_purchase():
    shop = Shop()
    body = {"member": {"id": str(shop.member.pk)}, "total": 500, "receipt_number": "R-9"}
    first, again = shop.till.post("purchases/", body), shop.till.post("purchases/", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = shop.till.post("purchases/", {**body, "total": 501})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert shop.balance()["balance"] == 5


def test_a_return_does_what_its_preview_said():
    shop = Shop()
    bought = shop.buys(None, lines=[{"unit_price": 1000, "quantity": 3}, {"unit_price": 500}])["purchase"]
    shop.till.post(f"members/{shop.member.pk}/adjustments/", {"points": -30, "reason": "Wrong card"})
    wanted = {"lines": [{"line": bought["lines"][0]["id"], "quantity": 2}]}
    preview = shop.till.post(f"purchases/{bought['id']}/returns/preview/", wanted, key=None).json()
    assert (preview["total"], preview["points"], preview["from_balance"], preview["owed"]) == (2000, 20, 5, 15)
    assert shop.balance()["balance"] == 5
    said = shop.till.post(f"purchases/{bought['id']}/returns/", {**wanted, "reason": "Cold"}).json()
    assert (said["returned"]["total"], said["earned"]["points"], said["earned"]["owed"]) == (2000, -20, 15)
    assert (shop.balance()["balance"], shop.balance()["owed"]) == (0, 15)
    assert shop.buys(2000)["earned"]["balance"] == 5


def test_a_line_of_another_purchase_cannot_be_returned():
    shop = Shop()
    one = shop.buys(None, lines=[{"unit_price": 1000}])["purchase"]
    other = shop.buys(None, lines=[{"unit_price": 1000}])["purchase"]
    wanted = {"lines": [{"line": other["lines"][0]["id"]}]}
    answer = shop.till.post(f"purchases/{one['id']}/returns/", wanted)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "lines.0.line")


def test_adjustments_are_entries_with_their_reason():
    shop = Shop()
    path = f"members/{shop.member.pk}/adjustments/"
    given = shop.till.post(path, {"points": 12, "reason": "Birthday cake was late"}).json()
    assert (given["points"], given["balance_after"], given["why"]) == (12, 12, ["Birthday cake was late"])
    assert given["by"] == {"kind": "api", "label": "Till"}
    refused = shop.till.post(path, {"points": -13, "reason": "x"})
    assert (refused.status_code, refused.json()["facts"]) == (409, {"missing": 1})
    assert shop.till.post(path, {"points": 0, "reason": "x"}).status_code == 422
    assert shop.till.post(path, {"points": 1, "reason": " "}).status_code == 422


def test_entries_say_why_in_words():
    shop = Shop(minimum_purchase=1000)
    shop.buys(500)
    (entry,) = shop.till.get(f"members/{shop.member.pk}/entries/").json()["results"]
    assert (entry["title"], entry["points"], entry["kind"], entry["cause"]) == ("Purchase", 0, "accrue", "purchase")
    assert any(sentence.startswith("Purchases earn from") for sentence in entry["why"])


def test_the_way_to_the_next_tier_is_told():
    shop = Shop()
    with tenant_context(shop.business):
        make_tier(shop.program, "Gold", 10_000, multiplier=150, benefits="A free cake\nFirst in line")
    shop.buys(4000)
    assert shop.balance()["next_tier"] == {
        "name": "Gold",
        "basis": "spend",
        "missing": 6000,
        "percent": 40,
        "said": "€60.00 to Gold, counted over 12 months",
        "by": None,
    }
    shop.buys(6000)
    assert shop.balance()["tier"]["benefits"] == ["A free cake", "First in line"]


def test_without_a_program_there_is_no_balance_but_purchases_are_kept():
    from tenants.enums import Role
    from tests.api import Till, make_key
    from tests.cast import make_business, make_membership

    owner = make_membership(make_business(), Role.OWNER)
    till = Till(make_key(owner))
    member = till.post("members/", {"given_name": "Mara"}).json()["id"]
    assert till.post("purchases/", {"member": {"id": member}, "total": 500}).json()["earned"] is None
    answer = till.get(f"members/{member}/balance/")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_program")


def test_the_books_agree_after_all_of_it():
    shop = Shop()
    bought = shop.buys(5000)["purchase"]
    wanted = {"member": {"id": str(shop.member.pk)}, "reward": str(shop.reward.pk)}
    redemption = shop.till.post("redemptions/", wanted).json()
    shop.till.post(f"redemptions/{redemption['id']}/voiding/", {"reason": "Changed their mind"})
    shop.till.post(f"purchases/{bought['id']}/returns/", {})
    with tenant_context(shop.business):
        assert Entry.objects.count() == 4
        assert reconcile().agrees

"""Purchases read through the API."""

from tests.api import Shop


def test_purchases_are_listed_by_member_and_receipt():
    shop = Shop()
    one = shop.buys(700, receipt_number="R-1")["purchase"]
    guest = shop.till.post("purchases/", {"total": 300}).json()["purchase"]
    listed = [row["id"] for row in shop.till.get("purchases/").json()["results"]]
    assert listed == [guest["id"], one["id"]]
    of_member = shop.till.get("purchases/", {"member": str(shop.member.pk)}).json()["results"]
    assert [row["id"] for row in of_member] == [one["id"]]
    by_receipt = shop.till.get("purchases/", {"receipt_number": "R-1"}).json()["results"]
    assert by_receipt == [{name: value for name, value in one.items() if name != "lines"}]


def test_a_purchase_is_read_with_its_lines():
    shop = Shop()
    lines = [
        {"description": "Coffee", "unit_price": 350, "quantity": 2, "sku": "C"},
        {"description": "Ham", "unit_price": 2490, "quantity": "0.125"},
    ]
    made = shop.buys(None, lines=lines, discount=100)["purchase"]
    assert shop.till.get(f"purchases/{made['id']}/").json() == made
    assert [line["quantity"] for line in made["lines"]] == ["2", "0.125"]
    assert made["total"] == sum(line["total"] for line in made["lines"]) == 700 + 311 - 100

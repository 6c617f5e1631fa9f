"""Store credit through the API: earned, paid with, given back."""

from programs.domain.reconcile import reconcile
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.credit import make_credit


def _shop(**terms):
    shop = Shop()
    with tenant_context(shop.business):
        make_credit(**terms)
    return shop


def _buy(shop, total, key=None, **fields):
    body = {"member": {"id": str(shop.member.pk)}, "total": total, **fields}
    return shop.till.post("purchases/", body, **({"key": key} if key else {}))


def _credit(shop):
    return shop.till.get(f"members/{shop.member.pk}/credit/").json()


def _tender(amount):
    return [{"kind": "credit", "amount": amount}]


def test_a_purchase_says_what_it_gave_and_what_was_paid_from_credit():
    shop = _shop()
    given = _buy(shop, 5000).json()["credit"]
    assert (given["paid"], given["given"], given["balance"], given["why"]) == (0, 500, 500, ["10% of €50.00."])
    answer = _buy(shop, 2000, tenders=_tender(300))
    assert answer.status_code == 201
    assert answer.json()["purchase"]["credit"] == 300
    paid = answer.json()["credit"]
    assert (paid["paid"], paid["given"], paid["balance"]) == (300, 170, 370)
    shown = _credit(shop)
    assert (shown["balance"], shown["earning"]) == (370, "10% of what is paid comes back as store credit.")


def test_a_retried_purchase_takes_it_once_and_says_the_same():
    shop = _shop()
    _buy(shop, 5000)
    first = _buy(shop, 1000, key="same", tenders=_tender(400))
    again = _buy(shop, 1000, key="same", tenders=_tender(400))
    assert (first.status_code, again.json()) == (201, first.json())
    assert _credit(shop)["balance"] == 160
    other = _buy(shop, 1000, key="same", tenders=_tender(100))
    assert other.status_code in (409, 422)
    receipt = {"receipt_number": "R-1", "tenders": _tender(100)}
    assert _buy(shop, 1000, **receipt).status_code == 201
    repeated = _buy(shop, 1000, **receipt)
    assert (repeated.status_code, repeated.json()["credit"]["paid"]) == (200, 100)
    assert _buy(shop, 1000, receipt_number="R-1").status_code == 409


def test_more_than_there_is_is_refused_with_what_there_is():
    shop = _shop()
    _buy(shop, 1000)
    refused = _buy(shop, 5000, tenders=_tender(101))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_credit")
    assert _credit(shop)["balance"] == 100
    guest = shop.till.post("purchases/", {"total": 500, "tenders": _tender(100)})
    assert (guest.status_code, guest.json()["code"]) == (422, "nobody_s_credit")


def test_a_return_is_split_and_says_so_beforehand():
    shop = _shop()
    _buy(shop, 10_000)
    bought = _buy(shop, 4000, tenders=_tender(1000)).json()["purchase"]["id"]
    seen = shop.till.post(f"purchases/{bought}/returns/preview/", {"amount": 2000}).json()["credit"]
    assert (seen["money"], seen["refunded"], seen["taken"]) == (1500, 500, 150)
    done = shop.till.post(f"purchases/{bought}/returns/", {"amount": 2000}).json()
    assert (done["returned"]["credit"], done["credit"]["refunded"], done["credit"]["taken"]) == (500, 500, 150)
    assert done["credit"]["balance"] == seen["after"] == _credit(shop)["balance"]
    entries = shop.till.get(f"members/{shop.member.pk}/credit/entries/").json()["results"]
    assert [one["title"] for one in entries][:2] == ["Cash-back taken back", "Given back with a return"]
    with tenant_context(shop.business):
        assert reconcile().agrees


def test_a_business_without_it_has_none():
    shop = Shop()
    assert shop.till.get(f"members/{shop.member.pk}/credit/").status_code == 404
    assert _buy(shop, 1000).json()["credit"] is None


def test_credit_is_given_and_taken_by_hand_once_for_a_key() -> None:
    shop = Shop()
    path = f"members/{shop.member.pk}/credit/adjustments/"
    none = shop.till.post(path, {"amount": 500, "reason": "Gift card"})
    assert (none.status_code, none.json()["code"]) == (422, "no_credit")
    with tenant_context(shop.business):
        make_credit()
    for _time in range(2):
        given = shop.till.post(path, {"amount": 500, "reason": "Gift card"}, key="k")
        assert given.status_code == 201
    assert given.json()["balance_after"] == 500
    assert given.json()["why"] == ["Given by hand.", "Gift card"]
    refused = shop.till.post(path, {"amount": -501, "reason": "Too much"})
    assert (refused.status_code, refused.json()["facts"]) == (409, {"available": 500})
    assert shop.till.post(path, {"amount": 0, "reason": "Nothing"}).status_code == 422
    assert shop.till.get(f"members/{shop.member.pk}/credit/").json()["balance"] == 500

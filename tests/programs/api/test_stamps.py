"""Stamp cards through the API."""

from programs.domain.reconcile import reconcile
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.stamps import make_card


def _shop(**terms):
    shop = Shop()
    with tenant_context(shop.business):
        return shop, str(make_card(**terms).pk)


def _cards(shop):
    return shop.till.get(f"members/{shop.member.pk}/stamp-cards/").json()["results"]


def test_a_purchase_says_what_it_stamped_and_what_it_filled():
    shop, card = _shop(slots=2, most_in_day=None)
    body = {"member": {"id": str(shop.member.pk)}, "total": 500}
    [first] = shop.till.post("purchases/", body).json()["stamps"]
    [second] = shop.till.post("purchases/", body).json()["stamps"]
    assert (first["card"], first["stamps"], first["vouchers"]) == (card, 1, [])
    assert first["why"] == ["Each purchase gives a stamp."]
    [code] = second["vouchers"]
    voucher = shop.till.get(f"vouchers/{code}/").json()
    assert (voucher["name"], voucher["status"]) == ("A coffee on us", "open")
    [shown] = _cards(shop)
    assert (shown["stamps"], shown["slots"], shown["finished"], shown["reward"]) == (0, 2, 1, "A coffee on us")


def test_a_return_says_beforehand_and_afterwards_what_it_takes():
    shop, card = _shop(slots=2, most_in_day=None)
    body = {"member": {"id": str(shop.member.pk)}, "total": 500}
    shop.till.post("purchases/", body)
    bought = shop.till.post("purchases/", body).json()["purchase"]["id"]
    [seen] = shop.till.post(f"purchases/{bought}/returns/preview/", {}).json()["stamps"]
    assert (seen["card"], seen["stamps"], seen["after"], seen["lost"]) == (card, 1, 1, ["A coffee on us"])
    [done] = shop.till.post(f"purchases/{bought}/returns/", {}).json()["stamps"]
    assert (done["stamps"], _cards(shop)[0]["stamps"], _cards(shop)[0]["finished"]) == (-1, 1, 0)
    with tenant_context(shop.business):
        assert reconcile().agrees


def test_stamps_by_hand_are_given_once_for_each_key():
    shop, card = _shop(slots=5)
    path, body = f"members/{shop.member.pk}/stamps/", {"card": card, "stamps": 2}
    given = shop.till.post(path, body, key="same")
    again = shop.till.post(path, body, key="same")
    assert (given.status_code, given.json()["stamps"], given.json()["card"]["stamps"]) == (201, 2, 2)
    assert again.json() == given.json()
    assert _cards(shop)[0]["stamps"] == 2


def test_a_card_that_is_not_there_is_refused():
    shop, _card = _shop()
    path = f"members/{shop.member.pk}/stamps/"
    refused = shop.till.post(path, {"card": str(shop.member.pk)})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_card")

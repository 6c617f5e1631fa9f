"""Records of one person through the API."""

from programs.domain.reconcile import reconcile
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import buy, make_member


def _shop():
    shop = Shop()
    with tenant_context(shop.business):
        twin = make_member(given_name="Ines", phone="+436601234567")
        other = make_member(given_name="Ines", email="ines.twin@example.com", family_name="Twin")
        buy(twin, 2_000)
        buy(other, 3_000)
    return shop, str(twin.pk), str(other.pk)


def test_a_preview_says_what_merging_does_and_writes_nothing():
    shop, kept, absorbed = _shop()
    body = {"kept": kept, "absorbed": absorbed}
    seen = shop.till.post("merges/preview/", body, key=None)
    assert seen.status_code == 200
    [points] = seen.json()["accounts"]
    assert (points["before"]["balance"], points["moved"]["balance"], points["after"]["balance"]) == (20, 30, 50)
    assert seen.json()["id"] is None
    assert shop.till.get(f"members/{absorbed}/balance/").json()["balance"] == 30


def test_merged_once_for_each_key_and_undone():
    shop, kept, absorbed = _shop()
    body = {"kept": kept, "absorbed": absorbed}
    first = shop.till.post("merges/", body, key="same")
    assert (first.status_code, first.json()["purchases"], first.json()["is_open"]) == (201, 1, True)
    assert shop.till.post("merges/", body, key="same").json() == first.json()
    assert shop.till.post("merges/", body).json()["id"] == first.json()["id"]
    assert shop.till.get(f"members/{absorbed}/balance/").json()["balance"] == 50
    one = f"merges/{first.json()['id']}/"
    seen = shop.till.post(f"{one}undo/preview/", {}, key=None).json()
    assert seen["accounts"][0]["after"]["balance"] == 20
    assert shop.till.get(one).json()["is_open"]
    undone = shop.till.post(f"{one}undo/", {}).json()
    assert (undone["is_open"], undone["undone_at"] is not None) == (False, True)
    assert shop.till.get(f"members/{absorbed}/balance/").json()["balance"] == 30
    with tenant_context(shop.business):
        assert reconcile().agrees


def test_duplicates_are_listed_with_the_reason():
    shop = Shop()
    jana = {"given_name": "Jana", "family_name": "Novak", "birthday": {"month": 3, "day": 4, "year": 1990}}
    made = {shop.till.post("members/", jana | {"email": f"{name}@example.com"}).json()["id"] for name in ("jana", "jn")}
    [pair] = shop.till.get("members/duplicates/").json()["results"]
    assert {pair["kept"], pair["other"]} == made
    assert pair["reasons"]


def test_nobody_is_merged_with_themselves():
    shop, kept, _absorbed = _shop()
    refused = shop.till.post("merges/", {"kept": kept, "absorbed": kept})
    assert (refused.status_code, refused.json()["code"]) == (422, "same_record")

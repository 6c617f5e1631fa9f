"""Families and points between members through the API."""

from programs.domain.reconcile import reconcile
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.sharing import allow
from tests.programs.shop import make_member


def _shop():
    shop = Shop()
    with tenant_context(shop.business):
        allow()
        other = make_member(given_name="Ben")
    shop.buys(5000)
    return shop, {"id": str(shop.member.pk)}, {"id": str(other.pk)}


def test_points_are_given_once_for_each_key_and_undone():
    shop, ana, ben = _shop()
    body = {"giver": ana, "receiver": ben, "points": 20, "message": "Thanks"}
    given = shop.till.post("transfers/", body, key="same")
    again = shop.till.post("transfers/", body, key="same")
    assert (given.status_code, given.json()["points"], again.json()) == (201, 20, given.json())
    assert shop.till.get(f"members/{ben['id']}/balance/").json()["balance"] == 20
    [row] = shop.till.get("transfers/", {"member": ben["id"]}).json()["results"]
    assert (row["giver"], row["receiver"], row["message"]) == (ana["id"], ben["id"], "Thanks")
    undone = shop.till.post(f"transfers/{row['id']}/undo/", {"reason": "A mistake"}).json()
    assert (undone["back"], undone["undone_at"] is not None) == (20, True)
    assert shop.till.get(f"members/{ben['id']}/balance/").json()["balance"] == 0
    with tenant_context(shop.business):
        assert reconcile().agrees


def test_the_owners_rules_are_told_by_their_codes():
    shop, ana, ben = _shop()
    with tenant_context(shop.business):
        allow(minimum=30)
    refused = shop.till.post("transfers/", {"giver": ana, "receiver": ben, "points": 20})
    assert (refused.status_code, refused.json()["code"], refused.json()["facts"]) == (
        422,
        "transfer_too_small",
        {"least": 30},
    )


def test_a_family_begins_is_joined_by_a_code_and_spends_together():
    shop, ana, ben = _shop()
    family = shop.till.post("families/", {"head": ana, "name": "Gruber"}).json()
    code = shop.till.post(f"families/{family['id']}/invitations/", {"note": "Ben"}).json()
    assert code["link"].endswith(f"/family/yes/{code['code']}/")
    joined = shop.till.post(f"families/{family['id']}/members/", {"member": ben, "code": code["code"]}).json()
    assert (joined["points"], [one["is_head"] for one in joined["members"]]) == (50, [True, False])
    assert shop.till.get(f"members/{ben['id']}/family/").json()["spendable"] == 50
    redeemed = shop.till.post("redemptions/", {"member": ben, "reward": str(shop.reward.pk)})
    assert redeemed.status_code == 201
    assert shop.till.get(f"families/{family['id']}/").json()["points"] == 40
    [drawn] = shop.till.get("transfers/").json()["results"]
    assert (drawn["kind"], drawn["giver"], drawn["redemption"]) == ("family", ana["id"], redeemed.json()["id"])
    left = shop.till.post(f"members/{ben['id']}/family/leaving/", {}).json()
    assert left == {"family": None, "spendable": 0}
    ended = shop.till.post(f"families/{family['id']}/end/", {}).json()
    assert (ended["members"], ended["dissolved_at"] is not None) == ([], True)


def test_a_code_that_is_over_joins_nobody():
    shop, ana, ben = _shop()
    family = shop.till.post("families/", {"head": ana, "name": "Gruber"}).json()
    refused = shop.till.post(f"families/{family['id']}/members/", {"member": ben, "code": "NOTHERE"})
    assert (refused.status_code, refused.json()["code"]) == (409, "invitation_gone")

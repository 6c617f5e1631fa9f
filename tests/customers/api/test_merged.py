"""Ids of records that were merged, through the API."""

from customers.domain.merging import merge_members
from customers.enums import Source
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import make_member


def merged():
    shop = Shop()
    with tenant_context(shop.business):
        absorbed = make_member(email="second@example.com")
        merge_members(shop.member, absorbed, by=Actor.system(), source=Source.DASHBOARD, fields=())
    return shop, absorbed


def test_the_id_of_a_merged_record_gives_the_member_that_is_kept():
    shop, absorbed = merged()
    said = shop.till.get(f"members/{absorbed.pk}/").json()
    assert (said["id"], said["merged_into"]) == (str(shop.member.pk), None)
    assert shop.till.get("members/", {"email": "second@example.com"}).json()["results"][0]["id"] == said["id"]
    assert shop.till.get("members/", {"card": absorbed.number}).json()["results"][0]["id"] == said["id"]


def test_what_is_sent_for_a_merged_record_is_the_kept_members():
    shop, absorbed = merged()
    bought = shop.buys(member={"id": str(absorbed.pk)})
    assert bought["purchase"]["member"] == str(shop.member.pk)
    assert shop.till.get(f"members/{absorbed.pk}/balance/").json()["balance"] == 20
    assert len(shop.till.get("purchases/", {"member": str(absorbed.pk)}).json()["results"]) == 1
    shop.till.patch(f"members/{absorbed.pk}/", {"preferences": "Window seat"})
    assert shop.till.get(f"members/{shop.member.pk}/").json()["preferences"] == "Window seat"


def test_only_a_list_of_changes_names_the_merged_record():
    shop, absorbed = merged()
    everybody = shop.till.get("members/").json()["results"]
    assert [one["id"] for one in everybody] == [str(shop.member.pk)]
    changed = shop.till.get("members/", {"updated_since": "2020-01-01T00:00:00Z"}).json()["results"]
    assert {one["id"]: one["merged_into"] for one in changed} == {
        str(shop.member.pk): None,
        str(absorbed.pk): str(shop.member.pk),
    }
    assert shop.till.patch(f"members/{shop.member.pk}/", {"status": "merged"}).status_code == 422

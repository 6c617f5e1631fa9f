"""The network through the API: one balance over several businesses, the same endpoint to redeem, and statements."""

from datetime import date

from programs.domain.networks.closing import close_month
from tenants.isolation import tenant_context
from tests.api import Shop, Till, make_key
from tests.programs.domain.networks.street import make_street
from tests.programs.shop import at


def a_street(**fields):
    """Two shops in a network, and a till at the second."""
    street = make_street(2, **fields)
    return street, street.shops[1], Till(make_key(street.circle.owners[1]))


def redeem(till, shop, key="new"):
    body = {"member": {"id": str(shop.member.pk)}, "reward": str(shop.reward.pk)}
    return till.post("redemptions/", body, key=key)


def test_a_member_has_one_balance_over_all_and_whose_it_is_stays_unsaid():
    street, shop, till = a_street()
    street.earn(0, 300)
    street.earn(1, 40)
    said = till.get(f"members/{shop.member.pk}/network/").json()
    assert said == {"network": "Good Street", "takes_part": True, "here": 40, "elsewhere": 300, "total": 340}


def test_who_takes_no_part_has_what_is_here():
    street, shop, till = a_street(linked=False)
    street.earn(0, 300)
    street.earn(1, 40)
    said = till.get(f"members/{shop.member.pk}/network/").json()
    assert (said["takes_part"], said["here"], said["total"]) == (False, 40, 40)


def test_the_same_endpoint_redeems_with_points_of_another_business_once_for_a_key():
    street, shop, till = a_street()
    street.earn(0, 300)
    street.earn(1, 40)
    rewards = till.get("rewards/", {"member": str(shop.member.pk)}).json()["results"]
    assert [(one["available"], one["missing"]) for one in rewards] == [(True, 0)]
    first, again = redeem(till, shop, "same"), redeem(till, shop, "same")
    assert (first.status_code, again.json()) == (201, first.json())
    assert street.points() == [240, 0]
    undone = till.post(f"redemptions/{first.json()['id']}/voiding/", {"reason": "Changed their mind"})
    assert undone.status_code == 201
    assert street.points() == [300, 40]
    street.check()


def test_too_few_in_all_of_them_is_the_refusal_that_is_known():
    street, shop, till = a_street()
    street.earn(0, 30)
    answer = redeem(till, shop)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_points")


def test_a_statement_is_listed_with_its_entries_and_nobody_elses():
    street, shop, till = a_street()
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
    with at("2026-04-01 09:00"), tenant_context(shop.business):
        close_month(street.network, date(2026, 3, 1))
    [one] = till.get("network/statements/").json()["results"]
    assert (one["month"], one["net"], one["currency"]) == ("2026-03-01", 400, "EUR")
    assert one["businesses"][0]["business"] == street.shops[0].business.name
    assert till.get(f"network/statements/{one['id']}/").json() == one
    [entry] = till.get(f"network/statements/{one['id']}/entries/").json()["results"]
    assert (entry["points"], entry["amount"], entry["member_id"]) == (100, 400, str(shop.member.pk))
    other = Till(make_key(street.circle.owners[0]))
    assert other.get(f"network/statements/{one['id']}/").status_code == 404
    [theirs] = other.get("network/statements/").json()["results"]
    [mirror] = other.get(f"network/statements/{theirs['id']}/entries/").json()["results"]
    assert (mirror["id"], mirror["amount"], mirror["redemption_id"]) == (entry["id"], -400, None)


def test_a_business_without_a_network_has_none():
    shop = Shop()
    assert shop.till.get(f"members/{shop.member.pk}/network/").status_code == 404
    assert shop.till.get("network/statements/").json()["results"] == []

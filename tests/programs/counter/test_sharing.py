"""At the counter: points given at a member's wish, and a family joined with both there."""

from typing import Any

from django.test import Client

from customers.models import Member
from programs.models import Family, PointTransfer
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.programs.counter_shop import Shop, key
from tests.programs.sharing import allow
from tests.programs.shop import make_member


def _begin(shop: Shop, **terms: Any) -> Member:
    with tenant_context(shop.cast.business):
        allow(**terms)
        return make_member(given_name="Ben", family_name="Berger")


def _post(till: Client, shop: Shop, where: str, **values: Any) -> Any:
    return till.post(f"{shop.url}{where}/", {"key": key(), **values}, headers={"HX-Request": "true"})


def test_nothing_of_it_is_shown_while_the_owner_allows_nothing(shop: Shop, till: Client) -> None:
    page = till.get(shop.url).content.decode()
    assert "to somebody" not in page
    assert till.get(f"{shop.url}giving/").status_code == 404


def test_staff_give_at_the_members_wish_and_more_with_a_manager(shop: Shop, till: Client) -> None:
    ben = _begin(shop)
    assert "Give points to somebody" in till.get(shop.url).content.decode()
    found = till.get(f"{shop.url}giving/?q={ben.number}").content.decode()
    assert "Ben Berger" in found
    done = _post(till, shop, "giving", to=str(ben.pk), points="40")
    assert "40 points for Ben Berger" in done.content.decode()
    refused = _post(till, shop, "giving", to=str(ben.pk), points="150")
    assert refused.status_code == 409
    with tenant_context(shop.cast.business):
        assert PointTransfer.objects.get().points == 40


def test_a_family_is_joined_with_both_there(shop: Shop, till: Client) -> None:
    ben = _begin(shop)
    _post(till, shop, "family", act="found", name="Berger")
    alone = _post(till, shop, "family", act="join", to=str(ben.pk))
    assert alone.status_code == 422
    assert "Both have to be here" in alone.content.decode()
    _post(till, shop, "family", act="join", to=str(ben.pk), both="yes")
    with tenant_context(shop.cast.business):
        assert account_of(ben).family_id == Family.objects.get().pk
    assert "Family Berger: 240 points together." in till.get(f"/counter/members/{ben.pk}/").content.decode()

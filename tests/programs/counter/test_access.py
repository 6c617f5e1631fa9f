"""Who gets in, on which device, and what a shared device opens."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tenants.isolation import tenant_context
from tenants.models import Location, Membership
from tests.cast import make_membership, sign_in
from tests.programs.counter_shop import PIN, Shop, give_pin, key

MEMBER_PAGES = ["", "preview/", "adjustments/", "returns/"]
MEMBER_ACTS = ["visits/", "undos/", "notes/", "adjustments/"]


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("staff", 200), ("analyst", 403)])
def test_roles(shop: Shop, role: str, status: int) -> None:
    client = sign_in(getattr(shop.cast, role))
    assert client.get("/counter/").status_code == status
    assert client.get(shop.url).status_code == status


def test_nobody_gets_in_without_signing_in(shop: Shop) -> None:
    answer = Client().get(shop.url)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")


def test_the_home_of_staff_is_the_counter(till: Client) -> None:
    assert till.get("/")["Location"] == "/counter/"


@pytest.mark.parametrize("part", MEMBER_PAGES)
def test_a_strangers_member_is_not_there(shop: Shop, part: str) -> None:
    stranger = sign_in(shop.cast.stranger)
    assert stranger.get(shop.url + part).status_code == 404


@pytest.mark.parametrize("part", MEMBER_ACTS)
def test_a_stranger_does_nothing(shop: Shop, ledger: Any, part: str) -> None:
    stranger = sign_in(shop.cast.stranger)
    values = {"key": key(), "amount": "10", "text": "x", "points": "5", "reason": "x", "entry": str(uuid4())}
    assert stranger.post(shop.url + part, values).status_code == 404
    assert ledger() == 240


def test_a_strangers_purchase_voucher_and_receipt_are_not_there(shop: Shop) -> None:
    from customers.models import Purchase

    with tenant_context(shop.cast.business):
        purchase = Purchase.objects.get()
    stranger = sign_in(shop.cast.stranger)
    assert stranger.get(f"/counter/purchases/{purchase.pk}/returns/").status_code == 404
    assert "240" not in stranger.get("/counter/search/?q=anna").content.decode()
    assert stranger.post("/counter/scans/", {"payload": shop.anna.number}).status_code == 404


# --- the device ------------------------------------------------------------------------------------------


def take_over(client: Client, person: Any, pin: str = PIN) -> Any:
    return client.post(f"/counter/people/{person.pk}/", {"pin": pin})


def test_a_colleague_takes_over_and_what_is_done_is_theirs(shop: Shop) -> None:
    from programs.models import Entry

    device = sign_in(shop.cast.owner)
    assert take_over(device, shop.cast.staff)["Location"] == "/counter/"
    device.post(f"{shop.url}visits/", {"key": key(), "amount": "10"})
    with tenant_context(shop.cast.business):
        assert Entry.objects.order_by("-seq")[0].actor_id == shop.cast.staff.pk


@pytest.mark.parametrize("page", ["/", "/account/email/", "/account/2fa/", "/account/password/change/"])
def test_a_shared_device_opens_nothing_of_its_owner(shop: Shop, page: str) -> None:
    device = sign_in(shop.cast.owner)
    take_over(device, shop.cast.staff)
    assert device.get(page)["Location"] == "/counter/people/"
    take_over(device, shop.cast.owner)
    assert device.get("/").status_code == 200


def test_the_role_of_who_serves_counts_not_of_who_signed_in(shop: Shop, ledger: Any) -> None:
    device = sign_in(shop.cast.owner)
    take_over(device, shop.cast.staff)
    values = {"key": key(), "points": "500", "reason": "Generous", "direction": "give"}
    answer = device.post(f"{shop.url}adjustments/", values, headers={"HX-Request": "true"})
    assert (answer.status_code, ledger()) == (403, 240)


def test_locked_nothing_is_shown_until_a_pin_comes(shop: Shop, till: Client) -> None:
    till.get("/counter/")
    assert till.post("/counter/lock/")["Location"] == "/counter/people/"
    assert till.get(shop.url)["Location"] == "/counter/people/"
    assert take_over(till, shop.cast.staff)["Location"] == "/counter/"
    assert till.get(shop.url).status_code == 200


def test_it_locks_itself_when_nobody_was_there(shop: Shop, till: Client) -> None:
    import datetime

    import time_machine
    from django.utils import timezone

    till.get("/counter/")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6)):
        assert till.get(shop.url)["Location"] == "/counter/people/"


def test_without_any_pin_it_does_not_lock_people_out(shop: Shop) -> None:
    import datetime

    import time_machine
    from django.utils import timezone

    device = sign_in(shop.cast.manager)
    device.get("/counter/")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6)):
        assert device.get("/counter/").status_code == 200


def test_five_wrong_pins_and_one_waits_even_with_the_right_one(shop: Shop, till: Client) -> None:
    import datetime

    import time_machine
    from django.utils import timezone

    answers = [take_over(till, shop.cast.owner, "9999").status_code for _try in range(5)]
    assert answers == [422, 422, 422, 422, 409]
    blocked = take_over(till, shop.cast.owner)
    assert (blocked.status_code, blocked.context["error"].seconds > 50) == (409, True)
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=61)):
        assert take_over(till, shop.cast.owner)["Location"] == "/counter/"


def test_whoever_was_removed_serves_no_more(shop: Shop) -> None:
    from django.utils import timezone

    device = sign_in(shop.cast.owner)
    take_over(device, shop.cast.staff)
    with tenant_context(shop.cast.business):
        shop.cast.staff.removed_at = timezone.now()
        shop.cast.staff.save(update_fields=["removed_at"])
    assert device.get(shop.url)["Location"] == "/counter/people/"
    assert take_over(device, shop.cast.staff).status_code == 404


def test_a_stranger_cannot_take_over(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.other_business):
        give_pin(shop.cast.stranger)
    assert take_over(till, shop.cast.stranger).status_code == 404


# --- the own PIN, the place --------------------------------------------------------------------------------


def test_the_own_pin_is_set_and_changed_only_with_the_old_one(shop: Shop) -> None:
    device = sign_in(shop.cast.manager)
    weak = device.post("/counter/pin/", {"new": "1234", "again": "1234"})
    assert weak.status_code == 422
    assert device.post("/counter/pin/", {"new": "7391", "again": "7392"}).status_code == 422
    assert device.post("/counter/pin/", {"new": "7391", "again": "7391"}).status_code == 302
    assert device.post("/counter/pin/", {"current": "0000", "new": "8264", "again": "8264"}).status_code == 422
    assert device.post("/counter/pin/", {"current": "7391", "new": "8264", "again": "8264"}).status_code == 302
    with tenant_context(shop.cast.business):
        kept = Membership.objects.get(pk=shop.cast.manager.pk).pin_hash
    assert kept
    assert "8264" not in kept


def test_with_two_shops_the_device_is_asked_once_where_it_stands(shop: Shop) -> None:
    from customers.models import Purchase

    with tenant_context(shop.cast.business):
        second = Location.objects.create(name="Station")
    device = sign_in(make_membership(shop.cast.business, shop.cast.staff.role))
    asked = device.get(shop.url)
    assert asked["Location"].startswith("/counter/locations/?next=")
    chosen = device.post("/counter/locations/", {"location": str(second.pk), "next": shop.url})
    assert chosen["Location"] == shop.url
    device.post(f"{shop.url}visits/", {"key": key(), "amount": "10"})
    with tenant_context(shop.cast.business):
        assert Purchase.objects.order_by("-pk")[0].location_id == second.pk


def test_the_way_back_leads_nowhere_else(shop: Shop, till: Client) -> None:
    values = {"location": str(shop.cast.location.pk), "next": "https://example.com/"}
    assert till.post("/counter/locations/", values)["Location"] == "/counter/"


@pytest.mark.parametrize("page", ["/counter/manifest.webmanifest", "/counter/worker.js", "/counter/offline/"])
def test_the_shell_is_public_and_names_nobody(shop: Shop, page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 200
    assert shop.cast.business.name not in answer.content.decode()

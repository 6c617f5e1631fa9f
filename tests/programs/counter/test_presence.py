"""Redeeming asks that the member is there: by a code fresh from their phone, or on the word (the PIN) of staff."""

import json
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from customers.domain.cards import PROVES_FOR, card_payload, verify_card
from customers.models import CardStep, Member
from programs.domain.redemptions import redeem_reward, use_voucher
from programs.domain.serving import Visit, serve_member
from programs.enums import RedemptionStatus
from programs.errors import PresenceNotProved
from programs.models import Redemption, Voucher
from tenants.actors import Actor
from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import make_membership, sign_in
from tests.programs.counter_shop import PIN, Shop, buy, enrol, key
from tests.threads import at_once

HTMX = {"HX-Request": "true"}


def scan(till: Client, shop: Shop) -> Any:
    """Hold Anna's phone in front of the camera."""
    with tenant_context(shop.cast.business):
        payload = card_payload(Member.objects.get(pk=shop.anna.pk))
    return till.post("/counter/scans/", {"payload": payload}, headers=HTMX)


def redeem(till: Client, shop: Shop, **values: Any) -> Any:
    return till.post(f"{shop.url}visits/", {"key": key(), "reward": str(shop.coffee.pk), **values}, headers=HTMX)


def sentence(response: Any) -> str:
    return json.loads(response["HX-Trigger"])["toast"]["text"]


def test_a_name_that_was_typed_redeems_nothing_and_says_what_to_do(shop, till, ledger):
    answer = redeem(till, shop)
    assert answer.status_code == 403
    assert sentence(answer) == "Before anything is redeemed: scan the code on their phone, or enter your PIN."
    assert ledger() == 240


def test_a_printed_card_earns_and_does_not_redeem(shop, till, ledger):
    till.post("/counter/scans/", {"payload": shop.anna.number}, headers=HTMX)
    assert till.post(f"{shop.url}visits/", {"key": key(), "amount": "10"}, headers=HTMX).status_code == 200
    assert redeem(till, shop).status_code == 403
    assert redeem(till, shop, amount="10").status_code == 403
    assert ledger() == 250  # the purchase went with the reward that was refused


def test_the_code_on_the_phone_redeems_once(shop, till, ledger):
    assert scan(till, shop)["HX-Redirect"] == shop.url
    assert "Their phone was scanned" in till.get(shop.url).content.decode()
    assert redeem(till, shop).status_code == 200
    assert redeem(till, shop).status_code == 403
    assert ledger() == 140


def test_a_scan_that_earned_redeems_afterwards(shop, till, ledger):
    scan(till, shop)
    till.post(f"{shop.url}visits/", {"key": key(), "amount": "10"}, headers=HTMX)
    assert redeem(till, shop).status_code == 200


def test_the_same_act_is_done_once_and_answered_again(shop, till, ledger):
    scan(till, shop)
    act = {"key": key()}
    assert [redeem(till, shop, **act).status_code for _time in range(3)] == [200, 200, 200]
    assert ledger() == 140


def test_a_scan_proves_for_some_minutes(shop, till, ledger):
    scan(till, shop)
    with time_machine.travel(timezone.now() + PROVES_FOR, tick=False), tenant_context(shop.cast.business):
        step = CardStep.objects.get().step
        with pytest.raises(PresenceNotProved):
            serve_member(
                shop.anna, Visit(rewards=[shop.coffee], card_step=step), by=Actor.staff(shop.cast.staff), key=key()
            )


def test_the_scan_of_one_member_redeems_nothing_of_another(shop, till):
    with tenant_context(shop.cast.business):
        bea = enrol(shop.cast, "Bea")
        buy(shop.cast, bea, 20_000)
    scan(till, shop)
    answer = till.post(
        f"/counter/members/{bea.pk}/visits/", {"key": key(), "reward": str(shop.coffee.pk)}, headers=HTMX
    )
    assert answer.status_code == 403


def test_locking_the_device_puts_the_card_away(shop, till):
    scan(till, shop)
    till.post("/counter/lock/")
    till.post(f"/counter/people/{shop.cast.staff.pk}/", {"pin": PIN})
    assert redeem(till, shop).status_code == 403


def test_the_pin_of_whoever_serves_redeems(shop, till, ledger):
    assert redeem(till, shop, pin=PIN).status_code == 200
    wrong = redeem(till, shop, pin="9157")
    assert (wrong.status_code, sentence(wrong)) == (422, "That is not the PIN. 4 tries are left.")
    assert ledger() == 140


def test_guessing_at_the_pin_is_stopped(shop, till, ledger):
    for _guess in range(5):
        redeem(till, shop, pin="9157")
    assert "Too many wrong tries" in sentence(redeem(till, shop, pin=PIN))
    assert ledger() == 240


@pytest.fixture
def voucher(shop: Shop) -> Voucher:
    """What Anna redeemed on her phone and has not used."""
    with tenant_context(shop.cast.business):
        redemption = redeem_reward(shop.anna, reward=shop.coffee, by=Actor.member(shop.anna.pk), key=key())
        return Voucher.objects.get(redemption=redemption)


def use(till: Client, shop: Shop, voucher: Voucher, **values: Any) -> Any:
    return till.post(f"{shop.url}visits/", {"key": key(), "voucher": str(voucher.pk), **values}, headers=HTMX)


def test_a_name_that_was_typed_uses_no_voucher_and_shows_no_code(shop, till, voucher):
    page = till.get(shop.url).content.decode()
    assert str(voucher.pk) in page
    assert voucher.code not in page
    assert 'name="pin"' in page
    assert use(till, shop, voucher).status_code == 403
    with tenant_context(shop.cast.business):
        assert Voucher.objects.get().status == RedemptionStatus.OPEN


def test_a_voucher_is_used_with_its_code_their_phone_or_a_pin(shop, till, voucher):
    till.get(f"/counter/vouchers/{voucher.code}/")
    assert "data-shown" in till.get(shop.url).content.decode()
    served = use(till, shop, voucher)
    assert served.status_code == 200
    undo = {"key": key(), "voucher": str(voucher.pk)}
    assert till.post(f"{shop.url}undos/", undo, headers=HTMX).status_code == 200
    assert use(till, shop, voucher).status_code == 403  # the code stood for one use
    assert use(till, shop, voucher, pin=PIN).status_code == 200
    till.post(f"{shop.url}undos/", undo | {"key": key()}, headers=HTMX)
    scan(till, shop)
    assert use(till, shop, voucher).status_code == 200


@pytest.mark.parametrize("code", ["AB-7", "WELCOME-BACK-2026-FOR-EVERYBODY"])
def test_a_code_of_the_business_is_found_however_long_it_is(shop, till, voucher, code):
    with tenant_context(shop.cast.business):
        Voucher.objects.filter(pk=voucher.pk).update(own_code=code)
    assert f"/counter/vouchers/{voucher.code}/" in till.get("/counter/search/", {"q": code}, headers=HTMX).text
    read = till.post("/counter/scans/", {"payload": code}, headers=HTMX)
    assert read["HX-Redirect"] == f"/counter/vouchers/{voucher.code}/"


def test_the_code_of_one_voucher_uses_no_other_and_redeems_nothing(shop, till, voucher):
    with tenant_context(shop.cast.business):
        buy(shop.cast, shop.anna, 20_000)
        other = redeem_reward(shop.anna, reward=shop.coffee, by=Actor.member(shop.anna.pk), key=key()).issued
    till.get(f"/counter/vouchers/{voucher.code}/")
    assert use(till, shop, other).status_code == 403
    assert use(till, shop, voucher, reward=str(shop.coffee.pk)).status_code == 403
    till.post("/counter/lock/")
    till.post(f"/counter/people/{shop.cast.staff.pk}/", {"pin": PIN})
    assert use(till, shop, voucher).status_code == 403


def test_nobody_uses_or_reopens_a_voucher_of_their_own(shop, till, voucher):
    with tenant_context(shop.cast.business):
        Member.objects.filter(pk=shop.anna.pk).update(email=shop.cast.staff.user.email)
    assert use(till, shop, voucher, pin=PIN).status_code == 403
    with tenant_context(shop.cast.business):
        use_voucher(voucher, by=Actor.staff(shop.cast.owner))
    undo = {"key": key(), "voucher": str(voucher.pk)}
    assert till.post(f"{shop.url}undos/", undo, headers=HTMX).status_code == 403


def test_managers_and_owners_are_believed(shop, ledger):
    assert redeem(sign_in(shop.cast.manager), shop).status_code == 200
    assert "data-presence" not in sign_in(shop.cast.owner).get(shop.url).content.decode()


def test_the_screen_says_what_is_asked(shop, till):
    page = till.get(shop.url).content.decode()
    assert "To redeem, scan the code on their phone." in page
    assert 'name="pin"' in page
    newcomer = sign_in(make_membership(shop.cast.business, Role.STAFF))
    page = newcomer.get(shop.url).content.decode()
    assert "set yours" in page
    assert 'name="pin"' not in page


def test_one_step_stands_for_one_act_also_at_two_tills_at_once(shop):
    by = Actor.staff(shop.cast.staff)
    with tenant_context(shop.cast.business):
        anna = Member.objects.get(pk=shop.anna.pk)
        step = verify_card(card_payload(anna)).step

    def redeem_it(act: str) -> Any:
        with tenant_context(shop.cast.business):
            return serve_member(anna, Visit(rewards=[shop.coffee], card_step=step), by=by, key=act)

    outcomes = at_once(redeem_it, [str(uuid4()) for _till in range(4)])
    refused = [outcome for outcome in outcomes if isinstance(outcome, PresenceNotProved)]
    with tenant_context(shop.cast.business):
        assert (Redemption.objects.count(), len(refused)) == (1, 3)

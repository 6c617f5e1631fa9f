"""Store credit at the counter: paid with in one tap, told beforehand, given back."""

import json
from typing import Any

import pytest
from django.test import Client

from customers.domain.members import MemberDetails, enrol_member
from customers.enums import Source
from customers.models import Purchase
from programs.domain.credit.reading import credit_of
from programs.domain.reconcile import reconcile
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.counter_shop import PIN, Shop, buy, key
from tests.programs.credit import make_credit


@pytest.fixture
def funded(shop: Shop) -> Shop:
    """Anna has €24.00 of credit."""
    with tenant_context(shop.cast.business):
        make_credit()
        buy(shop.cast, shop.anna, 24_000)
    return shop


def _post(till: Client, shop: Shop, where: str, **values: Any) -> Any:
    return till.post(f"{shop.url}{where}/", {"key": key(), **values}, headers={"HX-Request": "true"})


def _has(shop: Shop) -> int:
    with tenant_context(shop.cast.business):
        found = credit_of(shop.anna)
        assert found is not None
        assert reconcile().agrees
        return found.balance


def test_nothing_of_it_is_shown_without_any(shop: Shop, till: Client) -> None:
    assert "credit" not in till.get(shop.url).content.decode()
    with tenant_context(shop.cast.business):
        make_credit()
    assert "credit-title" not in till.get(shop.url).content.decode()


def test_as_much_as_can_be_is_paid_with_one_tap(funded: Shop, till: Client) -> None:
    assert "Pay up to €24.00 of it from credit" in till.get(funded.url).content.decode()
    said = till.get(f"{funded.url}preview/", {"amount": "30,00", "credit": "1"}).content.decode()
    assert "€24.00 from credit, €6.00 to pay." in said
    assert "€0.60 cash-back." in said
    done = _post(till, funded, "visits", amount="30,00", credit="1", credit_seen="3000:2400", pin=PIN)
    page = done.content.decode()
    assert "<strong>€24.00</strong> from credit: <strong>€6.00</strong> is left to pay" in page
    assert _has(funded) == 60
    assert done.context["served"].purchase.credit == 2400


def test_less_than_all_of_it_can_be_typed(funded: Shop, till: Client) -> None:
    _post(till, funded, "visits", amount="30,00", credit="1", credit_amount="5,00", pin=PIN)
    assert _has(funded) == 2400 - 500 + 250


def test_the_same_act_again_is_the_same_even_without_what_was_seen(funded: Shop, till: Client) -> None:
    same = key()
    for _time in range(3):
        answer = _post(till, funded, "visits", key=same, amount="30,00", credit="1", pin=PIN)
        assert answer.status_code == 200
    assert _has(funded) == 60
    with tenant_context(funded.cast.business):
        assert Purchase.objects.filter(credit=2400).count() == 1


def test_what_was_seen_and_is_gone_meanwhile_is_refused(funded: Shop, till: Client) -> None:
    with tenant_context(funded.cast.business):
        buy(funded.cast, funded.anna, 2_000, credit=2_000)
    refused = _post(till, funded, "visits", amount="30,00", credit="1", credit_seen="3000:2400", pin=PIN)
    assert refused.status_code == 409
    assert _has(funded) == 400


def test_staff_show_that_the_member_is_there(funded: Shop, till: Client) -> None:
    refused = _post(till, funded, "visits", amount="30,00", credit="1")
    assert refused.status_code != 200 or "data-done" not in refused.content.decode()
    assert _has(funded) == 2400


def test_more_than_there_is_is_said_while_it_is_typed(funded: Shop, till: Client) -> None:
    values = {"amount": "30,00", "credit": "1", "credit_amount": "25"}
    assert "There is less credit than that: €24.00." in till.get(f"{funded.url}preview/", values).content.decode()


def test_undoing_gives_it_back(funded: Shop, till: Client) -> None:
    done = _post(till, funded, "visits", amount="30,00", credit="1", pin=PIN)
    entries = [entry.pk for entry in done.context["served"].undoable]
    _post(till, funded, "undos", entry=entries)
    assert _has(funded) == 2400


def test_a_return_says_both_amounts_beforehand_and_afterwards(funded: Shop, till: Client) -> None:
    served = _post(till, funded, "visits", amount="40,00", credit="1", credit_amount="10,00", pin=PIN)
    purchase = served.context["served"].purchase
    url = f"/counter/purchases/{purchase.pk}/returns/"
    page = till.get(url, {"preview": "1", "part": "amount", "amount": "20,00"}).content.decode()
    assert "You pay back <strong>€15.00</strong>." in page
    assert "€5.00 goes back to store credit, €15.00 is paid back in money." in page
    done = till.post(url, {"key": key(), "part": "amount", "amount": "20,00"}, headers={"HX-Request": "true"})
    assert "Pay back €15.00" in done.content.decode()
    assert "€5.00 went back to store credit." in done.content.decode()
    assert _has(funded) == 2400 - 1000 + 300 + 500 - 150


def test_a_business_with_credit_alone_serves_and_undoes(cast: Any) -> None:
    with tenant_context(cast.business):
        make_credit()
        member = enrol_member(MemberDetails(given_name="Ida"), by=Actor.staff(cast.owner), source=Source.COUNTER)
    till = sign_in(cast.owner)
    till.post("/counter/locations/", {"location": cast.location.pk})
    url = f"/counter/members/{member.pk}/"
    done = till.post(f"{url}visits/", {"key": key(), "amount": "50"}, headers={"HX-Request": "true"})
    assert "<strong>€5.00</strong> cash-back" in done.content.decode()
    entries = [entry.pk for entry in done.context["served"].undoable]
    assert len(entries) == 1
    till.post(f"{url}undos/", {"key": key(), "entry": entries}, headers={"HX-Request": "true"})
    with tenant_context(cast.business):
        standing = credit_of(member)
        assert standing is not None
        assert standing.balance == 0


def test_credit_is_given_by_hand_with_a_reason_and_undone(funded: Shop, till: Client) -> None:
    assert f"{funded.url}credit/" in till.get(funded.url).content.decode()
    form = till.get(f"{funded.url}credit/").content.decode()
    assert "has €24.00" in form
    done = _post(till, funded, "credit", amount="7,50", reason="Old gift card").content.decode()
    assert "€7.50 of credit given" in done
    assert "credit now: €31.50" in done
    # Later it still stands on the member's page, to be undone.
    page = till.get(funded.url)
    assert "Undo: Credit +€7.50" in page.content.decode()
    [entry] = page.context["screen"].credit_by_hand.undoable
    _post(till, funded, "undos", entry=[entry.pk])
    assert _has(funded) == 2400
    assert "Undo: Credit" not in till.get(funded.url).content.decode()


def test_credit_is_taken_by_hand_as_far_as_there_is_any(funded: Shop, till: Client) -> None:
    done = _post(till, funded, "credit", amount="4", direction="take", reason="Given twice").content.decode()
    assert "€4.00 of credit taken" in done
    owner = sign_in(funded.cast.owner)
    owner.post("/counter/locations/", {"location": funded.cast.location.pk})
    refused = _post(owner, funded, "credit", amount="21", direction="take", reason="Given twice")
    assert refused.status_code == 409
    assert json.loads(refused["HX-Trigger"])["toast"]["text"] == "There is less credit than that: €20.00."
    for wrong in ({"amount": ""}, {"amount": "-3"}, {"amount": "3", "reason": " "}):
        assert _post(till, funded, "credit", **{"reason": "Sorry", **wrong}).status_code == 422
    assert _has(funded) == 2000


def test_staff_read_their_limit_and_are_held_to_it(funded: Shop) -> None:
    till = sign_in(funded.cast.staff)
    till.post("/counter/locations/", {"location": funded.cast.location.pk})
    assert "Up to €10.00 at a time." in till.get(f"{funded.url}credit/").content.decode()
    refused = _post(till, funded, "credit", amount="10,01", reason="Sorry")
    assert refused.status_code == 403
    assert "up to €10.00 at a time" in json.loads(refused["HX-Trigger"])["toast"]["text"]
    assert _has(funded) == 2400


def test_an_owner_is_asked_once_more_about_far_more_credit_than_usual(funded: Shop) -> None:
    till = sign_in(funded.cast.owner)
    typed = {"amount": "99999", "direction": "give", "reason": "Old card"}
    asked = _post(till, funded, "credit", **typed)
    said = asked.content.decode()
    assert (asked.status_code, _has(funded)) == (422, 2400)
    assert "That is €99,999.00, far more than usual: the fullest card has €24.00." in said
    assert ('value="99999"' in said, 'value="Old card"' in said) == (True, True)
    assert (_post(till, funded, "credit", **typed, sure="9999900").status_code, _has(funded)) == (200, 10_002_300)

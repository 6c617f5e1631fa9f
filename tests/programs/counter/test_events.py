"""What else happens than purchases, recorded at the counter and undone."""

from typing import Any

from django.test import Client

from programs.domain.accounts import points_program
from programs.models import Event
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.programs.counter_shop import Shop, key
from tests.programs.events import event_rule, make_type


def _kind(shop: Shop, **details: Any) -> Any:
    with tenant_context(shop.cast.business):
        kind = make_type(**details)
        event_rule(points_program(), kind)
        return kind


def _post(till: Client, shop: Shop, **values: Any) -> Any:
    return till.post(f"{shop.url}events/", {"key": key(), "record": "1", **values}, headers={"HX-Request": "true"})


def _balance(shop: Shop) -> int:
    with tenant_context(shop.cast.business):
        return account_of(shop.anna).balance


def test_nothing_is_shown_where_nothing_is_recorded_by_hand(shop: Shop, till: Client) -> None:
    assert "What else happened" not in till.get(shop.url).content.decode()
    _kind(shop, by_staff=False)
    assert "What else happened" not in till.get(shop.url).content.decode()


def test_one_without_fields_is_one_tap_and_undone_by_another(shop: Shop, till: Client) -> None:
    kind, before = _kind(shop, name="Own cup", fields=()), _balance(shop)
    assert "Own cup" in till.get(shop.url).content.decode()
    same = key()
    done = _post(till, shop, kind=kind.pk, key=same).content.decode()
    _post(till, shop, kind=kind.pk, key=same)
    assert "Own cup: 10 points" in done
    assert _balance(shop) == before + 10
    with tenant_context(shop.cast.business):
        event = Event.objects.get()
    till.post(f"{shop.url}events/", {"key": key(), "undo": event.pk}, headers={"HX-Request": "true"})
    assert _balance(shop) == before


def test_one_with_fields_asks_for_them_and_says_what_is_missing(shop: Shop, till: Client) -> None:
    kind = _kind(shop)
    asked = till.get(f"{shop.url}events/", {"kind": kind.pk}).content.decode()
    assert 'name="field-stars"' in asked
    wrong = _post(till, shop, kind=kind.pk, **{"field-stars": ""}).content.decode()
    assert "Please fill this in." in wrong
    done = _post(till, shop, kind=kind.pk, **{"field-stars": "5"}).content.decode()
    assert "“Feedback” gave 10 points more." in done

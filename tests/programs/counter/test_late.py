"""Purchases keyed without a connection: of the moment they were keyed at, and once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from customers.domain.cards import card_payload
from customers.models import Member, Purchase
from programs.models import Entry
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import Cast
from tests.programs.counter_shop import Shop, enrol, key
from tests.threads import at_once


def _at(**ago: float) -> str:
    return str(int((timezone.now() - timedelta(**ago)).timestamp() * 1000))


def _send(till: Client, **values: Any) -> Any:
    body = {"key": key(), "at": _at(minutes=30), "amount": "12.40", **values}
    return till.post("/counter/late/", body, headers={"HX-Request": "true"})


def _purchases(shop: Shop) -> list[Purchase]:
    with tenant_context(shop.cast.business):
        return list(Purchase.objects.filter(member=shop.anna).order_by("recorded_at"))[1:]


def _toast(answer: Any) -> str:
    return str(answer.headers.get("HX-Trigger", ""))


def test_it_is_of_the_moment_at_which_it_was_keyed_and_on_the_record(shop: Shop, till: Client) -> None:
    answer = _send(till, who="0664 1234567", receipt_number="R-77")
    assert answer.json() == {"says": "Anna Berger · €12.40 · 12 points"}
    [purchase] = _purchases(shop)
    assert timedelta(minutes=29) < purchase.recorded_at - purchase.occurred_at < timedelta(minutes=32)
    assert (purchase.total, purchase.receipt_number, purchase.staff_id) == (1240, "R-77", shop.cast.staff.pk)
    assert purchase.location_id == shop.cast.location.pk
    with tenant_context(shop.cast.business):
        assert AuditEvent.objects.filter(action="purchase.late", subject_id=purchase.pk).exists()


@pytest.mark.parametrize("how", ["card", "read", "phone", "email", "member"])
def test_whoever_was_meant_is_found_by_what_was_typed_read_or_open(shop: Shop, till: Client, how: str) -> None:
    with tenant_context(shop.cast.business):
        anna = Member.objects.get(pk=shop.anna.pk)
        # What was read from the phone an hour ago proves nobody's presence, and says whose it is.
        read = card_payload(anna, (timezone.now() - timedelta(hours=1)).timestamp())
    named = {
        "card": {"who": f"{anna.number[:4]} {anna.number[4:].lower()}"},
        "read": {"who": read},
        "phone": {"who": "+43 664 1234567"},
        "email": {"who": anna.email.upper()},
        "member": {"member": str(anna.pk)},
    }[how]
    assert _send(till, **named).status_code == 200
    assert len(_purchases(shop)) == 1


def test_however_often_it_is_sent_it_counts_once(shop: Shop, till: Client) -> None:
    same = {"key": key(), "at": _at(minutes=3), "who": "0664 1234567"}
    answers = at_once(lambda _number: _send(till, **same), range(4))
    assert {answer.status_code for answer in answers} == {200}
    assert _send(till, **same).json() == answers[0].json()
    assert len(_purchases(shop)) == 1
    with tenant_context(shop.cast.business):
        assert Entry.objects.filter(cause_id=_purchases(shop)[0].pk).count() == 1


def test_one_that_did_arrive_then_is_left_as_it_is(shop: Shop, till: Client) -> None:
    """The answer got lost, not the purchase: what is kept has the key it was sent with."""
    one = key()
    sent = till.post(f"{shop.url}visits/", {"key": one, "amount": "12.40"}, headers={"HX-Request": "true"})
    assert sent.status_code == 200
    assert _send(till, key=one, member=str(shop.anna.pk)).status_code == 200
    assert len(_purchases(shop)) == 1


def test_nobody_found_is_said_at_the_field_and_nothing_is_done(shop: Shop, till: Client) -> None:
    for who in ("", "0664 9999999", "nobody@example.com", "????", "a\x00b", "X" * 120):
        answer = _send(till, who=who)
        assert answer.status_code == 422
        assert "Correct it, or enrol them first." in _toast(answer)
        assert '"field": "who"' in _toast(answer)
    assert _send(till, member="no-id").status_code == 422
    assert _send(till, member=str(uuid4())).status_code == 422
    assert _purchases(shop) == []


@pytest.mark.parametrize(
    "wrong", [{"amount": ""}, {"amount": "0"}, {"amount": "twelve"}, {"at": "soon"}, {"at": "9" * 30}]
)
def test_what_cannot_be_read_is_refused(shop: Shop, till: Client, wrong: dict[str, str]) -> None:
    answer = _send(till, who="0664 1234567", **wrong)
    assert answer.status_code == 422
    assert _toast(answer)
    assert _purchases(shop) == []


def test_the_devices_clock_counts_for_a_day_back_and_never_ahead(shop: Shop, till: Client) -> None:
    assert "more than a day ago" in _toast(_send(till, who="0664 1234567", at=_at(hours=25)))
    assert _purchases(shop) == []
    assert _send(till, who="0664 1234567", at=_at(hours=-5)).status_code == 200
    [purchase] = _purchases(shop)
    assert purchase.occurred_at <= purchase.recorded_at


def test_another_businesss_member_is_nobody_here(shop: Shop, till: Client) -> None:
    other = Cast.make()
    with tenant_context(other.business):
        stranger = enrol(other, "Stranger", phone="0664 7654321")
    assert _send(till, who="0664 7654321").status_code == 422
    assert _send(till, who=stranger.number).status_code == 422
    assert _send(till, member=str(stranger.pk)).status_code == 422

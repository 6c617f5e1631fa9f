"""A bill that several members pay: each their part, together never more than it says."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from customers.domain.purchases import PurchaseDetails, ReturnDetails, record_purchase, record_return
from customers.domain.purchases.bills import next_share, open_bill
from customers.enums import Source
from customers.errors import BillExceeded, ReceiptConflict
from customers.models import Bill, Member, Purchase
from programs.domain.reconcile import reconcile
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast
from tests.programs.counter_shop import Shop, enrol, key
from tests.threads import at_once


def _by(shop: Shop) -> Actor:
    return Actor.staff(shop.cast.staff, shop.cast.location.pk)


def _pay(shop: Shop, member: Member, bill: Bill, total: int) -> Purchase:
    details = PurchaseDetails(total=total, bill=bill)
    return record_purchase(member, details, by=_by(shop), source=Source.COUNTER, key=key())


def _post(till: Client, member: Member, where: str, **values: Any) -> Any:
    page = f"/counter/members/{member.pk}/{where}/"
    return till.post(page, {"key": key(), **values}, headers={"HX-Request": "true"})


def _bill(shop: Shop) -> Bill:
    with tenant_context(shop.cast.business):
        found: Bill = Bill.objects.order_by("-opened_at")[0]
        return found


def test_three_friends_pay_their_parts_and_the_cents_add_up(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        friends = [shop.anna, enrol(shop.cast, "Ben"), enrol(shop.cast, "Cleo")]
    page = _post(till, shop.anna, "bill", amount="50.00", people="3", receipt_number="T-9").content.decode()
    assert 'value="16.67"' in page
    assert "Part of receipt T-9: €50.00 of €50.00 left" in page
    paid = []
    for friend in friends:
        form = till.get(f"/counter/members/{friend.pk}/").content.decode()
        share = form.split('id="amount"')[1].split('value="')[1].split('"')[0]
        paid.append(share)
        answer = _post(till, friend, "visits", amount=share, bill=str(_bill(shop).pk))
        assert answer.status_code == 200
    assert paid == ["16.67", "16.67", "16.66"]
    assert "are left on the bill" not in answer.content.decode()
    assert 'name="bill"' not in till.get(shop.url).content.decode()
    with tenant_context(shop.cast.business):
        assert _bill(shop).left == 0
        assert reconcile().agrees


def test_a_part_beyond_what_is_left_is_refused_whole(shop: Shop, till: Client) -> None:
    _post(till, shop.anna, "bill", amount="20.00", people="2")
    bill = _bill(shop)
    answer = _post(till, shop.anna, "visits", amount="20.01", bill=str(bill.pk))
    assert answer.status_code == 422
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"] == "Only €20.00 of this bill are left."
    assert _bill(shop).given == 0
    with tenant_context(shop.cast.business):
        assert not Purchase.objects.filter(bill=bill).exists()


def test_two_tills_at_once_take_no_more_than_the_bill(shop: Shop) -> None:
    with tenant_context(shop.cast.business):
        guests = [enrol(shop.cast, f"Guest{number}") for number in range(6)]
        bill = open_bill(total=3000, people=2, by=_by(shop))

    def pay(guest: Member) -> Purchase:
        with tenant_context(shop.cast.business):
            return _pay(shop, guest, bill, 1000)

    outcomes = at_once(pay, guests)
    assert sum(isinstance(one, Purchase) for one in outcomes) == 3
    assert sum(isinstance(one, BillExceeded) for one in outcomes) == 3
    assert _bill(shop).given == 3000


def test_the_same_part_sent_again_counts_once(shop: Shop, till: Client) -> None:
    _post(till, shop.anna, "bill", amount="20.00", people="2")
    same = {"amount": "10.00", "bill": str(_bill(shop).pk), "key": key()}
    for _time in range(2):
        assert _post(till, shop.anna, "visits", **same).status_code == 200
    assert _bill(shop).given == 1000


def test_what_comes_back_is_on_the_bill_again(shop: Shop) -> None:
    with tenant_context(shop.cast.business):
        bill = open_bill(total=2000, people=2, by=_by(shop))
        part = _pay(shop, shop.anna, bill, 1000)
        assert next_share(bill.__class__.objects.get(pk=bill.pk)) == 1000
        record_return(part, ReturnDetails(amount=400), by=_by(shop), source=Source.COUNTER)
        assert _bill(shop).left == 1400
        record_return(part, ReturnDetails(amount=600), by=_by(shop), source=Source.COUNTER)
        assert next_share(_bill(shop)) == 1000
        assert reconcile().agrees


def test_a_receipt_is_given_whole_or_in_parts_and_never_both(shop: Shop, till: Client) -> None:
    assert _post(till, shop.anna, "visits", amount="8.00", receipt_number="W-1").status_code == 200
    refused = _post(till, shop.anna, "bill", amount="8.00", people="2", receipt_number="W-1")
    assert refused.status_code == 409
    assert _post(till, shop.anna, "bill", amount="9.00", people="2", receipt_number="W-2").status_code == 200
    assert _post(till, shop.anna, "visits", amount="9.00", receipt_number="W-2").status_code == 409
    with tenant_context(shop.cast.business):
        # The same bill again is the same bill; with another sum it is a mistake.
        assert open_bill(total=900, people=2, receipt_number="W-2", by=_by(shop)).pk == _bill(shop).pk
        with pytest.raises(ReceiptConflict):
            open_bill(total=901, people=2, receipt_number="W-2", by=_by(shop))


def test_its_parts_are_found_by_the_receipt(shop: Shop, till: Client) -> None:
    _post(till, shop.anna, "bill", amount="20.00", people="2", receipt_number="F-3")
    _post(till, shop.anna, "visits", amount="12.00", bill=str(_bill(shop).pk))
    assert "€12.00" in till.get("/counter/receipts/?receipt=F-3").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"amount": ""}, {"amount": "0"}, {"people": "1"}, {"people": "999"}, {"people": "²"}, {"people": "x"}]
)
def test_what_makes_no_bill_is_refused(shop: Shop, till: Client, wrong: dict[str, str]) -> None:
    answer = _post(till, shop.anna, "bill", **{"amount": "20.00", "people": "2", **wrong})
    assert answer.status_code == 422
    with tenant_context(shop.cast.business):
        assert not Bill.objects.exists()


def test_an_old_bill_or_a_strangers_is_not_divided_any_more(shop: Shop, till: Client) -> None:
    _post(till, shop.anna, "bill", amount="20.00", people="2")
    bill = _bill(shop)
    with tenant_context(shop.cast.business):
        Bill.objects.filter(pk=bill.pk).update(opened_at=timezone.now() - timedelta(hours=4))
    assert 'name="bill"' not in till.get(shop.url).content.decode()
    assert _post(till, shop.anna, "visits", amount="5.00", bill=str(bill.pk)).status_code == 422
    other = Cast.make()
    with tenant_context(other.business):
        theirs = open_bill(total=500, people=2, by=Actor.staff(other.owner))
    for chosen in (str(theirs.pk), "nonsense"):
        assert _post(till, shop.anna, "visits", amount="5.00", bill=chosen).status_code == 422


def test_done_with_it_the_next_one_pays_for_themselves(shop: Shop, till: Client) -> None:
    _post(till, shop.anna, "bill", amount="20.00", people="2")
    page = _post(till, shop.anna, "bill").content.decode()
    assert 'name="bill"' not in page
    assert "Split a bill" in page


def test_the_database_itself_keeps_to_the_bill(shop: Shop) -> None:
    with tenant_context(shop.cast.business):
        bill = open_bill(total=500, people=2, by=_by(shop))
        with pytest.raises(IntegrityError, match="bill_given_within"), transaction.atomic():
            Bill.objects.filter(pk=bill.pk).update(given=F("given") + 501)

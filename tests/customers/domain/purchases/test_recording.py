import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers import effects
from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import ActivityKind, Source
from customers.errors import Conflict
from customers.models import Activity, Member, Product, Purchase
from loyalty_saas.lib.errors import Invalid
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_line, a_member

BY = Actor.system()


def record(member, key="", source=Source.API, **details):
    return record_purchase(member, PurchaseDetails(**details), by=BY, source=source, key=key)


def test_purchase_is_written_with_lines_and_activity(inside):
    member = a_member()
    when = datetime(2024, 5, 3, 9, 0, tzinfo=UTC)
    purchase = record(
        member, lines=(a_line(450, "2"), a_line(300)), discount=100, tax=100, receipt_number=" R-1 ", occurred_at=when
    )
    stored = Purchase.objects.get(pk=purchase.pk)
    assert (stored.subtotal, stored.discount, stored.tax, stored.total, stored.receipt_number, stored.currency) == (
        1200,
        100,
        100,
        1100,
        "R-1",
        "EUR",
    )
    assert [(line.position, line.total, line.tax) for line in stored.lines.all()] == [(1, 825, 75), (2, 275, 25)]
    activity = Activity.objects.get(kind=ActivityKind.PURCHASE_COMPLETED)
    assert (activity.member_id, activity.occurred_at) == (member.pk, when)
    assert activity.payload == {
        "purchase": str(purchase.pk),
        "total": 1100,
        "net": 1000,
        "currency": "EUR",
        "receipt": "R-1",
        "lines": 2,
    }


def test_staff_and_place_are_the_actors(cast):
    with tenant_context(cast.business):
        by = Actor.staff(cast.staff, cast.location.pk)
        purchase = record_purchase(None, PurchaseDetails(total=100), by=by, source=Source.COUNTER)
        assert (purchase.staff_id, purchase.location_id) == (cast.staff.pk, cast.location.pk)


def test_a_new_sku_becomes_a_product_once(inside):
    latte = Product.objects.create(sku="LAT", name="Latte")
    lines = (a_line(400, sku="LAT"), a_line(350, sku="ESP", description="Espresso"), a_line(350, sku="ESP"))
    purchase = record(None, lines=lines)
    espresso = Product.objects.get(sku="ESP")
    assert (espresso.name, espresso.price) == ("Espresso", 350)
    assert [line.product_id for line in purchase.lines.all()] == [latte.pk, espresso.pk, espresso.pk]


@pytest.mark.parametrize("again", [{"key": "k1"}, {"receipt_number": "R1"}])
def test_the_same_again_is_the_same_purchase(inside, again):
    member = a_member()
    first = record(member, lines=(a_line(450),), **again)
    assert record(member, lines=(a_line(450),), **again) == first
    assert Activity.objects.filter(kind=ActivityKind.PURCHASE_COMPLETED).count() == 1


@pytest.mark.parametrize("again", [{"key": "k1"}, {"receipt_number": "R1"}])
@pytest.mark.parametrize("other", [{"lines": (a_line(451),)}, {"lines": (a_line(450), a_line(0))}, {"total": 450}])
def test_something_else_under_the_same_key_or_receipt_is_refused(inside, again, other):
    member = a_member()
    record(member, lines=(a_line(450),), **again)
    with pytest.raises(Conflict):
        record(member, **other, **again)
    with pytest.raises(Conflict):
        record(None, lines=(a_line(450),), **again)


def test_receipt_numbers_are_unique_for_a_source(inside):
    assert record(None, total=1, receipt_number="7") != record(None, total=1, receipt_number="7", source=Source.COUNTER)


def test_sixteen_at_once_are_one(business):
    with tenant_context(business):
        member = a_member()
    at_once = threading.Barrier(8)

    def one(_number):
        try:
            at_once.wait()
            with tenant_context(business):
                return record(Member.objects.get(pk=member.pk), total=500, key="once").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(one, range(8)))) == 1
    with tenant_context(business):
        assert Purchase.objects.count() == 1
        assert Activity.objects.filter(kind=ActivityKind.PURCHASE_COMPLETED).count() == 1


def test_effects_follow_in_the_same_transaction_or_not_at_all(inside, monkeypatch):
    seen = []
    monkeypatch.setattr(
        effects.purchase_completed, "_followers", {"test": lambda one, **how: seen.append((one.pk, how["silent"]))}
    )
    purchase = record(a_member(), total=100)
    record_purchase(None, PurchaseDetails(total=1), by=BY, source=Source.IMPORT, silent=True, effects=False)
    assert seen == [(purchase.pk, False)]


def test_a_time_in_the_future_is_refused(inside):
    with pytest.raises(Invalid) as refused:
        record(None, total=1, occurred_at=timezone.now() + timedelta(days=2))
    assert refused.value.field == "occurred_at"

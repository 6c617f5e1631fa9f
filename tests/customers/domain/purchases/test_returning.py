import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.domain.purchases import (
    PurchaseDetails,
    ReturnDetails,
    ReturnLineDetails,
    plan_return,
    record_purchase,
    record_return,
)
from customers.enums import ActivityKind, Source
from customers.errors import AlreadyReturned, Conflict, TooMuchReturned
from customers.models import Activity, Purchase, Return
from loyalty_saas.lib.errors import DomainError, Invalid
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import make_business
from tests.customers.people import a_line, a_member, a_purchase

BY = Actor.system()


def give_back(purchase, key="", **details):
    return record_return(purchase, ReturnDetails(**details), by=BY, source=Source.DASHBOARD, key=key)


def some_of(purchase, position, quantity="1", total=None):
    return ReturnLineDetails(line=purchase.lines.get(position=position), quantity=Decimal(quantity), total=total)


def state(purchase):
    purchase = Purchase.objects.get(pk=purchase.pk)
    return purchase.returned, [(line.returned_quantity, line.returned_total) for line in purchase.lines.all()]


def test_the_whole_comes_back(inside):
    member = a_member()
    purchase = a_purchase(member, lines=(a_line(450, "2"), a_line(300)), tax=120)
    record = give_back(purchase, reason="Cold")
    assert (record.total, record.tax, record.member_id, record.reason) == (1200, 120, member.pk, "Cold")
    assert [(line.quantity, line.total) for line in record.lines.order_by("line__position")] == [(2, 900), (1, 300)]
    assert state(purchase) == (1200, [(2, 900), (1, 300)])
    activity = Activity.objects.get(kind=ActivityKind.PURCHASE_RETURNED)
    assert (activity.payload["total"], activity.payload["net"], activity.member_id) == (1200, 1080, member.pk)


def test_a_part_comes_back_several_times_and_adds_up(inside):
    purchase = a_purchase(None, lines=(a_line(333, "3"),), discount=1, tax=100)
    records = [give_back(purchase, lines=(some_of(purchase, 1),)) for _time in range(3)]
    assert [(one.total, one.tax) for one in records] == [(333, 33), (332, 34), (333, 33)]
    assert state(purchase) == (998, [(3, 998)])


def test_more_than_was_bought_is_refused(inside):
    purchase = a_purchase(None, lines=(a_line(450, "2"),))
    give_back(purchase, lines=(some_of(purchase, 1),))
    with pytest.raises(TooMuchReturned) as refused:
        give_back(purchase, lines=(some_of(purchase, 1, "2"),))
    assert (str(refused.value), refused.value.field) == (
        "Only 1 of “Coffee” can still be returned.",
        "lines.0.quantity",
    )
    with pytest.raises(TooMuchReturned):
        give_back(purchase, amount=451)
    with pytest.raises(TooMuchReturned):
        give_back(purchase, lines=(some_of(purchase, 1, "1", 451),))
    assert state(purchase) == (450, [(1, 450)])


def test_an_amount_is_shared_over_the_lines(inside):
    purchase = a_purchase(None, lines=(a_line(600), a_line(300)), tax=90)
    record = give_back(purchase, amount=100)
    assert (record.total, record.tax, record.lines.count()) == (100, 10, 0)
    assert state(purchase) == (100, [(0, 67), (0, 33)])
    rest = give_back(purchase)
    assert (rest.total, rest.tax) == (800, 80)
    assert state(purchase) == (900, [(1, 600), (1, 300)])


def test_a_purchase_without_lines(inside):
    purchase = a_purchase(None, total=1000, tax=167)
    assert [(one.total, one.tax) for one in (give_back(purchase, amount=1), give_back(purchase))] == [
        (1, 0),
        (999, 167),
    ]
    with pytest.raises(AlreadyReturned):
        give_back(purchase)


def test_a_free_line_can_come_back(inside):
    purchase = a_purchase(None, lines=(a_line(0),))
    assert give_back(purchase).total == 0
    with pytest.raises(AlreadyReturned):
        give_back(purchase)


def test_the_plan_writes_nothing_and_says_what_will_be(inside):
    purchase = a_purchase(None, lines=(a_line(450, "2"),), tax=150)
    plan = plan_return(purchase, list(purchase.lines.all()), ReturnDetails(lines=(some_of(purchase, 1),)))
    assert (plan.total, plan.tax) == (450, 75)
    assert state(purchase) == (0, [(0, 0)])


def test_a_line_of_another_purchase_is_refused(inside):
    one, other = (a_purchase(None, lines=(a_line(450),)) for _which in range(2))
    with pytest.raises(Invalid) as refused:
        give_back(one, lines=(some_of(other, 1),))
    assert refused.value.code == "unknown_line"


@pytest.mark.parametrize("again", [{"key": "k1"}, {"receipt_number": "G1"}])
def test_the_same_again_is_the_same_return(inside, again):
    purchase = a_purchase(None, lines=(a_line(450, "2"),))
    first = give_back(purchase, lines=(some_of(purchase, 1),), **again)
    assert give_back(purchase, lines=(some_of(purchase, 1),), **again) == first
    with pytest.raises(Conflict):
        give_back(purchase, lines=(some_of(purchase, 1, "2"),), **again)
    with pytest.raises(Conflict):
        give_back(a_purchase(None), **again)
    assert Return.objects.count() == 1


def test_a_credit_note_without_its_purchase(inside):
    member = a_member()
    record = give_back(
        None, lines=(ReturnLineDetails(description="Mug", quantity=Decimal(2), total=500),), member=member
    )
    assert (record.total, record.purchase_id, record.member_id) == (500, None, member.pk)
    assert [(line.description, line.quantity, line.total) for line in record.lines.all()] == [("Mug", 2, 500)]
    with pytest.raises(Invalid):
        give_back(None, member=member)


def test_two_at_once_never_give_back_more_than_was_bought(business):
    with tenant_context(business):
        purchase = a_purchase(None, lines=(a_line(450, "3"),))
    at_once = threading.Barrier(6)

    def one(_number):
        try:
            at_once.wait()
            with tenant_context(business):
                return give_back(purchase, lines=(some_of(purchase, 1),)).total
        except DomainError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(one, range(6)), key=str)
    assert answers == [450, 450, 450, *["already_returned"] * 3]


@settings(max_examples=40, deadline=None)
@given(
    lines=st.lists(st.tuples(st.integers(0, 999), st.integers(1, 4), st.integers(0, 300)), min_size=1, max_size=4),
    acts=st.lists(st.tuples(st.sampled_from(["line", "amount", "rest"]), st.integers(0, 3), st.integers(1, 1500))),
    tax_part=st.integers(0, 100),
)
def test_any_history_of_returns_adds_up(lines, acts, tax_part):
    with tenant_context(_shared_business()):
        details = tuple(
            a_line(price, str(quantity), discount=min(cut, price * quantity)) for price, quantity, cut in lines
        )
        total = sum(line.unit_price * int(line.quantity) - line.discount for line in details)
        purchase = record_purchase(
            None, PurchaseDetails(lines=details, tax=total * tax_part // 100), by=BY, source=Source.API
        )
        for what, which, size in [*acts, ("rest", 0, 0)]:
            _try(purchase, what, which, size)
            stored = Purchase.objects.get(pk=purchase.pk)
            assert stored.returned == sum(one.returned_total for one in stored.lines.all()) <= stored.total
        records = list(Return.objects.filter(purchase=purchase))
        assert sum(one.total for one in records) == purchase.total
        assert sum(one.tax for one in records) == purchase.tax


def _try(purchase, what, which, size):
    try:
        if what == "line":
            give_back(purchase, lines=(some_of(purchase, which % purchase.lines.count() + 1, str(size % 4 + 1)),))
        elif what == "amount":
            give_back(purchase, amount=size)
        else:
            give_back(purchase)
    except (TooMuchReturned, AlreadyReturned):
        pass


_businesses = []


def _shared_business():
    if not _businesses:
        _businesses.append(make_business())
    return _businesses[0]

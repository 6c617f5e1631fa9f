from decimal import Decimal

import pytest

from customers.domain.purchases import PurchaseDetails
from customers.domain.purchases.receipts import lay_out
from customers.errors import DoesNotAddUp
from loyalty_saas.lib.errors import Invalid
from tests.customers.people import a_line


def test_a_total_alone(inside):
    sums = lay_out(PurchaseDetails(total=1240, discount=60, tax=207))
    assert (sums.subtotal, sums.discount, sums.tax, sums.total, sums.lines) == (1300, 60, 207, 1240, ())


def test_discount_is_shared_over_lines_to_the_unit(inside):
    sums = lay_out(PurchaseDetails(lines=(a_line(333), a_line(333), a_line(334)), discount=100))
    assert [line.discount for line in sums.lines] == [33, 33, 34]
    assert (sums.subtotal, sums.discount, sums.total) == (1000, 100, 900)


def test_own_discounts_of_lines_come_first(inside):
    sums = lay_out(PurchaseDetails(lines=(a_line(500, discount=500), a_line(250, "2", discount=50)), discount=45))
    assert [(line.discount, line.total) for line in sums.lines] == [(500, 0), (95, 405)]
    assert (sums.subtotal, sums.discount, sums.total) == (1000, 595, 405)


def test_price_times_weight_is_rounded_half_up(inside):
    sums = lay_out(PurchaseDetails(lines=(a_line(1990, "0.375"), a_line(3, "0.5"))))
    assert [line.total for line in sums.lines] == [746, 2]


def test_tax_of_the_receipt_is_shared_and_own_tax_is_kept(inside):
    sums = lay_out(PurchaseDetails(lines=(a_line(1000, tax=91), a_line(500), a_line(250)), tax=241))
    assert ([line.tax for line in sums.lines], sums.tax) == ([91, 100, 50], 241)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"total": 99, "lines": (a_line(100),)}, "total"),
        ({"discount": 101, "lines": (a_line(100),)}, "discount"),
        ({"lines": (a_line(100, discount=101),)}, "lines.0.discount"),
        ({"lines": (a_line(100, tax=101),)}, "lines.0.tax"),
        ({"lines": (a_line(100, tax=50),), "tax": 40}, "tax"),
        ({"lines": (a_line(100),), "tax": 101}, "tax"),
        ({"total": 100, "tax": 101}, "tax"),
    ],
)
def test_what_does_not_add_up_is_refused(inside, details, field):
    with pytest.raises(DoesNotAddUp) as refused:
        lay_out(PurchaseDetails(**details))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({}, "total"),
        ({"total": -1}, "total"),
        ({"total": 10**15}, "total"),
        ({"total": 1, "discount": -1}, "discount"),
        ({"total": 1, "currency": "USD"}, "currency"),
        ({"lines": (a_line(-1),)}, "lines.0.unit_price"),
        ({"lines": (a_line(1), a_line(1, "0"))}, "lines.1.quantity"),
        ({"lines": (a_line(1, "1.0001"),)}, "lines.0.quantity"),
        ({"lines": (a_line(1, "NaN"),)}, "lines.0.quantity"),
        ({"lines": (a_line(10**14, "1000"),)}, "lines.0.unit_price"),
    ],
)
def test_what_is_no_amount_is_refused_at_the_field(inside, details, field):
    with pytest.raises(Invalid) as refused:
        lay_out(PurchaseDetails(**details))
    assert refused.value.field == field


def test_quantities_are_exact(inside):
    sums = lay_out(PurchaseDetails(lines=(a_line(10, "0.1"),) * 3))
    assert sums.total == 3
    assert sums.lines[0].details.quantity == Decimal("0.1")

"""Receipts with tax, and with money of other countries."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from customers.enums import ImportPoints
from customers.models import ImportRefusal, Purchase, PurchaseLine
from tenants.isolation import tenant_context
from tests.customers.imports.shared import PURCHASES, chosen, imported, uploaded, write

TAXED = """Receipt,Date,Item,Quantity,Price,Tax
1,2025-03-01 09:00,Cake,2,12.00,4.00
1,2025-03-01 09:00,Coffee,1,3.30,0.30
"""
FOREIGN = """Receipt,Date,Item,Price,Currency
1,2025-03-01 09:00,Cake,4.50,EUR
2,2025-03-01 10:00,Cake,5.00,USD
3,2025-03-01 11:00,Cake,4.50,
4,2025-03-01 12:00,Cake,4.50,EUR
4,2025-03-01 12:00,Coffee,3.00,usd
"""


def test_tax_is_a_part_of_what_was_paid(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business(currency="EUR")
    imported(business, PURCHASES, write(tmp_path, TAXED))
    with tenant_context(business):
        [purchase] = Purchase.objects.all()
        assert (purchase.total, purchase.tax, purchase.net) == (2730, 430, 2300)
        assert list(PurchaseLine.objects.order_by("position").values_list("total", "tax")) == [(2400, 400), (330, 30)]


def test_tax_that_is_not_in_the_amounts_is_added(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business(currency="EUR")
    imported(business, PURCHASES, write(tmp_path, TAXED), tax_on_top=True)
    with tenant_context(business):
        [purchase] = Purchase.objects.all()
        assert (purchase.total, purchase.tax, purchase.net) == (3160, 430, 2730)


def test_more_tax_than_was_paid_is_refused(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business(currency="EUR")
    text = "Receipt,Date,Item,Price,Tax\n1,2025-03-01,Cake,4.50,5.00\n"
    imported(business, PURCHASES, write(tmp_path, text))
    assert _refused(business) == [(2, "Tax", "The tax is more than the line costs.")]


def test_other_currencies_are_refused_with_their_receipt(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business(currency="EUR")
    record = chosen(business, uploaded(business, PURCHASES, write(tmp_path, FOREIGN)), points=ImportPoints.NONE)
    assert record.preview["totals"] == {"EUR": "€9.00", "USD": "8.00"}
    imported(business, PURCHASES, write(tmp_path, FOREIGN))
    foreign = "This amount is in USD, and you count in EUR."
    assert _refused(business) == [
        (3, "Currency", foreign),
        (5, "", "It belongs to a receipt of which row 6 cannot be read."),
        (6, "Currency", foreign),
    ]
    with tenant_context(business):
        assert sorted(Purchase.objects.values_list("receipt_number", "currency")) == [("1", "EUR"), ("3", "EUR")]


def _refused(business: Any) -> list[tuple[Any, ...]]:
    with tenant_context(business):
        return list(ImportRefusal.objects.order_by("row_number").values_list("row_number", "column", "reason"))

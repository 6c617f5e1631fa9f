"""What an import writes does not depend on how it is cut, nor on what the database believes of its tables."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import F

from customers.imports import jobs
from customers.imports.bulk import add_to_rows
from customers.models import Product, Purchase, PurchaseLine, Return, ReturnLine
from tenants.isolation import tenant_context
from tests.customers.imports.shared import PURCHASES, imported, write

# Two equal purchases at one moment, of which one thing comes back later; a product whose name comes late.
SALES = """Receipt,Date,SKU,Item,Qty,Price,Customer ID
1,2025-01-02 09:30,CAKE,,2,4.50,A1
2,2025-01-02 09:30,CAKE,,2,4.50,A1
3,2025-01-03 09:30,TEA,Tea,1,3.20,A1
4,2025-01-04 09:30,CAKE,Cake,1,4.50,A1
5,2025-01-05 09:30,CAKE,Cake,-2,4.50,A1
6,2025-01-06 09:30,CAKE,Cake,-1,4.50,A1
"""


def written(business: Any) -> dict[str, list[Any]]:
    with tenant_context(business):
        return {
            "products": sorted(Product.objects.values_list("sku", "name", "price")),
            "purchases": sorted(Purchase.objects.values_list("receipt_number", "total", "returned")),
            "lines": sorted(PurchaseLine.objects.values_list("purchase__receipt_number", "returned_quantity")),
            "returns": sorted(Return.objects.values_list("receipt_number", "purchase__receipt_number")),
            "back": sorted(ReturnLine.objects.values_list("line__purchase__receipt_number", "quantity")),
        }


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_batches_of_any_size_write_the_same(
    make_business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    whole, cut = make_business(), make_business()
    path = write(tmp_path, SALES)
    imported(whole, PURCHASES, path)
    monkeypatch.setattr(jobs, "PLAIN_LINES", lines)
    monkeypatch.setattr(jobs, "FIRST_LINES", lines)
    imported(cut, PURCHASES, path)
    assert written(cut) == written(whole)
    assert ("CAKE", "Cake", 450) in written(whole)["products"]
    # Of two that were bought at the same moment the one written last, and the next return from the next.
    assert written(whole)["returns"] == [("5", "2"), ("6", "4")]


def test_amounts_are_added_by_the_key_whatever_the_planner_believes(business: Any, tmp_path: Path) -> None:
    imported(business, PURCHASES, write(tmp_path, SALES))
    with tenant_context(business):
        purchase = Purchase.objects.get(receipt_number="3")
        other = Purchase.objects.get(receipt_number="1")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_indexscan = off")
            assert add_to_rows(Purchase, ("returned",), [(purchase.pk, 120)]) == 1
            cursor.execute("SET LOCAL enable_indexscan = on")
            assert add_to_rows(Purchase, ("returned",), [(purchase.pk, 50), (other.pk, 7)]) == 2
        purchase.refresh_from_db()
        other.refresh_from_db()
        assert (purchase.returned, other.returned) == (170, 7)


def test_amounts_of_another_business_are_out_of_reach(make_business: Any, tmp_path: Path) -> None:
    mine, theirs = make_business(), make_business()
    imported(theirs, PURCHASES, write(tmp_path, SALES))
    with tenant_context(theirs):
        purchase = Purchase.objects.get(receipt_number="3")
    with tenant_context(mine):
        assert add_to_rows(Purchase, ("returned",), [(purchase.pk, 120)]) == 0
    with tenant_context(theirs):
        purchase.refresh_from_db()
    assert purchase.returned == 0


def test_rows_of_one_receipt_that_say_different_things_of_it(business: Any, tmp_path: Path) -> None:
    """The customer may stand on a later row only, and rows of several receipts may be mixed."""
    mixed = """Receipt,Date,Item,Qty,Price,Customer ID
1,2025-01-02,Cake,1,4.50,
2,2025-01-02,Cake,1,4.50,
1,2025-01-02,Tea,1,3.20,A1
1,,Milk,1,1.00,A1
2,2025-01-02,Tea,x,3.20,
2,2025-01-02,Milk,1,1.00,
"""
    done = imported(business, PURCHASES, write(tmp_path, mixed))
    with tenant_context(business):
        [found] = Purchase.objects.values_list("receipt_number", "total", "member__external_id")
    assert found == ("1", 870, "A1")
    assert (done.counts["refused"], done.counts["created"]) == (3, 1)


def test_a_bad_row_of_a_moment_refuses_only_itself(business: Any, tmp_path: Path) -> None:
    sales = """Date,Item,Qty,Price,Customer ID
2025-01-02 09:30,Cake,1,4.50,A1
2025-01-02 09:30,Tea,x,3.20,A1
2025-01-02 09:30,Milk,1,1.00,A1
"""
    done = imported(business, PURCHASES, write(tmp_path, sales))
    with tenant_context(business):
        assert list(Purchase.objects.values_list("total", flat=True)) == [550]
    assert done.counts["refused"] == 1


def test_amounts_add_up_with_what_a_till_takes_back_meanwhile(business: Any, tmp_path: Path) -> None:
    """The till holds the row, so the import waits for it; what it then finds is the till's own row."""
    imported(business, PURCHASES, write(tmp_path, SALES))
    with tenant_context(business):
        purchase = Purchase.objects.get(receipt_number="3")
    is_held, waits = Event(), Event()

    def till() -> None:
        try:
            with tenant_context(business), transaction.atomic():
                Purchase.objects.filter(pk=purchase.pk).update(returned=F("returned") + 120)
                is_held.set()
                assert waits.wait(30)
        finally:
            connections.close_all()

    def import_() -> int:
        try:
            with tenant_context(business), transaction.atomic():
                return add_to_rows(Purchase, ("returned",), [(purchase.pk, 50)])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        taking = pool.submit(till)
        assert is_held.wait(30)
        adding = pool.submit(import_)
        with pytest.raises(TimeoutError):
            adding.result(0.5)
        waits.set()
        taking.result()
        assert adding.result() == 1
    with tenant_context(business):
        assert Purchase.objects.get(pk=purchase.pk).returned == 170

"""Files of other makes through the pages: workbooks, packed files, and what is too much."""

import gzip
import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.enums import ImportStatus
from customers.imports.opening import LIMITS
from customers.imports.overdue import work_on
from customers.models import Import, Purchase
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.customers.imports.test_pages import SALES, sent, the_import

ROWS: list[list[object]] = [
    ["Receipt", "Date", "Item", "Qty", "Price", "Email"],
    [1001, datetime.fromisoformat("2025-12-24T09:30"), "Cake", 2, 4.5, "anna@example.com"],
    [1001, datetime.fromisoformat("2025-12-24T09:30"), "Coffee", 1, 3.2, "anna@example.com"],
    [1002, datetime.fromisoformat("2025-12-25T10:00"), "Coffee", 1, 3.2, None],
    [1003, datetime.fromisoformat("2025-12-26T10:00"), "Coffee", "one", 3.2, "bert@example.com"],
]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in ROWS:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("sales.xlsx", workbook()), ("sales.csv.gz", gzip.compress(SALES.encode()))],
    ids=["workbook", "packed"],
)
def test_upload_match_preview_run_report(cast: Cast, name: str, content: bytes) -> None:
    client = sign_in(cast.owner)
    client.post(reverse("customers:imports"), {"kind": "purchases", "file": SimpleUploadedFile(name, content)})
    record = the_import(cast)
    assert (record.file_name, list(record.mapping.values())) == (
        name,
        ["receipt_number", "occurred_at", "description", "quantity", "unit_price", "email"],
    )
    client.post(reverse("customers:import_columns", args=[record.pk]), sent(record))
    work_on(cast.business.pk, record.pk)
    page = reverse("customers:import", args=[record.pk])
    assert "Import 2 receipts" in client.get(page).content.decode()
    client.post(reverse("customers:import_beginning", args=[record.pk]))
    work_on(cast.business.pk, record.pk)
    assert the_import(cast).status == ImportStatus.DONE
    assert "“one” is not a number." in client.get(page).content.decode()
    with tenant_context(cast.business):
        assert sorted(Purchase.objects.values_list("receipt_number", "total")) == [("1001", 1220), ("1002", 320)]
    answer = client.get(reverse("customers:import_refused_rows", args=[record.pk]))
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows] == ["Receipt", "1003"]


def test_a_file_of_more_than_the_limit_is_refused_with_what_to_do(cast: Cast) -> None:
    client = sign_in(cast.owner)
    huge = SimpleUploadedFile("huge.csv", bytes(LIMITS.file_bytes + 1))
    answer = client.post(reverse("customers:imports"), {"kind": "purchases", "file": huge})
    assert answer.status_code == 422
    assert "This file is larger than 100 MB. Please split it into smaller ones." in answer.content.decode()
    with tenant_context(cast.business):
        assert not Import.objects.exists()


def test_a_small_file_that_unpacks_to_too_much_is_refused(cast: Cast) -> None:
    client = sign_in(cast.owner)
    line = b"1,2025-01-01,4.50\n" * 50_000
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=1) as packed:
        packed.write(b"Receipt,Date,Amount\n")
        for _time in range(LIMITS.unpacked_bytes // len(line) + 1):
            packed.write(line)
    bomb = SimpleUploadedFile("bomb.csv.gz", content.getvalue())
    answer = client.post(reverse("customers:imports"), {"kind": "purchases", "file": bomb})
    assert answer.status_code == 422
    assert "This file is too large. Please split it into smaller ones." in answer.content.decode()
    with tenant_context(cast.business):
        assert not Import.objects.exists()

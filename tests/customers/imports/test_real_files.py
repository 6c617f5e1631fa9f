"""The files of real shops, to the penny."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Sum

from customers.imports.opening import table_of
from customers.models import ImportRefusal, Member, Note, Purchase, PurchaseLine, Return, ReturnLine
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import without_turns
from tenants.isolation import tenant_context
from tests.customers.imports.shared import MEMBERS, PURCHASES, chosen, imported, real, run, uploaded


def test_online_retail_reconciles_to_the_penny(make_business: Callable[..., Any]) -> None:
    business = make_business(country="GB", currency="GBP", time_zone="Europe/London")
    path = real("shop/online_retail_2010-12.csv.gz")
    checked = chosen(business, uploaded(business, PURCHASES, path))
    said = {
        name: checked.preview["counts"][name]
        for name in (
            "lines",
            "receipts",
            "cancelled",
            "without_customer",
            "duplicates",
            "customers",
            "file_net",
            "refused",
        )
    }
    assert said == {
        "lines": 42_481,
        "receipts": 2_025,
        "cancelled": 728,
        "without_customer": 15_631,
        "duplicates": 500,
        "customers": 948,
        "file_net": 74_895_702,
        "refused": 0,
    }
    done = run(business, checked)
    assert {name: done.counts[name] for name in ("purchases", "returns")} == {
        name: checked.preview["counts"][name] for name in ("purchases", "returns")
    }
    with tenant_context(business):
        assert Return.objects.count() == done.counts["return_parts"] > done.counts["returns"]
        bought, back = (
            PurchaseLine.objects.aggregate(s=Sum("total"))["s"],
            ReturnLine.objects.aggregate(s=Sum("total"))["s"],
        )
        assert PurchaseLine.objects.count() + ReturnLine.objects.count() == 42_481
        assert bought - back == 74_895_702
        assert Member.objects.count() == 948


def test_what_is_no_goods_can_be_left_out(make_business: Callable[..., Any]) -> None:
    business = make_business(country="GB", currency="GBP", time_zone="Europe/London")
    path = real("shop/online_retail_2010-12.csv.gz")
    checked = chosen(business, uploaded(business, PURCHASES, path), leave_out=("post", "M", "D"))
    assert checked.preview["counts"]["left_out"] == 69 + 39 + 1 + 8
    proposed = dict(chosen(business, uploaded(business, PURCHASES, path)).preview["no_goods"])
    assert {code: proposed[code] for code in ("POST", "M", "D")} == {"POST": 69, "M": 39, "D": 8}


def test_repetitions_can_be_dropped(make_business: Callable[..., Any]) -> None:
    business = make_business(country="GB", currency="GBP", time_zone="Europe/London")
    path = real("shop/online_retail_2010-12.csv.gz")
    checked = chosen(business, uploaded(business, PURCHASES, path), duplicates="drop")
    assert checked.preview["counts"]["dropped"] == 500


def test_cdnow_has_a_purchase_for_each_row(make_business: Callable[..., Any]) -> None:
    business = make_business(country="US", currency="USD", time_zone="America/New_York")
    path = real("clv/cdnow_sample.csv")
    done = imported(business, PURCHASES, path)
    with tenant_context(business):
        assert Purchase.objects.aggregate(n=Count("id"), sum=Sum("total")) == {"n": 6_919, "sum": 24_409_194}
        assert Member.objects.count() == 2_357
    assert done.counts.get("refused", 0) == 0
    again = imported(business, PURCHASES, path)
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 6_919)


def test_complete_journey_keeps_its_lines_and_products(make_business: Callable[..., Any]) -> None:
    business = make_business(country="US", currency="USD", time_zone="America/New_York")
    done = imported(business, PURCHASES, real("shop/completejourney_120hh_H1.csv.gz"))
    with tenant_context(business):
        assert Member.objects.count() == 116
        assert Purchase.objects.aggregate(sum=Sum("total"))["sum"] == 10_774_805
        assert PurchaseLine.objects.count() + done.counts["empty"] == 35_285
    assert done.counts.get("refused", 0) == 0


def test_a_bakery_without_prices_is_told_what_is_missing(make_business: Callable[..., Any]) -> None:
    business = make_business()
    record = uploaded(business, PURCHASES, real("shop/bakery.csv"))
    assert sorted(record.mapping.values()) == ["description", "occurred_at", "receipt_number", "time"]
    with pytest.raises(Invalid, match="what was paid"):
        chosen(business, record)


def test_people_of_ten_countries(make_business: Callable[..., Any]) -> None:
    business = make_business(country="US", currency="USD", time_zone="America/New_York")
    path = real("identity/people_faker_10locales.csv")
    done = imported(business, MEMBERS, path, without_bad_contacts=True)
    counts = done.counts
    assert counts["created"] + counts.get("refused", 0) + counts["duplicates"] == counts["lines"]
    assert counts.get("refused", 0) == 0
    with tenant_context(business):
        assert Member.objects.count() == counts["created"]
        phones = set(Member.objects.exclude(phone="").values_list("phone", flat=True))
    assert {phone[:3] for phone in phones} > {"+49", "+33", "+34"}
    again = imported(business, MEMBERS, path, without_bad_contacts=True)
    assert (again.counts["created"], again.counts.get("updated", 0)) == (0, 0)


def test_csv_spectrum_reaches_the_columns(make_business: Callable[..., Any]) -> None:
    business = make_business()
    folder = real("csv_import/csv-spectrum/csvs")
    for path in sorted(folder.glob("*.csv")):
        said = json.loads((folder.parent / "json" / f"{path.stem}.json").read_text())
        record = uploaded(business, MEMBERS, path)
        assert record.header == list(said[0]), path.name
        rows = [cells for _number, cells in table_of(record).rows()]
        assert rows == [[cell.replace("\r\n", "\n") for cell in row.values()] for row in said] or rows == [
            list(row.values()) for row in said
        ], path.name


def test_naughty_strings_go_through_every_text_field_unharmed(
    make_business: Callable[..., Any], tmp_path: Path
) -> None:
    business = make_business()
    strings = [text.strip() for text in json.loads(real("identity/blns.json").read_text()) if text.strip()]
    path = tmp_path / "naughty.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Customer number", "First name", "Preferences", "Note"])
        for number, text in enumerate(strings, 1):
            writer.writerow([f"N{number}", text[:80], text[:300], text])
    done = imported(business, MEMBERS, path)
    with tenant_context(business):
        kept = {one.external_id: one for one in Member.objects.all()}
        notes = dict(Note.objects.values_list("member__external_id", "text"))
        refused = {one.cells[0] for one in ImportRefusal.objects.filter(import_record=done)}
    for number, text in enumerate(strings, 1):
        name = f"N{number}"
        if name in refused:
            assert "\x00" in text or len(text) > 2000 or any("\ud800" <= char <= "\udfff" for char in text)
            continue
        assert kept[name].given_name == without_turns(text[:80]).strip()
        assert kept[name].preferences == without_turns(text[:300]).strip()
        assert notes[name] == without_turns(text).strip()
    assert len(kept) + len(refused) == len(strings)

"""Everything a business takes with it: nothing is missing, no secret is in it, another can be made of it."""

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from customers.domain.notes import add_note
from customers.domain.purchases import LineDetails, ReturnLineDetails
from customers.enums import ImportKind, Source
from customers.models import Member, Product, Purchase, PurchaseLine, Return
from programs.models import Account, Lot
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Tenant
from tenants.takeout import LEFT_OUT, OWN_COLUMN, SECRET, archive, fields_of, tables
from tests.cast import Cast, sign_in
from tests.customers.imports.shared import imported
from tests.programs.shop import bring_back, buy, make_member, make_program, make_tier


def packed(tenant: Tenant) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive(tenant))))


def rows_of(file: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read(name).decode("utf-8-sig"))))


@pytest.fixture
def shop(cast: Cast) -> Tenant:
    """Members with odd names, purchases by line and by total, of guests, with discounts, returned in part and whole."""
    with tenant_context(cast.business):
        program = make_program(expiry_months=12)
        make_tier(program, "Gold", 5_000)
        ida = make_member(
            given_name="Ida", family_name="=cmd|'calc'", email="ida@example.com", phone="+436641234567", language="de",
            external_id="C-1", birth_month=2, birth_day=29, preferences="oat milk, \"extra\" hot\nalways",
        )  # fmt: skip
        otto = make_member(given_name="Øtto", birth_month=12, birth_day=31, birth_year=1980)
        cake, tea = Product.objects.create(name="Cake", sku="K"), Product.objects.create(name="Tea", sku="T", price=320)
        lines = (
            LineDetails(product=cake, quantity=Decimal(2), unit_price=450, discount=100, tax=73),
            LineDetails(product=tea, quantity=Decimal("0.125"), unit_price=3_200, tax=20),
        )
        big = buy(ida, lines=lines, receipt_number="A-1")
        buy(ida, 6_000)
        buy(otto, 250)
        whole = buy(otto, 990, receipt_number="A-2")
        buy(None, 500)  # type: ignore[arg-type]
        first = big.lines.order_by("position").first()
        bring_back(big, lines=(ReturnLineDetails(line=first, quantity=Decimal(1)),), reason="cold")
        bring_back(whole, 990)
        add_note(ida, text="Sits by the window", by=Actor.staff(cast.owner), source=Source.DASHBOARD)
    return cast.business


def what_counts(tenant: Tenant) -> dict[str, Any]:
    """What must be the same in a business that was made of the archive."""
    with tenant_context(tenant):
        members = {one.number: one for one in Member.objects.all()}
        facts = ("given_name", "family_name", "email", "phone", "external_id", "birth_month", "birth_day", "birth_year",
                 "preferences", "language", "joined_at")  # fmt: skip
        sums = ("subtotal", "discount", "tax", "total")
        lots = Lot.objects.filter(remaining__gt=0).select_related("account__member")
        lines = PurchaseLine.objects.select_related("purchase__member", "product")
        return {
            "members": {number: [getattr(one, fact) for fact in facts] for number, one in members.items()},
            "purchases": sorted(
                (one.occurred_at, one.member.number if one.member else "", *(getattr(one, sum_) for sum_ in sums))
                for one in Purchase.objects.select_related("member")
            ),
            "lines": sorted(
                (one.purchase.occurred_at, one.description, str(one.quantity), one.unit_price, one.discount, one.total)
                for one in lines
                if one.product
            ),
            "returned": Return.objects.aggregate(total=Sum("total"), tax=Sum("tax")),
            "products": set(Product.objects.values_list("sku", "name")),
            "lots": sorted((lot.account.member.number, lot.remaining, lot.expires_at) for lot in lots),
            "tiers": {
                one.member.number: (one.tier.name, one.tier_until)
                for one in Account.objects.filter(tier__isnull=False).select_related("member", "tier")
            },
        }  # fmt: skip


def test_another_business_is_made_of_it_without_loss(shop: Tenant, make_business: Any, tmp_path: Path) -> None:
    file = packed(shop)
    file.extractall(tmp_path)
    other = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
    with tenant_context(other):
        make_tier(make_program(expiry_months=12), "Gold", 5_000)
    imported(other, ImportKind.MEMBERS, tmp_path / "members.csv")
    imported(other, ImportKind.PURCHASES, tmp_path / "purchases.csv")
    brought = imported(other, ImportKind.BALANCES, tmp_path / "balances.csv")
    assert brought.counts.get("refused", 0) == 0
    before, after = what_counts(shop), what_counts(other)
    for name in before:
        assert after[name] == before[name], name
    # And once more: nothing is doubled.
    for kind, name in (
        (ImportKind.MEMBERS, "members"),
        (ImportKind.PURCHASES, "purchases"),
        (ImportKind.BALANCES, "balances"),
    ):
        imported(other, kind, tmp_path / f"{name}.csv")
    assert what_counts(other) == after


def test_every_table_is_in_it_or_left_out_by_name(shop: Tenant) -> None:
    file = packed(shop)
    names = set(file.namelist())
    assert {"README.txt", "members.csv", "purchases.csv", "balances.csv"} <= names
    assert {f"tables/{model._meta.db_table}.csv" for model in tables()} <= names
    assert not any(f"tables/{name}.csv" in names for name in LEFT_OUT)
    [note] = rows_of(file, "tables/customers_note.csv")
    assert note["text"] == "Sits by the window"
    assert len(rows_of(file, "tables/programs_entry.csv")) >= 6


def test_the_readme_tells_of_every_file_and_column(shop: Tenant) -> None:
    file = packed(shop)
    told = " ".join(file.read("README.txt").decode().split())
    for name in set(file.namelist()) - {"README.txt"}:
        assert f" {name}: " in told
        [header] = csv.reader([file.read(name).decode("utf-8-sig").splitlines()[0]])
        assert [column for column in header if column not in told and column != OWN_COLUMN] == []


def test_no_secret_is_in_it() -> None:
    """A new field that sounds like one has to be left out, or named here as harmless."""
    harmless = {
        "tenants_domain.token",  # stands in the DNS for everybody to read
        "customers_consent.text_hash",
        "customers_import.file_hash",
        "programs_entry.hash",
        "programs_entry.request_hash",
    }
    sounding = {
        f"{model._meta.db_table}.{name}"
        for model in tables()
        for name in fields_of(model)
        if any(word in name for word in ("secret", "hash", "token", "password", "pin_"))
    }
    assert sounding - harmless == set()
    assert SECRET.isdisjoint(name for model in tables() for name in fields_of(model))


def test_nobody_elses_rows_are_in_it(shop: Tenant, cast: Cast) -> None:
    with tenant_context(cast.other_business):
        make_member(given_name="Canary", email="canary@elsewhere.example")
    file = packed(shop)
    assert not any(b"canary@elsewhere" in file.read(name) for name in file.namelist())


class TestPage:
    def test_the_owner_takes_it_and_it_is_on_the_record(self, shop: Tenant, cast: Cast) -> None:
        owner = sign_in(cast.owner)
        assert "Download everything" in owner.get("/settings/data/").content.decode()
        answer = owner.post("/settings/data/archive/")
        assert answer["Content-Disposition"].startswith(f'attachment; filename="{shop.slug}-')
        file = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        assert file.testzip() is None
        assert len(rows_of(file, "members.csv")) == 2
        with tenant_context(shop):
            assert AuditEvent.objects.filter(action="data.taken_out").count() == 1

    def test_a_manager_may_not(self, shop: Tenant, cast: Cast) -> None:
        assert sign_in(cast.manager).post("/settings/data/archive/").status_code == 403


class TestCommand:
    def test_it_writes_a_file_that_only_its_owner_reads(self, shop: Tenant, tmp_path: Path) -> None:
        path = tmp_path / "all.zip"
        call_command("export", str(path), business=shop.slug)
        assert path.stat().st_mode & 0o077 == 0
        assert zipfile.ZipFile(path).testzip() is None
        with pytest.raises(CommandError, match="already"):
            call_command("export", str(path), business=shop.slug)

    def test_no_such_business(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="no business"):
            call_command("export", str(tmp_path / "x.zip"), business="nobody-here")

"""Everything a business takes with it: nothing is missing, no secret is in it, another can be made of it."""

import csv
import hashlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from customers.domain.consents import has_consent, record_consent
from customers.domain.notes import add_note
from customers.enums import ImportKind, Source
from customers.models import Consent, Member, Note, Product, Purchase, PurchaseLine, Return
from programs.domain.accounts import points_program
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.memberships.ending import cancel, refund
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import renew, subscribe, wish_for
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import find_voucher, redeem_reward
from programs.domain.sharing.families import found_family, join_family
from programs.domain.sharing.transfers import undo_transfer
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.publishing import compose_surprise, end_surprise, publish_surprise
from programs.enums import FamilyWay
from programs.models import Account, Family, FamilyMember, Lot, PointTransfer, Program, SurpriseDraw, Voucher
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Tenant
from tenants.takeout import LEFT_OUT, OWN_COLUMN, SECRET, archive, fields_of, tables
from tests.cast import Cast, sign_in
from tests.customers.imports.shared import chosen, imported, uploaded
from tests.programs.credit import credit, make_credit
from tests.programs.domain.networks.street import make_street
from tests.programs.rich import purchases_of_all_kinds
from tests.programs.sharing import allow, give_points
from tests.programs.shop import SYSTEM, balance, bring_back, buy, key, make_member, make_program, make_reward, make_tier

RECORDS = (
    (ImportKind.MEMBERS, "members"),
    (ImportKind.PURCHASES, "purchases"),
    (ImportKind.RECORDS, "records"),
    (ImportKind.RECORDS, "vouchers"),
)


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
        purchases_of_all_kinds(ida, otto, cake, tea, plain=(6_000, 250))
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
            "owed": sorted(
                Account.objects.filter(owed__gt=0).values_list("member__number", "program__kind", "owed")
            ),
            "tiers": {
                one.member.number: (one.tier.name, one.tier_until)
                for one in Account.objects.filter(tier__isnull=False).select_related("member", "tier")
            },
        }  # fmt: skip


def owing_after_a_return() -> None:
    """Somebody who spent what a purchase gave, and brought it back: in points, and in store credit."""
    vera = make_member(given_name="Vera")
    bought = buy(vera, 3_000)
    points = balance(vera)[0]
    redeem_reward(vera, reward=make_reward(points_program(), points), by=SYSTEM, key=key())
    adjust_credit(vera, amount=-credit(vera)[0], reason="Spent", by=SYSTEM, key=key())
    bring_back(bought)


def test_another_business_is_made_of_it_without_loss(shop: Tenant, make_business: Any, tmp_path: Path) -> None:
    with tenant_context(shop):
        make_credit(expiry_months=12)
        adjust_credit(
            Member.objects.get(given_name="Ida"), amount=1_250, reason="Gift card", by=SYSTEM, key="gift card"
        )
        owing_after_a_return()
    file = packed(shop)
    file.extractall(tmp_path)
    other = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
    with tenant_context(other):
        make_tier(make_program(expiry_months=12), "Gold", 5_000)
        make_credit(rate=1, minimum=10**9)
    imported(other, ImportKind.MEMBERS, tmp_path / "members.csv")
    imported(other, ImportKind.PURCHASES, tmp_path / "purchases.csv")
    brought = imported(other, ImportKind.BALANCES, tmp_path / "balances.csv")
    assert brought.counts.get("refused", 0) == 0
    assert (brought.counts["debts"], brought.counts["owed"]) == (1, 30)
    money = imported(other, ImportKind.CREDIT, tmp_path / "credit.csv")
    assert (money.counts["points"], money.counts["owed"]) == (1_250, 300)
    before, after = what_counts(shop), what_counts(other)
    assert len(before["owed"]) == 2
    for name in before:
        assert after[name] == before[name], name
    # And once more: nothing is doubled.
    for kind, name in (
        (ImportKind.MEMBERS, "members"),
        (ImportKind.PURCHASES, "purchases"),
        (ImportKind.BALANCES, "balances"),
        (ImportKind.CREDIT, "credit"),
    ):
        imported(other, kind, tmp_path / f"{name}.csv")
    assert what_counts(other) == after
    with tenant_context(other):
        assert reconcile().differences == []


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


def test_notes_consents_and_vouchers_come_back_as_they_were(shop: Tenant, make_business: Any, tmp_path: Path) -> None:
    with tenant_context(shop):
        program, ida = Program.objects.get(), Member.objects.get(given_name="Ida")
        for given in (True, False, True):
            record_consent(
                ida, purpose="marketing", channel="email", given=given, text="News\nby e-mail, “monthly”",
                by=SYSTEM, source=Source.COUNTER,
            )  # fmt: skip
        tea = Product.objects.get(sku="T")
        for details in (
            {"kind": "amount_off", "value": 500, "is_partial": True},
            {"kind": "percent_off", "value": 20, "cap": 900, "minimum": 1_000},
            {"kind": "free_product", "product": tea},
        ):
            redeem_reward(ida, reward=make_reward(program, 10, **details), by=SYSTEM, key=key())
    file = packed(shop)
    file.extractall(tmp_path)
    other = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
    with tenant_context(other):
        make_program()
    for kind, name in RECORDS:
        done = imported(other, kind, tmp_path / f"{name}.csv")
        assert done.counts.get("refused", 0) == 0, name
    before, after = said(shop), said(other)
    assert before["notes"]
    assert len(before["consents"]) == 3
    assert len(before["vouchers"]) == 3
    assert after == before
    for kind, name in RECORDS:
        again = imported(other, kind, tmp_path / f"{name}.csv")
        assert again.counts.get("created", 0) == 0, name
    assert said(other) == before
    with tenant_context(other):
        assert reconcile().differences == []
        voucher = Voucher.objects.get(kind="percent_off")
        assert find_voucher(voucher.code) == voucher


def test_the_check_says_which_vouchers_will_not_be_taken(shop: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        program, ida = Program.objects.get(), Member.objects.get(given_name="Ida")
        redeemed = redeem_reward(ida, reward=make_reward(program, 10), by=SYSTEM, key=key())
        taken = redeemed.vouchers.get().code
    rows = ["email,record,voucher code,gives,value,product,last day"]
    rows += [f"ida@example.com,voucher,{taken},amount_off,5,,2099-01-01"]
    rows += ["ida@example.com,voucher,AAAA1111,mystery,,,2099-01-01"]
    rows += ["ida@example.com,voucher,AAAA2222,free_product,,No such cake,2099-01-01"]
    rows += ["ida@example.com,voucher,AAAA3333,percent_off,20,,2099-01-01"]
    (tmp_path / "vouchers.csv").write_text("\n".join(rows))
    seen = chosen(shop, uploaded(shop, ImportKind.RECORDS, tmp_path / "vouchers.csv")).preview
    assert (seen["counts"]["vouchers"], seen["counts"]["refused"]) == (1, 3)
    done = imported(shop, ImportKind.RECORDS, tmp_path / "vouchers.csv")
    assert (done.counts["created"], done.counts["refused"]) == (1, 3)


def test_a_later_answer_stands_and_the_check_shows_it(shop: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        ida = Member.objects.get(given_name="Ida")
        asked = {"purpose": "marketing", "channel": "email", "by": SYSTEM, "source": Source.PORTAL}
        record_consent(ida, given=True, text="Old words", at=datetime(2025, 1, 1, tzinfo=UTC), **asked)
        packed(shop).extract("records.csv", tmp_path)
        record_consent(ida, given=False, text="New words", **asked)
        # As in a business that has never heard of the first answer.
        text = (tmp_path / "records.csv").read_text().replace("Old words", "Words of before")
        (tmp_path / "records.csv").write_text(text)
    seen = chosen(shop, uploaded(shop, ImportKind.RECORDS, tmp_path / "records.csv")).preview
    assert seen["counts"]["older"] == 1
    assert (seen["rows"]["older"][0]["given"], seen["rows"]["older"][0]["here"]) == (True, False)
    imported(shop, ImportKind.RECORDS, tmp_path / "records.csv")
    with tenant_context(shop):
        assert not has_consent(ida, purpose="marketing", channel="email")


def said(tenant: Tenant) -> dict[str, Any]:
    """Notes, answers and open vouchers, by card."""
    with tenant_context(tenant):
        whose = ("member__number", "text")
        facts = ("code", "kind", "name", "value", "left", "cap", "minimum", "product__sku", "valid_until")
        return {
            "notes": sorted(Note.objects.values_list(*whose, "created_at")),
            "consents": list(Consent.objects.order_by("pk").values_list(*whose, "purpose", "channel", "given", "at")),
            "vouchers": sorted(Voucher.objects.values_list("account__member__number", *facts), key=str),
        }


def family_and_surprise(tenant: Tenant) -> None:
    """A family that spent from its pool, a gift that was undone, a surprise that runs and one that ended."""
    with tenant_context(tenant):
        program = Program.objects.get()
        allow()
        ida, otto = Member.objects.get(given_name="Ida"), Member.objects.get(given_name="Øtto")
        family = found_family(ida, name="Gruber", by=SYSTEM)
        join_family(otto, family, way=FamilyWay.COUNTER, by=SYSTEM)
        undo_transfer(give_points(ida, otto, 10), by=SYSTEM, reason="Slip", key=key())
        redeem_reward(otto, reward=make_reward(program, 60), by=SYSTEM, key=key())
        for name in ("Over", "Runs"):
            terms = SurpriseTerms("visit", one_in=1, points=7, budget_points=100)
            surprise = publish_surprise(compose_surprise(program, name=name, terms=terms, by=SYSTEM), by=SYSTEM)
            buy(ida, 500)
            if name == "Over":
                end_surprise(surprise, by=SYSTEM)


def test_what_members_share_reads_back_as_it_was(shop: Tenant) -> None:
    family_and_surprise(shop)
    file = packed(shop)
    with tenant_context(shop):
        numbers = dict(Member.objects.values_list("given_name", "number"))
        family = Family.objects.get()
        stood = [
            [str(family.pk), family.name, one.account.member.number, one.joined_at.isoformat(), one.way]
            for one in FamilyMember.objects.select_related("account__member").order_by("pk")
        ]
        moved = [
            [one.kind, one.giver.member.number, one.receiver.member.number, str(one.points), str(one.back_points)]
            for one in PointTransfer.objects.order_by("pk")
        ]
        draws = list(SurpriseDraw.objects.select_related("surprise").order_by("pk"))
    names = ("family", "family name", "card number", "joined", "joined by")
    families = rows_of(file, "families.csv")
    assert [[one[name] for name in names] for one in families] == stood
    assert [one["card number"] for one in families if one["part"] == "head"] == [numbers["Ida"]]
    transfers = rows_of(file, "transfers.csv")
    names = ("kind", "from card", "to card", "points", "points back")
    assert [[one[name] for name in names] for one in transfers] == moved
    assert [(one["kind"], one["why undone"]) for one in transfers] == [("gift", "Slip"), ("family", "")]
    rolled = rows_of(file, "surprises.csv")
    assert [(one["roll"], one["points"], one["won"]) for one in rolled] == [(str(d.roll), "7", "yes") for d in draws]
    assert {(one["surprise"], one["seed"] == "") for one in rolled} == {("Over", False), ("Runs", True)}
    for one in rolled:
        if one["seed"]:
            assert hashlib.sha256(one["seed"].encode()).hexdigest() == one["commitment"]
    running = next(draw.surprise.seed for draw in draws if draw.surprise.ended_at is None)
    assert not any(running.encode() in file.read(name) for name in file.namelist())


def test_crossings_of_the_network_stand_in_both_files() -> None:
    street = make_street(2)
    street.earn(0, 300)
    street.redeem(1)
    here, there = ([*rows_of(packed(one.business), "network.csv")] for one in street.shops)
    assert [one["crossing"] for one in here] == [one["crossing"] for one in there]
    facts = ("kind", "points", "amount", "network", "business", "reward")
    assert [[one[name] for name in facts] for one in here] == [
        ["spent", "-100", "-4.00", "Good Street", street.shops[1].business.name, ""]
    ]
    # What the reward was is known where it was given.
    assert there[0]["reward"] == street.shops[1].reward.name
    assert there[0]["amount"] == "4.00"


def test_nobody_elses_rows_are_in_it(shop: Tenant, cast: Cast) -> None:
    with tenant_context(cast.other_business):
        make_member(given_name="Canary", email="canary@elsewhere.example")
    file = packed(shop)
    assert not any(b"canary@elsewhere" in file.read(name) for name in file.namelist())


def test_memberships_are_in_it_with_every_payment(shop: Tenant) -> None:
    with tenant_context(shop):
        ida, otto = Member.objects.get(given_name="Ida"), Member.objects.get(given_name="Øtto")
        tier = make_tier(Program.objects.get(), "Club", 900_000, by_invitation=True)
        plan = add_plan(PlanDetails(name="House club", tier=tier, price=950), by=SYSTEM)
        first = subscribe(ida, plan, by=SYSTEM, key=key(), reference="R-7")
        second = renew(ida, by=SYSTEM, key=key())
        refund(second, by=SYSTEM, reason="Paid twice", amount=250, key=key())
        cancel(ida, by=SYSTEM)
        wish_for(otto, plan, by=SYSTEM)
    file = packed(shop)
    running, wished = sorted(rows_of(file, "memberships.csv"), key=lambda row: row["state"])
    assert (running["card"], running["plan"], running["tier"]) == (ida.number, "House club", "Club")
    assert (running["price"], running["currency"], running["period"]) == ("9.50", "EUR", "month")
    assert running["paid until"] == second.last.isoformat()
    assert running["cancelled"]
    assert (wished["card"], wished["state"], wished["paid until"]) == (otto.number, "wished", "")
    payments = sorted(rows_of(file, "membership-payments.csv"), key=lambda row: row["first day"])
    assert [(row["amount"], row["paid back"], row["reference"]) for row in payments] == [
        ("9.50", "0.00", "R-7"),
        ("9.50", "2.50", ""),
    ]
    assert payments[0]["first day"] == first.first.isoformat()
    assert {row["membership"] for row in payments} == {running["membership"]}
    assert payments[1]["why paid back"] == "Paid twice"


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

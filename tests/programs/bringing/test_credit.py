"""Store credit from another system: each row once, with its own days, in money, and what differs said beforehand."""

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers.domain.merging import merge_members
from customers.enums import ActivityKind, ImportKind, Source
from customers.imports.flow import choose_columns
from customers.imports.refusals import reasons
from customers.models import Activity, Import, Member
from loyalty_saas.lib.days import end_of_day
from loyalty_saas.lib.errors import Invalid
from programs.domain.credit.publishing import cash_back_of_business, pause_cash_back
from programs.domain.reconcile import reconcile
from programs.domain.undo import undo_entry
from programs.models import Account, Entry, Lot
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.cast import sign_in
from tests.customers.imports.shared import chosen, imported, run, uploaded, write
from tests.programs.credit import credit, make_credit
from tests.programs.shop import SYSTEM, at, balance, key, make_member, make_program

FILE = """customer number;amount;currency;earned;expires
C-1;120,50;EUR;03.03.2026;31.12.2099
C-1;30;;;never
C-2;7,00;eur;14.03.2026;
C-2;0;EUR;;
"""


@pytest.fixture
def shop(cast: Any) -> Tenant:
    """Credit that keeps for a year, and Ida and Otto, who bring some."""
    business: Tenant = cast.business
    with tenant_context(business):
        make_program()
        make_credit(expiry_months=12, expires_at_month_end=False)
        make_member(external_id="C-1", given_name="Ida", email="ida@example.com")
        make_member(external_id="C-2", given_name="Otto")
    return business


def member(number: str) -> Member:
    found: Member = Member.objects.get(external_id=number)
    return found


def bring(shop: Tenant, folder: Path, text: str = FILE, **columns: Any) -> Import:
    return imported(shop, ImportKind.CREDIT, write(folder, text), columns or None)


def test_money_comes_with_its_days(shop: Tenant, tmp_path: Path) -> None:
    moment = "2026-11-23 12:00"  # within the year for which the credit of C-2 keeps
    with at(moment):
        done = bring(shop, tmp_path)
    assert (done.counts["created"], done.counts["points"], done.counts["empty"]) == (3, 15_750, 1)
    with at(moment), tenant_context(shop):
        assert credit(member("C-1")) == (15_050, 0, 0)
        assert credit(member("C-2")) == (700, 0, 0)
        ends = {lot.remaining: lot.expires_at for lot in Lot.objects.all()}
        assert ends[12_050] == end_of_day(date(2099, 12, 31), shop.zone)
        assert ends[3_000] is None
        assert ends[700] == end_of_day(date(2027, 3, 14), shop.zone)
        assert reconcile().agrees


def test_the_same_file_again_gives_nothing_more(shop: Tenant, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    again = bring(shop, tmp_path)
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 3)
    with tenant_context(shop):
        assert credit(member("C-1")) == (15_050, 0, 0)


def test_rows_of_points_are_no_rows_of_credit(shop: Tenant, tmp_path: Path) -> None:
    """Neither where 3,000 points and €30.00 are the same number in the ledger."""
    same = "customer number,{},earned,expires\nC-1,{},2026-03-03,2099-12-31\n"
    imported(shop, ImportKind.BALANCES, write(tmp_path, same.format("points", 3_000)))
    done = bring(shop, tmp_path, same.format("amount", "30.00"))
    assert done.counts["created"] == 1
    with tenant_context(shop):
        assert (balance(member("C-1")), credit(member("C-1"))) == ((3_000, 0, 0), (3_000, 0, 0))


def test_it_stays_brought_when_members_are_merged(shop: Tenant, cast: Any, tmp_path: Path) -> None:
    same = "customer number,amount,expires\nC-1,30.00,never\nC-2,30.00,never\n"
    bring(shop, tmp_path, same)
    with tenant_context(shop):
        merge_members(member("C-1"), member("C-2"), by=Actor.staff(cast.owner), source=Source.DASHBOARD)
    again = bring(shop, tmp_path, same)
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 2)
    with tenant_context(shop):
        assert credit(member("C-1")) == (6_000, 0, 0)


def test_the_check_says_who_would_not_have_what_the_file_says(shop: Tenant, cast: Any, tmp_path: Path) -> None:
    bring(shop, tmp_path, "customer number,amount,expires\nC-2,5.00,never\n")
    record = chosen(shop, uploaded(shop, ImportKind.CREDIT, write(tmp_path, FILE)))
    [other] = record.preview["rows"]["differing"]
    assert (other["member"], other["file"], other["here"]) == ("Otto", 700, 1_200)
    with tenant_context(shop):
        assert credit(member("C-1")) == (0, 0, 0)
    page = sign_in(cast.owner).get(f"/imports/{record.pk}/").content.decode()
    assert "€157.50" in page
    assert "1 member has other credit here" in page
    assert "Points" not in page.split("<main", 1)[1]
    run(shop, record)
    done = sign_in(cast.owner).get(f"/imports/{record.pk}/").content.decode()
    assert "€157.50" in done


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("C-9;10;;;", "Bring the members first"),
        (";10;;;", "does not say who"),
        ("C-1;-5;;;", "zero or more"),
        ("C-1;many;;;", "number"),
        ("C-1;10;USD;;", "in USD, and you count in EUR"),
        ("C-1;10;;01.01.2099;", "has not come yet"),
        ("C-1;10;;03.03.2026;01.01.2026", "before the day"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_gives_nothing(
    shop: Tenant, tmp_path: Path, row: str, why: str
) -> None:
    done = bring(shop, tmp_path, f"customer number;amount;currency;earned;expires\n{row}\nC-2;1,50;;03.03.2026;never\n")
    with tenant_context(shop):
        [(reason, count)] = reasons(done)
        assert why in reason
        assert count == 1
        assert not Account.objects.filter(member=member("C-1"), balance__gt=0).exists()
        assert credit(member("C-2")) == (150, 0, 0)


def test_what_ran_out_is_passed_over_and_today_is_still_a_day(shop: Tenant, tmp_path: Path) -> None:
    today = timezone.now().astimezone(shop.zone).date()
    rows = f"C-1,10,{today}\nC-2,10,{today - timedelta(days=1)}\n"
    done = bring(shop, tmp_path, f"customer number,amount,expires\n{rows}")
    assert (done.counts["points"], done.counts["expired"]) == (1_000, 1)


def test_nothing_is_taken_where_there_is_no_credit(cast: Any, shop: Tenant, tmp_path: Path) -> None:
    record = uploaded(shop, ImportKind.CREDIT, write(tmp_path, FILE))
    with tenant_context(shop), pytest.raises(Invalid, match="column with the amount"):
        choose_columns(record, columns={0: "external_id"}, options=record.options)
    with tenant_context(shop):
        found = cash_back_of_business()
        assert found is not None
        pause_cash_back(found, by=SYSTEM)
    with tenant_context(shop), pytest.raises(Invalid, match="paused"):
        choose_columns(record, columns={0: "external_id", 1: "amount"}, options=record.options)


def test_the_command_does_the_same_and_changes_nothing_when_it_only_looks(shop: Tenant, tmp_path: Path) -> None:
    path, said = write(tmp_path, FILE), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import", "credit", str(path), business=shop.slug, dry_run=True, json=True, stdout=said)
    assert ended.value.code == 0
    assert json.loads(said.getvalue())["counts"]["points"] == 15_750
    with tenant_context(shop):
        assert not Entry.objects.exists()
    for _time in range(2):
        with pytest.raises(SystemExit):
            call_command("import", "credit", str(path), business=shop.slug, json=True, stdout=said)
    with tenant_context(shop):
        assert credit(member("C-1")) == (15_050, 0, 0)


def test_a_member_reads_where_it_comes_from_and_a_manager_undoes_it(shop: Tenant, cast: Any, tmp_path: Path) -> None:
    bring(shop, tmp_path, "customer number,amount,expires\nC-1,30.00,never\n")
    with tenant_context(shop):
        ida, entry = member("C-1"), Entry.objects.get()
        told = Activity.objects.get(kind=ActivityKind.CREDIT_ADJUSTED)
        assert told.silent
    manager = sign_in(cast.manager)
    page = manager.get(f"/members/{ida.pk}/").content.decode()
    assert "Brought along from before" in page
    assert "Credit brought along: €30.00" in page
    manager.post(f"/program/credit/entries/{entry.pk}/undo/", {"key": key()})
    with tenant_context(shop):
        assert credit(ida) == (0, 0, 0)
        with pytest.raises(Exception, match="already"):
            undo_entry(entry, by=SYSTEM, key=key())
        assert reconcile().agrees

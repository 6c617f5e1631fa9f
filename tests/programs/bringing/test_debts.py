"""What members owe elsewhere, brought in: owed once, repaid first, left out where wished, and undone exactly."""

from pathlib import Path
from typing import Any

import pytest

from customers.domain.merging import merge_members
from customers.enums import ImportKind, Source
from customers.imports.refusals import reasons
from customers.models import Import, Member
from programs.domain.reconcile import reconcile
from programs.domain.undo import undo_entry
from programs.enums import Cause, EntryKind
from programs.models import Account, Entry
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.cast import sign_in
from tests.customers.imports.shared import chosen, imported, run, uploaded, write
from tests.programs.credit import credit, make_credit
from tests.programs.shop import SYSTEM, balance, earn, key, make_member, make_program

OWES = "customer number,points,owed\nC-1,,40\nC-2,15,\n"


@pytest.fixture
def shop(business: Tenant) -> Tenant:
    with tenant_context(business):
        make_program(expiry_months=12)
        make_member(external_id="C-1", given_name="Ida")
        make_member(external_id="C-2", given_name="Otto")
    return business


def member(number: str) -> Member:
    found: Member = Member.objects.get(external_id=number)
    return found


def bring(shop: Tenant, folder: Path, text: str = OWES, **options: Any) -> Import:
    return imported(shop, ImportKind.BALANCES, write(folder, text), **options)


def debt() -> Entry:
    found: Entry = Entry.objects.get(kind=EntryKind.ADJUST, cause=Cause.OPENING)
    return found


def test_who_owes_elsewhere_owes_here_once_and_the_next_points_repay_it(shop: Tenant, tmp_path: Path) -> None:
    done = bring(shop, tmp_path)
    assert (done.counts["debts"], done.counts["owed"], done.counts["points"]) == (1, 40, 15)
    # A later file says what is left by then, and it is the same debt.
    again = bring(shop, tmp_path, OWES.replace("40", "25"))
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 2)
    with tenant_context(shop):
        assert balance(member("C-1")) == (0, 0, 40)
        assert Account.objects.get(member=member("C-1")).lifetime == 0
        earn(member("C-1"), 6_000)
        assert balance(member("C-1")) == (20, 0, 0)
        assert reconcile().differences == []


def test_what_they_have_here_repays_it_at_once(shop: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        earn(member("C-1"), 1_000)
    bring(shop, tmp_path)
    with tenant_context(shop):
        assert balance(member("C-1")) == (0, 0, 30)
        assert reconcile().differences == []


def test_the_check_says_it_and_without_the_tick_nobody_owes(shop: Tenant, tmp_path: Path) -> None:
    record = chosen(shop, uploaded(shop, ImportKind.BALANCES, write(tmp_path, OWES)))
    counts = record.preview["counts"]
    assert (counts["debts"], counts["owed"], counts["differing"]) == (1, 40, 0)
    assert (counts["points"], counts["members"]) == (15, 1)
    left = bring(shop, tmp_path, bring_debts=False)
    assert (left.counts.get("owed", 0), left.counts["debts_left"]) == (0, 40)
    with tenant_context(shop):
        assert not Account.objects.filter(owed__gt=0).exists()
        assert balance(member("C-2")) == (15, 0, 0)


def test_a_row_that_has_and_owes_is_not_taken(shop: Tenant, tmp_path: Path) -> None:
    done = bring(shop, tmp_path, OWES.replace("C-1,,40", "C-1,10,40").replace("C-2,15,", "C-2,15,-3"))
    assert done.counts.get("created", 0) == 0
    with tenant_context(shop):
        assert {reason for reason, _count in reasons(done)} == {
            "Nobody has something and owes at once: write what is left of the one or the other.",
            "Points are zero or more.",
        }


@pytest.mark.parametrize("repaid", [0, 1_500, 9_000])
def test_undone_it_is_owed_no_more_and_what_repaid_it_comes_back(shop: Tenant, tmp_path: Path, repaid: int) -> None:
    with tenant_context(shop):
        earn(member("C-1"), 1_000)
    bring(shop, tmp_path)
    with tenant_context(shop):
        if repaid:
            earn(member("C-1"), repaid)
        undone = undo_entry(debt(), by=SYSTEM, key=key())
        assert undone is not None
        assert undone.amount == 40
        assert balance(member("C-1")) == (10 + repaid // 100, 0, 0)
        assert reconcile().differences == []


def test_a_debt_that_was_brought_goes_along_when_records_are_merged(shop: Tenant, cast: Any, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    with tenant_context(shop):
        merge_members(member("C-2"), member("C-1"), by=Actor.staff(cast.owner), source=Source.DASHBOARD)
    assert bring(shop, tmp_path).counts["unchanged"] == 2
    with tenant_context(shop):
        assert balance(member("C-2")) == (0, 0, 25)
        assert reconcile().differences == []


def test_store_credit_is_owed_in_money(shop: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        make_credit()
    path = write(tmp_path, "customer number,amount,owed\nC-1,,12.50\n")
    done = imported(shop, ImportKind.CREDIT, path)
    assert (done.counts["debts"], done.counts["owed"]) == (1, 1_250)
    assert imported(shop, ImportKind.CREDIT, path).counts["unchanged"] == 1
    with tenant_context(shop):
        assert credit(member("C-1")) == (0, 0, 1_250)
        assert reconcile().differences == []


def test_the_pages_ask_and_tell(shop: Tenant, cast: Any, tmp_path: Path) -> None:
    owner = sign_in(cast.owner)
    with write(tmp_path, OWES).open("rb") as file:
        page = owner.post("/imports/", {"kind": "balances", "file": file}).headers["Location"]
    assert "Bring what members owe" in owner.get(page).content.decode()
    with tenant_context(shop):
        record = chosen(shop, Import.objects.get())
    assert "1 member owes points after a return where the file comes from (40)" in owner.get(page).content.decode()
    run(shop, record)
    assert "owes them here too" in owner.get(page).content.decode()

"""What joining and the days do to points, through the doors that other parts of the program use."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from customers.domain.members import MemberDetails, enrol_member
from customers.domain.purchases import ReturnDetails, record_return
from customers.effects import (
    ImportedPurchases,
    OpeningPoints,
    OpeningSpend,
    opening_points,
    opening_spend,
    purchases_imported,
)
from customers.enums import Source
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.enums import EntryKind, ProgramStatus
from programs.jobs import BooksDoNotAgree, check_books
from programs.models import Account, Entry, Program, Voucher
from programs.queries import account_of
from tenants.isolation import tenant_context
from tenants.jobs import run_due_jobs
from tests.programs.shop import SYSTEM, at, balance, buy, key, make_member, make_program, make_reward, make_tier


def enrol(name, source=Source.COUNTER):
    return enrol_member(MemberDetails(given_name=name, email=f"{name}@example.com"), by=SYSTEM, source=source)


def test_who_joins_gets_an_account_and_the_bonus(inside):
    make_program(joining_bonus=25)
    assert balance(enrol("ines")) == (25, 0, 0)


def test_who_is_brought_along_has_not_joined_now(inside):
    make_program(joining_bonus=25)
    member = enrol("jonas", source=Source.IMPORT)
    assert account_of(member) is None
    buy(member, 1000)
    assert balance(member) == (10, 0, 0)


def test_what_is_imported_is_awarded_together_and_its_returns_taken_back(inside):
    make_program()
    member = make_member()
    bought = [buy(member, 1_050, effects=False) for _purchase in range(3)]
    returned = record_return(bought[0], ReturnDetails(), by=SYSTEM, source=Source.IMPORT, effects=False)
    batch = ImportedPurchases(tuple(bought), (returned,), uuid4())
    for _twice in range(2):
        purchases_imported(batch, by=SYSTEM, source=Source.IMPORT, silent=True)
    assert balance(member) == (21, 0, 0)
    assert reconcile().differences == []


def test_an_opening_balance_comes_from_points_or_from_what_was_spent(inside):
    make_program(earn_points=3, minimum_purchase=10**6)
    member = make_member()
    for _twice in range(2):
        opening_points(OpeningPoints(member, 40, "card"), by=SYSTEM, source=Source.IMPORT, silent=True)
        opening_spend(OpeningSpend(member, 1_066, "file"), by=SYSTEM, source=Source.IMPORT, silent=True)
        opening_spend(OpeningSpend(member, -5, "less"), by=SYSTEM, source=Source.IMPORT, silent=True)
    assert balance(member) == (40 + 31, 0, 0)


@pytest.mark.parametrize("status", [None, ProgramStatus.DRAFT, ProgramStatus.PAUSED])
def test_nothing_is_given_before_the_program_runs(inside, status):
    if status is not None:
        make_program(joining_bonus=25, status=status)
    buy(enrol("mara"), 1000)
    assert Entry.objects.count() == 0


def test_the_days_do_their_work_by_themselves(business):
    with tenant_context(business), at("2026-01-10 10:00"):
        program = make_program(pending_days=2, expiry_months=1, expires_at_month_end=False, voucher_days=3)
        make_tier(program, "Silver", 500)
        member = make_member()
        buy(member, 1000)
        Program.objects.update(pending_days=0)
        buy(member, 100)
        redeem_reward(member, reward=make_reward(program, cost=1), by=SYSTEM, key=key())
    for day in ("2026-01-11", "2026-01-14", "2026-02-13", "2027-01-11"):
        with at(f"{day} 05:00"):
            run_due_jobs(business, datetime.now(UTC))
    with tenant_context(business):
        assert list(Entry.objects.order_by("seq").values_list("kind", "amount", "pending_amount")) == [
            (EntryKind.ACCRUE, 0, 10),
            (EntryKind.ACCRUE, 1, 0),
            (EntryKind.REDEEM, -1, 0),
            (EntryKind.CONFIRM, 10, -10),
            (EntryKind.EXPIRE, -10, 0),
        ]
        assert Voucher.objects.get().status == "expired"
        assert account_of(member).tier is None


def test_the_nightly_check_fails_loudly(inside):
    make_program()
    buy(make_member(), 1000)
    day = datetime.now(UTC).date()
    check_books(day)
    Account.objects.update(balance=11)
    with pytest.raises(BooksDoNotAgree, match="an account is the sum of its entries"):
        check_books(day)

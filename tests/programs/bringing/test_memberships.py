"""Paid memberships from another business or system: they go on as they stood, and no money is taken twice for them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.enums import ActivityKind, ImportKind
from customers.imports.refusals import reasons
from customers.models import Activity, Import, Letter, Member
from loyalty_saas.lib.days import local_day
from programs.domain.memberships.ending import cancel, refund, settle_memberships
from programs.domain.memberships.figures import figures_of
from programs.domain.memberships.periods import last_of
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import membership_of, renew, subscribe, wish_for
from programs.domain.reconcile import reconcile
from programs.models import Account, MembershipPayment, MembershipPlan, PaidMembership, Present, Voucher
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.customers.imports.shared import chosen, run, uploaded
from tests.programs.shop import SYSTEM, at, key, make_member, make_program, make_tier
from tests.programs.taken import bring, rows_of, take_out
from tests.threads import at_once

MEMBERSHIPS, BALANCES = ImportKind.MEMBERSHIPS, ImportKind.BALANCES


def with_club(tenant: Tenant) -> None:
    """A points program with a club of €9.50 a month, that welcomes with €3.00 off."""
    with tenant_context(tenant):
        tier = make_tier(make_program(), "Club", 900_000, by_invitation=True)
        add_plan(
            PlanDetails(name="House club", tier=tier, price=950, welcome_kind="amount_off", welcome_value=300),
            by=SYSTEM,
        )


@pytest.fixture
def shop(business: Tenant) -> Tenant:
    """Ida has paid three months of a club whose price rose since, got a part back; Otto wishes for it, Ada left it."""
    with_club(business)
    with tenant_context(business):
        plan, ida = MembershipPlan.objects.get(), make_member(given_name="Ida", email="ida@example.com")
        otto, ada = make_member(given_name="Otto"), make_member(given_name="Ada")
        now = timezone.now()
        with at(now - timedelta(days=80)):
            subscribe(ida, plan, by=SYSTEM, key=key(), reference="R-7")
            subscribe(ada, plan, by=SYSTEM, key=key())
            cancel(ada, by=SYSTEM)
        with at(now - timedelta(days=55)):
            renew(ida, by=SYSTEM, key=key())
        with at(now - timedelta(days=25)):
            third = renew(ida, by=SYSTEM, key=key())
            refund(third, by=SYSTEM, reason="Closed for a week", amount=200, key=key())
            settle_memberships(local_day(timezone.now(), business.zone))
        wish_for(otto, plan, by=SYSTEM)
    return business


@pytest.fixture
def other(shop: Tenant, make_business: Any, tmp_path: Path) -> Tenant:
    """A fresh business with a club of that name, to which the members have been brought."""
    fresh: Tenant = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
    with_club(fresh)
    take_out(shop, tmp_path)
    bring(fresh, ImportKind.MEMBERS, tmp_path / "members.csv")
    return fresh


def bring_club(tenant: Tenant, folder: Path) -> tuple[Import, Import]:
    return (
        bring(tenant, MEMBERSHIPS, folder / "memberships.csv"),
        bring(tenant, MEMBERSHIPS, folder / "membership-payments.csv"),
    )


def running() -> Any:
    """Ida's."""
    found = membership_of(named("Ida"))
    assert found is not None
    return found


def named(name: str) -> Member:
    found: Member = Member.objects.get(given_name=name)
    return found


def test_they_come_back_as_they_stood(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    done, paid = bring_club(other, tmp_path)
    assert (done.counts["created"], done.counts.get("refused", 0)) == (3, 0)
    assert (paid.counts["created"], paid.counts.get("refused", 0)) == (4, 0)
    there = tmp_path / "again"
    take_out(other, there)
    for name in ("memberships.csv", "membership-payments.csv"):
        # Down to the ids: a membership is the same one wherever it is.
        assert rows_of(there / name) == rows_of(tmp_path / name)
    with tenant_context(other):
        account = Account.objects.select_related("tier").get(member=named("Ida"))
        assert (account.tier.name, account.tier_until) == (
            "Club", running().paid_until + timedelta(days=7),
        )  # fmt: skip
        assert not Account.objects.filter(member__given_name="Ada", tier__isnull=False).exists()
        assert reconcile().differences == []


def test_no_money_is_booked_and_no_gift_given_twice(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    bring_club(other, tmp_path)
    with tenant_context(other):
        figures = figures_of(local_day(timezone.now(), other.zone))
        assert (figures.active, figures.wished, figures.income) == (1, 1, 0)
        assert [one.money for one in figures.months] == [0]
        assert not Voucher.objects.exists()
        assert not Present.objects.exists()


def test_they_are_renewed_and_paid_back_as_before(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    bring_club(other, tmp_path)
    with tenant_context(other):
        ida = named("Ida")
        before = running()
        payment = renew(ida, by=SYSTEM, key=key())
        assert (payment.number, payment.first) == (3, before.paid_until + timedelta(days=1))
        assert figures_of(local_day(timezone.now(), other.zone)).income == 950
        refund(payment, by=SYSTEM, reason="Slip", key=key())
        assert running().paid_until == before.paid_until
        # What was paid there goes back from the till here.
        last = MembershipPayment.objects.filter(membership=before, number=1).get()
        assert figures_of(local_day(timezone.now(), other.zone)).income == 0
        assert (last.amount, last.paid_at < before.brought_at) == (950, True)
        assert reconcile().differences == []


def test_a_period_paid_there_can_be_paid_back_here(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        with at(timezone.now()):
            fourth = renew(named("Ida"), by=SYSTEM, key=key())
        assert fourth.number == 3
    take_out(shop, tmp_path)
    bring_club(other, tmp_path)
    with tenant_context(other):
        refund(MembershipPayment.objects.get(number=3), by=SYSTEM, reason="Moves away", key=key())
        assert running().brought_periods == 3
        assert figures_of(local_day(timezone.now(), other.zone)).income == -950
        assert reconcile().differences == []


def test_the_same_files_again_change_nothing(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    bring_club(other, tmp_path)
    with tenant_context(other):
        renew(named("Ida"), by=SYSTEM, key=key())
        stood = list(PaidMembership.objects.order_by("pk").values())
    done, paid = bring_club(other, tmp_path)
    assert (done.counts.get("created", 0), done.counts["unchanged"], done.counts.get("refused", 0)) == (0, 3, 0)
    assert (paid.counts.get("created", 0), paid.counts["unchanged"], paid.counts.get("refused", 0)) == (0, 4, 0)
    # The check says that it stands otherwise here by now.
    [look] = done.preview["rows"]["looks"]
    assert look["member"] == "Ida"
    assert "stays as it is here" in look["said"]
    with tenant_context(other):
        assert list(PaidMembership.objects.order_by("pk").values()) == stood


def test_into_the_business_it_was_taken_from_it_changes_nothing(shop: Tenant, tmp_path: Path) -> None:
    take_out(shop, tmp_path)
    done, paid = bring_club(shop, tmp_path)
    assert (done.counts["unchanged"], done.counts.get("refused", 0)) == (3, 0)
    assert (paid.counts["unchanged"], paid.counts.get("refused", 0)) == (4, 0)


@pytest.mark.parametrize("first", ["balances", "memberships"])
def test_its_tier_lasts_with_it_whichever_file_comes_first(
    shop: Tenant, other: Tenant, tmp_path: Path, first: str
) -> None:
    steps = [("balances", BALANCES), ("memberships", MEMBERSHIPS)]
    for name, kind in sorted(steps, key=lambda one: one[0] != first):
        assert bring(other, kind, tmp_path / f"{name}.csv").counts.get("refused", 0) == 0
    with tenant_context(other):
        ida = named("Ida")
        payment = renew(ida, by=SYSTEM, key=key())
        account = Account.objects.get(member=ida)
        assert account.tier_until == payment.last + timedelta(days=7)
        assert account.tier_placement_id == running().placement_id


def test_nobody_is_told_again_that_it_is_late(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        late = running().paid_until + timedelta(days=2)
    with at(timezone.now() + (late - local_day(timezone.now(), shop.zone))):
        bring_club(other, tmp_path)
        with tenant_context(other):
            settle_memberships(local_day(timezone.now(), other.zone))
            assert not Letter.objects.filter(closed_at=None).exists()
            assert running().state == "active"
            silent = Activity.objects.filter(kind=ActivityKind.MEMBERSHIP_BEGUN, member=named("Ida")).get()
            assert (silent.silent, silent.occurred_at) == (True, running().began_at)


def test_two_imports_at_once_bring_it_once(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    records = [uploaded(other, MEMBERSHIPS, tmp_path / "memberships.csv") for _n in range(2)]
    for record in records:
        chosen(other, record)
    outcomes = at_once(lambda record: run(other, record).counts, records)
    assert [one.get("refused", 0) for one in outcomes] == [0, 0]
    with tenant_context(other):
        assert PaidMembership.objects.count() == 3
        assert Activity.objects.filter(kind=ActivityKind.MEMBERSHIP_BEGUN).count() == 2
        assert reconcile().differences == []


def test_what_ran_out_on_the_way_has_ended(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    with at(timezone.now() + timedelta(days=60)):
        bring_club(other, tmp_path)
        with tenant_context(other):
            ida = PaidMembership.objects.get(member=named("Ida"))
            assert (ida.state, ida.end) == ("ended", "lapsed")
            assert settle_memberships(local_day(timezone.now(), other.zone)) == 0
            assert not Letter.objects.exists()
            assert reconcile().differences == []


def test_a_list_of_another_system_is_enough(other: Tenant, tmp_path: Path) -> None:
    today = local_day(timezone.now(), other.zone)
    until = last_of(today, "month", 0)
    (tmp_path / "club.csv").write_text(f"email,plan,price,paid until\nida@example.com,house club,8.00,{until}\n")
    for created in (1, 0):
        done = bring(other, MEMBERSHIPS, tmp_path / "club.csv")
        assert (done.counts.get("created", 0), done.counts.get("refused", 0)) == (created, 0)
    with tenant_context(other):
        found = running()
        assert (found.price, found.period, found.anchor, found.paid_until, found.periods) == (
            800, "month", today, until, 1,
        )  # fmt: skip
        assert renew(named("Ida"), by=SYSTEM, key=key()).amount == 800
        assert reconcile().differences == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("nobody@example.com,House club,active,9.50,EUR,month,2099-01-31", "Bring the members first"),
        ("ida@example.com,Golden club,active,9.50,EUR,month,2099-01-31", "There is no membership “Golden club”"),
        ("ida@example.com,House club,running,9.50,EUR,month,2099-01-31", "wished, active or ended"),
        ("ida@example.com,House club,active,9.50,EUR,week,2099-01-31", "month or a year"),
        ("ida@example.com,House club,active,0,EUR,month,2099-01-31", "what it costs"),
        ("ida@example.com,House club,active,9.50,USD,month,2099-01-31", "you count in EUR"),
        ("ida@example.com,House club,active,9.50,EUR,month,", "up to which day"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(other: Tenant, tmp_path: Path, row: str, why: str) -> None:
    (tmp_path / "club.csv").write_text(f"email,plan,state,price,currency,period,paid until\n{row}\n")
    done = bring(other, MEMBERSHIPS, tmp_path / "club.csv")
    with tenant_context(other):
        [(reason, _rows)] = reasons(done)
        assert why in reason
        assert not PaidMembership.objects.exists()


def test_days_that_do_not_fit_a_second_one_and_payments_without_it_are_refused(
    shop: Tenant, other: Tenant, tmp_path: Path
) -> None:
    paid = bring(other, MEMBERSHIPS, tmp_path / "membership-payments.csv")
    with tenant_context(other):
        assert reasons(paid) == [("This membership is not here. Bring memberships.csv first.", 4)]
    text = "email,plan,counted from,paid until\nida@example.com,House club,2026-01-31,2099-02-15\n"
    (tmp_path / "club.csv").write_text(text)
    done = bring(other, MEMBERSHIPS, tmp_path / "club.csv")
    with tenant_context(other):
        assert "does not end a period" in reasons(done)[0][0]
        subscribe(named("Ida"), MembershipPlan.objects.get(), by=SYSTEM, key=key())
    done = bring(other, MEMBERSHIPS, tmp_path / "memberships.csv")
    assert done.preview["counts"]["refused"] == 1
    assert (done.counts["created"], done.counts["refused"]) == (2, 1)
    with tenant_context(other):
        assert "has a membership already" in reasons(done)[0][0]

"""Everything a business takes along comes back in another one: taken out there again, the files say the same."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.enums import ImportKind
from customers.imports.records import BroughtVoucher
from customers.imports.refusals import reasons
from customers.models import Letter, Member, Note, Product
from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.errors import Invalid
from programs.bringing_vouchers import VouchersFromElsewhere
from programs.domain.expiry import confirm_due
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import find_voucher, use_voucher
from programs.domain.vouchers import Using
from programs.errors import VoucherExpired, VoucherUsed
from programs.models import Entry, Lot, Present, Program, Reward, Voucher
from programs.queries import account_of, standing_of
from programs.reward_words import event_of, only_for_holder, reward_of, worth_in_words
from programs.views.places import _taken
from programs.voucher_errors import ChoiceNotThere, PurchaseTooSmall, VoucherNotHere, VoucherNotToday, VoucherNotYet
from tenants.isolation import tenant_context
from tenants.models import Location, Tenant
from tests.cast import Cast
from tests.programs.credit import credit, make_credit
from tests.programs.rich import EVENT, event_day, fill, set_up
from tests.programs.shop import SYSTEM, at, buy, make_member, make_program, make_reward
from tests.programs.taken import bring, rows_of, take_out
from tests.threads import at_once

# In the order in which the handbook says to bring them.
FILES = (
    ("members", ImportKind.MEMBERS),
    ("purchases", ImportKind.PURCHASES),
    ("balances", ImportKind.BALANCES),
    ("credit", ImportKind.CREDIT),
    ("records", ImportKind.RECORDS),
    ("vouchers", ImportKind.RECORDS),
    ("memberships", ImportKind.MEMBERSHIPS),
    ("membership-payments", ImportKind.MEMBERSHIPS),
    ("families", ImportKind.FAMILIES),
    ("transfers", ImportKind.HISTORY),
    ("surprises", ImportKind.HISTORY),
)
# What may be another in the other business, and nothing else.
MAY_DIFFER: dict[str, frozenset[str]] = {
    # A receipt, an answer came in by import there. Why goods came back is in tables/ alone.
    "purchases": frozenset({"came from", "why"}),
    "records": frozenset({"asked by way of"}),
}


@pytest.fixture
def shop(cast: Cast) -> Tenant:
    return fill(cast)


@pytest.fixture
def fresh(shop: Tenant, make_business: Any) -> Callable[..., Tenant]:
    def make(**fields: Any) -> Tenant:
        tenant: Tenant = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
        set_up(tenant, **fields)
        return tenant

    return make


def bring_all(tenant: Tenant, folder: Path) -> dict[str, dict[str, int]]:
    """What became of the rows of each file. Every one of them is taken."""
    counts = {}
    for name, kind in FILES:
        done = bring(tenant, kind, folder / f"{name}.csv")
        with tenant_context(tenant):
            assert reasons(done) == [], name
        counts[name] = done.counts
    return counts


def said(folder: Path, name: str) -> list[tuple[tuple[str, str], ...]]:
    """The rows of a file but for what may differ; their order is that of ids, and says nothing."""
    left = MAY_DIFFER.get(name, frozenset())
    return sorted(
        tuple((column, cell) for column, cell in row.items() if column not in left)
        for row in rows_of(folder / f"{name}.csv")
    )


def test_every_file_says_the_same_in_the_other_business(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, again = take_out(shop, tmp_path / "there"), tmp_path / "again"
    other = fresh()
    first = bring_all(other, there)
    assert all(counts.get("created") for counts in first.values())
    # What members have has come; now those may rest who did.
    assert bring(other, ImportKind.MEMBERS, there / "members.csv", existing="replace").counts["updated"] == 2
    take_out(other, again)
    for name, _kind in FILES:
        assert said(again, name) == said(there, name), name
    with tenant_context(other):
        assert reconcile().differences == []
        assert not Letter.objects.filter(closed_at=None).exists()
        # The mark that keeps a spreadsheet from running it is taken off again.
        assert Note.objects.get().text == "=Sits by the window"
        stood = (Entry.objects.count(), Lot.objects.count(), Voucher.objects.count(), Present.objects.count())
    # And once more: nothing is doubled, and nothing is refused.
    second = bring_all(other, there)
    assert {name: (counts.get("created", 0), counts.get("refused", 0)) for name, counts in second.items()} == {
        name: (0, 0) for name, _kind in FILES
    }
    with tenant_context(other):
        assert (Entry.objects.count(), Lot.objects.count(), Voucher.objects.count(), Present.objects.count()) == stood


def test_what_waits_waits_on_and_is_released_on_its_day(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    done = bring(other, ImportKind.BALANCES, there / "balances.csv")
    assert done.preview["counts"]["waiting"] == done.counts["waiting"] == 40
    standings = []
    for tenant in (shop, other):
        with tenant_context(tenant):
            account = account_of(Member.objects.get(given_name="Øtto"))
            assert account is not None
            standing = standing_of(account)
            standings.append((standing.balance, standing.pending, standing.coming, standing.expiring))
    balance, pending, coming, _expiring = standings[0]
    assert (standings[1], pending, [one.points for one in coming]) == (standings[0], 40, [40])
    begins = start_of_day(coming[0].day, other.zone)
    with tenant_context(other):
        with at(begins - timedelta(seconds=1)):
            assert confirm_due(timezone.now()) == 0
        with at(begins):
            assert confirm_due(timezone.now()) == 1
        account = account_of(Member.objects.get(given_name="Øtto"))
        assert account is not None
        assert (account.balance, account.pending) == (balance + 40, 0)
        assert Entry.objects.get(account=account, kind="confirm").amount == 40
        assert reconcile().differences == []


def test_credit_that_waits_waits_on(cast: Cast, make_business: Any, tmp_path: Path) -> None:
    shop, other = cast.business, make_business(currency=cast.business.currency, time_zone=cast.business.time_zone)
    for tenant in (shop, other):
        with tenant_context(tenant):
            make_program()
            make_credit(expiry_months=12, expires_at_month_end=False, pending_days=10)
    with tenant_context(shop):
        buy(make_member(number="900001"), 5_000)
    there, again = take_out(shop, tmp_path / "there"), tmp_path / "again"
    for name, kind in (("members", ImportKind.MEMBERS), ("credit", ImportKind.CREDIT)):
        bring(other, kind, there / f"{name}.csv")
    take_out(other, again)
    assert said(again, "credit") == said(there, "credit")
    with tenant_context(other):
        assert credit(Member.objects.get()) == (0, 500, 0)
        assert reconcile().differences == []
        with at(timezone.now() + timedelta(days=10)):
            confirm_due(timezone.now())
        assert credit(Member.objects.get()) == (500, 0, 0)


def test_vouchers_hang_on_the_rewards_of_their_names(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    with tenant_context(other):
        program = Program.objects.get(kind="points")
        make_reward(program, name="new blend", kind="early_access", content="Ours", public_at=event_day(other))
        # Of that name, and something else.
        make_reward(program, name="Tea", kind="amount_off", value=100)
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    bring(other, ImportKind.RECORDS, there / "vouchers.csv")
    with tenant_context(other):
        event = Voucher.objects.select_related("present__reward").get(kind="experience")
        assert reward_of(event) == Reward.objects.get(name=EVENT)
        assert event_of(event) == event_day(other)
        # It is one of its places, on its list, and moves with it.
        assert Reward.objects.get(name=EVENT).stock == 7
        assert _taken(Reward.objects.get(name=EVENT)) == [event]
        blend = Voucher.objects.select_related("present__reward").get(kind="early_access")
        assert only_for_holder(blend).words == "Ours"
        assert blend.valid_until < event_day(other)
        tea = Voucher.objects.select_related("present__reward").filter(kind="free_product", name="Tea")
        assert [reward_of(one) for one in tea] == [None, None]


def test_vouchers_stand_on_their_own_where_there_is_no_such_reward(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh(rewards=False)
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    assert bring(other, ImportKind.RECORDS, there / "vouchers.csv").counts.get("refused", 0) == 0
    with tenant_context(other):
        known = Voucher.objects.select_related("present__reward", "charity", "redemption")
        event, read, given = (known.get(kind=kind) for kind in ("experience", "content", "donation"))
        assert (reward_of(event), event_of(event)) == (None, event_day(other))
        assert (read.status, only_for_holder(read).words) == ("used", '=Flour,\nwater "and" time')
        # It is told whom it was for, and no statement counts it.
        assert (given.status, given.charity, worth_in_words(given)) == (
            "used", None, "€2.00 for Food bank, in your name",
        )  # fmt: skip


def test_they_are_used_on_the_terms_they_had(shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    bring(other, ImportKind.RECORDS, there / "vouchers.csv")
    with tenant_context(other):
        main, harbour = Location.objects.get(name="Main street"), Location.objects.get(name="Harbour")
        money = find_voucher(Voucher.objects.get(name="Five off").code)
        with pytest.raises(VoucherNotHere):
            use_voucher(money, by=SYSTEM, location=harbour, using=Using(basket=2_000))
        with pytest.raises(PurchaseTooSmall):
            use_voucher(money, by=SYSTEM, location=main, using=Using(basket=900))
        with at("2026-12-25 12:00"), pytest.raises((VoucherNotToday, VoucherExpired)):
            use_voucher(money, by=SYSTEM, location=main, using=Using(basket=2_000))
        assert use_voucher(money, by=SYSTEM, location=main, using=Using(basket=2_000)).status == "used"
        parts = Voucher.objects.get(name="Ten off")
        assert (parts.left, use_voucher(parts, by=SYSTEM, using=Using(basket=500)).left) == (700, 200)
        cake, pick = Product.objects.get(sku="K"), Voucher.objects.get(name="Pick", status="open")
        with pytest.raises(ChoiceNotThere):
            use_voucher(pick, by=SYSTEM, using=Using(product=Product.objects.create(name="Wine")))
        assert use_voucher(pick, by=SYSTEM, using=Using(product=cake)).product == cake
        with pytest.raises(VoucherUsed):
            use_voucher(Voucher.objects.get(name="Tea", status="used"), by=SYSTEM)
        with pytest.raises(VoucherNotYet):
            use_voucher(Voucher.objects.get(name="On the house"), by=SYSTEM)
        assert reconcile().differences == []


def test_what_a_voucher_needs_and_is_not_here_is_said_at_its_row(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    with tenant_context(other):
        Location.objects.filter(name="Main street").update(name="Somewhere else")
        Reward.objects.filter(name=EVENT).update(stock=0)
    bring(other, ImportKind.MEMBERS, there / "members.csv")
    done = bring(other, ImportKind.RECORDS, there / "vouchers.csv")
    with tenant_context(other):
        said = sorted(reason for reason, _rows in reasons(done))
        assert [reason[:44] for reason in said] == [
            "No place is left at “Latte art” here. Give i",
            "There is no place “Main street” here, and it",
            "There is no product “K” here. Bring the purc",
            "There is no product “T” here. Bring the purc",
        ]
        assert done.preview["counts"]["refused"] == done.counts["refused"] == 4
        Reward.objects.filter(name=EVENT).update(stock=1)
    # Mended, the same file brings what is missing.
    bring(other, ImportKind.PURCHASES, there / "purchases.csv")
    again = bring(other, ImportKind.RECORDS, there / "vouchers.csv")
    assert (again.counts["created"], again.counts["refused"]) == (3, 1)


def test_two_files_at_once_take_the_last_place_once(shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path) -> None:
    other = fresh()
    with tenant_context(other):
        Reward.objects.filter(name=EVENT).update(stock=1)
        members = [make_member() for _n in range(2)]
    given = [
        BroughtVoucher(
            code=f"PLACE{n}", own_code="", worth="experience", name=EVENT, value=0, left=None, cap=None, minimum=0,
            product="", valid_from=None, last_day=local_day(event_day(other), other.zone), reward=EVENT,
        )
        for n in range(2)
    ]  # fmt: skip

    def take(position: int) -> str:
        with tenant_context(other):
            try:
                VouchersFromElsewhere().bring(members[position], given[position], by=SYSTEM, silent=True)
            except Invalid as error:
                return error.code
        return "taken"

    assert sorted(at_once(take, [0, 1])) == ["no_place", "taken"]
    with tenant_context(other):
        assert Reward.objects.get(name=EVENT).stock == 0
        assert Present.objects.filter(occasion="brought").count() == 1

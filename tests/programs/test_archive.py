"""Everything a business takes along comes back in another one: taken out there again, the files say the same."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.domain.merging import merge_members
from customers.enums import ImportKind, Source
from customers.imports.records import BroughtVoucher
from customers.imports.refusals import reasons
from customers.models import Letter, Member, Note, Product
from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.errors import Invalid
from programs.bringing.vouchers import VouchersFromElsewhere
from programs.domain.expiry import confirm_due
from programs.domain.gifts import find_gift, open_gift, wrap_voucher
from programs.domain.memberships.ending import refund
from programs.domain.memberships.selling import subscribe
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import find_voucher, redeem_reward, use_voucher
from programs.domain.reviews.deciding import release_review, reverse_review
from programs.domain.rewards import asking_of
from programs.domain.vouchers import Using
from programs.enums import LimitPeriod, ReviewKind
from programs.errors import LimitReached, VoucherUsed
from programs.models import (
    Charity,
    Entry,
    Gift,
    Lot,
    MembershipPayment,
    MembershipPlan,
    Present,
    Program,
    Review,
    Reward,
    Voucher,
)
from programs.queries import account_of, standing_of
from programs.views.places import _taken
from programs.voucher_errors import (
    ChoiceNotThere,
    PeriodLimitReached,
    PurchaseTooSmall,
    VoucherNotHere,
    VoucherNotToday,
    VoucherNotYet,
    VoucherWrapped,
)
from programs.words.rewards import event_of, only_for_holder, reward_of, worth_in_words
from tenants.actors import Actor
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.models import Location, Tenant
from tests.cast import Cast, make_membership
from tests.programs.credit import credit, make_credit
from tests.programs.rich import EVENT, event_day, fill, set_up
from tests.programs.shop import SYSTEM, at, buy, key, make_member, make_program, make_reward
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


def test_what_is_held_for_a_look_is_held_on_until_somebody_decides(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    done = bring(other, ImportKind.BALANCES, there / "balances.csv")
    assert done.preview["counts"]["held"] == done.counts["held"] == 11 + 25
    standings = []
    for tenant in (shop, other):
        with tenant_context(tenant):
            standing = standing_of(account_of(Member.objects.get(given_name="Ada")))  # type: ignore[arg-type]
            standings.append((standing.balance, standing.pending, standing.held, standing.coming))
    assert standings[1] == standings[0]
    owner = Actor.staff(make_membership(other, Role.OWNER))
    with tenant_context(other):
        assert confirm_due(timezone.now()) == 0
        reviews = {review.points: review for review in Review.objects.filter(is_held=True)}
        assert {points: review.reasons for points, review in reviews.items()} == {
            11: ["too_often", "brought"],
            25: ["same_card", "brought"],
        }
        assert reviews[25].kind == ReviewKind.REFERRAL
        release_review(reviews[11], by=owner)
        reverse_review(reviews[25], by=owner)
        account = account_of(Member.objects.get(given_name="Ada"))
        assert account is not None
        assert (account.balance, account.pending) == (standings[0][0] + 11, 0)
        assert reconcile().differences == []
    # What was decided is not asked again.
    assert bring(other, ImportKind.BALANCES, there / "balances.csv").counts.get("held", 0) == 0
    with tenant_context(other):
        assert not Review.objects.filter(is_held=True).exists()


def test_credit_that_is_held_is_held_on(cast: Cast, tmp_path: Path) -> None:
    with tenant_context(cast.business):
        make_program()
        make_credit(expiry_months=None)
        make_member(number="900001")
    path = tmp_path / "credit.csv"
    path.write_text("card number,amount,held for a look\n900001,7.50,after_hours\n900001,2.00,no\n")
    done = bring(cast.business, ImportKind.CREDIT, path)
    assert done.counts["held"] == 750
    with tenant_context(cast.business):
        assert credit(Member.objects.get()) == (200, 750, 0)
        review = Review.objects.get()
        assert (review.is_money, review.points, review.reasons) == (True, 750, ["after_hours", "brought"])
        release_review(review, by=Actor.staff(cast.owner))
        assert credit(Member.objects.get()) == (950, 0, 0)
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
        with at(timezone.now() + timedelta(days=13)), pytest.raises(VoucherNotToday):
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


def test_a_present_waits_on_for_whoever_opens_it_by_its_code(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    done = bring(other, ImportKind.RECORDS, there / "vouchers.csv")
    assert done.preview["counts"]["wrapped"] == done.counts["wrapped"] == 1
    with tenant_context(shop):
        code = Gift.objects.get(status="open").code
    with tenant_context(other):
        ada, otto = Member.objects.get(given_name="Ada"), Member.objects.get(given_name="Øtto")
        gift = find_gift(code)
        assert (gift.giver.member, gift.message, gift.status) == (ada, "For you", "open")
        with pytest.raises(VoucherWrapped):
            use_voucher(gift.voucher, by=SYSTEM)
        taken = open_gift(gift, member=otto, by=SYSTEM)
        assert use_voucher(taken, by=SYSTEM).status == "used"
        assert reconcile().differences == []
    # What was opened is not wrapped again by the same file.
    assert bring(other, ImportKind.RECORDS, there / "vouchers.csv").counts.get("created", 0) == 0
    with tenant_context(other):
        assert Gift.objects.get().status == "taken"


def test_a_present_whose_code_is_taken_here_is_said_at_its_row(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    with tenant_context(shop):
        code = Gift.objects.get(status="open").code
    with tenant_context(other):
        program = Program.objects.get(kind="points")
        member = make_member()
        buy(member, 5_000)
        reward = make_reward(program, kind="amount_off", value=100)
        theirs = wrap_voucher(redeem_reward(member, reward=reward, by=SYSTEM, key=key()).vouchers.get(), by=SYSTEM)
        Gift.objects.filter(pk=theirs.pk).update(code=code)
    done = bring(other, ImportKind.RECORDS, there / "vouchers.csv")
    with tenant_context(other):
        assert reasons(done) == [("This code is that of another voucher here.", 1)]
        assert not Voucher.objects.filter(name="Larger").exists()


def test_what_they_had_there_counts_towards_how_often_they_may(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    copy_rewards(shop, other)
    for name, kind in (*FILES[:3], FILES[5]):
        bring(other, kind, there / f"{name}.csv")
    had = []
    for tenant in (shop, other):
        with tenant_context(tenant):
            # As if this had always been so: what they took before it counts as well.
            Reward.objects.update(limit_per_member=2, limit_in_period=1, limit_period=LimitPeriod.YEAR)
            had.append({name: times_had(name) for name in ("Ada", "Ida", "Øtto")})
    assert had[0] == had[1]
    assert had[0]["Ada"]["Tea"] == (2, 2)
    # Of the two one was undone.
    assert had[0]["Ada"]["A fifth"] == (1, 1)
    # Whoever passed it on had it, and not whoever holds it.
    assert (had[0]["Ada"]["Passed on"], had[0]["Øtto"]["Passed on"]) == ((1, 1), (0, 0))
    with tenant_context(other):
        ada, otto = Member.objects.get(given_name="Ada"), Member.objects.get(given_name="Øtto")
        with pytest.raises(LimitReached):
            redeem_reward(ada, reward=Reward.objects.get(name="Tea"), by=SYSTEM, key=key())
        passed = Reward.objects.get(name="Passed on")
        with pytest.raises(PeriodLimitReached):
            redeem_reward(ada, reward=passed, by=SYSTEM, key=key())
        redeem_reward(otto, reward=passed, by=SYSTEM, key=key())
        with pytest.raises(PeriodLimitReached):
            redeem_reward(otto, reward=passed, by=SYSTEM, key=key())
        assert reconcile().differences == []
        # On a record that was merged meanwhile, it is the same person who had it.
        uma = make_member(given_name="Uma")
        merge_members(uma, ada, by=SYSTEM, source=Source.DASHBOARD)
        assert times_had("Uma")["Tea"] == (2, 2)


def test_what_was_handed_on_by_somebody_who_is_not_here_counts_for_nobody(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path / "there"), fresh()
    copy_rewards(shop, other)
    vouchers = there / "vouchers.csv"
    with tenant_context(shop):
        ada = Member.objects.get(given_name="Ada").number
    rows = rows_of(vouchers)
    [passed] = [row for row in rows if row["had by"]]
    assert (passed["had by"], passed["reward"]) == (ada, "Passed on")
    vouchers.write_text(vouchers.read_text("utf-8-sig").replace(f",{ada},", ",31415926,"), "utf-8-sig")
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    bring(other, ImportKind.RECORDS, vouchers)
    with tenant_context(other):
        Reward.objects.update(limit_per_member=9)
        assert times_had("Øtto")["Passed on"] == times_had("Ada")["Passed on"] == (0, 0)
    again = rows_of(take_out(other, tmp_path / "again") / "vouchers.csv")
    assert [row["had by"] for row in again if row["had by"]] == ["31415926"]


def test_without_its_day_a_voucher_counts_from_when_it_was_used_or_came(
    shop: Tenant, fresh: Callable[..., Tenant], tmp_path: Path
) -> None:
    there, other = take_out(shop, tmp_path), fresh()
    copy_rewards(shop, other)
    for name, kind in FILES[:2]:
        bring(other, kind, there / f"{name}.csv")
    with at(timezone.now() + timedelta(days=400)):
        bring(other, ImportKind.RECORDS, there / "vouchers.csv", columns={"had on": ""})
        with tenant_context(other):
            Reward.objects.update(limit_per_member=9, limit_in_period=9, limit_period=LimitPeriod.YEAR)
            # Used a year ago; the other one has run out since.
            assert times_had("Ada")["Tea"] == (2, 0)


def times_had(given_name: str) -> dict[str, tuple[int, int]]:
    """How often somebody had each reward, ever and in its period, as the rules see it."""
    account = account_of(Member.objects.get(given_name=given_name))
    assert account is not None
    rewards = list(Reward.objects.select_related("tier"))
    asking = asking_of(account, rewards)
    return {one.name: (asking[one.pk].times, asking[one.pk].lately) for one in rewards}


def copy_rewards(tenant: Tenant, other: Tenant) -> None:
    """As the owner would make them anew: of the same names and kinds."""
    same = ("name", "kind", "cost", "value", "public_at")
    with tenant_context(tenant):
        rows = list(Reward.objects.exclude(name=EVENT).values(*same))
    with tenant_context(other):
        program, charity = Program.objects.get(kind="points"), Charity.objects.create(name="Food bank")
        for row in rows:
            Reward.objects.create(program=program, **row, charity=charity if row["kind"] == "donation" else None)


@pytest.mark.parametrize("order", [("vouchers", "memberships"), ("memberships", "vouchers")])
def test_paying_back_the_first_period_takes_the_welcome_back_as_it_would_have_there(
    order: tuple[str, str], cast: Cast, make_business: Any, tmp_path: Path
) -> None:
    shop = cast.business
    other = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
    for tenant in (shop, other):
        set_up(tenant)
    with tenant_context(shop):
        for name in ("Uma", "Kim"):
            subscribe(make_member(given_name=name), MembershipPlan.objects.get(), by=SYSTEM, key=key())
        use_voucher(Voucher.objects.get(account__member__given_name="Kim"), by=SYSTEM, using=Using(basket=2_000))
    there, again = take_out(shop, tmp_path / "there"), tmp_path / "again"
    kinds = dict(FILES)
    for name in ("members", *order, "membership-payments"):
        bring(other, kinds[name], there / f"{name}.csv")
    take_out(other, again)
    for name in (*order, "membership-payments"):
        assert said(again, name) == said(there, name), name
    after = []
    for tenant in (shop, other):
        with tenant_context(tenant):
            for payment in MembershipPayment.objects.all():
                refund(payment, by=SYSTEM, reason="Not for them", key=key())
            vouchers = Voucher.objects.order_by("account__member__given_name")
            after.append(list(vouchers.values_list("account__member__given_name", "status", "value")))
            assert reconcile().differences == []
    assert after == [[("Kim", "used", 300), ("Uma", "voided", 300)]] * 2

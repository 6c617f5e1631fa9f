"""What the books say in money, ahead, and looking back: liability, calendar of expiry, breakage, journal."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.domain.merging import merge_members, undo_merge
from customers.enums import Source
from customers.models import Member
from programs.books import PointCost, books_of, cost_of_points, proof
from programs.books.cohorts import cohorts, sum_of
from programs.books.cost import shared_by
from programs.books.expiring import LATER, NEVER, expiry_calendar
from programs.books.journal import LedgerAccount, bookings, sums_of, written_later
from programs.books.places import liability_on, places_of
from programs.domain.adjustments import adjust_points
from programs.domain.bookkeeping import BookkeepingDetails, set_bookkeeping
from programs.domain.expiry import expire_due
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.domain.undo import undo_entry
from programs.models import Bookkeeping, Entry, Lot, Program
from programs.queries import account_of, current_rewards
from programs.views.books.places import name_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import Cast, sign_in
from tests.programs.domain.test_append_only import superuser
from tests.programs.shop import at, bring_back, buy, key, make_member, make_program, make_reward
from tests.programs.test_books import live_a_year

BY = Actor.system()
COST = PointCost(137)
JUNE = "2026-06-30 12:00"
YEAR = date(2026, 1, 1), date(2026, 6, 30)


@pytest.fixture
def owner(cast: Cast) -> Client:
    return sign_in(cast.owner)


# Cost


@pytest.mark.parametrize(("points", "money"), [(0, 0), (1, 1), (2, 3), (50, 69), (-50, -69), (100, 137)])
def test_a_card_is_valued_at_the_nearest_cent_a_half_away_from_zero(points: int, money: int) -> None:
    assert COST.of(points) == money


def test_what_points_cost_is_what_the_owner_says_or_what_the_best_reward_has(inside) -> None:
    program = make_program()
    assert cost_of_points(program, current_rewards()) is None
    make_reward(program, cost=100, kind="amount_off", value=300)
    make_reward(program, cost=10, kind="percent_off", value=50)
    assert cost_of_points(program, current_rewards()) == PointCost(300, is_chosen=False)
    set_bookkeeping(program, BookkeepingDetails(cost_of_hundred=220), by=BY)
    assert cost_of_points(program, current_rewards()) == PointCost(220)


@pytest.mark.parametrize(
    ("points", "money"), [([3, 3, 3], 10), ([5, -5], 7), ([10, -3], 100), ([], 0), ([0, 0], 0), ([1], -9)]
)
def test_shares_add_up(points: list[int], money: int) -> None:
    shares = shared_by(points, money)
    assert len(shares) == len(points)
    assert sum(shares) == (money if sum(points) else 0)


# Liability


def test_the_liability_of_a_day_is_what_stood_at_its_end(inside) -> None:
    program = make_program(pending_days=3)
    reward = make_reward(program, cost=20)
    member = make_member()
    with at("2026-01-10 10:00"):
        bought = buy(member, 5000)
    with at("2026-01-20 10:00"):
        redeem_reward(member, reward=reward, by=BY, key=key())
    with at("2026-01-20 23:30"):
        bring_back(bought)
    days = {day: liability_on(date(2026, 1, day)) for day in (9, 10, 13, 20, 21)}
    figures = {day: (kept.available, kept.pending, kept.owed, kept.sum.closing) for day, kept in days.items()}
    # The return came at half past midnight in Vienna: on the 21st.
    assert figures == {
        9: (0, 0, 0, 0),
        10: (0, 50, 0, 50),
        13: (50, 0, 0, 50),
        20: (30, 0, 0, 30),
        21: (0, 0, 20, -20),
    }


def test_the_liability_as_a_page(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        live_a_year()
        set_bookkeeping(Program.objects.get(), BookkeepingDetails(cost_of_hundred=250), by=BY)
    answer = owner.get("/program/books/liability/?on=2026-01-31")
    assert (answer.context["kept"].sum.closing, answer.context["money"]) == (80, 200)
    page = answer.content.decode()
    assert "€2.00" in page
    assert "Location not known" in page
    # A day to come is today.
    assert owner.get("/program/books/liability/?on=2999-01-01").context["day"] < date(2999, 1, 1)


# Expiry


def test_the_calendar_holds_everything_by_its_last_day_and_leads_to_its_members(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        program = make_program(expiry_months=1, expires_at_month_end=True)
        first, second = make_member(given_name="Zora"), make_member(given_name="Yves")
        with at("2026-01-10 10:00"):
            buy(first, 1000)
            buy(second, 2000)
        with at("2026-02-10 10:00"):
            buy(first, 500)
            Program.objects.filter(pk=program.pk).update(expiry_months=None)
            buy(make_member(), 300)
            Program.objects.filter(pk=program.pk).update(expiry_months=30)
            buy(make_member(), 400)
    with at("2026-02-12 10:00"):
        with tenant_context(cast.business):
            lines = {line.word: (line.points, line.members) for line in expiry_calendar() if line.points}
            held = sum(Lot.objects.values_list("remaining", flat=True))
        assert lines == {"2026-02": (30, 2), "2026-03": (5, 1), LATER: (4, 1), NEVER: (3, 1)}
        assert sum(points for points, _members in lines.values()) == held
        page = owner.get("/program/books/expiry/").content.decode()
        for word, (_points, members) in lines.items():
            assert f"?expiring={word}" in page
            found = owner.get(f"/members/?expiring={word}").context["page"].paginator.count
            assert found == members
        assert "Yves" not in owner.get("/members/?expiring=2026-03").content.decode()
        assert owner.get("/members/?expiring=2026-13").context["page"].paginator.count == 4


def test_what_has_lapsed_is_no_longer_in_the_calendar(inside) -> None:
    make_program(expiry_months=1, expires_at_month_end=True)
    with at("2026-01-10 10:00"):
        buy(make_member(), 1000)
    with at("2026-02-28 22:59"):
        assert sum(line.points for line in expiry_calendar()) == 10
    with at("2026-02-28 23:00"):
        assert sum(line.points for line in expiry_calendar()) == 0


# Breakage


def test_a_cohort_is_all_that_became_of_its_points(inside) -> None:
    live_a_year()
    with at(JUNE):
        found = {one.month: one for one in cohorts(12) if one.earned}
    assert set(found) == {date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)}
    for one in found.values():
        assert one.earned == sum(one.fates.values()) + one.left
    january = found[date(2026, 1, 1)]
    assert (january.earned, january.fates["redeemed"], january.fates["reversed"]) == (80, 20, 25)
    assert january.fates["expired"] == 35
    # Two were redeemed in February, one of them given back in March.
    assert january.redeemed_by_age == [0, 40, -20, 0, 0, 0]
    assert (january.percent(35), found[date(2026, 3, 1)].left) == (43.8, 10)
    with at(JUNE):
        whole = sum_of(cohorts(12))
    assert whole.earned == sum(Lot.objects.values_list("amount", flat=True))


def test_points_moved_by_hand_and_undone_are_told_from_redemptions(inside) -> None:
    make_program()
    member = make_member()
    with at("2026-01-10 10:00"):
        buy(member, 5000)
        taken = adjust_points(member, points=-8, reason="Oops", by=BY, key=key())
        undo_entry(taken, by=BY, key=key())
        adjust_points(member, points=-3, reason="Oops", by=BY, key=key())
        [one] = [one for one in cohorts(1) if one.earned]
    assert one.fates == {"redeemed": 0, "expired": 0, "reversed": 0, "moved": 3}
    assert one.left == 47


def test_breakage_as_a_page_leaves_young_cohorts_out_on_demand(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        live_a_year()
    with at(JUNE):
        every = owner.get("/program/books/breakage/?months=24")
        assert [label for label, _row in every.context["rows"]] == ["Jan 2026", "Feb 2026", "Mar 2026"]
        assert every.context["sum"]["earned"] == 97
        assert "Percent redeemed by age" in every.content.decode()
        old = owner.get("/program/books/breakage/?older=3&months=x")
        assert old.context["sum"]["earned"] == 97
        assert owner.get("/program/books/breakage/?older=6").context["rows"] == []


# Merged cards


def test_points_keep_their_place_and_their_month_when_cards_are_merged_and_parted(cast: Cast) -> None:
    with tenant_context(cast.business):
        make_program()
        kept, absorbed = make_member(), make_member()
        with at("2026-01-10 10:00"):
            bought = buy(absorbed, 3000, location=cast.location)
            buy(kept, 1000)
        with at("2026-02-10 10:00"):
            merge = merge_members(kept, absorbed, by=BY, source=Source.DASHBOARD)
            redeem_reward(kept, reward=make_reward(Program.objects.get(), cost=5), by=BY, key=key())
        with at("2026-02-20 10:00"):
            undo_merge(merge, by=BY, source=Source.DASHBOARD)
            bring_back(bought, 1500)
        with at("2026-02-28 10:00"):
            places = places_of(date(2026, 2, 1), date(2026, 2, 28))
            found = [one for one in cohorts(12) if one.earned or one.left]
            assert reconcile().differences == []
    moved = {name_of(place): (place.books.opening, place.books.closing) for place in places.places}
    assert moved == {"Main street": (30, 15), "Location not known": (10, 5), "Owed by members": (0, 0)}
    assert places.sum.moved["transferred"] == 0
    [january] = found
    assert (january.month, january.earned, january.left) == (date(2026, 1, 1), 40, 20)
    assert january.fates == {"redeemed": 5, "expired": 0, "reversed": 15, "moved": 0}


# Reconciliation


def test_the_reconciliation_asks_the_books_too(cast: Cast) -> None:
    with tenant_context(cast.business):
        live_a_year()
        report = reconcile()
    assert report.differences == []
    assert set(proof.RULES) <= set(report.checked)


def test_books_that_do_not_begin_with_nothing_are_found(cast: Cast) -> None:
    with tenant_context(cast.business):
        live_a_year()
    superuser("UPDATE programs_account SET balance = balance + 5 WHERE tenant_id = %s", cast.business.pk)
    superuser("UPDATE programs_lot SET amount = amount + 1 WHERE tenant_id = %s", cast.business.pk)
    with at(JUNE), tenant_context(cast.business):
        found = {(difference.rule, difference.row) for difference in reconcile().differences}
    start, _places, cohort = proof.RULES
    assert {(start, "points"), (start, "money"), (cohort, "2026-01")} <= found


# Journal


def test_the_journal_is_the_roll_forward_to_the_point_and_the_cent(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        live_a_year()
        program = Program.objects.get()
        set_bookkeeping(program, BookkeepingDetails(cost_of_hundred=137, liability_account="=3095"), by=BY)
        with at(JUNE):
            points, money = books_of(*YEAR).sum, books_of(*YEAR, cost=COST).sum
            sums = {one.account: one for one in sums_of(*YEAR, COST)}
            lines = list(bookings(*YEAR, COST))
        card = account_of(Member.objects.first()).member.number
    assert money.opening == 0
    assert sum(line.money for line in lines) == money.closing
    assert sums[LedgerAccount.LIABILITY].credit - sums[LedgerAccount.LIABILITY].debit == money.closing
    assert sums[LedgerAccount.BREAKAGE].credit == -money.moved["expired"]
    redeemed = sums[LedgerAccount.REDEEMED]
    assert redeemed.debit - redeemed.credit == money.moved["redeemed"] + money.moved["restored"]
    with at(JUNE):
        sent = owner.get("/program/books/journal/export/?from=2026-01-01&to=2026-06-30").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sent)))
    assert len(rows) == 2 * len(lines)
    assert sum(int(row["Points"] or 0) for row in rows) == points.closing - points.opening
    booked: dict[str, list[Decimal]] = {}
    for row in rows:
        of_account = booked.setdefault(row["Account"], [Decimal(0), Decimal(0)])
        of_account[0] += Decimal(row["Debit"] or 0)
        of_account[1] += Decimal(row["Credit"] or 0)
    # What a spreadsheet would take for a formula is defused.
    liability = booked["'=3095"]
    assert liability == [Decimal(sums["liability"].debit) / 100, Decimal(sums["liability"].credit) / 100]
    assert sum(debit for debit, _credit in booked.values()) == sum(credit for _debit, credit in booked.values())
    expired = [row for row in rows if row["What"] == "Expired"]
    assert {row["Date"] for row in expired} <= {"2026-04-30", "2026-05-31"}
    assert card in {row["Card"] for row in rows}
    assert "Ines" not in sent


def test_the_journal_page_says_the_same_as_its_file(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        live_a_year()
        set_bookkeeping(Program.objects.get(), BookkeepingDetails(cost_of_hundred=137), by=BY)
    with at(JUNE):
        shown = owner.get("/program/books/journal/?from=2026-01-01&to=2026-06-30").context
    liability = next(one for one in shown["sums"] if one[0].startswith("Points not yet redeemed"))
    assert liability[2] - liability[1] == shown["closing"] - shown["opening"]
    assert shown["debit"] == shown["credit"]


def test_without_a_cost_there_is_no_journal(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        make_program()
        buy(make_member(), 1000)
    assert "Say what they cost" in owner.get("/program/books/journal/").content.decode()
    assert owner.get("/program/books/journal/export/").headers["Location"] == "/program/books/journal/"


def test_what_is_written_down_after_a_period_is_said(inside) -> None:
    make_program()
    with at("2026-03-02 10:00") as now:
        buy(make_member(), 1000, occurred_at=now.replace(month=1, day=31))
        buy(make_member(), 1000, occurred_at=now.replace(month=2, day=28, hour=9))
    assert written_later(date(2026, 1, 1), date(2026, 1, 31)) == 1
    assert written_later(date(2026, 2, 1), date(2026, 3, 1)) == 0


def test_cost_and_accounts_are_set_on_their_page(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        make_program()
    typed = {"cost_of_hundred": "2,50", "liability_account": " 3095 ", "breakage_account": "4840 Verfall"}
    assert owner.post("/program/books/bookkeeping/", typed).headers["Location"] == "/program/books/journal/"
    with tenant_context(cast.business):
        kept = Bookkeeping.objects.get()
        assert (kept.cost_of_hundred, kept.liability_account, kept.expense_account) == (250, "3095", "")
        assert AuditEvent.objects.get(action="bookkeeping.changed").details["cost_of_hundred"] == [None, 250]
    assert "4840 Verfall" in owner.get("/program/books/journal/").content.decode()
    refused = owner.post("/program/books/bookkeeping/", {"cost_of_hundred": "0"})
    assert (refused.status_code, "more than nothing" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize("page", ["liability/?on=2026-06-30", "expiry/", "breakage/", "journal/?from=2026-01-01"])
def test_pages_ask_as_much_for_one_card_as_for_many(cast: Cast, owner: Client, page: str) -> None:
    address = f"/program/books/{page}"
    with tenant_context(cast.business):
        live_a_year()
        make_reward(Program.objects.get(), cost=100, kind="amount_off", value=300)
    with at(JUNE):
        owner.get(address)
        with CaptureQueriesContext(connection) as few:
            assert owner.get(address).status_code == 200
        with tenant_context(cast.business):
            reward = make_reward(Program.objects.get(), cost=2)
            for _number in range(4):
                member = make_member()
                buy(member, 5000)
                adjust_points(member, points=10, reason="Sorry", by=BY, key=key())
                void_redemption(redeem_reward(member, reward=reward, by=BY, key=key()), by=BY, reason="Oops", key=key())
            expire_due(timezone.now())
            assert Entry.objects.count() > 10
        with CaptureQueriesContext(connection) as many:
            assert owner.get(address).status_code == 200
    assert len(many) == len(few)
    assert len(many) <= 18

"""The books add up, from month to month and with what the accounts hold."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext

from programs.books import COLUMNS, books_of, entries_in, outstanding_now
from programs.books.places import places_of
from programs.books.rollforward import COLUMN_OF
from programs.domain.adjustments import adjust_points
from programs.domain.expiry import expire_due
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.enums import EntryKind
from programs.models import Entry
from programs.views.books.places import name_of
from programs.words.why import explain_entry
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Location
from tests.cast import Cast, sign_in
from tests.programs.shop import at, bring_back, buy, key, make_member, make_program, make_reward

BY = Actor.system()


def live_a_year() -> None:
    """Everything that can happen to points, over several months."""
    with at("2026-01-10 10:00"):
        program = make_program(expiry_months=3, pending_days=2)
        reward = make_reward(program, cost=20)
        member, other = make_member(), make_member()
        first = buy(member, 5000)
        buy(other, 3000)
    with at("2026-02-03 10:00"):
        kept = redeem_reward(member, reward=reward, by=BY, key=key())
        redeem_reward(other, reward=reward, by=BY, key=key())
        adjust_points(other, points=7, reason="Sorry", by=BY, key=key())
    with at("2026-03-05 10:00"):
        void_redemption(kept, by=BY, reason="Out of cake", key=key())
        bring_back(first, 2500)
        buy(member, 1000)
    with at("2026-06-01 12:00") as now:
        expire_due(now)


@pytest.mark.parametrize(
    "period", [(date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 2, 3), date(2026, 3, 5)), (date(2027, 1, 1),) * 2]
)
def test_every_month_adds_up_and_ends_where_the_entries_do(inside, period) -> None:
    live_a_year()
    first, last = period
    with at("2026-06-30 12:00"):
        books = books_of(first, last)
    before = books.sum.opening
    for month in books.months:
        assert month.opening == before
        assert month.closing == month.opening + sum(month.moved.values())
        before = month.closing
    assert before == books.sum.closing
    assert books.sum.opening == moved_until(first)
    assert books.sum.closing == moved_until(last, included=True)


def moved_until(day: date, *, included: bool = False) -> int:
    entries = entries_in(None, day).order_by()
    if not included:
        entries = entries.exclude(pk__in=entries_in(day, None).values("pk"))
    return entries.aggregate(moved=Sum(F("amount") + F("pending_amount")))["moved"] or 0


def test_what_is_promised_is_what_all_entries_add_up_to(inside) -> None:
    live_a_year()
    with at("2026-06-30 12:00"):
        books = books_of(date(2026, 1, 1), date(2026, 6, 30))
    assert outstanding_now().total == books.sum.closing
    assert books.sum.closing == Entry.objects.aggregate(moved=Sum(F("amount") + F("pending_amount")))["moved"]
    moved = books.sum.moved
    assert (moved["issued"], moved["redeemed"], moved["restored"], moved["adjusted"]) == (90, -40, 20, 7)
    assert moved["expired"] < 0


def test_each_figure_leads_to_the_entries_it_is_the_sum_of(cast: Cast) -> None:
    with tenant_context(cast.business):
        live_a_year()
        expected = books_of(date(2026, 2, 1), date(2026, 2, 28)).sum.moved
    owner = sign_in(cast.owner)
    for name, kinds in COLUMNS.items():
        query = "&".join(f"kind={kind}" for kind in kinds)
        page = owner.get(f"/program/books/entries/?from=2026-02-01&to=2026-02-28&{query}").context
        assert page["moved"] == expected[name]


def test_the_books_as_a_page_and_as_a_file(cast: Cast) -> None:
    with tenant_context(cast.business):
        live_a_year()
    owner = sign_in(cast.owner)
    page = owner.get("/program/books/?from=2026-01-01&to=2026-06-30").content.decode()
    assert "The whole period" in page
    lines = owner.get("/program/books/export/?from=2026-01-01&to=2026-06-30").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 8
    assert lines[1].startswith("2026-01-01,2026-01-31,0,80,")


def test_every_entry_has_a_page_that_says_why(cast: Cast) -> None:
    with tenant_context(cast.business):
        live_a_year()
        entries = list(Entry.objects.select_related("account__program").order_by("recorded_at", "seq"))
        said = {entry.kind: " ".join(explain_entry(entry, entry.account.program)) for entry in entries}
    owner = sign_in(cast.owner)
    for entry in entries:
        assert owner.get(f"/program/books/entries/{entry.pk}/").status_code == 200
    assert "counts, at 1 point for every" in said["accrue"]
    assert "cost 20 points at that time" in said["redeem"]
    assert "Returned so far" in said["reverse"]
    assert "had not been used" in said["expire"]


def test_the_export_of_entries_holds_all_of_them(cast: Cast) -> None:
    with tenant_context(cast.business):
        live_a_year()
        count = Entry.objects.count()
    lines = sign_in(cast.owner).get("/program/books/entries/export/").content.decode("utf-8-sig").splitlines()
    assert len(lines) == count + 1


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "x"])
@pytest.mark.parametrize("page", ["books/", "books/export/", "books/entries/", "books/entries/export/"])
def test_days_that_cannot_be_reckoned_with_are_as_if_not_asked_for(cast, page, day):
    with tenant_context(cast.business):
        make_program()
    owner = sign_in(cast.owner)
    assert owner.get(f"/program/{page}?from={day}").status_code == 200
    assert owner.get(f"/program/{page}?to={day}").status_code == 200
    assert owner.get(f"/rewards/redemptions/?from={day}&to={day}").status_code == 200


def test_points_are_not_worth_a_reward_that_is_over(cast: Cast) -> None:
    with tenant_context(cast.business):
        program = make_program()
        member = make_member()
        adjust_points(member, points=100, reason="To begin with", by=BY, key=key())
        make_reward(program, cost=10, kind="amount_off", value=5000, ends_on=date(2020, 1, 31))
        make_reward(program, cost=100, kind="amount_off", value=300)
    page = sign_in(cast.owner).get("/program/books/").content.decode()
    assert "worth up to €3.00" in page


def test_what_expires_counts_on_its_last_day(inside) -> None:
    live_a_year()
    last = date(2026, 4, 30)
    with at("2026-06-30 12:00"):
        day, next_day = books_of(last, last).sum, books_of(date(2026, 5, 1), date(2026, 5, 30)).sum
    assert day.moved["expired"] < 0
    assert next_day.moved["expired"] == 0
    assert [entry.kind for entry in entries_in(last, last)] == ["expire"]
    assert not entries_in(date(2026, 5, 1), date(2026, 5, 30)).exists()


def test_points_keep_the_place_where_they_were_earned(cast: Cast) -> None:
    with tenant_context(cast.business):
        stall = Location.objects.create(name="Alley stall")
        with at("2026-01-10 10:00"):
            reward = make_reward(make_program(), cost=20)
            member, other = make_member(), make_member()
            buy(member, 5000, location=stall)
            bought = buy(other, 3000, location=cast.location)
        with at("2026-02-03 10:00"):
            adjust_points(member, points=7, reason="Sorry", by=BY, key=key())
            redeem_reward(member, reward=reward, by=Actor.staff(cast.owner, cast.location.pk), key=key())
            redeem_reward(other, reward=reward, by=BY, key=key())
            bring_back(bought)
        kept = places_of(date(2026, 2, 1), date(2026, 2, 28))
    lines = [(name_of(place), place.books.opening, place.books.closing) for place in kept.places]
    assert lines == [
        ("Alley stall", 50, 30),
        ("Main street", 30, 0),
        ("Location not known", 0, 7),
        ("Owed by members", 0, -20),
    ]
    owner = sign_in(cast.owner)
    page = owner.get("/program/books/places/?from=2026-02-01&to=2026-02-28").content.decode()
    assert "Alley stall" in page
    lines = owner.get("/program/books/places/export/?from=2026-02-01&to=2026-02-28").content.decode("utf-8-sig")
    assert lines.splitlines() == [
        "Earned at,Opening,Issued,Redeemed,Given back,Expired,Taken back,By hand,Closing",
        "Alley stall,50,0,-20,0,0,0,0,30",
        "Main street,30,0,-20,0,0,-10,0,0",
        "Location not known,0,0,0,0,0,0,7,7",
        "Owed by members,0,0,0,0,0,-20,0,-20",
        "All of it,80,0,-40,0,0,-30,7,17",
    ]


@pytest.mark.parametrize("page", ["books/", "books/places/"])
def test_pages_of_the_books_ask_as_much_for_one_card_as_for_many(cast: Cast, page: str) -> None:
    with tenant_context(cast.business), at("2026-01-10 10:00"):
        make_program(expiry_months=3)
        buy(make_member(), 5000, location=cast.location)
    owner = sign_in(cast.owner)
    address = f"/program/{page}?from=2026-01-01&to=2026-03-31"
    owner.get(address)
    with CaptureQueriesContext(connection) as one:
        assert owner.get(address).status_code == 200
    with tenant_context(cast.business):
        for month in range(1, 4):
            with at(f"2026-0{month}-11 10:00"):
                buy(make_member(), 5000, location=Location.objects.create(name=f"Stall {month}"))
    with CaptureQueriesContext(connection) as many:
        assert owner.get(address).status_code == 200
    assert len(many) == len(one)
    assert len(many) <= 16


def test_every_kind_of_entry_has_its_column() -> None:
    assert set(COLUMN_OF) == set(EntryKind)

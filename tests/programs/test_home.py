"""The home page's figures: right, the same number of queries for one member or many, and who is slipping."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import Source
from customers.models import Activity, Member, MemberSummary
from programs.books import outstanding_now
from programs.demo.clock import clock_at
from programs.domain.redemptions import redeem_reward
from programs.figures import glance, slipping_sample, today_so_far
from programs.models import Entry, Program
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import buy, key, make_member, make_program, make_reward

BY = Actor.system()


def summarise(member: Member, *, visits: int, gap: int, away: int, spent: int = 1000) -> None:
    """The summary of a member who came every `gap` days and was last seen `away` days ago."""
    last = timezone.now() - timedelta(days=away)
    MemberSummary.objects.update_or_create(
        member=member,
        defaults={
            "visits": visits,
            "purchases": visits,
            "spent": spent,
            "first_purchase_at": last - timedelta(days=gap * (visits - 1)),
            "last_purchase_at": last,
        },
    )


def live(members: int) -> None:
    program = Program.objects.first() or make_program()
    for _number in range(members):
        member = make_member()
        buy(member, 5000)
        redeem_reward(member, reward=make_reward(program), by=BY, key=key())
        summarise(member, visits=5, gap=7, away=20)


def test_home_asks_as_often_for_one_member_as_for_three(cast: Cast) -> None:
    owner = sign_in(cast.owner)
    counts = []
    for members in (1, 2):
        with tenant_context(cast.business):
            live(members)
        owner.get("/")
        with CaptureQueriesContext(connection) as queries:
            page = owner.get("/").content.decode()
        assert "Slipping away" in page
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 32


def test_the_figures_are_those_of_the_ledger(inside) -> None:
    live(2)
    seen = glance()
    assert (seen.members, seen.joined, seen.came, seen.back) == (2, 2, 2, 2)
    assert (seen.earned.now, seen.redeemed.now, seen.outstanding.total) == (100, 20, 80)
    assert (seen.earned.trend[-1], seen.earned.before, seen.earned.change) == (100, 0, None)


def test_each_figure_leads_to_entries_of_the_same_sum(cast: Cast) -> None:
    with tenant_context(cast.business):
        live(2)
        seen = glance()
    owner = sign_in(cast.owner)
    period = f"from={seen.month_start}&to={seen.today}"
    earned = owner.get(f"/program/books/entries/?kind=accrue&kind=reverse&{period}").context["moved"]
    redeemed = owner.get(f"/program/books/entries/?kind=redeem&kind=restore&{period}").context["moved"]
    assert (earned, -redeemed) == (seen.earned.now, seen.redeemed.now)


@pytest.mark.parametrize(
    ("visits", "gap", "away", "slips"),
    [
        (5, 10, 21, True),
        (5, 10, 19, False),
        (2, 7, 60, False),
        (10, 3, 13, False),
        (10, 3, 15, True),
        (5, 7, 366, False),
    ],
)
def test_slipping_is_more_than_twice_the_usual_gap(inside, visits: int, gap: int, away: int, slips: bool) -> None:
    summarise(make_member(), visits=visits, gap=gap, away=away)
    assert slipping_sample()[0] == int(slips)


def test_those_who_spent_most_come_first_and_those_who_left_not_at_all(inside) -> None:
    for family, spent in (("Small", 100), ("Big", 90000)):
        summarise(make_member(family_name=family), visits=4, gap=7, away=30, spent=spent)
    summarise(make_member(status="left"), visits=4, gap=7, away=30, spent=10**6)
    count, members = slipping_sample()
    assert (count, [one.member.family_name for one in members]) == (2, ["Big", "Small"])
    assert (members[0].usual_days, members[0].away_days) == (7, 30)


@pytest.mark.parametrize(
    ("visits", "away", "said"),
    [
        (0, None, "No visits yet"),
        (9, 800, "No visits in the last year"),
        (2, 20, "Too early to say"),
        (9, 5, "Your regulars come as often as they always did."),
    ],
)
def test_an_empty_list_of_those_who_slip_says_what_is_true(cast: Cast, visits, away, said) -> None:
    with tenant_context(cast.business):
        if visits:
            summarise(make_member(), visits=visits, gap=7, away=away)
        summarise(make_member(status="left"), visits=9, gap=7, away=5)
    page = sign_in(cast.owner).get("/members/slipping/").content.decode()
    sentences = ("No visits yet", "No visits in the last year", "Too early to say", "Your regulars come as often")
    assert [one for one in sentences if one in page] == [said[:27] if said.startswith("Your") else said]


def test_the_list_and_the_file_of_those_who_slip(cast: Cast) -> None:
    with tenant_context(cast.business):
        summarise(make_member(family_name="Drifter"), visits=4, gap=7, away=30)
    owner = sign_in(cast.owner)
    assert "Drifter" in owner.get("/members/slipping/?sort=-away").content.decode()
    assert "Drifter" in owner.get("/members/slipping/export/").content.decode()


def test_today_counts_from_the_business_midnight(inside) -> None:
    live(1)
    buy(make_member(), 700, occurred_at=timezone.now() - timedelta(days=2))
    today = today_so_far()
    assert (today.purchases, today.sales) == (1, 5000)
    assert today.counts["reward.redeemed"] == 1


def test_the_checklist_follows_what_was_done(cast: Cast) -> None:
    owner = sign_in(cast.owner)
    page = owner.get("/").content.decode()
    assert "Say how members earn" in page
    assert 'Say how members earn <span class="sr-only">(done)' not in page
    with tenant_context(cast.business):
        live(1)
    page = owner.get("/").content.decode()
    for step in ("Say how members earn", "Offer a first reward", "Welcome your first members", "Give the first points"):
        assert f'{step} <span class="sr-only">(done)' in page


def test_figures_of_members_lead_to_exactly_those_members(cast: Cast) -> None:
    with tenant_context(cast.business):
        program = make_program(pending_days=0)
        members = [make_member() for _number in range(5)]
        # 32: when the clocks went back, 31 times 24 hours ago may still be the day before the thirtieth.
        for member, (visits, away) in zip(members, ((5, 30), (2, 29), (1, 3), (4, 32), (1, 90)), strict=True):
            summarise(member, visits=visits, gap=7, away=away)
        members[4].status = "paused"
        members[4].save(update_fields=["status"])
        buy(members[0], 5000)
        program.pending_days = 14
        program.save(update_fields=["pending_days"])
        buy(members[1], 5000)
        summarise(members[0], visits=5, gap=7, away=30)
        summarise(members[1], visits=2, gap=7, away=29)
        seen, held = glance(), outstanding_now()
    owner = sign_in(cast.owner)
    home = owner.get("/").content.decode()

    def rows(query: str) -> int:
        return int(owner.get(f"/members/?{query}").context["page"].paginator.count)

    assert (seen.back, seen.members) == (2, 4)
    assert (rows("seen=back30"), rows("status=active")) == (seen.back, seen.members)
    assert "/members/?seen=back30" in home
    assert (rows("holds=available"), rows("holds=promised")) == (held.spending, held.accounts) == (1, 2)
    assert (rows("holds=pending"), rows("holds=owed")) == (1, 0)
    books = owner.get("/program/books/").content.decode()
    assert [name for name in ("promised", "available", "pending", "owed") if f"/members/?holds={name}" in books] == [
        "promised",
        "available",
        "pending",
        "owed",
    ]


def test_what_is_played_is_recorded_when_it_happened(inside) -> None:
    """The samples' clock reaches what is written down, and all of it says where it comes from."""
    then = timezone.now() - timedelta(days=200)
    with clock_at(then):
        make_program()
        member = make_member()
        purchase = record_purchase(
            member, PurchaseDetails(total=5000, occurred_at=then), by=BY, source=Source.DEMO, silent=True
        )
    assert set(Activity.objects.values_list("recorded_at", "occurred_at")) == {(then, then)}
    assert set(Entry.objects.values_list("recorded_at", "occurred_at")) == {(then, then)}
    purchase.refresh_from_db()
    assert purchase.recorded_at == then

"""Surprises: repeatable draws, a budget that holds with two tills, days, and what a return takes back."""

import hashlib
from datetime import date

import pytest

from customers.domain.purchases import ReturnDetails
from customers.domain.segments import keep_segment, remove_segment
from customers.domain.tags import tag_members
from customers.errors import SegmentInUse
from customers.models import Product
from loyalty_saas.lib.errors import Invalid
from programs.domain.reconcile import reconcile
from programs.domain.reversals import preview_return
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.drawing import draw_for_days
from programs.domain.surprises.estimating import estimate
from programs.domain.surprises.giving import price_of
from programs.domain.surprises.publishing import (
    compose_surprise,
    end_surprise,
    publish_surprise,
    redraft_surprise,
)
from programs.domain.vouchers import Using, use_voucher
from programs.enums import RedemptionStatus, SurpriseRefusal
from programs.errors import SurprisePublished, SurpriseWithoutPrice
from programs.models import Entry, SurpriseDraw, Voucher
from programs.words.surprises import counted_at, in_words
from tenants.isolation import tenant_context
from tests.cast import make_business
from tests.programs.shop import SYSTEM, at, balance, bring_back, buy, make_member, make_program, make_reward
from tests.threads import at_once


@pytest.fixture
def shop():
    business = make_business()
    with tenant_context(business):
        yield business


def _begin(program=None, **terms):
    program = program or make_program()
    given = {"way": "visit", "one_in": 1, "points": 10, "budget_points": 1_000, "rest_days": 0} | terms
    surprise = compose_surprise(program, name="Lucky you", terms=SurpriseTerms(**given), by=SYSTEM)
    return program, publish_surprise(surprise, by=SYSTEM)


def _agrees():
    assert reconcile().differences == []


def test_every_visit_wins_when_the_chance_is_one_in_one(shop):
    _begin()
    ana = make_member()
    buy(ana, 500)
    draw = SurpriseDraw.objects.get()
    assert (draw.is_won, draw.points, balance(ana)) == (True, 10, (15, 0, 0))
    _agrees()


def test_anybody_can_repeat_the_draws(shop):
    _program, surprise = _begin(one_in=3)
    ana = make_member()
    for _visit in range(30):
        buy(ana, 500)
    draws = list(SurpriseDraw.objects.all())
    for draw in draws:
        digest = hashlib.sha256(f"{surprise.seed}:{draw.purchase_id}".encode()).hexdigest()
        assert draw.roll == int(digest[:15], 16) % 3
        assert draw.is_won == (draw.roll == 0)
    assert 0 < sum(draw.is_won for draw in draws) < 30
    assert hashlib.sha256(surprise.seed.encode()).hexdigest() == surprise.commitment
    _agrees()


def test_a_draw_that_was_tampered_with_is_found(shop):
    _begin(one_in=3)
    buy(make_member(), 500)
    draw = SurpriseDraw.objects.get()
    SurpriseDraw.objects.filter(pk=draw.pk).update(roll=draw.roll + 1)
    assert {one.rule for one in reconcile().differences} == {"a surprise is drawn as its seed says"}


def test_the_budget_of_a_month_holds_in_points(shop):
    with at("2026-03-30 10:00"):
        _begin(budget_points=25)
        ana = make_member()
        for _visit in range(4):
            buy(ana, 500)
        refusals = list(SurpriseDraw.objects.order_by("pk").values_list("refusal", flat=True))
        assert refusals == ["", "", SurpriseRefusal.BUDGET, SurpriseRefusal.BUDGET]
        assert balance(ana) == (40, 0, 0)
    with at("2026-04-01 10:00"):
        buy(ana, 500)
        assert balance(ana) == (55, 0, 0)
        _agrees()


def test_the_budget_of_a_month_holds_in_money_and_needs_a_price(shop):
    program = make_program()
    cake = Product.objects.create(name="Cake", price=400)
    _begin(program, points=0, gift_kind="free_product", product=str(cake.pk), budget=900, budget_points=None)
    ana = make_member()
    for _visit in range(3):
        buy(ana, 500)
    assert Voucher.objects.filter(present__occasion="surprise").count() == 2
    bare = Product.objects.create(name="Tart")
    terms = SurpriseTerms("visit", one_in=1, gift_kind="free_product", product=str(bare.pk), budget=900)
    draft = compose_surprise(program, name="Tart", terms=terms, by=SYSTEM)
    with pytest.raises(SurpriseWithoutPrice):
        publish_surprise(draft, by=SYSTEM)
    _agrees()


def test_two_tills_at_once_never_give_more_than_the_budget():
    business = make_business()
    with tenant_context(business):
        _begin(budget_points=30)
        members = [make_member() for _one in range(8)]

    def act(member):
        with tenant_context(business):
            return buy(member, 500)

    assert [one for one in at_once(act, members) if isinstance(one, Exception)] == []
    with tenant_context(business):
        given = SurpriseDraw.objects.filter(is_won=True, refusal="")
        assert (given.count(), SurpriseDraw.objects.count()) == (3, 8)
        _agrees()


def test_only_on_its_days_and_from_its_minimum(shop):
    with at("2026-03-03 23:30"):  # Wednesday in Vienna already
        _begin(weekdays=(1,), minimum=1_000)
        ana = make_member()
        buy(ana, 2_000)
        assert SurpriseDraw.objects.count() == 0
    with at("2026-03-10 10:00"):
        buy(ana, 900)
        assert SurpriseDraw.objects.count() == 0
        buy(ana, 1_000)
        assert SurpriseDraw.objects.count() == 1


def test_only_those_who_were_away(shop):
    with at("2026-03-01 10:00"):
        _begin(away_days=60)
        ana = make_member()
        buy(ana, 500)
    with at("2026-04-29 10:00"):
        buy(ana, 500)
        assert SurpriseDraw.objects.count() == 0
    with at("2026-06-28 10:00"):
        buy(ana, 500)
        assert SurpriseDraw.objects.count() == 1


def test_nobody_is_surprised_every_day(shop):
    with at("2026-03-01 10:00"):
        _begin(rest_days=30)
        ana = make_member()
        buy(ana, 500)
    with at("2026-03-30 10:00"):
        buy(ana, 500)
    with at("2026-03-31 10:00"):
        buy(ana, 500)
    refusals = list(SurpriseDraw.objects.order_by("pk").values_list("refusal", flat=True))
    assert refusals == ["", SurpriseRefusal.LATELY, ""]


def test_what_was_won_goes_with_the_purchase_and_is_foreseen(shop):
    _program, _surprise = _begin()
    ana = make_member()
    purchase = buy(ana, 500)
    seen = preview_return(purchase, ReturnDetails())
    assert [(one.name, one.points) for one in seen.surprises] == [("Lucky you", 10)]
    assert balance(ana) == (15, 0, 0)
    bring_back(purchase)
    assert balance(ana) == (0, 0, 0)
    assert SurpriseDraw.objects.get().taken_back_at is not None
    _agrees()


def test_a_return_in_parts_takes_it_back_once_below_the_minimum(shop):
    _begin(minimum=300)
    ana = make_member()
    purchase = buy(ana, 500)
    bring_back(purchase, 200)
    assert SurpriseDraw.objects.get().taken_back_at is None
    bring_back(purchase, 100)
    bring_back(purchase, 100)
    assert Entry.objects.filter(cause="surprise", kind="reverse").count() == 1
    _agrees()


def test_a_voucher_that_was_won_stops_working_and_a_used_one_stays(shop):
    program = make_program()
    _begin(program, points=0, gift_kind="amount_off", value=200, budget=1_000, budget_points=None)
    ana = make_member()
    first, second = buy(ana, 500), buy(ana, 500)
    one, other = Voucher.objects.order_by("pk")
    use_voucher(other, by=SYSTEM)
    bring_back(first)
    bring_back(second)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == (RedemptionStatus.VOIDED, RedemptionStatus.USED)
    _agrees()


def test_one_of_a_days_visitors_is_drawn_once_when_the_day_is_over(shop):
    with at("2026-03-03 10:00"):
        _program, surprise = _begin(way="day", winners=2, weekdays=(1,))
        members = [make_member() for _one in range(5)]
        for member in members:
            buy(member, 500)
            buy(member, 500)
        assert draw_for_days(date(2026, 3, 3)) == 0
    with at("2026-03-04 01:00"):
        assert draw_for_days(date(2026, 3, 3)) == 2
        assert draw_for_days(date(2026, 3, 3)) == 0
        first, second = SurpriseDraw.objects.order_by("place")
        assert (first.among, second.among, len(first.listed), len(second.listed)) == (5, 4, 5, 4)
        for draw in (first, second):
            digest = hashlib.sha256(f"{surprise.seed}:2026-03-03:{draw.place}".encode()).hexdigest()
            assert draw.listed[int(digest[:15], 16) % draw.among] == str(draw.account_id)
        _agrees()
        bring_back(first.purchase)
        first.refresh_from_db()
        assert first.taken_back_at is not None
        _agrees()


def test_a_running_surprise_is_settled_and_an_ended_one_draws_no_more(shop):
    _program, surprise = _begin()
    with pytest.raises(SurprisePublished):
        redraft_surprise(surprise, name="Other", terms=SurpriseTerms("visit", points=5, budget_points=5), by=SYSTEM)
    end_surprise(surprise, by=SYSTEM)
    buy(make_member(), 500)
    assert SurpriseDraw.objects.count() == 0


def test_without_a_budget_there_is_no_surprise(shop):
    with pytest.raises(Invalid):
        compose_surprise(make_program(), name="x", terms=SurpriseTerms("visit", points=5), by=SYSTEM)


def test_the_estimate_is_what_chances_say_on_the_last_90_days(shop):
    program = make_program()
    make_reward(program, 100, kind="amount_off", value=1_000)
    ana = make_member()
    for day in range(1, 31):
        with at(f"2026-03-{day:02d} 10:00"):
            buy(ana, 500)
    with at("2026-03-31 10:00"):
        seen = estimate(SurpriseTerms("visit", one_in=5, points=10, budget_points=1_000), program)
        assert (seen.visits, seen.wins, seen.each, seen.cost, seen.by_budget) == (10, 2, 100, 200, False)
        seen = estimate(SurpriseTerms("visit", one_in=1, points=10, budget_points=50), program)
        assert (seen.wins, seen.by_budget) == (5, True)
        seen = estimate(SurpriseTerms("day", winners=1, points=10, budget_points=1_000), program)
        assert seen.wins == 10


def test_percent_off_counts_in_the_budget_at_its_part_of_an_average_purchase(shop):
    _begin(points=0, gift_kind="percent_off", value=20, cap=300, budget=250, budget_points=None)
    ana = make_member()
    purchases = [buy(ana, 500) for _visit in range(3)]
    vouchers = list(Voucher.objects.order_by("pk"))
    assert [(one.kind, one.value, one.cap) for one in vouchers] == [("percent_off", 20, 300)] * 2
    assert (vouchers[0].name, vouchers[0].present.said) == ("20% off", "20% off, at most €3.00")
    assert list(SurpriseDraw.objects.order_by("pk").values_list("cost", "refusal")) == [
        (100, ""),
        (100, ""),
        (0, SurpriseRefusal.BUDGET),
    ]
    assert use_voucher(vouchers[0], by=SYSTEM, using=Using(basket=10_000)).taken == 300
    bring_back(purchases[1])
    vouchers[1].refresh_from_db()
    assert vouchers[1].status == RedemptionStatus.VOIDED
    _agrees()


@pytest.mark.parametrize(
    ("bought", "each"),
    [
        ((), 300),  # nobody knows what is bought here: the most it takes off
        ((500, 1_000), 150),
        ((501,), 101),  # rounded up
        ((10_000,), 300),  # never above its most
    ],
)
def test_percent_off_is_expected_to_cost_its_part_of_what_was_bought(shop, bought, each):
    program, ana = make_program(), make_member()
    with at("2026-01-01 10:00"):
        buy(ana, 90_000)  # longer ago than it looks back
    with at("2026-05-10 10:00"):
        for total in bought:
            buy(ana, total)
        bring_back(buy(ana, 70_000))
        buy(None, 80_000)
        terms = SurpriseTerms("visit", one_in=1, points=0, gift_kind="percent_off", value=20, cap=300, budget=900)
        assert price_of(terms, program) == each
        assert estimate(terms, program).each == each
        said = counted_at(terms)
    assert ("nothing was sold" in said) == (not bought)
    assert "€3.00" in said
    assert counted_at(SurpriseTerms("visit", one_in=1, points=10, budget_points=50)) == ""


def test_what_is_kept_of_a_purchase_is_what_counts(shop):
    program, ana = make_program(), make_member()
    bring_back(buy(ana, 1_000), 600)
    terms = SurpriseTerms("visit", one_in=1, points=0, gift_kind="percent_off", value=20, cap=300, budget=900)
    assert price_of(terms, program) == 80


@pytest.mark.parametrize(("wrong", "field"), [({"value": 101}, "gift_percent"), ({"cap": 0}, "gift_cap")])
def test_percent_off_without_its_most_has_no_budget(shop, wrong, field):
    terms = {"one_in": 1, "gift_kind": "percent_off", "value": 20, "cap": 300, "budget": 900} | wrong
    with pytest.raises(Invalid) as refused:
        compose_surprise(make_program(), name="x", terms=SurpriseTerms("visit", **terms), by=SYSTEM)
    assert refused.value.field == field


def _segment_of(member, name="Regulars"):
    tag = tag_members([member], name=f"Tag of {name}", by=SYSTEM)
    return keep_segment(name=name, filters={"tag": str(tag.pk)}, by=SYSTEM)


def test_only_members_of_a_segment_win_at_a_visit(shop):
    ana, ben = make_member(), make_member()
    program, surprise = _begin(segments=(str(_segment_of(ana).pk),))
    assert estimate(SurpriseTerms.from_json(surprise.definition), program).visits == 0
    for member in (ana, ben):
        buy(member, 500)
    assert [draw.account.member for draw in SurpriseDraw.objects.all()] == [ana]
    assert round(estimate(SurpriseTerms.from_json(surprise.definition), program).visits * 3) == 1
    assert in_words(SurpriseTerms.from_json(surprise.definition), program) == (
        "Every visit of members in “Regulars”: 10 points."
    )
    _agrees()


def test_only_members_of_a_segment_are_in_the_list_of_a_day(shop):
    with at("2026-03-03 10:00"):
        ana, ben = make_member(), make_member()
        _begin(way="day", winners=2, segments=(str(_segment_of(ana).pk),))
        for member in (ana, ben):
            buy(member, 500)
    with at("2026-03-04 01:00"):
        assert draw_for_days(date(2026, 3, 3)) == 1
        assert SurpriseDraw.objects.get().account.member == ana
        _agrees()


def test_a_segment_that_a_surprise_needs_stays_until_it_has_ended(shop):
    segment = _segment_of(make_member())
    _program, surprise = _begin(segments=(str(segment.pk),))
    with pytest.raises(SegmentInUse):
        remove_segment(segment, by=SYSTEM)
    end_surprise(surprise, by=SYSTEM)
    remove_segment(segment, by=SYSTEM)
    assert in_words(SurpriseTerms.from_json(surprise.definition), surprise.program).startswith("Every visit of members")


def test_a_segment_that_is_not_there_is_refused(shop):
    terms = SurpriseTerms("visit", points=5, budget_points=50, segments=("0190c0de-0000-7000-8000-000000000000",))
    with pytest.raises(Invalid) as refused:
        compose_surprise(make_program(), name="x", terms=terms, by=SYSTEM)
    assert refused.value.field == "segments"

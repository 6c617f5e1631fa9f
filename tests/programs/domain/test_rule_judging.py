"""Which earning rules match, and what is said when they do not. Pure: nothing is read."""

from datetime import date, datetime
from fractions import Fraction
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty_saas.lib.errors import Invalid
from programs.domain.bonuses import Bonus
from programs.domain.earning import Basket, BasketLine, Rule, quote_purchase
from programs.domain.rules.definition import Definition, check
from programs.domain.rules.judging import Circumstances, Standing, judge
from programs.domain.rules.verdicts import Verdict
from programs.enums import Around, RuleEffect, RuleOccasion, Stacking
from programs.models import Program

VIENNA = ZoneInfo("Europe/Vienna")
# A Tuesday.
TUESDAY = datetime(2026, 11, 24, 15, 30, tzinfo=VIENNA)
COFFEE, BEANS, DRINKS = uuid4(), uuid4(), uuid4()
BASKET = Basket(
    2_000,
    lines=(
        BasketLine(800, id="a", items=Fraction(2), product=COFFEE, category=DRINKS),
        BasketLine(1_200, id="b", items=Fraction(1), product=BEANS),
    ),
)


def verdict(definition: Definition, basket: Basket = BASKET, given: int = 0, **circumstances) -> Verdict:
    standing = Standing(
        UUID(int=1),
        1,
        "Rule",
        definition,
        given_in_day=given,
        given_in_month=given,
        given_to_member=given,
        given_to_all=given,
    )
    now = Circumstances(**{"when": TUESDAY, **circumstances})
    (found,) = judge([standing], basket, now, stacking=Stacking.BEST)
    return found


def missing(definition: Definition, basket: Basket = BASKET, **circumstances) -> list[str]:
    return [one["what"] for one in verdict(definition, basket, **circumstances).missing]


def double(**fields) -> Definition:
    return Definition("multiply", 200, **fields)


def test_tuesday_ends_at_midnight():
    late = datetime(2026, 11, 25, 0, 20, tzinfo=VIENNA)
    found = verdict(double(weekdays=(1,)), when=late)
    assert found.bonus is None
    assert found.missing == ({"what": "weekday", "weekdays": [1], "day": "2026-11-25", "minute": 20},)
    assert missing(double(weekdays=(1,))) == []


def test_hours_over_midnight_belong_to_the_day_they_begin_on():
    night = double(weekdays=(1,), from_minute=22 * 60, to_minute=2 * 60)
    assert missing(night, when=datetime(2026, 11, 25, 0, 20, tzinfo=VIENNA)) == []
    assert missing(night, when=datetime(2026, 11, 24, 0, 20, tzinfo=VIENNA)) == ["weekday"]
    assert missing(night, when=datetime(2026, 11, 25, 2, 0, tzinfo=VIENNA)) == ["weekday", "hours"]


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(14, 0, []), (16, 59, []), (13, 59, ["hours"]), (17, 0, ["hours"])]
)
def test_hours_have_a_first_and_no_last_minute(hour, minute, said):
    afternoon = double(from_minute=14 * 60, to_minute=17 * 60)
    assert missing(afternoon, when=TUESDAY.replace(hour=hour, minute=minute)) == said


def test_days_are_the_business_own():
    week = double(first_day=date(2026, 11, 24), last_day=date(2026, 11, 30))
    assert missing(week) == []
    assert missing(week, when=TUESDAY.replace(day=23)) == ["not_yet"]
    assert missing(week, when=datetime(2026, 11, 30, 23, 59, tzinfo=VIENNA)) == []
    assert missing(week, when=datetime(2026, 12, 1, 0, 0, tzinfo=VIENNA)) == ["over"]


def test_who_and_where():
    place, tier, tag = uuid4(), uuid4(), uuid4()
    rule = double(locations=(str(place),), tiers=(str(tier),), tags=(str(tag),), names={str(tier): "Gold"})
    assert missing(rule) == ["tier", "tag", "location"]
    assert verdict(rule).missing[0]["names"] == ["Gold"]
    assert missing(rule, location=place, tier=tier, tags=frozenset([tag, uuid4()])) == []


def test_products_and_categories_are_found_on_the_receipt():
    assert verdict(double(products=(str(BEANS),))).bonus.lines == ("b",)
    assert verdict(double(categories=(str(DRINKS),), products=(str(BEANS),))).bonus.lines == ("a", "b")
    assert verdict(double(products=(str(uuid4()),))).missing[0]["known"] is True
    assert verdict(double(products=(str(BEANS),)), Basket(2_000)).missing[0]["known"] is False


def test_what_earns_nothing_is_not_looked_at():
    basket = Basket(800, lines=(BasketLine(800, id="a", product=COFFEE, excluded="product"),))
    assert missing(double(products=(str(COFFEE),)), basket) == ["products"]


def test_items_are_counted_over_all_lines():
    def rule(every):
        return Definition("items", 5, every)

    assert missing(rule(3)) == []
    assert verdict(rule(4)).missing == ({"what": "items", "every": 4, "items": 3, "known": True},)
    assert missing(Definition("items", 5, 2, products=(str(COFFEE),))) == []
    assert missing(Definition("items", 5, 2, products=(str(BEANS),))) == ["items"]


@pytest.mark.parametrize(
    ("occasion", "days", "again", "said"),
    [
        ("first", 0, False, []), ("first", 1, False, ["first"]), ("first", 0, True, ["first"]),
        ("visit", 4, False, []), ("visit", 9, False, []), ("visit", 4, True, ["visit"]), ("visit", 3, False, ["visit"]),
    ],
)  # fmt: skip
def test_first_and_nth(occasion, days, again, said):
    assert missing(double(occasion=occasion, nth=5), days_before=days, again_today=again) == said


@pytest.mark.parametrize(
    ("birthday", "around", "day", "near"),
    [
        ((2, 29), "day", date(2027, 2, 28), True), ((2, 29), "day", date(2028, 2, 28), False),
        ((2, 29), "day", date(2028, 2, 29), True), ((1, 1), "week", date(2026, 12, 30), True),
        ((12, 31), "week", date(2027, 1, 3), True), ((12, 31), "week", date(2027, 1, 4), False),
        ((11, 2), "month", date(2026, 11, 24), True), ((12, 1), "month", date(2026, 11, 30), False),
    ],
)  # fmt: skip
def test_around_a_birthday(birthday, around, day, near):
    when = datetime(day.year, day.month, day.day, 12, tzinfo=VIENNA)
    rule = double(occasion=RuleOccasion.BIRTHDAY, around=Around(around))
    assert (missing(rule, when=when, birthday=birthday) == []) is near
    assert verdict(rule, when=when).missing[0]["known"] is False


def test_an_anniversary_is_not_the_joining_itself():
    rule = double(occasion=RuleOccasion.ANNIVERSARY)
    assert missing(rule, joined_on=date(2026, 11, 23)) == ["anniversary"]
    assert missing(rule, joined_on=date(2025, 11, 23)) == []


@pytest.mark.parametrize("cap", ["most_in_day", "most_in_month", "most_for_member", "budget"])
def test_a_cap_leaves_what_is_left_and_says_when_nothing_is(cap):
    rule = double(**{cap: 50})
    assert verdict(rule, given=30).bonus.most == 20
    assert verdict(rule, given=50).missing[0]["cap"] == 50


def test_a_definition_survives_json():
    whole = double(
        weekdays=(1, 3), first_day=date(2026, 1, 1), last_day=None, tiers=("a",), budget=5, names={"a": "Gold"}
    )
    assert Definition.from_json(whole.as_json()) == whole
    assert Definition.from_json({**whole.as_json(), "of_a_later_version": 1}) == whole


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"effect": "multiply", "amount": 100}, "amount"), ({"effect": "fixed", "amount": 0}, "amount"),
        ({"effect": "nonsense", "amount": 200}, "effect"), ({"every": 0}, "every"), ({"weekdays": (7,)}, "weekdays"),
        ({"from_minute": 600}, "to_minute"), ({"to_minute": 600}, "from_minute"), ({"budget": 0}, "budget"),
        ({"from_minute": 60, "to_minute": 60}, "to_minute"), ({"occasion": "visit", "nth": 1}, "nth"),
        ({"first_day": date(2026, 2, 2), "last_day": date(2026, 2, 1)}, "last_day"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(fields, at):
    with pytest.raises(Invalid) as refused:
        check(Definition(**{"effect": "multiply", "amount": 200, **fields}))
    assert refused.value.field == at


def quoted(*definitions: Definition, stacking: str = Stacking.BEST, tier: int = 100, basket: Basket = BASKET):
    rules = [Standing(UUID(int=n), 1, f"R{n}", one) for n, one in enumerate(definitions, 1)]
    verdicts = judge(rules, basket, Circumstances(TUESDAY), stacking=stacking)
    program = Program(tenant_id=uuid4(), earn_points=1, earn_amount=100, stacking=stacking)
    return quote_purchase(program, basket, multiplier=tier, tier="Gold", verdicts=verdicts)


def test_the_best_multiplier_counts_for_each_line():
    triple_beans = Definition("multiply", 300, products=(str(BEANS),))
    quote = quoted(double(), triple_beans, tier=150)
    # Coffee 8.00 twice, beans 12.00 three times.
    assert quote.points == 16 + 36
    said = {one["name"]: one for one in quote.reasons if one["what"] == "rule"}
    assert (said["R1"]["points"], said["R2"]["points"]) == ("4", "18")


def test_a_multiplier_below_another_says_so():
    quote = quoted(Definition("multiply", 120), tier=150)
    assert quote.points == 30
    (said,) = [one for one in quote.reasons if one["what"] == "rule"]
    assert (said["counts"], said["missing"]) == (False, [{"what": "better"}])


def test_all_multipliers_go_on_top_of_each_other():
    assert quoted(double(), Definition("multiply", 150), stacking=Stacking.ALL, tier=150).points == 90


def test_extra_points_are_not_multiplied():
    fixed, items = Definition("fixed", 10), Definition("items", 5, 2, products=(str(COFFEE),))
    spend = Definition("spend", 1, 300, products=(str(BEANS),))
    assert quoted(double(), fixed, items, spend).points == 40 + 10 + 5 + 4


def test_a_cap_is_never_passed():
    assert quoted(double(budget=7)).points == 27


effects = st.one_of(
    st.builds(Definition, st.just("multiply"), st.integers(101, 900)),
    st.builds(Definition, st.just("fixed"), st.integers(1, 500)),
    st.builds(Definition, st.just("items"), st.integers(1, 50), st.integers(1, 4)),
    st.builds(Definition, st.just("spend"), st.integers(1, 50), st.integers(1, 700)),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    definitions=st.lists(effects, max_size=4),
    lines=st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 6), st.integers(0, 9_000)), min_size=1, max_size=4),
    stacking=st.sampled_from(Stacking),
    minimum=st.sampled_from([0, 2_000]),
    most=st.sampled_from([None, 3]),
    rounding=st.sampled_from(["carry", "down", "nearest", "up"]),
)
def test_giving_things_back_never_earns_and_everything_back_leaves_nothing(
    definitions, lines, stacking, minimum, most, rounding
):
    bonuses = [
        Bonus(str(n), 1, "R", one.effect, one.amount, one.every, minimum=minimum, most=most)
        for n, one in enumerate(definitions)
    ]
    program = Program(tenant_id=uuid4(), earn_points=1, earn_amount=100, stacking=stacking, rounding=rounding)
    rule = Rule.from_snapshot(Rule.of(program, 125, bonuses).as_snapshot())

    def kept(returned):
        parts = tuple(
            BasketLine(total, returned=back, id=str(n), items=Fraction(items) if not back else Fraction(0))
            for n, ((total, items, _back), back) in enumerate(zip(lines, returned, strict=True))
        )
        return Basket(sum(one[0] for one in lines), returned=sum(returned), lines=parts)

    steps = [
        kept([0] * len(lines)),
        kept([min(total, back) for total, _items, back in lines]),
        kept([total for total, _items, _back in lines]),
    ]
    values = [rule.value(step) for step in steps]
    assert values == sorted(values, reverse=True)
    assert values[2] == 0
    for step in steps:
        extras = rule.extras(step)
        assert all(extra >= 0 and (most is None or extra <= most) for extra in extras)
        assert rule.value(step) == rule.counted(step) * rule.rate + sum(extras)
    assert {bonus.effect for bonus in rule.bonuses} <= set(RuleEffect.values)

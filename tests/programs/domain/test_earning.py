from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.domain.earning import Basket, BasketLine, Rule, bounded, money_to_next_point, quote_purchase
from programs.enums import Rounding
from programs.models import Program


def program(**fields):
    return Program(tenant_id=None, name="Regulars", **fields)


@pytest.mark.parametrize(
    ("rounding", "carry", "total", "points", "left"),
    [
        (Rounding.CARRY, "0", 1240, 12, "2/5"),
        (Rounding.CARRY, "2/5", 160, 2, "0"),
        (Rounding.CARRY, "2/5", 159, 1, "99/100"),
        (Rounding.CARRY, "99/100", 1, 1, "0"),
        (Rounding.CARRY, "0", 40, 0, "2/5"),
        (Rounding.DOWN, "0", 1299, 12, "0"),
        (Rounding.DOWN, "2/5", 1299, 12, "2/5"),
        (Rounding.NEAREST, "0", 1249, 12, "0"),
        (Rounding.NEAREST, "0", 1250, 13, "0"),
        (Rounding.UP, "0", 1201, 13, "0"),
        (Rounding.UP, "0", 1200, 12, "0"),
        (Rounding.UP, "0", 0, 0, "0"),
    ],
)
def test_one_rounding_at_the_end(rounding, carry, total, points, left):
    quote = quote_purchase(program(rounding=rounding), Basket(total), carry=Fraction(carry))
    assert (quote.points, quote.carry) == (points, Fraction(left))


@pytest.mark.parametrize(
    ("fields", "basket", "points"),
    [
        ({}, Basket(1200, tax=200), 10),
        ({"earn_on_tax": True}, Basket(1200, tax=200), 12),
        ({"earn_points": 3, "earn_amount": 500}, Basket(1000), 6),
        ({"minimum_purchase": 1000}, Basket(999), 0),
        ({"minimum_purchase": 1000}, Basket(1000), 10),
        # The minimum is compared with what was paid, tax included.
        ({"minimum_purchase": 1000}, Basket(1000, tax=200), 8),
        ({}, Basket(1000, lines=(BasketLine(600), BasketLine(400, excluded="product"))), 6),
        ({}, Basket(1000, tax=100, lines=(BasketLine(600, 60), BasketLine(400, 40, excluded="category"))), 5),
        ({}, Basket(1000, lines=(BasketLine(600, excluded="product"), BasketLine(400, excluded="product"))), 0),
        ({}, Basket(1000, returned=250), 7),
        ({}, Basket(1000, returned=1000), 0),
        ({"minimum_purchase": 800}, Basket(1000, returned=250), 0),
    ],
)
def test_what_counts(fields, basket, points):
    assert quote_purchase(program(**fields), basket).points == points


def test_the_multiplier_of_a_tier_is_in_percent():
    quote = quote_purchase(program(), Basket(1000), multiplier=125, tier="Gold")
    assert (quote.points, quote.carry) == (12, Fraction(1, 2))
    assert {"what": "tier", "tier": "Gold", "multiplier": 125} in quote.reasons


def test_every_reason_is_said():
    basket = Basket(1100, tax=100, lines=(BasketLine(700, 70, text="Cake", id="a"), BasketLine(400, 30, 0, "product")))
    assert quote_purchase(program(minimum_purchase=500), basket).reasons == [
        {"what": "line", "id": "a", "text": "Cake", "total": 700, "tax": 70, "items": "1", "counts": True, "why": ""},
        {
            "what": "line",
            "id": "",
            "text": "",
            "total": 400,
            "tax": 30,
            "items": "1",
            "counts": False,
            "why": "product",
        },
        {"what": "tax", "tax": 100, "counts": False},
        {"what": "minimum", "minimum": 500, "paid": 1100, "reached": True},
        {"what": "rounding", "how": "carry", "exact": "63/10", "before": "0", "after": "3/10"},
    ]


@given(
    totals=st.lists(st.integers(0, 10**7), max_size=20),
    points=st.integers(1, 50),
    amount=st.integers(1, 10_000),
    multiplier=st.integers(100, 1000),
)
def test_carrying_loses_nothing(totals, points, amount, multiplier):
    rule = program(earn_points=points, earn_amount=amount)
    carry, given_points, exact = Fraction(0), 0, Fraction(0)
    for total in totals:
        quote = quote_purchase(rule, Basket(total), multiplier=multiplier, carry=carry)
        assert 0 <= quote.carry < 1
        carry, given_points, exact = quote.carry, given_points + quote.points, exact + quote.value
    assert given_points + carry == exact == Fraction(sum(totals) * points * multiplier, amount * 100)


@given(
    total=st.integers(1, 10**6), parts=st.lists(st.integers(0, 10**6), max_size=5), rounding=st.sampled_from(Rounding)
)
def test_keeping_less_never_earns_more(total, parts, rounding):
    rule = Rule.of(program(rounding=rounding, earn_points=3, earn_amount=70))
    returned = sorted(min(part, total) for part in parts)
    values = [rule.value(Basket(total, returned=part)) for part in returned]
    assert values == sorted(values, reverse=True)


def test_the_way_to_the_next_point_is_in_money():
    assert money_to_next_point(program(), multiplier=100, carry=Fraction("2/5")) == 60
    assert money_to_next_point(program(), multiplier=150, carry=Fraction(0)) == 67
    assert money_to_next_point(program(earn_points=1, earn_amount=1000), multiplier=100, carry=Fraction("1/3")) == 667


def test_a_carry_always_fits_its_column():
    tiny = Fraction(10**12 - 1, 10**12)
    assert bounded(tiny) < 1
    assert bounded(tiny).denominator <= 10**9
    assert bounded(Fraction(1, 3)) == Fraction(1, 3)

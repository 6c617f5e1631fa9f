from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.rounding import Rounding, rounded, share_out
from tests.loyalty_saas.lib.shared import shared_rows


def test_rounding_follows_the_table_of_cases() -> None:
    cases = shared_rows("calendar_money/rounding_cases.csv")
    for case in cases:
        scale = 10 ** int(case["minor_units"])
        for how in (Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.TRUNCATE):
            expected = int(Decimal(case[how]) * scale)
            assert rounded(Fraction(case["amount"]) * scale, how) == expected, (case["amount"], how)
    assert len(cases) == 20


@pytest.mark.parametrize(
    ("value", "how", "result"),
    [
        (Fraction(-5, 2), Rounding.FLOOR, -3),
        (Fraction(-5, 2), Rounding.TRUNCATE, -2),
        (Fraction(-5, 2), Rounding.HALF_UP, -3),
        (Fraction(-5, 2), Rounding.HALF_EVEN, -2),
        (Decimal("0.5"), Rounding.HALF_UP, 1),
        (7, Rounding.FLOOR, 7),
    ],
)
def test_halves_and_negatives(value: Fraction | Decimal | int, how: Rounding, result: int) -> None:
    assert rounded(value, how) == result


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 0], [3, 2]),
        (0, [], []),
        (10, [999, 0, 1], [10, 0, 0]),
    ],
)
def test_share_out_examples(total: int, weights: list[int], parts: list[int]) -> None:
    assert share_out(total, weights) == parts


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=40))
def test_share_out_loses_nothing_and_overcharges_no_line(total: int, weights: list[int]) -> None:
    parts = share_out(total, weights)
    assert sum(parts) == total
    if total <= sum(weights):
        assert all(part <= weight for part, weight in zip(parts, weights, strict=True))
    if any(weights):
        exact = [Fraction(total * weight, sum(weights)) for weight in weights]
        assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [2, -1])])
def test_share_out_refuses_what_cannot_be(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"share|negative"):
        share_out(total, weights)

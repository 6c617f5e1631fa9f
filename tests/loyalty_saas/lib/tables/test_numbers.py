from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.tables import guess_decimal, parse_decimal
from tests.loyalty_saas.lib.shared import shared_file


@pytest.mark.parametrize(
    ("samples", "mark"),
    [
        ([], "."),
        (["12", "300"], "."),
        (["12,5", "3"], ","),
        (["12.50", "1,234"], "."),
        (["1.234,56"], ","),
        (["€ 1,234.56"], "."),
        (["1.234.567"], ","),
        (["0,125"], ","),
        (["1234,567"], ","),
        (["1,234"], None),
        (["1.5", "1,5"], None),
        (["n/a", "-12,40 €"], ","),
    ],
)
def test_guess_decimal(samples: list[str], mark: str | None) -> None:
    assert guess_decimal(samples) == mark


def test_guess_decimal_of_a_real_column() -> None:
    from loyalty_saas.lib.tables import open_table

    assert guess_decimal(open_table(shared_file("clv/cdnow_sample.csv")).column("amount")) == "."


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("12.40", ".", "12.40"),
        ("12,40", ",", "12.40"),
        ("1.234,56", ",", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
        ("1 234,5 €", ",", "1234.5"),
        ("EUR 12,5", ",", "12.5"),
        ("(12.40)", ".", "-12.40"),
        ("-.5", ".", "-0.5"),
        ("12-", ".", "-12"),
        ("1e-05", ".", "0.00001"),
        ("12,34,567.8", ".", "1234567.8"),
        ("１２．５", ".", "12.5"),
    ],
)
def test_parse_decimal(text: str, mark: str, number: str) -> None:
    assert parse_decimal(text, mark) == Decimal(number)


@pytest.mark.parametrize("text", ["", "-", "abc", "1.2.3", "nan", "Infinity", "1,2", "1e999", "12 apples", "9" * 40])
def test_parse_decimal_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_decimal(text, ".", field="price")
    assert (refusal.value.code, refusal.value.field) == ("bad_number", "price")


@given(st.text(), st.sampled_from(".,"))
def test_parse_decimal_never_breaks(text: str, mark: str) -> None:
    try:
        number = parse_decimal(text, mark)
    except Invalid:
        number = Decimal(0)
    assert number.is_finite()


@pytest.mark.parametrize(
    ("text", "mark", "says"),
    [("12,50", ".", "decimal comma"), ("7.005,1", ".", "decimal comma"), ("12.50", ",", "decimal point")],
)
def test_a_number_with_the_other_mark_says_so(text: str, mark: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        parse_decimal(text, mark)

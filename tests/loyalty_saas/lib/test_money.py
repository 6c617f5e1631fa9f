from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import format_money, minor_digits, parse_money, to_major, to_minor
from loyalty_saas.lib.rounding import Rounding
from tests.loyalty_saas.lib.shared import shared_rows


def test_minor_digits_are_those_of_iso_4217() -> None:
    rows = [
        row
        for row in shared_rows("calendar_money/iso4217_minor_units.csv")
        # The Arab Accounting Dinar is a unit between banks that CLDR does not know.
        if row["iso_minor_units"] and row["code"] != "XAD"
    ]
    assert {row["code"]: minor_digits(row["code"]) for row in rows} == {
        row["code"]: int(row["iso_minor_units"]) for row in rows
    }
    assert len(rows) == 164


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        minor_digits("EURO")
    assert str(refusal.value) == "“EURO” is not a currency. Use its three letters, like EUR."


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (1240, "EUR", "de", "12,40\u00a0€"),
        (1240, "EUR", "en", "€12.40"),
        (-123456789, "USD", "en-us", "-$1,234,567.89"),
        (1200, "JPY", "ja", "￥1,200"),
        (1200, "JPY", "en", "¥1,200"),
        (12345, "KWD", "en", "KWD\u00a012.345"),
        (123400, "HUF", "hu", "1\u00a0234\u00a0Ft"),
        (123450, "HUF", "hu", "1\u00a0234,50\u00a0Ft"),
        (123456789, "INR", "en-in", "₹12,34,567.89"),
        (10**14 + 1, "EUR", "en", "€1,000,000,000,000.01"),
        (5, "CLF", "en", "CLF\u00a00.0005"),
    ],
)
def test_format_money(minor: int, currency: str, locale: str, shown: str) -> None:
    assert format_money(minor, currency, locale) == shown


def test_to_minor_and_back() -> None:
    assert to_minor(Decimal("2.675"), "USD") == 268
    assert to_minor(Fraction(2675, 1000), "USD", Rounding.HALF_EVEN) == 268
    assert to_minor(12, "JPY") == 12
    assert to_major(1240, "EUR") == Decimal("12.40")


@pytest.mark.parametrize(
    ("text", "currency", "hint", "minor"),
    [
        ("12", "EUR", None, 1200),
        ("12,40", "EUR", None, 1240),
        ("12.40", "EUR", "de", 1240),
        ("12,4", "EUR", "en", 1240),
        ("12.40 €", "EUR", None, 1240),
        ("€12.40", "EUR", None, 1240),
        (" 12,40\u00a0EUR ", "EUR", None, 1240),
        ("1.234,56", "EUR", None, 123456),
        ("1,234.56", "EUR", None, 123456),
        ("1 234,56", "EUR", None, 123456),
        ("1\u202f234,56 €", "EUR", "fr", 123456),
        ("1'234.56", "CHF", None, 123456),
        ("CHF 12.-", "CHF", None, 1200),
        ("Fr. 12.50", "CHF", None, 1250),
        ("12,-", "EUR", None, 1200),
        ("1.234.567", "EUR", None, 123456700),
        ("12,34,567.89", "INR", None, 123456789),
        ("Rs. 500", "INR", None, 50000),
        ("1.234", "EUR", "de", 123400),
        ("1,234", "USD", "en", 123400),
        ("1.234", "KWD", "en", 1234),
        ("1.234", "KWD", "de", 1234000),
        ("¥1200", "JPY", None, 1200),
        ("￥1,200", "JPY", "ja", 1200),
        ("１２００円", "JPY", "ja", 1200),
        ("1200.00", "JPY", None, 1200),
        (".5", "USD", None, 50),
        (",5", "EUR", None, 50),
        ("0.5", "USD", None, 50),
        ("12.", "USD", None, 1200),
        ("12.5000", "USD", None, 1250),
        ("$12", "USD", None, 1200),
        ("$12", "CAD", None, 1200),
        ("R$ 12,40", "BRL", "pt-br", 1240),
        ("12,40 zł", "PLN", "en", 1240),
        ("12,40 kr", "SEK", None, 1240),
        ("1 200 Ft", "HUF", "hu", 120000),
        ("١٢٫٥٠", "EGP", "ar", 1250),
        ("0", "EUR", None, 0),
    ],
)
def test_parse_money_takes_what_people_type(text: str, currency: str, hint: str | None, minor: int) -> None:
    assert parse_money(text, currency, hint) == minor


@pytest.mark.parametrize("text", ["-12.40", "−12,40 €", "(12.40)", "12.40-", "-€12.40", "€-12.40", "- 12.40"])
def test_parse_money_reads_a_minus_only_where_it_is_allowed(text: str) -> None:
    assert parse_money(text, "EUR", negative=True) == -1240
    with pytest.raises(Invalid) as refusal:
        parse_money(text, "EUR")
    assert str(refusal.value) == "Write the amount without a minus, like 12.40."


@pytest.mark.parametrize(
    ("text", "currency", "hint", "code", "sentence"),
    [
        ("", "EUR", None, "no_amount", "Write an amount, like 12.40."),
        ("€", "EUR", None, "no_amount", "Write an amount, like 12.40."),
        ("twelve", "EUR", None, "not_an_amount", "Write only the amount, like 12.40."),
        ("$12", "EUR", None, "not_an_amount", "Write only the amount, like 12.40."),
        ("12.40 + 3", "EUR", None, "not_an_amount", "Write only the amount, like 12.40."),
        ("1e5", "EUR", None, "not_an_amount", "Write only the amount, like 12.40."),
        ("nan", "EUR", None, "not_an_amount", "Write only the amount, like 12.40."),
        ("1,23,4", "EUR", None, "not_an_amount", "Write the amount plainly, like 12.40."),
        ("1.234", "EUR", None, "ambiguous_amount",
         "“1.234” can be read in two ways. Write 1234, or with 2 decimals."),
        ("1.234", "USD", "en", "ambiguous_amount",
         "“1.234” can be read in two ways. Write 1234, or with 2 decimals."),
        ("0.125", "USD", None, "too_many_decimals",
         "That is more decimals than USD has: write it like 12.40."),
        ("12.3456", "EUR", "de", "too_many_decimals",
         "That is more decimals than EUR has: write it like 12.40."),
        ("12.5", "JPY", None, "too_many_decimals",
         "JPY has no decimals here: write a whole amount, like 1200."),
        ("9" * 16, "EUR", None, "amount_too_large", "This amount is too large. Please check it."),
        ("9" * 5000, "EUR", None, "amount_too_large", "This amount is too large. Please check it."),
    ],
)  # fmt: skip
def test_parse_money_refuses_with_what_to_do(
    text: str, currency: str, hint: str | None, code: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_money(text, currency, hint, field="total")
    assert (refusal.value.code, refusal.value.field, str(refusal.value)) == (code, "total", sentence)


@given(
    st.integers(-(10**13), 10**13),
    st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF", "HUF", "INR"]),
    st.sampled_from(["en", "de", "fr", "de-ch", "en-in", "sv", "pt-br", "hu", "ja"]),
)
def test_what_is_shown_is_read_back(minor: int, currency: str, locale: str) -> None:
    shown = format_money(minor, currency, locale)
    assert parse_money(shown, currency, locale, negative=True) == minor


@given(st.text())
def test_parse_money_never_breaks(text: str) -> None:
    try:
        minor = parse_money(text, "EUR", "de")
    except Invalid:
        minor = 0
    assert minor >= 0

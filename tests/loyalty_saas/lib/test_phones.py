from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.phones import (
    country_of_phone,
    example_phone,
    format_phone,
    last_digits_key,
    parse_phone,
)
from tests.loyalty_saas.lib.shared import shared_rows


@pytest.mark.parametrize("written", ["national", "international", "e164"])
def test_numbers_of_twenty_regions(written: str) -> None:
    rows = shared_rows("identity/phones_20regions.csv")
    for row in rows:
        if row["valid"] == "True":
            assert parse_phone(row[written], row["region"]) == row["e164"]
        else:
            with pytest.raises(Invalid):
                parse_phone(row[written], row["region"])
    assert len(rows) == 90


def test_numbers_are_shown_as_the_regions_write_them() -> None:
    for row in shared_rows("identity/phones_20regions.csv"):
        if row["valid"] == "True":
            assert format_phone(row["e164"], row["region"]) == row["national"]
            assert format_phone(row["e164"]) == row["international"]


def test_numbers_typed_in_ten_locales_are_read_leniently() -> None:
    outcome: Counter[str] = Counter()
    for row in shared_rows("identity/people_faker_10locales.csv"):
        try:
            assert parse_phone(row["phone_raw"], row["locale"][-2:], lenient=True).startswith("+")
            outcome["read"] += 1
        except Invalid as refusal:
            outcome[refusal.code] += 1
    assert outcome["read"] >= 390
    assert outcome.total() == 400


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("(201) 555-0123 ext. 42", "US", "+12015550123"),
        ("201.555.0123x3203", "US", "+12015550123"),
        ("001-201-555-0123", "US", "+12015550123"),
        ("+44 (0)7400 123456", "GB", "+447400123456"),
        ("０９０ー１２３４ー５６７８", "JP", "+819012345678"),
        ("tel:+49 151 23456789", "de", "+4915123456789"),
        ("0049 151 23456789", "FR", "+4915123456789"),
    ],
)
def test_parse_phone_takes_what_people_type(text: str, country: str, e164: str) -> None:
    assert parse_phone(text, country) == e164


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("", "bad_phone", "This is not a phone number. Write it like 07400 123456."),
        ("anna", "bad_phone", "This is not a phone number. Write it like 07400 123456."),
        ("0121 23", "phone_too_short", "The area code is missing. Write the number like 07400 123456."),
        ("0151 234567890123456", "phone_too_long", "This phone number is too long. Write it like 07400 123456."),
        ("+999 123456", "bad_phone", "This is not a phone number. Write it like 07400 123456."),
        ("+44 12", "phone_too_short", "This phone number is too short. Write it like 07400 123456."),
        ("1" * 1000, "phone_too_long", "This phone number is too long. Write it like 07400 123456."),
    ],
)
def test_refusal_says_what_is_wrong(text: str, code: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_phone(text, "GB")
    assert (refusal.value.code, refusal.value.field, str(refusal.value)) == (code, "phone", sentence)


def test_last_digits_of_any_spelling_find_the_number() -> None:
    assert last_digits_key("+49 151 2345-6789") == "9876543215194"
    assert last_digits_key("+4915123456789").startswith(last_digits_key("67 89"))


def test_country_and_example() -> None:
    assert country_of_phone("+447400123456") == "GB"
    assert country_of_phone("hello") is None
    assert example_phone("gb") == "07400 123456"
    assert format_phone("no number", "GB") == "no number"


@given(st.text())
def test_parse_phone_never_breaks(text: str) -> None:
    try:
        number = parse_phone(text, "US", lenient=True)
    except Invalid:
        number = "+1"
    assert number.isascii()

# ruff: noqa: DTZ001  (wall-clock times are what is read here)
import csv
import gzip
import json
from datetime import UTC, date, datetime

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.months import LANGUAGES
from loyalty_saas.lib.typed_dates import (
    Ambiguous,
    Birthday,
    DateOrder,
    guess_date_order,
    parse_birthday,
    parse_date,
    parse_local,
    parse_moment,
)
from tests.loyalty_saas.lib.shared import shared_file

YMD, DMY, MDY = DateOrder


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-12-24", YMD, date(2026, 12, 24)),
        ("2026/1/5", DMY, date(2026, 1, 5)),
        ("24.12.2026", YMD, date(2026, 12, 24)),
        ("5.3.2026", DMY, date(2026, 3, 5)),
        ("5. 3. 2026", DMY, date(2026, 3, 5)),
        ("05/03/2026", DMY, date(2026, 3, 5)),
        ("05/03/2026", MDY, date(2026, 5, 3)),
        ("05-03-26", MDY, date(2026, 5, 3)),
        ("26-05-03", YMD, date(2026, 5, 3)),
        ("12/24/98", MDY, date(1998, 12, 24)),
        ("20261224", YMD, date(2026, 12, 24)),
        ("46380", YMD, date(2026, 12, 24)),
        ("46380.75", YMD, date(2026, 12, 24)),
        ("24 Dec 2026", YMD, date(2026, 12, 24)),
        ("Thu, December 24th, 2026", YMD, date(2026, 12, 24)),
        ("24. Dezember 2026", YMD, date(2026, 12, 24)),
        ("1er août 2026", YMD, date(2026, 8, 1)),
        ("24 de diciembre de 2026", YMD, date(2026, 12, 24)),
        ("24-Dec-98", YMD, date(1998, 12, 24)),
        ("2026年12月24日", YMD, date(2026, 12, 24)),
        ("2026년 12월 24일", YMD, date(2026, 12, 24)),
        ("２０２６／１２／２４", YMD, date(2026, 12, 24)),
    ],
)
def test_parse_date(text: str, order: DateOrder, day: date) -> None:
    assert parse_date(text, order) == day


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_dates_of_every_language_are_read(language: str) -> None:
    for month in range(1, 13):
        day = date(2026, month, 24)
        assert parse_date(format_date(day, "d MMMM y", locale=language), DMY, language=language) == day


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2026-12-24T18:30:05", YMD, datetime(2026, 12, 24, 18, 30, 5)),
        ("2026-12-24 18:30", YMD, datetime(2026, 12, 24, 18, 30)),
        ("12/1/2010 8:26", MDY, datetime(2010, 12, 1, 8, 26)),
        ("12/1/2010 12:05 AM", MDY, datetime(2010, 12, 1, 0, 5)),
        ("12/1/2010, 8:26:01 p.m.", MDY, datetime(2010, 12, 1, 20, 26, 1)),
        ("1.12.2010 8.26", DMY, datetime(2010, 12, 1, 8, 26)),
        ("24 Dec 2026 18:30", YMD, datetime(2026, 12, 24, 18, 30)),
        ("46380.75", YMD, datetime(2026, 12, 24, 18)),
        ("2026-12-24 18:30:05.123456", YMD, datetime(2026, 12, 24, 18, 30, 5, 123456)),
        ("20261224T183005"[:8], YMD, datetime(2026, 12, 24)),
    ],
)
def test_parse_local(text: str, order: DateOrder, moment: datetime) -> None:
    assert parse_local(text, order) == moment


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-12-24T18:30:00Z", datetime(2026, 12, 24, 18, 30, tzinfo=UTC)),
        ("2026-12-24T18:30:00+02:00", datetime(2026, 12, 24, 16, 30, tzinfo=UTC)),
        ("2026-12-24 18:30", datetime(2026, 12, 24, 17, 30, tzinfo=UTC)),
        ("2026-03-29 02:30", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (datetime(2026, 12, 24, 18, 30), datetime(2026, 12, 24, 17, 30, tzinfo=UTC)),
        (date(2026, 12, 24), datetime(2026, 12, 23, 23, tzinfo=UTC)),
        (datetime(2026, 12, 24, 18, tzinfo=UTC), datetime(2026, 12, 24, 18, tzinfo=UTC)),
    ],
)
def test_parse_moment(value: str | date, moment: datetime) -> None:
    assert parse_moment(value, "Europe/Berlin") == moment


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2010", "31.02.2026", "13/13/2026", "05/03/2026", "2026-12-24 25:00", "0204-01-01", "1/2/3", "x" * 99,
     "2026-12-24 18:30 +99:00", "12345678901", "24.12."],
)  # fmt: skip
def test_parse_date_refuses_what_it_cannot_know(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_date(text, YMD, field="joined")
    assert (refusal.value.code, refusal.value.field) == ("bad_date", "joined")


@pytest.mark.parametrize(
    ("value", "order", "birthday"),
    [
        ("1990-12-24", DMY, Birthday(12, 24, 1990)),
        ("24.12.", DMY, Birthday(12, 24, None)),
        ("3/4", MDY, Birthday(3, 4, None)),
        ("3/4", DMY, Birthday(4, 3, None)),
        ("--02-29", DMY, Birthday(2, 29, None)),
        ("24 Dec", DMY, Birthday(12, 24, None)),
        ("December 24th", DMY, Birthday(12, 24, None)),
        ("24.12.55", DMY, Birthday(12, 24, 1955)),
        (date(1990, 12, 24), DMY, Birthday(12, 24, 1990)),
    ],
)
def test_parse_birthday(value: str | date, order: DateOrder, birthday: Birthday) -> None:
    assert parse_birthday(value, order) == birthday


@pytest.mark.parametrize(
    ("samples", "guess"),
    [
        ([], YMD),
        (["2026-01-02", "46380", "3 March 2026"], YMD),
        (["01/02/2026", "13/02/2026"], DMY),
        (["01/02/2026", "", "n/a", "02/13/2026"], MDY),
        (["01.02.2026"], DMY),
        (["97-01-15", "98-02-03"], YMD),
        (["05/05/2026"], DMY),
        (["05/05/2026", "01/02/2026 10:00"], Ambiguous((DMY, MDY), "01/02/2026 10:00")),
        (["13/02/2026", "02/13/2026", "02/14/2026"], Ambiguous((MDY, DMY), "")),
    ],
)
def test_guess_date_order(samples: list[str], guess: DateOrder | Ambiguous) -> None:
    assert guess_date_order(samples) == guess


def test_order_of_a_real_column_is_found_and_all_of_it_is_read() -> None:
    with gzip.open(shared_file("shop/online_retail_2010-12.csv.gz"), "rt", encoding="utf-8", errors="replace") as file:
        column = [row["InvoiceDate"] for row in csv.DictReader(file)]
    order = guess_date_order(column)
    assert isinstance(order, DateOrder)
    days = {parse_date(cell, order) for cell in column}
    assert (min(days), max(days)) == (date(2010, 12, 1), date(2010, 12, 23))


def test_naughty_strings_are_dates_or_refused() -> None:
    for text in json.loads(shared_file("identity/blns.json").read_text(encoding="utf-8")):
        try:
            day = parse_date(text)
        except Invalid:
            continue
        assert 1800 <= day.year <= 2200


@given(st.one_of(st.text(), st.text("0123456789-/.: TZ+apm")))
def test_parsing_never_breaks(text: str) -> None:
    for order in DateOrder:
        try:
            moment = parse_moment(text, "Europe/Berlin", order)
        except Invalid:
            continue
        assert moment.tzinfo is UTC
    assert guess_date_order([text])

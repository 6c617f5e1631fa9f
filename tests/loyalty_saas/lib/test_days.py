# ruff: noqa: DTZ001  (wall-clock times are what is converted here)

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.days import (
    add_months,
    add_years,
    age_on,
    asked_day,
    birthday_on,
    end_of_day,
    end_of_month,
    local_day,
    next_birthday,
    rolling_year_start,
    start_of_day,
    to_utc,
    zone_named,
)
from loyalty_saas.lib.errors import Invalid
from tests.loyalty_saas.lib.shared import shared_rows


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23), 23),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22), 25),
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22), 23),
        ("Africa/Cairo", date(2026, 10, 29), datetime(2026, 10, 28, 21), 25),
        ("America/Santiago", date(2025, 9, 7), datetime(2025, 9, 7, 4), 23),
        ("Asia/Beirut", date(2025, 3, 30), datetime(2025, 3, 29, 22), 23),
        ("America/Havana", date(2025, 11, 2), datetime(2025, 11, 2, 4), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), datetime(2026, 4, 4, 13), 24.5),
        ("Asia/Kathmandu", date(2026, 1, 1), datetime(2025, 12, 31, 18, 15), 24),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10), 0),
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30), 23.5),
    ],
)
def test_a_day_begins_and_ends_where_the_clocks_say(zone: str, day: date, start: datetime, hours: float) -> None:
    assert start_of_day(day, zone) == start.replace(tzinfo=UTC)
    assert end_of_day(day, zone) - start_of_day(day, zone) == timedelta(hours=hours)


def test_every_change_of_clocks_in_the_table_lies_within_its_day() -> None:
    rows = shared_rows("calendar_money/dst_transitions_2024_2028.csv")
    for row in rows:
        moment = datetime.fromisoformat(row["utc_instant"])
        day = local_day(moment, row["zone"])
        assert day == datetime.fromisoformat(row["local_to" if row["kind"] == "gap" else "local_from"]).date()
        assert start_of_day(day, row["zone"]) < moment < end_of_day(day, row["zone"])
        length = end_of_day(day, row["zone"]) - start_of_day(day, row["zone"])
        assert length == timedelta(hours=23 if row["kind"] == "gap" else 25)
        local = datetime.fromisoformat(row["local_from"])
        if row["kind"] == "gap":
            assert to_utc(local + timedelta(minutes=30), row["zone"]) == moment
        else:
            assert to_utc(local, row["zone"]) == moment - timedelta(hours=1)
    assert len(rows) == 40


@given(
    st.sampled_from(["Africa/Cairo", "America/Santiago", "Asia/Beirut", "Europe/London", "America/Asuncion"]),
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)),
)
def test_each_moment_belongs_to_exactly_one_day(zone: str, naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    day = local_day(moment, zone)
    assert start_of_day(day, zone) <= moment < end_of_day(day, zone)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 1, 1), "UTC")


def test_zone_named() -> None:
    assert zone_named("Europe/Berlin") == ZoneInfo("Europe/Berlin")
    for wrong in ("Mars/Base", "../etc/passwd", ""):
        with pytest.raises(Invalid) as refusal:
            zone_named(wrong)
        assert refusal.value.field == "time_zone"


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
    ],
)
def test_add_months(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


def test_birthdays_of_29_february_follow_the_table() -> None:
    rows = shared_rows("calendar_money/feb29_by_year.csv")
    for row in rows:
        kept = date.fromisoformat(row["birthday_if_rule_feb28"])
        assert birthday_on(2, 29, int(row["year"])) == kept
        assert next_birthday(2, 29, date(int(row["year"]), 1, 1)) == kept
        assert age_on(date(2000, 2, 29), kept) == int(row["year"]) - 2000
        assert age_on(date(2000, 2, 29), kept - timedelta(days=1)) == int(row["year"]) - 2001
    assert len(rows) == 10


def test_ends_and_starts() -> None:
    assert end_of_month(date(2024, 2, 3)) == date(2024, 2, 29)
    assert end_of_month(date(2026, 12, 31)) == date(2026, 12, 31)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert rolling_year_start(date(2026, 3, 5)) == date(2025, 3, 6)
    assert rolling_year_start(date(2025, 2, 28)) == date(2024, 2, 29)
    assert next_birthday(1, 1, date(2026, 1, 2)) == date(2027, 1, 1)


@pytest.mark.parametrize("text", ["", "x", "2026-02-30", "0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_an_address_asks_for_a_day_that_can_be_reckoned_with_or_for_none(text):
    assert asked_day(text) is None
    assert asked_day("2026-12-24") == date(2026, 12, 24)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_there_is_begin_and_end_like_any_other(day, zone):
    assert start_of_day(day, zone) <= end_of_day(day, zone)
    assert to_utc(datetime.combine(day, datetime.min.time()), zone).tzinfo is UTC

"""The business's days: its midnight, its months and its birthdays, in its own time zone."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid

_ONE_DAY = timedelta(days=1)
# Every zone's midnights, and the days before and after, can be told between these.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_named(name: str, *, field: str = "time_zone") -> ZoneInfo:
    """The time zone of an IANA name like Europe/Berlin. Raises Invalid when there is none."""
    if name not in _known_zones():
        raise Invalid(
            _("There is no time zone “%(name)s”."), code="unknown_time_zone", field=field, params={"name": name}
        )
    return ZoneInfo(name)


def asked_day(text: str) -> date | None:
    """The day an address asks for as 2026-12-24; None for anything else, and for days too far off to reckon with."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def local_day(moment: datetime, zone: str | ZoneInfo) -> date:
    """The day it is in `zone` at an aware moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(_zone(zone)).date()


def start_of_day(day: date, zone: str | ZoneInfo) -> datetime:
    """The first moment of the local day, in UTC.

    Where clocks jump over midnight (Cairo, Santiago) the day begins after the jump; where midnight comes twice, at
    the first; a day that was left out altogether (Apia, 30 December 2011) begins and ends with the next.
    """
    return to_utc(datetime.combine(_within_calendar(day), time.min), zone)


def end_of_day(day: date, zone: str | ZoneInfo) -> datetime:
    """The first moment that no longer belongs to the local day, in UTC: what ends then holds while now < end."""
    return start_of_day(min(day, date.max - 2 * _ONE_DAY) + _ONE_DAY, zone)


def _within_calendar(day: date) -> date:
    """A day that has a neighbour on both sides in every zone: nobody means 1 January of the year 1, but may type it."""
    return min(max(day, date.min + _ONE_DAY), date.max - _ONE_DAY)


def to_utc(local: datetime, zone: str | ZoneInfo) -> datetime:
    """A wall-clock time of `zone` (naive) as a moment in UTC.

    A time that clocks jump over becomes the moment of the jump; one that comes twice is the first.
    """
    info = _zone(zone)
    local = datetime.combine(_within_calendar(local.date()), local.time())
    moment = local.replace(tzinfo=info, fold=0).astimezone(UTC)
    if moment.astimezone(info).replace(tzinfo=None) == local:
        return moment
    # In a gap the two readings lie around the jump: find it between them, to the second.
    early = local.replace(tzinfo=info, fold=1).astimezone(UTC) - _ONE_DAY
    late = moment
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle in (early, late):
            break
        if middle.astimezone(info).replace(tzinfo=None) < local:
            early = middle
        else:
            late = middle
    return late


def days_between(start: date, end: date) -> int:
    """Whole days from one day to the other; negative when `end` is earlier."""
    return (end - start).days


def end_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier), or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the 28th in years without it."""
    return add_months(day, 12 * years)


def birthday_on(month: int, day: int, year: int) -> date:
    """When a birthday is kept in `year`: 29 February on the 28th in years without it."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def next_birthday(month: int, day: int, today: date) -> date:
    """The next time the birthday is kept, today included."""
    this_year = birthday_on(month, day, today.year)
    return this_year if this_year >= today else birthday_on(month, day, today.year + 1)


def age_on(birthday: date, today: date) -> int:
    """Completed years of life."""
    return today.year - birthday.year - (today < birthday_on(birthday.month, birthday.day, today.year))


def calendar_year_start(day: date) -> date:
    """1 January of the year of `day`."""
    return date(day.year, 1, 1)


def rolling_year_start(day: date) -> date:
    """The first day of the twelve months that end with `day`: for 5 March 2026 it is 6 March 2025."""
    return add_months(day, -12) + _ONE_DAY


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)

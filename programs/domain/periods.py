"""Over which days a tier is counted, and until when it is certain. Days are those of the business's zone."""

from datetime import date, timedelta

from loyalty_saas.lib.days import FIRST_DAY, add_months, add_years, calendar_year_start, rolling_year_start
from programs.enums import TierWindow

_ONE_DAY = timedelta(days=1)


def first_day(window: str, today: date, joined: date) -> date:
    """The first day that counts on `today`, of a member who joined on `joined`."""
    if window == TierWindow.EVER:
        return FIRST_DAY
    if window == TierWindow.JOINING_YEAR:
        return own_year(joined, today)[0]
    return calendar_year_start(today) if window == TierWindow.CALENDAR_YEAR else rolling_year_start(today)


def certain_until(window: str, day: date, joined: date) -> date | None:
    """The last day until which a tier reached (or kept) on `day` is certain; None for ever."""
    if window == TierWindow.EVER:
        return None
    if window == TierWindow.JOINING_YEAR:
        return own_year(joined, day)[1]
    return date(day.year, 12, 31) if window == TierWindow.CALENDAR_YEAR else add_months(day, 12)


def deadline(window: str, today: date, joined: date) -> date | None:
    """The last day on which what was gathered so far still counts; a rolling window has no one day."""
    return None if window == TierWindow.ROLLING_YEAR else certain_until(window, today, joined)


def own_year(joined: date, day: date) -> tuple[date, date]:
    """The member's own year that holds `day`: from the day they joined, or its anniversary, to the day before the next.

    Who joined on 29 February begins a year on the 28th where there is no 29th.
    """
    years = day.year - joined.year
    if add_years(joined, years) > day:
        years -= 1
    return add_years(joined, years), add_years(joined, years + 1) - _ONE_DAY

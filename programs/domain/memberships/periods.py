"""The days of a paid membership: pure arithmetic on days of the business's zone."""

from datetime import date, timedelta

from loyalty_saas.lib.days import add_months
from programs.enums import PlanPeriod

_MONTHS = {PlanPeriod.MONTH: 1, PlanPeriod.YEAR: 12}


def first_of(anchor: date, period: str, number: int) -> date:
    """The first day of the period with a number (from 0), counted from the anchor: 31 January, 28 February, 31 March.

    29 February is the 28th in years without it, and itself again in those that have it.
    """
    return add_months(anchor, number * _MONTHS[PlanPeriod(period)])


def last_of(anchor: date, period: str, number: int) -> date:
    """The last day of the period with a number: the day before the next one begins."""
    return first_of(anchor, period, number + 1) - timedelta(days=1)

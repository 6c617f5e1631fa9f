"""Proof that the books add up with the ledger: what must hold of them, asked from the first day to this one."""

from collections.abc import Iterator

from programs.books.cohorts import MOST_MONTHS, cohorts
from programs.books.cost import PointCost
from programs.books.days import first_day, today_here
from programs.books.places import places_of
from programs.books.rollforward import books_of
from programs.enums import ProgramKind
from programs.models import Program

# A cost with which hardly any card is worth whole cents, so that roundings would be found.
_COST = PointCost(137)

RULES = (
    "the books begin with nothing",
    "the books by place begin with nothing and no place is below it",
    "a cohort is all that became of its points",
)


def differences() -> Iterator[tuple[str, str, dict[str, int]]]:
    """Where a rule does not hold: the rule, what it was found at, and the figures in question.

    Each is worked out by one statement, so that what is posted meanwhile cannot look like a difference.
    """
    first = first_day()
    if first is None:
        return
    start, places, cohort = RULES
    last = max(today_here(), first)
    for program in Program.objects.order_by("pk"):
        named = "" if program.kind == ProgramKind.POINTS else f"{program}: "
        for unit, cost in (("points", None), ("money", _COST)):
            opening = books_of(first, last, program=program, cost=cost).sum.opening
            if opening:
                yield start, f"{named}{unit}", {"opening": opening}
        for place in places_of(first, last, program=program).places:
            # What is owed counts as minus.
            least = -place.books.closing if place.is_owed else place.books.closing
            if place.books.opening or least < 0:
                name = "owed" if place.is_owed else str(place.location or "unknown")
                found = {"opening": place.books.opening, "closing": place.books.closing}
                yield places, f"{named}{name}", found
        for one in cohorts(MOST_MONTHS, program=program):
            became = sum(one.fates.values())
            if one.earned != became + one.left:
                found = {"earned": one.earned, "became": became, "left": one.left}
                yield cohort, f"{named}{one.month:%Y-%m}", found

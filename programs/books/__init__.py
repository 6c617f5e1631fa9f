"""The books: what was promised, what became of it, and what it costs, so that everything adds up."""

from programs.books.cost import PointCost, cost_of_points
from programs.books.days import default_period, entries_in, first_day
from programs.books.outstanding import Outstanding, outstanding_now
from programs.books.rollforward import COLUMNS, Books, Month, books_of

__all__ = [
    "COLUMNS",
    "Books",
    "Month",
    "Outstanding",
    "PointCost",
    "books_of",
    "cost_of_points",
    "default_period",
    "entries_in",
    "first_day",
    "outstanding_now",
]

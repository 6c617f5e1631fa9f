"""The pages of the books."""

from programs.views.books.breakage import breakage
from programs.views.books.expiring import expiring
from programs.views.books.journal import bookkeeping, journal, journal_export
from programs.views.books.liability import liability
from programs.views.books.months import books, books_export
from programs.views.books.places import places, places_export

__all__ = [
    "bookkeeping",
    "books",
    "books_export",
    "breakage",
    "expiring",
    "journal",
    "journal_export",
    "liability",
    "places",
    "places_export",
]

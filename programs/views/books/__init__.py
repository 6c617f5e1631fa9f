"""The pages of the books."""

from programs.views.books.months import books, books_export
from programs.views.books.places import places, places_export

__all__ = ["books", "books_export", "places", "places_export"]

"""From Django's language codes to CLDR's locales."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language


@lru_cache(maxsize=512)
def _locale(name: str) -> Locale:
    parts = name.replace("_", "-").split("-")
    for end in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:end]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def babel_locale(name: str | None = None) -> Locale:
    """The locale for a code like "pt-br", "pt_BR" or "pt"; the reader's own when None; English when unknown."""
    return _locale(name or get_language() or "en")

"""From Django's language codes to CLDR's locales, and the one a business writes its numbers and days in."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
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


@lru_cache(maxsize=512)
def writing_locale(language: str, country: str) -> str:
    """The locale for dates, numbers and money of a business, such as `de_AT`.

    A language is written in a country's manner where it is an official one there. Elsewhere its readers expect its own:
    CLDR's en_AT has "2.737" and "€ 12,40", which nobody who reads English in Vienna takes for 2,737 and €12.40.
    English away from home is the international one (`en_001`: the day before the month).
    """
    base = language.replace("_", "-").split("-")[0].lower()
    official = get_official_languages(country, regional=True, de_facto=True) if country else ()
    if base in {code.split("_")[0] for code in official}:
        return str(babel_locale(f"{language}-{country}"))
    return "en_001" if base == "en" else str(babel_locale(language))

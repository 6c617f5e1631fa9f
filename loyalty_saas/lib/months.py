"""Names of months, long and short, in the languages of our users."""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale
from babel.dates import get_month_names

from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.names import words

LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "is", "pl", "cs", "sk", "sl", "hr", "sr_Latn",
    "hu", "ro", "bg", "ru", "uk", "el", "tr", "id", "ms", "et", "lv", "lt", "ca", "ar", "he", "hi",
)  # fmt: skip


def month_number(word: str, language: str | None = None) -> int | None:
    """1 to 12 for a folded word that names a month, whole or shortened ("marz", "sept"), else None.

    A word that means different months in different languages (listopad is October in Croatian, November in Polish)
    counts only when `language`, a language code, is known to use it.
    """
    if language is not None and (number := _of_language(str(babel_locale(language))).get(word)):
        return number
    numbers = _of_all().get(word, frozenset())
    return next(iter(numbers)) if len(numbers) == 1 else None


@lru_cache(maxsize=64)
def _of_language(name: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            names = get_month_names(width, context=context, locale=Locale.parse(name))
            for number, spelling in names.items():
                parts = [word for word in words(spelling) if not word.isdigit()]
                # "de gener" is written with its preposition.
                if parts:
                    found.setdefault(parts[-1], number)
    if name.startswith("en"):
        found["sept"] = 9
    return found


@lru_cache(maxsize=1)
def _of_all() -> Mapping[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for language in LANGUAGES:
        for word, number in _of_language(language).items():
            found[word] = found.get(word, frozenset()) | {number}
    return found

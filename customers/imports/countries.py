"""Countries and languages as files name them: by code or by name, in English, the business's language or their own."""

from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from babel.languages import get_official_languages

from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.names import fold

_MORE = {
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "great britain": "GB",
    "usa": "US",
    "u.s.a.": "US",
    "holland": "NL",
}


@lru_cache(maxsize=64)
def _countries(language: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for code in sorted(get_global("territory_currencies")):
        tongues = ["en", language, *get_official_languages(code)]
        for tongue in tongues:
            try:
                name = Locale.parse(tongue.replace("-", "_")).territories.get(code)
            except (UnknownLocaleError, ValueError):
                continue
            if name and len(code) == 2 and code.isalpha():
                names.setdefault(fold(name), code)
    return names | _MORE


def country_named(text: str, language: str) -> str:
    """The two letters of the country, or nothing when it is not known."""
    plain = text.strip()
    if len(plain) == 2 and plain.isascii() and plain.isalpha() and plain.upper() != "UK":
        return plain.upper()
    return _countries(language).get(fold(plain), "")


@lru_cache(maxsize=64)
def _languages(language: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for tongue in ("en", language):
        for code, name in babel_locale(tongue).languages.items():
            names.setdefault(fold(name), code.replace("_", "-"))
    for code in list(names.values()):
        if len(code) == 2 and (own := babel_locale(code).language_name):
            names.setdefault(fold(own), code)
    return names


def language_named(text: str, language: str) -> str:
    """The code of a language that is given by name ("German", "Deutsch"); what is no name is given back."""
    return _languages(language).get(fold(text.strip()), text.strip())

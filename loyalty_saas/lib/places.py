"""Countries, and what is proposed for a business in one: its currency, language and time zones."""

import importlib.resources
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.names import fold

_FALLBACK = "US"
# Changes of currency that are younger than the CLDR of a supported Babel.
_NEW_CURRENCY = {"BG": "EUR"}
# Where the first of zone.tab is not where most people live.
_PREFERRED = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "RU": "Europe/Moscow",
}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    """ISO 3166's countries: those to which the time zone database gives a zone."""
    return frozenset(_zones())


def check_country(code: str, *, field: str = "country") -> str:
    """The two letters of a country in capitals. Raises Invalid when there is none."""
    country = code.strip().upper()
    if country not in _codes():
        raise Invalid(_("Please choose a country from the list."), code="unknown_country", field=field)
    return country


@lru_cache(maxsize=64)
def _countries(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    english = Locale("en").territories
    named = [(code, str(names.get(code) or english.get(code) or code)) for code in _codes()]
    return tuple(sorted(named, key=lambda pair: (fold(pair[1]), pair[0])))


def countries(locale: str | None = None) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country in the language of `locale` (the reader's own when None), in its order."""
    return _countries(str(babel_locale(locale)))


def country_name(code: str, locale: str | None = None) -> str:
    """The country's name in a language, or the code itself when there is none."""
    return dict(countries(locale)).get(code.upper(), code)


@lru_cache(maxsize=512)
def currency_of(country: str) -> str:
    """The ISO 4217 code of the currency people pay with there today; USD where CLDR knows none."""
    code = check_country(country)
    if code in _NEW_CURRENCY:
        return _NEW_CURRENCY[code]
    current = get_territory_currencies(code, date.today(), tender=True)  # noqa: DTZ011  (a day is exact enough)
    return str(current[0]) if current else "USD"


@lru_cache(maxsize=512)
def language_of(country: str) -> str:
    """The code of the language most of its people read among the official ones ("de", "pt"); "en" where unknown."""
    official = get_official_languages(check_country(country), de_facto=True)
    return str(official[0]).replace("_", "-") if official else "en"


def time_zones_of(country: str) -> tuple[str, ...]:
    """The IANA names of its time zones, the one to propose first."""
    return _zones()[check_country(country)]


def time_zone_of(country: str) -> str:
    """The time zone to propose."""
    return time_zones_of(country)[0]


def country_of_language(code: str) -> str:
    """The country to propose to someone whose browser asks for this language: "de-AT" is AT, "pt" is BR."""
    parts = code.replace("_", "-").split("-")
    for part in parts[1:]:
        if part.upper() in _codes():
            return part.upper()
    likely: str = get_global("likely_subtags").get(parts[0].lower(), "")
    country = likely.rpartition("_")[2]
    return country if country in _codes() else _FALLBACK


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return {
        country: tuple(sorted(zones, key=lambda zone: zone != _PREFERRED.get(country)))
        for country, zones in found.items()
    }


def time_zones() -> tuple[str, ...]:
    """Every time zone that some country lives in, by name."""
    return tuple(sorted({zone for zones in _zones().values() for zone in zones} | {"UTC"}))


def currencies(locale: str | None = None) -> tuple[tuple[str, str], ...]:
    """(code, "Euro (EUR)") of every currency people pay with somewhere today, in the order of the names."""
    names = babel_locale(locale).currencies
    codes = {currency_of(country) for country in _codes()}
    named = [(code, f"{names.get(code, code)} ({code})") for code in codes]
    return tuple(sorted(named, key=lambda pair: fold(pair[1])))


def languages(locale: str | None = None) -> tuple[tuple[str, str], ...]:
    """(code, name) of the languages that are official somewhere, in the order of the names."""
    reader = babel_locale(locale)
    codes = {language_of(country) for country in _codes()} | {"en"}
    # With its script where a language has several: "Serbian (Latin)".
    named = [(code, _language_name(code, reader)) for code in codes]
    return tuple(sorted(named, key=lambda pair: fold(pair[1])))


def _language_name(code: str, reader: Locale) -> str:
    # Of some languages CLDR knows the name and nothing else; to Babel, which needs more, they would be English.
    own = babel_locale(code)
    if own.language == code.split("-")[0]:
        return own.get_display_name(reader) or code
    return str(reader.languages.get(code, code))

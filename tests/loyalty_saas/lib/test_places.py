from zoneinfo import ZoneInfo

import pytest

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.money import minor_digits
from loyalty_saas.lib.places import (
    check_country,
    countries,
    country_name,
    country_of_language,
    currency_of,
    language_of,
    languages,
    time_zone_of,
    time_zones_of,
)


def test_every_country_has_a_name_a_currency_a_language_and_a_time_zone() -> None:
    every = countries("en")
    assert 240 <= len(every) <= 260
    for code, name in every:
        assert name != code
        assert minor_digits(currency_of(code)) >= 0
        assert babel_locale(language_of(code))
        assert [ZoneInfo(zone) for zone in time_zones_of(code)]


def test_countries_stand_in_the_order_of_the_language() -> None:
    names = [name for _code, name in countries("de")]
    assert names.index("Österreich") < names.index("Panama")
    assert country_name("de", "fr") == "Allemagne"
    assert country_name("XX", "fr") == "XX"


@pytest.mark.parametrize(
    ("country", "currency", "language", "zone"),
    [
        ("DE", "EUR", "de", "Europe/Berlin"),
        ("GB", "GBP", "en", "Europe/London"),
        ("US", "USD", "en", "America/New_York"),
        ("JP", "JPY", "ja", "Asia/Tokyo"),
        ("BR", "BRL", "pt", "America/Sao_Paulo"),
        ("AU", "AUD", "en", "Australia/Sydney"),
        ("CH", "CHF", "de", "Europe/Zurich"),
        ("CL", "CLP", "es", "America/Santiago"),
        ("BG", "EUR", "bg", "Europe/Sofia"),
        ("CA", "CAD", "en", "America/Toronto"),
        ("RU", "RUB", "ru", "Europe/Moscow"),
    ],
)
def test_what_is_proposed(country: str, currency: str, language: str, zone: str) -> None:
    assert (currency_of(country), language_of(country), time_zone_of(country)) == (currency, language, zone)


@pytest.mark.parametrize(
    ("code", "country"), [("de-AT", "AT"), ("pt", "BR"), ("de", "DE"), ("zh-Hant-TW", "TW"), ("en", "US"), ("xx", "US")]
)
def test_country_of_language(code: str, country: str) -> None:
    assert country_of_language(code) == country


def test_an_unknown_country_is_refused() -> None:
    assert check_country(" de ") == "DE"
    with pytest.raises(Invalid) as refusal:
        currency_of("XX")
    assert (refusal.value.code, refusal.value.field) == ("unknown_country", "country")


def test_every_language_is_called_by_a_name() -> None:
    named = dict(languages("en"))
    assert [code for code, name in named.items() if code == name] == []
    assert (named["sr-Latn"], named["de"]) == ("Serbian (Latin)", "German")
    assert (named["bi"], named["to"], named["en"]) == ("Bislama", "Tongan", "English")
    assert len(set(named.values())) == len(named)

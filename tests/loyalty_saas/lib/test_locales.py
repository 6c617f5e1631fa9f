"""In which manner a business writes its numbers, money and days."""

from datetime import date

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal

from loyalty_saas.lib.locales import writing_locale
from loyalty_saas.lib.money import format_money


@pytest.mark.parametrize(
    ("language", "country", "currency", "thousands", "money", "day"),
    [
        ("en", "AT", "EUR", "2,737", "€12.40", "5 Mar 2026"),
        ("de", "AT", "EUR", "2.737", "€ 12,40", "05.03.2026"),
        ("en", "DE", "EUR", "2,737", "€12.40", "5 Mar 2026"),
        ("de", "DE", "EUR", "2.737", "12,40 €", "05.03.2026"),
        ("en", "GB", "GBP", "2,737", "£12.40", "5 Mar 2026"),
        ("en", "IE", "EUR", "2,737", "€12.40", "5 Mar 2026"),
        ("en", "US", "USD", "2,737", "$12.40", "Mar 5, 2026"),
        ("en", "SE", "SEK", "2,737", "SEK 12.40", "5 Mar 2026"),
        ("fr", "CH", "CHF", "2 737", "12,40 CHF", "5 mars 2026"),
        ("fr", "AT", "EUR", "2 737", "12,40 €", "5 mars 2026"),
        ("pt-br", "BR", "BRL", "2.737", "R$ 12,40", "5 de mar. de 2026"),
        ("zh-Hant", "TW", "TWD", "2,737", "$12.40", "2026年3月5日"),
        ("es", "US", "USD", "2,737", "$12.40", "5 mar 2026"),
    ],
)
def test_a_language_is_written_as_its_readers_expect(
    language: str, country: str, currency: str, thousands: str, money: str, day: str
) -> None:
    locale = writing_locale(language, country)
    spoken = [
        format_decimal(2737, locale=locale),
        format_money(1240, currency, locale),
        format_date(date(2026, 3, 5), locale=locale),
    ]
    assert [text.replace("\u00a0", " ").replace("\u202f", " ") for text in spoken] == [thousands, money, day]

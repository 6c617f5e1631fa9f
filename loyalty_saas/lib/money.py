"""Money is an integer in the minor units of an ISO 4217 currency: shown in a locale, read as people type it."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import cast

from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import (
    format_currency,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    get_territory_currencies,
    list_currencies,
)
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.rounding import Rounding, rounded

# Where CLDR (what people write) says, or has said, other than ISO 4217 (what is settled and what providers count in).
_WHOLE_BY_HABIT = (
    *("AFN", "ALL", "COP", "HUF", "IDR", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "PKR", "RSD", "SOS", "SYP"),
    "YER",
)
_ISO_DIGITS = dict.fromkeys(_WHOLE_BY_HABIT, 2) | {"IQD": 3}
# Words for a currency that CLDR does not list as its sign.
_MORE_SIGNS = {
    "CHF": ("fr.", "sfr.", "sfr", "fr"),
    "CNY": ("元", "圆", "rmb"),
    "EUR": ("euro", "euros"),
    "GBP": ("gbp",),
    "INR": ("rs.", "rs"),
    "JPY": ("円", "yen"),
    "PKR": ("rs.", "rs"),
    "USD": ("us$", "dollars", "dollar"),
}
MOST = 10**15
_SPACES = re.compile(r"(?<=\d)[\s'’_](?=\d)")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([ ,.])\d{3})(?:\1\d{3})*|[1-9]\d?(?:,\d\d)*,\d{3}")


def check_currency(currency: str) -> str:
    """The code in capitals. Raises Invalid when ISO 4217 has no such currency."""
    code = currency.strip().upper()
    if code not in _known_currencies():
        raise Invalid(
            _("“%(code)s” is not a currency. Use its three letters, like EUR."),
            code="unknown_currency",
            field="currency",
            params={"code": currency},
        )
    return code


@lru_cache(maxsize=512)
def minor_digits(currency: str) -> int:
    """How many decimals the currency's minor unit has: EUR 2, JPY 0, KWD 3. Raises Invalid when it is unknown."""
    code = check_currency(currency)
    return _ISO_DIGITS.get(code, get_currency_precision(code))


def to_major(minor: int, currency: str) -> Decimal:
    """Minor units as an exact Decimal in the currency itself: 1240 EUR is Decimal("12.40")."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def to_minor(amount: Decimal | Fraction | int, currency: str, how: Rounding = Rounding.HALF_UP) -> int:
    """An amount in the currency itself as minor units, rounded by the named rule."""
    return rounded(Fraction(amount) * 10 ** minor_digits(currency), how)


def format_money(minor: int, currency: str, locale: str | None = None, *, short: bool = False) -> str:
    """Minor units as people of `locale` (the reader's own when None) write them, with the currency's sign.

    Currencies whose minor unit nobody uses any more (HUF, COP) show it only when there is some; with `short` all do.
    """
    digits = minor_digits(currency)
    if (short or currency in _WHOLE_BY_HABIT) and minor % 10**digits == 0:
        digits = 0
    amount = round(to_major(minor, currency), digits)
    return format_currency(
        amount,
        currency,
        locale=babel_locale(locale),
        currency_digits=False,
        decimal_quantization=False,
        format=_pattern(str(babel_locale(locale)), currency, digits),
    )


@lru_cache(maxsize=512)
def _pattern(locale: str, currency: str, digits: int) -> str:
    pattern: str = babel_locale(locale).currency_formats["standard"].pattern
    if get_currency_symbol(currency, locale=locale)[-1:].isalpha():
        # CLDR's "alpha next to number": CHF 12, not CHF12.
        pattern = re.sub(r"¤(?=[#0])", "¤\u00a0", pattern)
    return re.sub(r"0\.0+", "0." + "0" * digits if digits else "0", pattern)


def parse_money(
    text: str, currency: str, locale_hint: str | None = None, *, negative: bool = False, field: str = "amount"
) -> int:
    """What a person typed as minor units of `currency`: "12,40", "12.40 €", "1.234,56", "¥1200", "12".

    Both decimal marks are understood. Where only the reader's habit can tell "1.234" from 1,234, `locale_hint`
    (a language code) decides; if it cannot, Invalid is raised rather than guessing, with a sentence that says what
    to write. Also refused: more decimals than the currency has, another currency's sign, and a minus unless
    `negative` is allowed.
    """
    digits = minor_digits(currency)
    bare, minus = _without_signs(text, currency.upper(), locale_hint)
    if not bare:
        raise _refusal("no_amount", _("Write an amount, like %(example)s."), currency, field)
    if minus and not negative:
        raise _refusal("negative_amount", _("Write the amount without a minus, like %(example)s."), currency, field)
    whole, fraction = _split(bare, currency, digits, locale_hint, field)
    if len(whole.lstrip("0")) > 15 or (minor := int(whole + fraction)) >= MOST:
        raise _refusal("amount_too_large", _("This amount is too large. Please check it."), currency, field)
    return -minor if minus else minor


def _without_signs(text: str, currency: str, locale_hint: str | None) -> tuple[str, bool]:
    """The number alone, in ASCII digits, and whether it was negative."""
    plain = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in unicodedata.normalize("NFKC", text)
    )
    plain = plain.replace("٫", ".").replace("٬", "'").strip().lower()
    for sign in _signs(currency, locale_hint or ""):
        cut = plain.removeprefix(sign) if plain.startswith(sign) else plain.removesuffix(sign)
        if cut != plain:
            plain = cut.strip()
            break
        if plain[:1] in "-−(" and plain[1:].lstrip().startswith(sign):
            plain = plain[0] + plain[1:].lstrip().removeprefix(sign).strip()
            break
    plain = re.sub(r"[.,][-–—]+$", "", plain)
    minus = plain[:1] in ("-", "−") or plain[-1:] in ("-", "−") or (plain[:1] == "(" and plain[-1:] == ")")
    return plain.strip("-−() +\u200e\u200f"), minus


def _split(bare: str, currency: str, digits: int, locale_hint: str | None, field: str) -> tuple[str, str]:
    """The whole part and exactly `digits` decimals."""
    whole, mark, fraction = _parts(bare, currency, digits, locale_hint, field)
    if mark and len(fraction) > digits:
        if fraction[digits:].strip("0"):
            sentence = (
                _("%(currency)s has no decimals here: write a whole amount, like %(example)s.")
                if digits == 0
                else _("That is more decimals than %(currency)s has: write it like %(example)s.")
            )
            raise _refusal("too_many_decimals", sentence, currency, field)
        fraction = fraction[:digits]
    return whole, fraction.ljust(digits, "0")


def _parts(bare: str, currency: str, digits: int, locale_hint: str | None, field: str) -> tuple[str, str, str]:
    number = _SPACES.sub(" ", bare)
    if not re.fullmatch(r"[\d.,]*\d[\d ,.]*", number):
        raise _refusal("not_an_amount", _("Write only the amount, like %(example)s."), currency, field)
    last = max(number.rfind(","), number.rfind("."))
    mark = number[last] if last >= 0 else ""
    if mark and number.count(mark) == 1 and not _is_group_mark(number, mark, digits, locale_hint, currency, field):
        whole, fraction = number[:last], number[last + 1 :]
    else:
        whole, mark, fraction = number, "", ""
    if not fraction.isdigit() and fraction:
        raise _refusal("not_an_amount", _("Write only the amount, like %(example)s."), currency, field)
    if not whole.isdigit() and whole and not _GROUPED.fullmatch(whole):
        raise _refusal("not_an_amount", _("Write the amount plainly, like %(example)s."), currency, field)
    return re.sub(r"\D", "", whole) or "0", mark, fraction


def _is_group_mark(number: str, mark: str, digits: int, locale_hint: str | None, currency: str, field: str) -> bool:
    """Whether the only comma or point of "1.234" separates thousands. Raises Invalid when nobody can know."""
    before, after = number.split(mark)
    if len(after) != 3 or not re.fullmatch(r"[1-9]\d{0,2}", before):
        return False
    locale = babel_locale(locale_hint) if locale_hint else None
    decimal_here = locale is not None and get_decimal_symbol(locale) == mark
    if digits == 0:
        return not decimal_here
    if locale is not None and get_group_symbol(locale) == mark:
        return True
    if decimal_here and digits >= 3:
        return False
    raise Invalid(
        _("“%(text)s” can be read in two ways. Write %(plain)s, or with %(digits)s decimals."),
        code="ambiguous_amount",
        field=field,
        params={"text": number, "plain": before + after, "digits": digits},
    )


def _refusal(code: str, sentence: object, currency: str, field: str) -> Invalid:
    example = format(to_major(1240 if minor_digits(currency) else 1200, currency), "f")
    params = {"currency": currency.upper(), "example": example}
    return Invalid(cast(str, sentence), code=code, field=field, params=params)


@lru_cache(maxsize=1)
def _known_currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@lru_cache(maxsize=512)
def _signs(currency: str, locale_hint: str) -> tuple[str, ...]:
    """Everything people put before or after an amount of this currency, longest first."""
    locales = {"en", str(babel_locale(locale_hint or "en"))}
    for territory in get_global("territory_currencies"):
        if currency in get_territory_currencies(territory):
            locales.update(str(babel_locale(f"{code}-{territory}")) for code in get_official_languages(territory))
    symbols = {get_currency_symbol(currency, locale=locale).lower() for locale in locales}
    symbols |= {re.sub(r"[a-z]+(?=[^a-z]$)", "", symbol) for symbol in symbols}
    symbols |= {currency.lower(), *_MORE_SIGNS.get(currency, ())}
    normal = {unicodedata.normalize("NFKC", symbol).strip() for symbol in symbols}
    return tuple(sorted((sign for sign in normal if sign), key=len, reverse=True))

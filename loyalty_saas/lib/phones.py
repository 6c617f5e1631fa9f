"""Phone numbers: from what people type to E.164, and back to what people of a country read."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat, ValidationResult

from loyalty_saas.lib.errors import Invalid

_EXTENSION = re.compile(r"\s*(?:ext\.?|x|#|;ext=|доб\.?|wew\.?|durchwahl)\s*\d{1,7}\s*$", re.IGNORECASE)
_NO_NUMBER = (_("This is not a phone number. Write it like %(example)s."), "bad_phone")
_WHY = {
    ValidationResult.TOO_SHORT: (_("This phone number is too short. Write it like %(example)s."), "phone_too_short"),
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: (
        _("The area code is missing. Write the number like %(example)s."),
        "phone_too_short",
    ),
    ValidationResult.TOO_LONG: (_("This phone number is too long. Write it like %(example)s."), "phone_too_long"),
    ValidationResult.INVALID_LENGTH: (
        _("This phone number has too few or too many digits. Write it like %(example)s."),
        "phone_wrong_length",
    ),
    ValidationResult.INVALID_COUNTRY_CODE: (
        _("There is no country with this code. Write the number like %(example)s."),
        "phone_unknown_country",
    ),
}
_NOT_IN_USE = (_("There is no such phone number. Please check the digits, it looks like %(example)s."), "phone_unused")


def parse_phone(text: str, country: str, *, lenient: bool = False, field: str = "phone") -> str:
    """The number in E.164 ("+4915123456789"), read as someone in `country` (two letters) dials it.

    An extension is dropped. `lenient` also takes numbers that have a possible length but lie in no range in
    use today (numbering plans change faster than tables); without it they are refused. Raises Invalid, saying
    what is wrong and with an example of the country.
    """
    typed = _EXTENSION.sub("", unicodedata.normalize("NFKC", text[:100])).strip()
    region = country.upper()
    if not any(char.isdecimal() for char in typed):
        raise _refusal(_NO_NUMBER, region, field)
    number = _parsed(typed, region)
    # "001…" is how some systems write "+1…", also where one dials another prefix abroad.
    if (number is None or not phonenumbers.is_possible_number(number)) and re.match(r"\D*00", typed):
        number = _parsed("+" + re.sub(r"\D", "", typed)[2:], region) or number
    if number is None:
        digits = sum(char.isdecimal() for char in typed)
        raise _refusal(_WHY[ValidationResult.TOO_LONG] if digits > 15 else _NO_NUMBER, region, field)
    if not phonenumbers.is_valid_number(number):
        reason = phonenumbers.is_possible_number_with_reason(number)
        if reason != ValidationResult.IS_POSSIBLE or not lenient:
            raise _refusal(_WHY.get(reason, _NOT_IN_USE), region, field)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_phone(e164: str, country: str | None = None) -> str:
    """The number as people in `country` write it: national at home, international from abroad.

    What is no E.164 number is given back unchanged.
    """
    number = _parsed(e164, None)
    if number is None:
        return e164
    home = country is not None and number.country_code == phonenumbers.country_code_for_region(country.upper())
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def last_digits_key(text: str) -> str:
    """All digits from the end, for search: a number that ends in 4567 has a key that starts with 7654.

    Use it for what is stored and for what is looked for.
    """
    return "".join(str(unicodedata.decimal(char)) for char in reversed(text) if char.isdecimal())


def phone_beginnings(text: str, country: str) -> list[str]:
    """How a number in E.164 may begin of which somebody in `country` has typed the first digits: "0171" → "+49171".

    With + or 00 the country's code comes first; else the code is the country's own, and its trunk digit (the 0) is
    left out. Empty without digits.
    """
    digits = last_digits_key(text)[::-1]
    if "+" in text:
        return [f"+{digits}"] if digits else []
    if digits.startswith("00"):
        return [f"+{digits[2:]}"] if len(digits) > 2 else []
    code = phonenumbers.country_code_for_region(country.upper())
    if not digits or not code:
        return []
    metadata = PhoneMetadata.metadata_for_region(country.upper())
    trunk = (metadata.national_prefix if metadata else None) or ""
    bare = digits.removeprefix(trunk)
    home = [f"+{code}{bare}"] if bare else []
    return [*home, f"+{digits}"] if digits.startswith(str(code)) else home


def country_of_phone(e164: str) -> str | None:
    """The two letters of the country a number belongs to, or None when it belongs to none."""
    number = _parsed(e164, None)
    return phonenumbers.region_code_for_number(number) if number else None


@lru_cache(maxsize=256)
def example_phone(country: str) -> str:
    """A mobile number as one looks in `country`, for a placeholder; nobody's in most countries."""
    number = phonenumbers.example_number_for_type(country.upper(), phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if number else "+1 201-555-0123"


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _refusal(why: tuple[object, str], region: str, field: str) -> Invalid:
    sentence, code = why
    return Invalid(sentence, code=code, field=field, params={"example": example_phone(region)})  # type: ignore[arg-type]

"""From what somebody typed about a member to what is kept: each field tidied, checked and named in its refusal."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.enums import CustomFieldKind, Source
from customers.errors import NothingToCallThem
from customers.models import CustomField
from loyalty_saas.lib.emails import email_key, parse_email
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import tidy_code
from loyalty_saas.lib.phones import parse_phone
from loyalty_saas.lib.texts import tidy_text
from tenants.isolation import current_tenant

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
# Of a number in a field of the owner's own, before or after the comma.
MOST_DIGITS = 30
# Numbers that machines send were dialled once: a range that is not in use today is no typing error there.
_LENIENT = frozenset({Source.IMPORT, Source.API, Source.DEMO, Source.SYSTEM})


@dataclass(frozen=True, slots=True)
class MemberDetails:
    """A member as somebody gives them: phone and e-mail as typed, custom values by the key of their field."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    birth_month: int | None = None
    birth_day: int | None = None
    birth_year: int | None = None
    language: str = ""
    preferences: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    external_id: str = ""


def clean_details(details: MemberDetails, *, source: str) -> dict[str, Any]:
    """The values of a new member's fields (tags aside). Raises Invalid at the field; at least one must name them."""
    values: dict[str, Any] = {
        name: clean_field(name, getattr(details, name), source=source)
        for name in ("given_name", "family_name", "email", "phone", "language", "preferences", "external_id")
    }
    values |= clean_birthday(details.birth_month, details.birth_day, details.birth_year)
    values["custom"] = clean_custom(details.custom)
    check_named(values)
    return values


def check_named(values: Mapping[str, Any]) -> None:
    """Raises NothingToCallThem when there is neither a name nor a contact nor an outside id."""
    if not any(values[name] for name in ("given_name", "family_name", "email", "phone", "external_id")):
        raise NothingToCallThem(field="given_name")


def clean_field(name: str, value: Any, *, source: str) -> str:
    return _CLEAN[name](str(value or ""), source)


def clean_number(text: str) -> str:
    """A card number that was printed before: capitals and digits, without the spaces between. Raises Invalid."""
    number = tidy_code(tidy_text(text, field="number", longest=40))
    if not 4 <= len(number) <= 24 or not number.isascii():
        raise Invalid(_("A card number has 4 to 24 letters and digits."), code="bad_card_number", field="number")
    return number


def clean_birthday(month: Any, day: Any, year: Any) -> dict[str, int | None]:
    """The three fields of a birthday whose year may be unknown, or three times nothing. Raises Invalid."""
    if not month and not day and not year:
        return {"birth_month": None, "birth_day": None, "birth_year": None}
    if not month or not day:
        raise _part_missing(month, day)
    try:
        whole = datetime.date(int(year or 2000), int(month), int(day))
    except (ValueError, TypeError, OverflowError) as error:
        raise Invalid(_("There is no such day."), code="bad_birthday", field="birth_day") from error
    today = datetime.datetime.now(current_tenant().zone).date()
    if year and not (today.year - 130 <= whole.year and whole <= today):
        raise Invalid(_("Please check the year."), code="bad_birthday", field="birth_year")
    return {"birth_month": whole.month, "birth_day": whole.day, "birth_year": whole.year if year else None}


def _part_missing(month: Any, day: Any) -> Invalid:
    """What a birthday lacks, said at the field that is empty."""
    if day:
        return Invalid(_("Choose the month too, or leave both empty."), code="bad_birthday", field="birth_month")
    if month:
        return Invalid(_("Choose the day too, or leave both empty."), code="bad_birthday", field="birth_day")
    return Invalid(
        _("Choose the day and the month too, or leave all three empty."), code="bad_birthday", field="birth_day"
    )


def clean_custom(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the business's own fields, each by its kind; an empty one is left out. Raises Invalid."""
    if not values:
        return {}
    fields = {one.key: one for one in CustomField.objects.all()}
    cleaned = {}
    for key, value in values.items():
        if key not in fields:
            raise Invalid(
                _("There is no field “%(key)s”."), code="unknown_field", field="custom", params={"key": str(key)[:40]}
            )
        if value is None or value == "":
            continue
        cleaned[key] = _clean_custom_value(fields[key], value)
    return cleaned


def _clean_custom_value(custom: CustomField, value: Any) -> str | bool:
    where = f"custom.{custom.key}"
    if custom.kind == CustomFieldKind.FLAG:
        return value if isinstance(value, bool) else str(value).strip().lower() in ("1", "true", "yes", "on")
    text = tidy_text(str(value), field=where, longest=500)
    try:
        if custom.kind == CustomFieldKind.NUMBER:
            number = Decimal(text.replace(",", "."))
            # "1e999999" is a number too, and a million digits when it is written out.
            if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
                raise InvalidOperation
            return format(number, "f")
        if custom.kind == CustomFieldKind.DATE:
            return datetime.date.fromisoformat(text).isoformat()
    except (InvalidOperation, ValueError) as error:
        raise Invalid(_("Please check “%(label)s”."), field=where, params={"label": custom.label}) from error
    if custom.kind == CustomFieldKind.CHOICE and text not in custom.choices:
        raise Invalid(_("Choose one of the list for “%(label)s”."), field=where, params={"label": custom.label})
    return text


def _email(text: str, source: str) -> str:
    return email_key(parse_email(tidy_text(text, field="email", longest=300))) if text.strip() else ""


def _phone(text: str, source: str) -> str:
    if not text.strip():
        return ""
    typed = tidy_text(text, field="phone", longest=60)
    return parse_phone(typed, current_tenant().country, lenient=source in _LENIENT)


def _language(text: str, source: str) -> str:
    code = tidy_text(text, field="language", longest=10).replace("_", "-").lower()
    if code and not _LANGUAGE.fullmatch(code):
        raise Invalid(_("Choose a language."), code="unknown_language", field="language")
    return code


def _line(name: str, longest: int) -> Callable[[str, str], str]:
    return lambda text, source: tidy_text(text, field=name, longest=longest)


_CLEAN: dict[str, Callable[[str, str], str]] = {
    "given_name": _line("given_name", 80),
    "family_name": _line("family_name", 80),
    "preferences": _line("preferences", 300),
    "external_id": _line("external_id", 80),
    "email": _email,
    "phone": _phone,
    "language": _language,
}

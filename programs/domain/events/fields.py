"""What an event holds: the fields the owner gave its type, and the values that come in, strictly of their kind."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError, Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.kept import Kept
from programs.enums import FieldKind

MOST_FIELDS = 12
MOST_CHOICES = 30
LONGEST_TEXT = 300
MOST_MONEY = 10**12
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PayloadField(Kept):
    """One field of a type of event; `choices` of CHOICE."""

    key: str
    name: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()


class FieldTrouble(NamedTuple):
    """A field of what was sent that cannot be used, and why."""

    key: str
    code: str
    sentence: str | Promise


def fields_of(stored: Iterable[Mapping[str, Any]]) -> list[PayloadField]:
    return [PayloadField.from_json(one) for one in stored]


def check_fields(fields: Sequence[PayloadField]) -> None:
    """Raises Invalid at `fields.<place>.<what>` for the first that makes no sense."""
    if len(fields) > MOST_FIELDS:
        raise Invalid(_("These are too many fields."), field="fields")
    seen: set[str] = set()
    for place, one in enumerate(fields):
        where = f"fields.{place}"
        tidy_text(one.name, field=f"{where}.name", longest=60, required=True)
        if not KEY.fullmatch(one.key):
            said = _("Small letters, digits and underscores, beginning with a letter.")
            raise Invalid(said, code="bad_key", field=f"{where}.key")
        if one.key in seen:
            raise Invalid(_("Another field has this name already."), code="twice", field=f"{where}.key")
        seen.add(one.key)
        if one.kind not in FieldKind.values:
            raise Invalid(field=f"{where}.kind")
        _check_choices(one, where)


def _check_choices(one: PayloadField, where: str) -> None:
    if one.kind != FieldKind.CHOICE:
        return
    if len(one.choices) < 2:
        raise Invalid(_("Write at least two choices, each on a line of its own."), field=f"{where}.choices")
    if len(one.choices) > MOST_CHOICES or len(set(one.choices)) < len(one.choices):
        raise Invalid(_("Write each choice once, and not more than 30."), field=f"{where}.choices")
    for choice in one.choices:
        tidy_text(choice, field=f"{where}.choices", longest=60, required=True)


def troubles(fields: Sequence[PayloadField], given: Mapping[str, Any]) -> list[FieldTrouble]:
    """Everything that is wrong with what was sent, each named by its field; empty when it can be used."""
    return list(_troubles(fields, given))


def _troubles(fields: Sequence[PayloadField], given: Mapping[str, Any]) -> Iterator[FieldTrouble]:
    known = {one.key for one in fields}
    for key in given:
        if key not in known:
            yield FieldTrouble(str(key)[:80], "unknown_field", _("There is no such field."))
    for one in fields:
        value = given.get(one.key)
        if value is None:
            if one.required:
                yield FieldTrouble(one.key, "required", _("Please fill this in."))
            continue
        try:
            _read(one, value)
        except DomainError as error:
            yield FieldTrouble(one.key, error.code, str(error))


def read_payload(fields: Sequence[PayloadField], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Invalid at `payload.<key>` for the first that cannot be used."""
    for trouble in _troubles(fields, given):
        raise Invalid(trouble.sentence, code=trouble.code, field=f"payload.{trouble.key}")
    values = {one.key: _read(one, given[one.key]) for one in fields if given.get(one.key) is not None}
    return {key: value for key, value in values.items() if value != ""}


def _read(field: PayloadField, value: Any) -> Any:
    """One value as it is kept. Raises Invalid."""
    kind = field.kind
    if kind == FieldKind.FLAG:
        return _must(isinstance(value, bool), value, _("Write true or false."))
    if kind == FieldKind.AMOUNT:
        usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_MONEY
        return _must(usable, value, _("Write whole minor units, such as cents."))
    if kind == FieldKind.NUMBER:
        return _number(value)
    if kind == FieldKind.DATE:
        return _day(value)
    text = tidy_text(_must(isinstance(value, str), value, _("This is not a text.")), field="", longest=LONGEST_TEXT)
    if field.required and not text:
        raise Invalid(_("Please fill this in."), code="required")
    if kind == FieldKind.CHOICE and text:
        return _must(text in field.choices, text, _("This is none of the choices."), code="invalid_choice")
    return text


def _number(value: Any) -> str:
    """A whole number, or a decimal as text or number; kept as text, so that nothing is lost."""
    usable = isinstance(value, int | float | str) and not isinstance(value, bool)
    text = str(value) if usable else ""
    said = _("Write a number, with six decimals at most.")
    _must(bool(_NUMBER.fullmatch(text)), text, said)
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern lets nothing else through
        raise Invalid(said) from error
    return f"{number.normalize() + 0:f}"


def _day(value: Any) -> str:
    said = _("Write a day as 2026-03-01.")
    text = _must(isinstance(value, str) and bool(_DAY.fullmatch(value)), value, said)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Invalid(said) from error


def _must(usable: bool, value: Any, sentence: str | Promise, *, code: str = "invalid") -> Any:
    if not usable:
        raise Invalid(sentence, code=code)
    return value

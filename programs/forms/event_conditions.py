"""What a rule asks of an event: one row for each of its fields, of the field's own kind, all of them optional."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from programs.domain.events.fields import PayloadField
from programs.domain.rules.conditions import Condition
from programs.enums import Comparison, FieldKind
from programs.forms.fields import MoneyField

_RANGED = (FieldKind.NUMBER, FieldKind.AMOUNT, FieldKind.DATE)
_COMPARED = (Comparison.IS, Comparison.ONE_OF, Comparison.CONTAINS)
_TEXT_ASKS = [("", _("Whatever it is")), *((one.value, one.label) for one in _COMPARED)]
MOST_WORDS = 30


class NumberField(forms.CharField):
    """A number with decimals, typed with a point or a comma; the value is its text, empty for none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace(",", ".").strip()
        if not text:
            return ""
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(_("Write a number like 1.5.")) from error
        if not number.is_finite() or abs(number) >= 10**12 or number != round(number, 6):
            raise ValidationError(_("Write a number like 1.5."))
        return f"{number.normalize() + 0:f}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A row: the field of the event, and the fields of the form that ask about it."""

    field: PayloadField
    inputs: list[BoundField]


class ConditionFields:
    """Puts the rows into a form, and reads conditions out of it."""

    def __init__(self, form: forms.Form, fields: Sequence[PayloadField], conditions: Sequence[Condition]) -> None:
        self.form, self.fields = form, fields
        for field in fields:
            mine = [one for one in conditions if one.field == field.key]
            for part, made in _inputs(field).items():
                form.fields[_name(field, part)] = made
                form.initial[_name(field, part)] = _initial(field, part, mine)

    @property
    def rows(self) -> list[Asked]:
        return [Asked(one, [self.form[_name(one, part)] for part in _inputs(one)]) for one in self.fields]

    def clean(self, data: Mapping[str, Any]) -> None:
        """Complains at the second of a range that ends before it begins, and at words without a question or none."""
        for field in self.fields:
            if field.kind == FieldKind.TEXT:
                self._clean_words(field, data)
                continue
            least, most = (data.get(_name(field, part)) for part in ("least", "most"))
            if field.kind not in _RANGED or least in (None, "") or most in (None, ""):
                continue
            if _ordered(field, least) > _ordered(field, most):
                self.form.add_error(_name(field, "most"), ValidationError(_("This is less than the first one.")))

    def _clean_words(self, field: PayloadField, data: Mapping[str, Any]) -> None:
        how, text = data.get(_name(field, "how")), (data.get(_name(field, "text")) or "").strip()
        if text and not how and _name(field, "how") not in self.form.errors:
            self.form.add_error(_name(field, "how"), ValidationError(_("Say how it is compared.")))
        if how and not (words_of(text) if how == Comparison.ONE_OF else text):
            self.form.add_error(_name(field, "text"), ValidationError(_("Write the words.")))
        if how == Comparison.ONE_OF and len(words_of(text)) > MOST_WORDS:
            said = _("These are too many: %(most)s at most.") % {"most": MOST_WORDS}
            self.form.add_error(_name(field, "text"), ValidationError(said))

    def conditions(self, data: Mapping[str, Any]) -> tuple[Condition, ...]:
        return tuple(one for field in self.fields for one in _conditions(field, data))


def words_of(text: str) -> tuple[str, ...]:
    """What is typed as one of several, each once: with commas between, or semicolons where one of them has a comma."""
    parts = [" ".join(one.split()) for one in text.split(";" if ";" in text else ",")]
    found = {one.casefold(): one for one in reversed(parts) if one}
    return tuple(reversed(list(found.values())))


def _typed(values: Sequence[str]) -> str:
    """As `words_of` reads it."""
    if not any("," in one for one in values):
        return ", ".join(values)
    return "; ".join(values) if len(values) > 1 else f"{values[0]};"


def _name(field: PayloadField, part: str) -> str:
    return f"asks-{field.key}-{part}"


def _inputs(field: PayloadField) -> dict[str, forms.Field]:
    if field.kind == FieldKind.FLAG:
        choices = [("", _("Whatever it is")), ("yes", _("yes")), ("no", _("no"))]
        return {"is": forms.ChoiceField(label=field.name, choices=choices, required=False)}
    if field.kind == FieldKind.CHOICE:
        named: list[Any] = [(one, one) for one in field.choices]
        ticks = forms.CheckboxSelectMultiple
        return {"any": forms.MultipleChoiceField(label=field.name, choices=named, required=False, widget=ticks)}
    if field.kind == FieldKind.TEXT:
        how = forms.ChoiceField(label=field.name, choices=_TEXT_ASKS, required=False)
        text = forms.CharField(
            label=_("Which words"),
            max_length=1000,
            required=False,
            help_text=_("One of several: with commas between, or semicolons where one of them has a comma."),
        )
        return {"how": how, "text": text}
    made: dict[str, Any] = {
        FieldKind.NUMBER: NumberField,
        FieldKind.AMOUNT: MoneyField,
        FieldKind.DATE: forms.DateField,
    }
    kind = made[field.kind]
    more: dict[str, Any] = {"widget": forms.DateInput} if field.kind == FieldKind.DATE else {}
    return {
        "least": kind(label=_("%(field)s from") % {"field": field.name}, required=False, **more),
        "most": kind(label=_("up to"), required=False, **more),
    }


def _conditions(field: PayloadField, data: Mapping[str, Any]) -> list[Condition]:
    def asks(how: Comparison, *values: Any) -> Condition:
        texts = tuple(one.isoformat() if isinstance(one, date) else str(one) for one in values)
        return Condition(field.key, field.name, field.kind, how.value, texts)

    if field.kind == FieldKind.FLAG:
        return [asks(Comparison.IS, value)] if (value := data.get(_name(field, "is"))) else []
    if field.kind == FieldKind.CHOICE:
        return [asks(Comparison.ONE_OF, *values)] if (values := data.get(_name(field, "any"))) else []
    if field.kind == FieldKind.TEXT:
        how, text = data.get(_name(field, "how")), (data.get(_name(field, "text")) or "").strip()
        if how == Comparison.ONE_OF:
            return [asks(Comparison.ONE_OF, *words)] if (words := words_of(text)) else []
        return [asks(Comparison(how), text)] if how and text else []
    least, most = (data.get(_name(field, part)) for part in ("least", "most"))
    if least not in (None, "") and least == most:
        return [asks(Comparison.IS, least)]
    pairs = ((Comparison.LEAST, least), (Comparison.MOST, most))
    return [asks(how, value) for how, value in pairs if value not in (None, "")]


def _initial(field: PayloadField, part: str, conditions: Sequence[Condition]) -> Any:
    for one in conditions:
        if part == "text" and one.how == Comparison.ONE_OF:
            return _typed(one.values)
        if part in ("is", "text"):
            return one.values[0]
        if part == "any":
            return list(one.values)
        if part == "how":
            return one.how
        if one.how in (Comparison.IS, Comparison.LEAST if part == "least" else Comparison.MOST):
            return int(one.values[0]) if field.kind == FieldKind.AMOUNT else one.values[0]
    return None


def _ordered(field: PayloadField, value: Any) -> Any:
    return Decimal(value) if field.kind == FieldKind.NUMBER else value

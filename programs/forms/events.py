"""A kind of event as its owner defines it, and an event as the team records it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError
from programs.domain.events.fields import LONGEST_TEXT, MOST_FIELDS, PayloadField, fields_of
from programs.domain.events.types import TypeDetails
from programs.enums import FieldKind, LimitPeriod
from programs.forms.event_conditions import NumberField
from programs.forms.fields import CountField, MoneyField
from programs.forms.rows import with_another_row
from programs.models import EventType

_EVER = ("", _("ever"))


class FieldForm(forms.Form):
    """One field of an event; without a name it is none."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("What it is called"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("What it holds"), choices=FieldKind, required=False)
    required = forms.BooleanField(label=_("Must be there"), required=False)
    choices = forms.CharField(
        label=_("Choices, one on each line"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def field(self) -> PayloadField | None:
        data = self.cleaned_data
        name = data["name"].strip()
        if not name:
            return None
        lines = [line.strip() for line in data["choices"].splitlines() if line.strip()]
        return PayloadField(
            key=data["key"] or slugify(name).replace("-", "_").lstrip("0123456789_")[:40] or "field",
            name=name,
            kind=data["kind"] or FieldKind.TEXT.value,
            required=data["required"],
            choices=tuple(lines) if data["kind"] == FieldKind.CHOICE else (),
        )


FieldRows = forms.formset_factory(FieldForm, extra=0, max_num=MOST_FIELDS, absolute_max=MOST_FIELDS + 1)


class EventTypeForm(forms.Form):
    """The kind itself; its fields are rows beside it."""

    name = forms.CharField(
        label=_("What happens"), max_length=60, help_text=_("Members read it in their history, too.")
    )
    key = forms.SlugField(
        label=_("Its key for other systems"),
        max_length=40,
        required=False,
        help_text=_("Small letters and underscores. Made from the name, if empty; it never changes afterwards."),
    )
    by_staff = forms.BooleanField(
        label=_("The team records it by hand"), required=False, help_text=_("At the counter and on a member’s page.")
    )
    most = CountField(
        label=_("How often it counts for a member"),
        least=1,
        most=1000,
        required=False,
        help_text=_("Empty: each time."),
    )
    period = forms.ChoiceField(label=_("In"), choices=[_EVER, *LimitPeriod.choices], required=False)

    def __init__(self, data: Any = None, *, found: EventType | None = None, more: bool = False) -> None:
        initial: dict[str, Any] = {"by_staff": True}
        stored: list[dict[str, Any]] = []
        if found is not None:
            initial = {name: getattr(found, name) for name in ("name", "key", "by_staff", "most", "period")}
            stored = [{**one.as_json(), "choices": "\n".join(one.choices)} for one in fields_of(found.fields)]
        super().__init__(data, initial=initial)
        if found is not None:
            del self.fields["key"]
        if data is not None and more:
            data, _place = with_another_row(data, "fields", most=MOST_FIELDS)
        self.rows = FieldRows(data, initial=stored or [{}], prefix="fields")

    def is_valid(self) -> bool:
        return bool(super().is_valid() and self.rows.is_valid())

    def details(self) -> TypeDetails:
        data = self.cleaned_data
        fields = [field for row in self.rows if (field := row.field())]
        return TypeDetails(
            name=data["name"],
            key=data.get("key", ""),
            fields=_apart(fields),
            most=data["most"],
            period=data["period"],
            by_staff=data["by_staff"],
        )

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about, in the row it is about."""
        where = (error.field or "").split(".")
        if len(where) == 3:
            rows = [row for row in self.rows if row.cleaned_data.get("name", "").strip()]
            row = rows[int(where[1])]
            row.add_error("name" if where[2] == "key" else where[2], str(error))
            return
        self.add_error(error.field if error.field in self.fields else None, str(error))


def _apart(fields: Sequence[PayloadField]) -> list[PayloadField]:
    """Two of the same name get keys of their own."""
    seen: set[str] = set()
    apart = []
    for one in fields:
        key, number = one.key, 2
        while key in seen:
            key, number = f"{one.key[:37]}_{number}", number + 1
        seen.add(key)
        apart.append(PayloadField(key, one.name, one.kind, one.required, one.choices))
    return apart


class EventForm(forms.Form):
    """An event recorded by hand: an input for each field of its kind."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, found: EventType, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.of = fields_of(found.fields)
        for one in self.of:
            self.fields[f"field-{one.key}"] = _input(one)

    def payload(self) -> dict[str, Any]:
        """What was typed, as the domain reads it; what was left empty is not there."""
        values = {one.key: self.cleaned_data[f"field-{one.key}"] for one in self.of}
        shaped = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in values.items()}
        flags = {one.key: _FLAGS[values[one.key]] for one in self.of if one.kind == FieldKind.FLAG}
        return {key: value for key, value in (shaped | flags).items() if value not in (None, "")}

    @property
    def inputs(self) -> list[Any]:
        return [self[f"field-{one.key}"] for one in self.of]

    def refuse(self, error: DomainError) -> None:
        name = (error.field or "").replace("payload.", "field-")
        self.add_error(name if name in self.fields else None, str(error))


_FLAGS = {"": None, "yes": True, "no": False}


def _input(field: PayloadField) -> forms.Field:
    common: dict[str, Any] = {"label": field.name, "required": field.required}
    if field.kind == FieldKind.NUMBER:
        return NumberField(**common)
    if field.kind == FieldKind.AMOUNT:
        return MoneyField(**common)
    if field.kind == FieldKind.DATE:
        return forms.DateField(widget=forms.DateInput, **common)
    if field.kind == FieldKind.FLAG:
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))], **common)
    if field.kind == FieldKind.CHOICE:
        return forms.ChoiceField(choices=[("", "–"), *((one, one) for one in field.choices)], **common)
    return forms.CharField(max_length=LONGEST_TEXT, **common)

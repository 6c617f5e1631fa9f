"""What is asked about a member. The domain reads and checks it; a refusal is shown at its field."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from customers.domain.details import clean_birthday, clean_field
from customers.domain.members import MemberDetails
from customers.enums import CustomFieldKind, Source
from customers.forms.meanwhile import ShownForm
from customers.models import CustomField, Member
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.phones import example_phone, format_phone
from loyalty_saas.lib.places import languages
from tenants.isolation import current_tenant
from tenants.models import Location

_PLAIN = ("given_name", "family_name", "email", "phone", "language", "preferences", "external_id")
_CUSTOM = "custom-"


class MemberForm(ShownForm):
    given_name = forms.CharField(label=_("First name"), required=False)
    family_name = forms.CharField(label=_("Last name"), required=False)
    email = forms.CharField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), required=False)
    birth_day = forms.IntegerField(
        label=_("Day"),
        required=False,
        min_value=1,
        max_value=31,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("There is no such day.")),
    )
    birth_month = forms.TypedChoiceField(
        label=_("Month"), required=False, coerce=int, empty_value=None, choices=[("", _("Month")), *MONTHS.items()]
    )
    birth_year = forms.IntegerField(label=_("Year"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=lambda: [("", _("Not known")), *languages("en")]
    )
    preferences = forms.CharField(
        label=_("Preferences"), required=False, help_text=_("What staff should know, such as “oat milk” or “size 40”.")
    )
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separate them with commas."))
    location: "forms.ModelChoiceField[Location]" = forms.ModelChoiceField(
        label=_("Joined at"), queryset=None, required=False, empty_label=_("Not known")
    )
    external_id = forms.CharField(
        label=_("Number in another system"),
        required=False,
        help_text=_("What your till or shop calls this customer, if it has a number for them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tenant = current_tenant()
        locations = self.fields["location"]
        assert isinstance(locations, forms.ModelChoiceField)
        locations.queryset = Location.objects.filter(closed_at__isnull=True)
        self.fields["phone"].widget.attrs["placeholder"] = example_phone(tenant.country)
        self.custom = list(CustomField.objects.all())
        for field in self.custom:
            self.fields[_CUSTOM + field.key] = _field_for(field)

    @classmethod
    def initial_of(cls, member: Member, tags: list[str]) -> dict[str, Any]:
        """What the form shows of a member."""
        shown: dict[str, Any] = {name: getattr(member, name) for name in (*_PLAIN, "birth_day", "birth_year")}
        shown |= {"birth_month": member.birth_month or "", "location": member.location_id, "tags": ", ".join(tags)}
        shown["phone"] = format_phone(member.phone, current_tenant().country) if member.phone else ""
        return shown | {_CUSTOM + key: value for key, value in member.custom.items()}

    def custom_fields(self) -> list[forms.BoundField]:
        return [self[_CUSTOM + field.key] for field in self.custom]

    def changes(self) -> dict[str, Any]:
        """The values for `change_member`."""
        data = self.cleaned_data
        values = {name: data[name] for name in (*_PLAIN, "birth_day", "birth_month", "birth_year", "location")}
        tags = [name.strip() for name in data["tags"].split(",") if name.strip()]
        return {**values, "tags": tags, "custom": self._custom_values(data)}

    def details(self) -> MemberDetails:
        values = self.changes()
        values.pop("location")
        return MemberDetails(**{**values, "tags": tuple(values["tags"])})

    def clean(self) -> dict[str, Any]:
        """What is wrong is said at every field at once, not one after another."""
        data = super().clean()
        for name in _PLAIN:
            # Somebody's number may be of a kind that is refused today; only what is typed now is looked at.
            if name in data and name in self.changed_data:
                self._try(clean_field, name, data[name], source=Source.DASHBOARD)
        if not {"birth_day", "birth_month", "birth_year"} & self.errors.keys():
            self._try(clean_birthday, data.get("birth_month"), data.get("birth_day"), data.get("birth_year"))
        return data

    def _try(self, clean: Callable[..., object], *given: object, **named: object) -> None:
        try:
            clean(*given, **named)
        except DomainError as error:
            self.refuse(error)

    def refuse(self, error: DomainError) -> None:
        """Show a refusal of the domain at its field."""
        field = error.field or ""
        name = _CUSTOM + field.removeprefix("custom.") if field.startswith("custom.") else field
        self.add_error(name if name in self.fields else None, str(error))

    def _custom_values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        values = {}
        for field in self.custom:
            value = data[_CUSTOM + field.key]
            values[field.key] = value.isoformat() if hasattr(value, "isoformat") else value
            if field.kind == CustomFieldKind.FLAG and not value:
                values[field.key] = None
        return values


class TypedMember(forms.Form):
    """What has been typed so far, to warn of duplicates: nothing is refused."""

    given_name = forms.CharField(required=False)
    family_name = forms.CharField(required=False)
    email = forms.CharField(required=False)
    phone = forms.CharField(required=False)
    external_id = forms.CharField(required=False)
    birth_day = forms.IntegerField(required=False)
    birth_month = forms.IntegerField(required=False)

    def details(self) -> MemberDetails:
        self.is_valid()
        return MemberDetails(**{name: value for name, value in self.cleaned_data.items() if value})


class CustomFieldForm(forms.Form):
    label = forms.CharField(label=_("What it is called"), max_length=60)
    kind = forms.ChoiceField(label=_("What goes into it"), choices=CustomFieldKind)
    choices = forms.CharField(
        label=_("The list"), required=False, help_text=_("Only for one of a list: separate the choices with commas.")
    )


def _field_for(field: CustomField) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "required": False}
    match field.kind:
        case CustomFieldKind.FLAG:
            return forms.BooleanField(**common)
        case CustomFieldKind.DATE:
            return forms.DateField(**common, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        case CustomFieldKind.CHOICE:
            return forms.ChoiceField(**common, choices=[("", "–"), *((one, one) for one in field.choices)])
        case CustomFieldKind.NUMBER:
            return forms.CharField(**common, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
        case _:
            return forms.CharField(**common)

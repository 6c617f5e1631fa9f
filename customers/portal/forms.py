"""What a member types: shapes only, the rules are the domain's."""

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from customers.domain.details import MemberDetails
from customers.domain.joining import refusals
from customers.errors import TooManyCodes
from customers.portal.questions import Question, answers, questions
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.phones import example_phone
from tenants.models import Tenant

MONTH_CHOICES = [("", _("Month")), *MONTHS.items()]
# Words of ours for the fields of the domain, where they differ.
_FIELD_OF = {"birth_month": "birth_day", "birth_year": "birth_day", "program": "agree_program"}


class EmailForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=300,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def refuse(self, error: DomainError) -> None:
        """At the address, unless a code was asked for too often: that is nothing to mend there."""
        self.add_error(None if isinstance(error, TooManyCodes) else "email", str(error))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "code-input",
                "autofocus": True,
            }
        ),
    )


class DetailsForm(forms.Form):
    """Names, phone and birthday; `refuse` puts a DomainError where it belongs."""

    given_name = forms.CharField(
        label=_("First name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    birth_day = forms.IntegerField(
        label=_("Day"),
        min_value=1,
        max_value=31,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "bday-day", "inputmode": "numeric"}),
    )
    birth_month = forms.TypedChoiceField(
        label=_("Month"),
        choices=MONTH_CHOICES,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs={"autocomplete": "bday-month"}),
    )
    birth_year = forms.IntegerField(
        label=_("Year"),
        min_value=1890,
        max_value=2100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "bday-year", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["placeholder"] = example_phone(tenant.country)

    def refuse(self, error: DomainError) -> None:
        field = _FIELD_OF.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else None, str(error))

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in DetailsForm.base_fields}


class JoinForm(DetailsForm):
    """Joining: the details and the questions, nothing of which is ticked beforehand."""

    email = EmailForm.base_fields["email"]

    def __init__(self, *args: Any, tenant: Tenant, proved_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, tenant=tenant, **kwargs)
        self.tenant, self.proved_email = tenant, proved_email
        self.asked: list[Question] = questions(tenant)
        for question in self.asked:
            self.fields[question.name] = forms.BooleanField(
                label=question.title, help_text=question.text, required=False, initial=False
            )
        if proved_email:
            del self.fields["email"]

    @property
    def question_fields(self) -> list[forms.BoundField]:
        return [self[question.name] for question in self.asked]

    def clean(self) -> dict[str, Any]:
        """Whatever else the domain would refuse is said together with what cannot be read."""
        data = super().clean() or {}
        typed: dict[str, Any] = {name: data.get(name) for name in DetailsForm.base_fields}
        email = self.proved_email or data.get("email", "")
        for error in refusals(MemberDetails(**typed, email=email), answers(self.tenant, data)):
            if _FIELD_OF.get(error.field or "", error.field) not in self.errors:
                self.refuse(error)
        return data

    def details(self, language: str) -> MemberDetails:
        return MemberDetails(**self.changes(), email=self.cleaned_data.get("email", ""), language=language)

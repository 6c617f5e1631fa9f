"""The shapes of what is typed at the counter; what it means is decided in the domain."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.domain.members import MemberDetails

_DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}


class PinForm(forms.Form):
    current = forms.CharField(label=_("PIN you use now"), widget=forms.PasswordInput(attrs=_DIGITS), required=False)
    new = forms.CharField(
        label=_("New PIN"), help_text=_("4 to 6 digits that nobody guesses."), widget=forms.PasswordInput(attrs=_DIGITS)
    )
    again = forms.CharField(label=_("New PIN once more"), widget=forms.PasswordInput(attrs=_DIGITS))

    def __init__(self, *args: Any, has_pin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_pin:
            del self.fields["current"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("The two are not the same. Type it once more."))
        return cleaned


class EnrolForm(forms.Form):
    """Somebody new: how to reach them, what to call them, and what they agree to (nothing is ticked for them)."""

    contact = forms.CharField(
        label=_("Phone or e-mail"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Name"), max_length=160, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    friend_code = forms.CharField(
        label=_("Code of a friend"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    program = forms.BooleanField(
        required=True, error_messages={"required": _("Ask them: without a yes there is no card.")}
    )
    marketing_email = forms.BooleanField(required=False)
    marketing_sms = forms.BooleanField(required=False)
    profiling = forms.BooleanField(required=False)
    key = forms.CharField(max_length=80, required=False)

    def details(self) -> MemberDetails:
        """What was typed, as a member: one line is read as an e-mail when it has an @, otherwise as a phone."""
        return details_from(self.data.get("contact", ""), self.data.get("name", ""))


def details_from(contact: str, name: str) -> MemberDetails:
    contact = contact.strip()
    given, _space, family = name.strip().partition(" ")
    is_email = "@" in contact
    return MemberDetails(
        given_name=given,
        family_name=family.strip(),
        email=contact if is_email else "",
        phone="" if is_email else contact,
    )

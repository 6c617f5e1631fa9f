"""What every form says about a field that was left empty, in words of ours; a field may still say something better."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_LEFT_EMPTY: dict[type[forms.Field], Any] = {
    forms.Field: _("Please fill this in."),
    forms.ChoiceField: _("Please choose one."),
    forms.BooleanField: _("Please tick this to go on."),
    forms.FileField: _("Please choose a file."),
    forms.DateField: _("Please choose a day."),
}


def use_our_words() -> None:
    """Let the kinds of fields, and those made from them, say so. Forms of packages (sign-in) do it too."""
    for kind, sentence in _LEFT_EMPTY.items():
        own: dict[str, Any] = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, "required": sentence}

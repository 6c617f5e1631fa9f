"""What is watched at the counter."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs.domain.reviews.suggesting import WATCHED
from programs.forms.fields import CountField, MoneyField
from programs.models import Program


class WatchForm(forms.Form):
    """As the program keeps them: None is not watched."""

    device_day_limit = MoneyField(
        label=_("At one device in a day"),
        required=False,
        help_text=_("The most spending that staff count at one device, whoever serves. Empty for no limit."),
    )
    watch_often = CountField(
        label=_("Times in seven days"),
        least=1,
        most=500,
        required=False,
        help_text=_("How often one of the staff may give one member something. What goes beyond is held for a look."),
    )
    watch_away_days = CountField(
        label=_("Days away"),
        least=7,
        most=3650,
        required=False,
        help_text=_("A reward redeemed without the member’s phone is looked at when they were away for so long."),
    )
    watch_from = forms.TimeField(
        label=_("Open from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    watch_until = forms.TimeField(
        label=_("Open until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("What staff give outside of these hours is held for a look. They may run past midnight."),
    )

    def __init__(self, data: Any = None, *, program: Program) -> None:
        super().__init__(data, initial={name: getattr(program, name) for name in WATCHED})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("watch_from"), data.get("watch_until")
        if (opens is None) != (closes is None) and not (self.errors.keys() & {"watch_from", "watch_until"}):
            name = "watch_until" if closes is None else "watch_from"
            self.add_error(name, ValidationError(_("Write both hours, or neither.")))
        return data

    def changes(self) -> dict[str, Any]:
        """Fields of the program. The form must be valid."""
        return {name: self.cleaned_data[name] for name in WATCHED}

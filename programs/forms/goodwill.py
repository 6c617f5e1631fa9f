"""What staff may give to make something right, and the words of a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.forms.fields import CountField, MoneyField
from programs.models import Program

BUDGETS = ("gesture_limit", "gesture_staff_budget", "gesture_location_budget", "gesture_days")


class BudgetForm(forms.Form):
    """The budgets as the program keeps them: None is no limit."""

    gesture_limit = MoneyField(
        label=_("At a time"),
        required=False,
        help_text=_("The most that one gesture may count as. Empty for no limit; 0 asks for a manager every time."),
    )
    gesture_staff_budget = MoneyField(
        label=_("One of the staff in a day"),
        required=False,
        help_text=_("What one person may give in a day, by your clock. What a manager approved does not use it up."),
    )
    gesture_location_budget = MoneyField(
        label=_("A location in a day"),
        required=False,
        help_text=_("What all who work there may give together. Here everything counts, also what managers gave."),
    )
    gesture_days = CountField(
        label=_("Days that a voucher keeps"),
        least=1,
        most=3650,
        help_text=_("For money off, or something on the house, that is not used on the spot."),
    )

    def __init__(self, data: Any = None, *, program: Program) -> None:
        super().__init__(data, initial={name: getattr(program, name) for name in BUDGETS})

    def changes(self) -> dict[str, Any]:
        """Fields of the program. The form must be valid."""
        return {name: self.cleaned_data[name] for name in BUDGETS}


class ReasonForm(forms.Form):
    name = forms.CharField(
        label=_("The reason, in your words"),
        max_length=60,
        help_text=_("Staff choose it at the counter, and the member reads it: “Long wait”, “Wrong order”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

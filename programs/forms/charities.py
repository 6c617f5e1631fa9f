"""A charity: its name, and a line that members read."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CharityForm(forms.Form):
    name = forms.CharField(label=_("What it is called"), max_length=80)
    about = forms.CharField(
        label=_("A line about it"), max_length=300, required=False, help_text=_("Members read it beside the reward.")
    )

"""Days on which the business is closed."""

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.days import LAST_DAY


class ClosureForm(forms.Form):
    first = forms.DateField(label=_("From"), widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)])
    last = forms.DateField(label=_("Until"), widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)])
    reason = forms.CharField(
        label=_("Why"), max_length=120, help_text=_("Members read it in their portal: “Summer holidays”.")
    )

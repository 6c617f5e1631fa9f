"""What stands on a printed sheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.printing.sheets import Paper

_PAPERS = [(Paper.A4.value, _("A4")), (Paper.LETTER.value, _("US Letter"))]


class SheetForm(forms.Form):
    headline = forms.CharField(label=_("In large letters"), max_length=60)
    promise = forms.CharField(
        label=_("What they get"),
        max_length=160,
        required=False,
        help_text=_("One or two short sentences. Somebody in a queue reads it in five seconds."),
    )
    hint = forms.CharField(label=_("Below the code"), max_length=60)
    paper = forms.ChoiceField(label=_("Paper"), choices=_PAPERS)

    def clean(self) -> dict[str, Any]:
        """Letters come as people type them; line ends and the like are no letters."""
        return {name: " ".join(str(value).split()) for name, value in (super().clean() or {}).items()}

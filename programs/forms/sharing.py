"""What members may do with each other's points."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.domain.sharing.terms import MOST_IN_FAMILY
from programs.forms.fields import CountField
from programs.models import SharingTerms

_NAMES = (
    *("may_give", "minimum", "month_most", "only_family", "wait_days", "watch_feeders"),
    *("has_families", "most_members", "head_spends", "change_days"),
)


class SharingForm(forms.Form):
    """Works on plain values; `changes()` are fields of the terms, `draft()` the terms as they would be."""

    may_give = forms.BooleanField(
        label=_("Members can give points to each other"),
        required=False,
        help_text=_(
            "In the portal, or at the counter at their wish. It costs nothing, and nothing keeps longer by it."
        ),
    )
    minimum = CountField(label=_("At least, at a time"), least=1, most=1_000_000)
    month_most = CountField(
        label=_("At most, in a calendar month"),
        least=1,
        most=100_000_000,
        required=False,
        help_text=_("By one member, all together. Empty: any number."),
    )
    only_family = forms.BooleanField(label=_("Only within a family"), required=False)
    wait_days = CountField(
        label=_("Days before a new member may give"),
        most=730,
        help_text=_("So that nobody signs up ten cards for their welcome points and puts them on one."),
    )
    watch_feeders = CountField(
        label=_("Members who may give to one in 30 days"),
        least=1,
        most=1000,
        required=False,
        help_text=_("What comes from more of them is held until you have looked. Empty: nothing is held."),
    )
    has_families = forms.BooleanField(
        label=_("Families have one pool for rewards"),
        required=False,
        help_text=_("A head invites, everybody says yes. A reward is paid with what expires first, whoever earned it."),
    )
    most_members = CountField(label=_("People in a family"), least=2, most=MOST_IN_FAMILY)
    head_spends = forms.ChoiceField(
        label=_("Who may spend the pool"),
        choices=[("", _("Everybody in it")), ("head", _("The head only; the others spend their own"))],
        required=False,
        widget=forms.RadioSelect,
    )
    change_days = CountField(
        label=_("Days before one can change family"), most=730, help_text=_("After joining or leaving one. 0: at once.")
    )

    def __init__(self, data: Any = None, *, terms: SharingTerms) -> None:
        self.terms = terms
        begun = {name: getattr(terms, name) for name in _NAMES} | {"head_spends": "head" if terms.head_spends else ""}
        super().__init__(data, initial=begun)

    def clean_head_spends(self) -> bool:
        return bool(self.cleaned_data["head_spends"])

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in _NAMES}

    def draft(self) -> SharingTerms:
        """The terms with what was typed, never saved; what cannot be read stays as it is."""
        typed = self.cleaned_data if self.is_bound else {}
        return SharingTerms(
            program=self.terms.program, **{name: typed.get(name, getattr(self.terms, name)) for name in _NAMES}
        )

"""What bringing a friend gives, and what else members are thanked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.forms.fields import CountField, MoneyField
from programs.forms.unit import name_unit
from programs.models import AdvocacyAction, ReferralOffer

_TERMS = ("advocate_points", "friend_points", "minimum", "within_days", "hold_days", "cap", "cap_days")


class ReferralForm(forms.Form):
    """Works on plain values; `changes()` are fields of the offer, `draft()` the offer as it would be."""

    is_active = forms.BooleanField(
        label=_("Members can bring friends"),
        required=False,
        help_text=_("Everybody finds a link and a code of their own in the portal."),
    )
    advocate_points = CountField(label=_("For whoever brings a friend"), most=1_000_000)
    friend_points = CountField(label=_("For the friend"), most=1_000_000)
    minimum = MoneyField(
        label=_("The friend buys for at least"),
        required=False,
        help_text=_("In one purchase. Nothing is given before, and a return takes it back from both."),
    )
    within_days = CountField(label=_("Within how many days after joining"), least=1, most=730)
    hold_days = CountField(
        label=_("Days until they can be spent"),
        most=365,
        help_text=_("As long as your returns usually take. 0: at once."),
    )
    cap = CountField(
        label=_("Friends one member may bring"),
        least=1,
        most=1000,
        help_text=_("More of them are held until you have looked; nobody loses anything by that."),
    )
    cap_days = CountField(label=_("In how many days"), least=1, most=730)
    counts_imports = forms.BooleanField(
        label=_("Purchases of a file count as well"),
        required=False,
        help_text=_(
            "Off, only what is keyed at the counter or sent by your till thanks anybody. On, a friend’s first purchase "
            "may come with an import, as long as it was made after they joined."
        ),
    )

    def __init__(self, data: Any = None, *, offer: ReferralOffer) -> None:
        self.offer = offer
        super().__init__(
            data, initial={name: getattr(offer, name) for name in ("is_active", "counts_imports", *_TERMS)}
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_active") and not data.get("advocate_points") and not data.get("friend_points"):
            self.add_error("advocate_points", _("Give at least one of the two something."))
        return data

    def changes(self) -> dict[str, Any]:
        return {**self.cleaned_data, "minimum": self.cleaned_data["minimum"] or 0}

    def draft(self) -> ReferralOffer:
        """The offer with what was typed, never saved; what cannot be read stays as it is."""
        typed = self.cleaned_data if self.is_bound and not self.errors else {}
        values = {name: typed.get(name, getattr(self.offer, name)) for name in _TERMS}
        values["minimum"] = values["minimum"] or 0
        return ReferralOffer(program=self.offer.program, **values)


class ActionForm(forms.Form):
    """One way to recommend the business."""

    name = forms.CharField(
        label=_("What members do"), max_length=60, help_text=_("Such as “Write a review” or “Post a photo”.")
    )
    about = forms.CharField(
        label=_("How"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Members read it: what you would like to see, and how you recognise it."),
    )
    link = forms.URLField(
        label=_("Where"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=_("A link that members open."),
    )
    points = CountField(label=_("Points as a thank-you"), least=1, most=1_000_000)
    times = CountField(label=_("How often one member is thanked"), least=1, most=100)
    days = CountField(
        label=_("In how many days"), least=1, most=730, required=False, help_text=_("Empty: once and for all.")
    )

    def __init__(self, data: Any = None, *, action: AdvocacyAction | None = None) -> None:
        names = ("name", "about", "link", "points", "times", "days")
        begun = {name: getattr(action, name) for name in names} if action else {"points": 20, "times": 1}
        super().__init__(data, initial=begun)
        name_unit(self, points=gettext("%(Unit)s as a thank-you"))

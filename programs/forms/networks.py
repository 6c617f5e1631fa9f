"""The rules of a network, and who is invited to it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.days import add_months
from programs.enums import RewardKind
from programs.forms.fields import CountField, MoneyField
from tenants.domain.networks.reading import terms_of, today_of
from tenants.domain.networks.terms import MOST_VALUE, Terms
from tenants.models import NetworkSeat


class NetworkForm(forms.Form):
    """Works on plain values; `terms()` are the rules that were written."""

    name = forms.CharField(
        label=_("What the network is called"), max_length=80, help_text=_("Members read it: “Good Street”.")
    )
    value = MoneyField(
        label=_("What 100 points are worth between you"),
        least=1,
        help_text=_("Whoever gave the points pays this to whoever gives the reward."),
    )
    share = CountField(
        label=_("Share that is paid, in percent"),
        least=1,
        most=100,
        help_text=_("100: all of it. Less, and whoever gives the reward bears a part: the visit is theirs, after all."),
    )
    day_limit = CountField(
        label=_("Most points of one member in a day"),
        least=1,
        most=10**9,
        required=False,
        help_text=_("That one business lets go to the others. Empty: no limit."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Rewards that count"),
        choices=RewardKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: all of them."),
    )

    def __init__(self, data: Any = None, *, seat: NetworkSeat | None = None) -> None:
        begun: dict[str, Any] = {"share": 100}
        if seat is not None:
            begun = {"name": seat.name, **seat.terms}
        super().__init__(data, initial=begun)

    def clean_value(self) -> int:
        value: int = self.cleaned_data["value"]
        if value > MOST_VALUE:
            raise forms.ValidationError(_("That is more than 100 points can be worth."))
        return value

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(given["value"], given["share"], tuple(given["kinds"]), given["day_limit"])


class ProposalForm(NetworkForm):
    """Other rules for a network of several; its name stays."""

    first_day = forms.DateField(
        label=_("From which day on"),
        widget=forms.DateInput,
        help_text=_("Everybody has to agree before it. What is spent before that day counts by the old rules."),
    )

    def __init__(self, data: Any = None, *, seat: NetworkSeat) -> None:
        super().__init__(data, seat=seat)
        first_day = add_months(today_of(seat).replace(day=1), 1)
        self.initial = {**terms_of(seat).as_json(), "first_day": first_day}
        del self.fields["name"]


class ExclusionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Its owners read it on their page and in a letter. In plain words, please."),
    )


class ReceivedForm(forms.Form):
    received_on = forms.DateField(label=_("Arrived on"), widget=forms.DateInput)
    note = forms.CharField(label=_("Note"), max_length=120, required=False, help_text=_("Both of you read it."))


class PartnerForm(forms.Form):
    """To whom a seat is offered; without an address there is only the link."""

    email = forms.EmailField(
        label=_("E-mail of the owner"),
        required=False,
        help_text=_("We send the invitation there. Empty: you get a link to pass on yourself."),
    )

"""A surprise, asked in plain words."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Product, Segment
from loyalty_saas.lib.errors import DomainError
from programs.domain.surprises.definition import (
    MOST_AMONG,
    MOST_AWAY,
    MOST_POINTS,
    MOST_WINNERS,
    SurpriseTerms,
)
from programs.domain.voucher_gifts import GIVES
from programs.enums import RewardKind, SurpriseWay
from programs.forms.fields import CountField, MoneyField
from programs.forms.unit import name_choice, name_unit

_WEEKDAYS = [
    *(("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday"))),
    *(("4", _("Friday")), ("5", _("Saturday")), ("6", _("Sunday"))),
]


class SurpriseForm(forms.Form):
    """Only what belongs to the way and to the gift is asked for."""

    name = forms.CharField(label=_("What it is called"), max_length=60)
    way = forms.ChoiceField(label=_("When chance decides"), choices=SurpriseWay, widget=forms.RadioSelect)
    one_in = CountField(
        label=_("One of how many visits wins"), least=1, most=MOST_AMONG, required=False, help_text=_("1: every visit.")
    )
    winners = CountField(label=_("How many visitors of a day win"), least=1, most=MOST_WINNERS, required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("On which days"),
        choices=_WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every day."),
    )
    minimum = MoneyField(label=_("Purchases count from"), required=False)
    away_days = CountField(
        label=_("Only who had not been here for so many days"),
        most=MOST_AWAY,
        required=False,
        help_text=_("0: whoever comes."),
    )
    segments = forms.MultipleChoiceField(
        label=_("Only members in these segments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "None chosen: all members. It counts who is in one at the moment of the draw, so somebody who just paid is "
            "in no segment of members who stayed away: ask for days without a visit above instead."
        ),
    )
    rest_days = CountField(label=_("Nobody is surprised again within so many days"), most=MOST_AWAY, required=False)
    gives = forms.ChoiceField(
        label=_("What they get"),
        choices=[("points", _("Points")), *((kind.value, kind.label) for kind in GIVES)],
        widget=forms.RadioSelect,
        initial="points",
    )
    points = CountField(label=_("How many points"), least=1, most=MOST_POINTS, required=False)
    gift_value = MoneyField(label=_("How much it takes off"), required=False)
    gift_percent = CountField(label=_("How many percent"), least=1, most=100, required=False)
    gift_cap = MoneyField(
        label=_("At most so much"),
        required=False,
        help_text=_("Your budget counts each voucher at its part of an average purchase of yours, never above this."),
    )
    gift_product: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Which product"), required=False)
    gift_days = CountField(label=_("How long the voucher is good for"), least=1, most=366, required=False)
    budget = MoneyField(
        label=_("At most in a month, in money"),
        required=False,
        help_text=_("At what it costs you, percent off at what it is expected to. Never more is given."),
    )
    budget_points = CountField(label=_("At most in a month, in points"), least=1, most=10**9, required=False)

    def __init__(self, data: Any = None, *, name: str = "", terms: SurpriseTerms | None = None) -> None:
        begun = terms or SurpriseTerms("visit", points=20)
        super().__init__(data, initial=_initial(name, begun))
        segments = [(str(pk), name) for pk, name in Segment.objects.order_by("name").values_list("pk", "name")]
        self.fields["segments"].choices = segments  # type: ignore[attr-defined]
        if not segments:
            del self.fields["segments"]
        name_unit(self, points=gettext("How many %(unit)s"), budget_points=gettext("At most in a month, in %(unit)s"))
        name_choice(self, "gives")
        products = self.fields["gift_product"]
        assert isinstance(products, forms.ModelChoiceField)
        products.queryset = Product.objects.filter(is_active=True, price__gt=0).order_by("name")

    def terms(self) -> SurpriseTerms:
        """What was typed; whether it makes sense as a whole is the domain's to say."""
        data = self.cleaned_data
        gift = "" if data["gives"] == "points" else data["gives"]
        product = data["gift_product"] if gift == RewardKind.FREE_PRODUCT else None
        is_percent = gift == RewardKind.PERCENT_OFF
        return SurpriseTerms(
            data["way"],
            one_in=data["one_in"] or 0,
            winners=data["winners"] or 1,
            weekdays=tuple(int(day) for day in data["weekdays"]),
            minimum=data["minimum"] or 0,
            away_days=data["away_days"] or 0,
            segments=tuple(data.get("segments", ())),
            rest_days=data["rest_days"] or 0,
            points=0 if gift else data["points"] or 0,
            gift_kind=gift,
            value=_worth(gift, data),
            cap=(data["gift_cap"] or 0) if is_percent else 0,
            product=str(product.pk) if product else "",
            days=data["gift_days"] or 14,
            budget=data["budget"],
            budget_points=None if gift else data["budget_points"],
            names={"product": str(product)} if product else {},
        )

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


def _worth(gift: str, data: dict[str, Any]) -> int:
    """Money or percent, as the gift asks for."""
    name = {str(RewardKind.AMOUNT_OFF): "gift_value", str(RewardKind.PERCENT_OFF): "gift_percent"}.get(gift)
    return (data[name] or 0) if name else 0


def _initial(name: str, terms: SurpriseTerms) -> dict[str, Any]:
    return {
        "name": name,
        "way": terms.way,
        "one_in": terms.one_in,
        "winners": terms.winners,
        "weekdays": [str(day) for day in terms.weekdays],
        "minimum": terms.minimum or None,
        "away_days": terms.away_days,
        "segments": list(terms.segments),
        "rest_days": terms.rest_days,
        "gives": terms.gift_kind or "points",
        "points": terms.points or None,
        "gift_value": terms.value or None if terms.gift_kind == RewardKind.AMOUNT_OFF else None,
        "gift_percent": terms.value or None if terms.gift_kind == RewardKind.PERCENT_OFF else None,
        "gift_cap": terms.cap or None,
        "gift_product": terms.product or None,
        "gift_days": terms.days,
        "budget": terms.budget,
        "budget_points": terms.budget_points,
    }

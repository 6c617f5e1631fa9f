"""A reward, and giving or taking points by hand."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.days import LAST_DAY, local_day
from programs.domain.catalog import RewardDetails
from programs.enums import RewardKind
from programs.forms.fields import CountField, MoneyField
from programs.models import Program, Reward
from tenants.isolation import current_tenant

SHAPE = (
    *("name", "description", "kind", "cost", "product", "stock", "limit_per_member", "tier", "starts_on", "ends_on"),
)


class RewardForm(forms.Form):
    """Only the worth that belongs to the kind is asked for; the other fields are left alone."""

    name = forms.CharField(label=_("What members get"), max_length=80)
    description = forms.CharField(
        label=_("A line about it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(label=_("What kind it is"), choices=RewardKind, widget=forms.RadioSelect)
    value = MoneyField(label=_("How much it takes off"), required=False)
    percent = CountField(label=_("How many percent it takes off"), least=1, most=100, required=False)
    product: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Which product"), required=False, empty_label=_("Something not in my list")
    )
    cost = CountField(label=_("What it costs"), least=1, most=10**8)
    stock = CountField(
        label=_("How many there are"),
        required=False,
        show_hidden_initial=True,
        help_text=_("Empty for as many as members like."),
    )
    limit_per_member = CountField(
        label=_("How often each member can have it"),
        least=1,
        most=1000,
        required=False,
        help_text=_("Empty for as often as they like."),
    )
    tier: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Who can have it"), required=False, empty_label=_("Everybody")
    )
    starts_on = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)]
    )
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput,
        help_text=_("The last day it can be had."),
        validators=[MaxValueValidator(LAST_DAY)],
    )

    def __init__(self, data: Any = None, *, program: Program, reward: Reward | None = None) -> None:
        self.reward = reward
        super().__init__(data, initial=_initial(reward))
        known = Product.objects.filter(is_active=True)
        if reward is not None and reward.product_id:
            known = known | Product.objects.filter(pk=reward.product_id)
        products, tiers = self.fields["product"], self.fields["tier"]
        assert isinstance(products, forms.ModelChoiceField)
        assert isinstance(tiers, forms.ModelChoiceField)
        products.queryset = known.order_by("name")
        tiers.queryset = program.tiers.order_by("threshold")
        tiers.label_from_instance = _from_tier_upwards  # type: ignore[assignment, method-assign]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind == RewardKind.AMOUNT_OFF and not data.get("value") and "value" not in self.errors:
            self.add_error("value", ValidationError(_("Say how much it takes off.")))
        if kind == RewardKind.PERCENT_OFF and not data.get("percent") and "percent" not in self.errors:
            self.add_error("percent", ValidationError(_("Say how many percent it takes off.")))
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", ValidationError(_("It cannot end before it begins.")))
        elif ends and "ends_on" in self.changed_data and ends < local_day(timezone.now(), current_tenant().zone):
            self.add_error("ends_on", ValidationError(_("This day is over. Choose today or a later one.")))
        return data

    def details(self) -> RewardDetails:
        """What was typed."""
        data = self.cleaned_data
        kind = data["kind"]
        worth = {RewardKind.AMOUNT_OFF: data["value"], RewardKind.PERCENT_OFF: data["percent"]}.get(kind)
        return RewardDetails(value=worth or 0, **{name: data[name] for name in SHAPE})

    def stock_as_it_was(self) -> str:
        """A hidden field with the stock as the page showed it, so that a change by hand is told from a redemption."""
        return self["stock"].as_hidden(only_initial=True)

    @property
    def keeps_stock(self) -> bool:
        """Whether nobody touched the stock: then what was redeemed meanwhile stays counted."""
        return self.reward is not None and "stock" not in self.changed_data


def _from_tier_upwards(tier: Any) -> str:
    return str(_("Members from %(tier)s upwards")) % {"tier": tier.name}


def _initial(reward: Reward | None) -> dict[str, Any]:
    if reward is None:
        return {"kind": RewardKind.FREE_PRODUCT}
    values: dict[str, Any] = {name: getattr(reward, name) for name in SHAPE}
    if reward.kind == RewardKind.AMOUNT_OFF:
        values["value"] = reward.value
    if reward.kind == RewardKind.PERCENT_OFF:
        values["percent"] = reward.value
    return values


class AdjustmentForm(forms.Form):
    """Points given or taken by hand; what a person may give is asked again by the ledger."""

    direction = forms.ChoiceField(
        label=_("Give or take"), choices=[("give", _("Give")), ("take", _("Take"))], widget=forms.RadioSelect
    )
    points = CountField(label=_("How many"), least=1, most=10**9)
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("The member reads it in their history, and it stays on the record.")
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def signed(self) -> int:
        points: int = self.cleaned_data["points"]
        return -points if self.cleaned_data["direction"] == "take" else points

"""A plan of a paid membership, asked in plain words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.errors import DomainError
from programs.domain.memberships.plans import WELCOME_KINDS, PlanDetails
from programs.enums import PlanPeriod, RewardKind
from programs.forms.fields import CountField, MoneyField
from programs.models import MembershipPlan, Tier


class PlanForm(forms.Form):
    """Only what belongs to the kind of welcome gift is asked for."""

    name = forms.CharField(label=_("What it is called"), max_length=60)
    description = forms.CharField(label=_("What members read about it"), max_length=300, required=False)
    price = MoneyField(label=_("What it costs"), least=1)
    period = forms.ChoiceField(label=_("For how long"), choices=PlanPeriod, widget=forms.RadioSelect)
    tax_words = forms.CharField(
        label=_("Words about tax"), max_length=80, required=False, help_text=_("Such as “20% VAT included”.")
    )
    tier: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("The tier it gives"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("A gift to begin with"),
        choices=[("", _("None")), *((kind.value, kind.label) for kind in WELCOME_KINDS)],
        required=False,
        widget=forms.RadioSelect,
    )
    value = MoneyField(label=_("How much it takes off"), required=False)
    percent = CountField(label=_("How many percent it takes off"), least=1, most=100, required=False)
    product: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Which product"), required=False)
    welcome_days = CountField(label=_("The gift can be had for"), least=1, most=3650)
    reminder_days = CountField(label=_("Remind before the end"), most=60)
    grace_days = CountField(label=_("Keep everything after the end"), most=60)

    def __init__(self, data: Any = None, *, plan: MembershipPlan | None = None) -> None:
        super().__init__(data, initial=_initial(plan))
        tiers, products = self.fields["tier"], self.fields["product"]
        assert isinstance(tiers, forms.ModelChoiceField)
        assert isinstance(products, forms.ModelChoiceField)
        tiers.queryset = Tier.objects.order_by("threshold")
        products.queryset = Product.objects.filter(is_active=True).order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked = {RewardKind.AMOUNT_OFF: "value", RewardKind.PERCENT_OFF: "percent", RewardKind.FREE_PRODUCT: "product"}
        name = asked.get(data.get("kind", ""))
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, ValidationError(_("Say what the gift is.")))
        return data

    def details(self) -> PlanDetails:
        """What was typed. The form must be valid."""
        data = self.cleaned_data
        kind = data["kind"]
        value = {RewardKind.AMOUNT_OFF: data["value"], RewardKind.PERCENT_OFF: data["percent"]}.get(kind) or 0
        plain = ("name", "description", "price", "period", "tax_words", "tier", "welcome_days")
        return PlanDetails(
            **{name: data[name] for name in (*plain, "reminder_days", "grace_days")},
            welcome_kind=kind,
            welcome_value=value,
            welcome_product=data["product"] if kind == RewardKind.FREE_PRODUCT else None,
        )

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about."""
        name = {"welcome_kind": "kind", "welcome_product": "product", "welcome_value": "value"}.get(error.field or "")
        name = name or error.field
        self.add_error(name if name in self.fields else None, str(error))


def _initial(plan: MembershipPlan | None) -> dict[str, Any]:
    if plan is None:
        return {"period": PlanPeriod.MONTH, "kind": "", "welcome_days": 30, "reminder_days": 7, "grace_days": 7}
    same = ("name", "description", "price", "period", "tax_words", "welcome_days", "reminder_days", "grace_days")
    values: dict[str, Any] = {name: getattr(plan, name) for name in same}
    values |= {"tier": plan.tier_id, "kind": plan.welcome_kind, "product": plan.welcome_product_id}
    values["value" if plan.welcome_kind == RewardKind.AMOUNT_OFF else "percent"] = plan.welcome_value or None
    return values

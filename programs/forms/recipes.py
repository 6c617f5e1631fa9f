"""What the owner says to see what a recipe would cost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.domain.defaults import small_unit
from programs.forms.fields import CountField, MoneyField
from programs.recipes.book import Habits
from tenants.enums import Trade
from tenants.models import Tenant


class TradeForm(forms.Form):
    trade = forms.ChoiceField(label=_("Ideas for"), choices=Trade)


class MarginForm(forms.Form):
    """The gross margin, in percent of the price."""

    margin = CountField(label=_("Margin in percent"), least=1, most=95)


class MonthForm(MarginForm):
    """The margin, and a month as the owner knows it; for a business that has no sales here yet."""

    purchases = CountField(label=_("Purchases in a month"), least=1, most=100_000)
    average = MoneyField(label=_("Average purchase"), least=1)


def usual(habits: Habits, tenant: Tenant) -> dict[str, Any]:
    """What the forms begin with."""
    return {
        "margin": habits.margin,
        "purchases": habits.purchases,
        "average": habits.purchase * small_unit(tenant.currency),
    }

"""What can come out of a surprise: a few rows, each a prize, as likely as its number beside the others'."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs.domain.prizes import MOST_PRIZES, PrizeDetails
from programs.enums import PRIZE_KINDS, RewardKind
from programs.forms.fields import CountField, MoneyField
from programs.models import Prize


class PrizeForm(forms.Form):
    """One row; empty without a name."""

    name = forms.CharField(label=_("Prize"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(one.value, one.label) for one in PRIZE_KINDS], required=False)
    money = MoneyField(label=_("Money off"), required=False)
    percent = CountField(label=_("Percent"), least=1, most=100, required=False)
    weight = CountField(label=_("How likely"), least=1, most=1_000_000, required=False)
    stock = CountField(label=_("How many"), required=False)
    unit_cost = MoneyField(label=_("Costs you"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name"):
            if any(data.get(one) for one in ("money", "percent", "weight", "stock", "unit_cost")):
                self.add_error("name", ValidationError(_("Say what it is.")))
            return data
        if data.get("kind") == RewardKind.AMOUNT_OFF and not data.get("money") and "money" not in self.errors:
            self.add_error("money", ValidationError(_("Say how much it takes off.")))
        if data.get("kind") == RewardKind.PERCENT_OFF and not data.get("percent") and "percent" not in self.errors:
            self.add_error("percent", ValidationError(_("Say how many percent it takes off.")))
        return data

    def details(self) -> PrizeDetails | None:
        data = self.cleaned_data
        if not data.get("name"):
            return None
        worth = {RewardKind.AMOUNT_OFF: data["money"], RewardKind.PERCENT_OFF: data["percent"]}.get(data["kind"])
        return PrizeDetails(
            name=data["name"],
            kind=data["kind"] or RewardKind.FREE_PRODUCT,
            value=worth or 0,
            weight=data["weight"] or 1,
            stock=data["stock"],
            unit_cost=data["unit_cost"],
        )


def prize_forms(data: Any, prizes: Sequence[Prize] = ()) -> list[PrizeForm]:
    """As many rows as there can be, with what there is."""
    rows = []
    for number in range(MOST_PRIZES):
        prize = prizes[number] if number < len(prizes) else None
        rows.append(PrizeForm(data, prefix=f"prize{number}", initial=_initial(prize)))
    return rows


def _initial(prize: Prize | None) -> dict[str, Any]:
    if prize is None:
        return {"kind": RewardKind.FREE_PRODUCT}
    values: dict[str, Any] = {name: getattr(prize, name) for name in ("name", "kind", "weight", "stock", "unit_cost")}
    values["money" if prize.kind == RewardKind.AMOUNT_OFF else "percent"] = prize.value or None
    return values

"""What tiers are measured by, and one step of them."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs.domain.ladder import TierDetails
from programs.enums import TierBasis, TierWindow
from programs.forms.fields import CountField, MoneyField, TimesField
from programs.models import Program, Tier


def amount_field(basis: str, label: Any) -> forms.Field:
    """The field for a threshold in a measure."""
    if basis == TierBasis.SPEND:
        return MoneyField(label=label)
    return CountField(label=label, most=10**9 if basis == TierBasis.POINTS else 366)


class MeasureForm(forms.Form):
    """Basis and window, and the amount of every step in that basis."""

    tier_basis = forms.ChoiceField(
        label=_("What counts"),
        choices=[
            (TierBasis.SPEND, _("what they spend")),
            (TierBasis.POINTS, _("the points they earn")),
            (TierBasis.VISITS, _("the days they visit")),
        ],
    )
    tier_window = forms.ChoiceField(
        label=_("Over which time"),
        choices=[
            (TierWindow.ROLLING_YEAR, _("the last 12 months")),
            (TierWindow.CALENDAR_YEAR, _("the calendar year")),
        ],
    )

    def __init__(
        self, data: Any = None, *, program: Program, tiers: list[Tier], basis: str = "", window: str = ""
    ) -> None:
        """`basis` and `window` are those to begin with, the program's own by default."""
        self.program, self.tiers = program, tiers
        initial = {"tier_basis": basis or program.tier_basis, "tier_window": window or program.tier_window}
        basis = (data or {}).get("tier_basis", initial["tier_basis"])
        super().__init__(data, initial=initial)
        for name in ("tier_basis", "tier_window"):
            # Each list asks for the steps in its measure by itself, so that the answer knows which one was touched.
            self.fields[name].widget.attrs.update({"hx-post": reverse("programs:tier_preview"), "hx-trigger": "change"})
        for tier in tiers:
            name = f"threshold_{tier.pk.hex}"
            self.fields[name] = amount_field(basis, tier.name)
            if basis == program.tier_basis:
                self.initial[name] = tier.threshold

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen: set[int] = set()
        for tier in self.tiers:
            name = f"threshold_{tier.pk.hex}"
            amount = data.get(name)
            if amount in seen:
                self.add_error(name, ValidationError(_("Two tiers cannot begin at the same amount.")))
            if amount is not None:
                seen.add(amount)
        return data

    def thresholds(self) -> dict[UUID, int]:
        """What the steps would ask for, as far as it is known: typed rightly, or as it stands."""
        data = self.cleaned_data if self.is_bound else self.initial
        typed = {tier.pk: data.get(f"threshold_{tier.pk.hex}") for tier in self.tiers}
        return {pk: amount for pk, amount in typed.items() if amount is not None}

    def amounts(self) -> list[tuple[Tier, Any]]:
        """Every step with its bound field."""
        return [(tier, self[f"threshold_{tier.pk.hex}"]) for tier in self.tiers]


class TierForm(forms.Form):
    """One step."""

    name = forms.CharField(label=_("Name"), max_length=40)
    multiplier = TimesField(
        label=_("Earns how many times as fast"),
        help_text=_("1 is what everybody earns; 1.5 gives half as much again."),
        initial=100,
    )
    benefits = forms.CharField(
        label=_("Benefits"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, as your members read them."),
    )

    field_order = ("name", "threshold", "multiplier", "benefits")

    def __init__(self, data: Any = None, *, program: Program, tier: Tier | None = None) -> None:
        initial = None
        if tier is not None:
            initial = {name: getattr(tier, name) for name in ("name", "threshold", "multiplier", "benefits")}
        super().__init__(data, initial=initial)
        self.fields["threshold"] = amount_field(program.tier_basis, _("Reached from"))
        self.order_fields(self.field_order)

    def details(self) -> TierDetails:
        return TierDetails(**self.cleaned_data)

"""What tiers are measured by, and one step of them."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.days import LAST_DAY, local_day
from programs.domain.benefits import GIFTS, MOST_EARLY_DAYS, MOST_GIFT_DAYS, BenefitDetails
from programs.domain.ladder import MOST_DAYS, TierDetails
from programs.domain.movers import Ladder
from programs.enums import BenefitKind, RewardKind, TierBasis, TierWindow
from programs.forms.fields import CountField, MoneyField, TimesField
from programs.models import Program, Tier, TierBenefit
from tenants.isolation import current_tenant


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
        help_text=_("Of points, those of purchases and of your own events; none by hand, for joining or for friends."),
    )
    tier_window = forms.ChoiceField(
        label=_("Over which time"),
        choices=[
            (TierWindow.ROLLING_YEAR, _("the last 12 months")),
            (TierWindow.CALENDAR_YEAR, _("the calendar year")),
            (TierWindow.JOINING_YEAR, _("their own year, from the day they joined")),
            (TierWindow.EVER, _("all the time, for ever")),
        ],
    )
    grace_days = CountField(label=_("Days of grace"), least=0, most=MOST_DAYS, required=False)
    notice_days = CountField(label=_("Days of notice"), least=0, most=MOST_DAYS, required=False)
    keep = forms.BooleanField(
        label=_("Who would no longer have enough keeps the tier until their period ends"),
        help_text=_("Without the tick they go one step down as soon as you save."),
        required=False,
        initial=True,
    )

    def __init__(
        self, data: Any = None, *, program: Program, tiers: list[Tier], basis: str = "", window: str = ""
    ) -> None:
        """`basis` and `window` are those to begin with, the program's own by default."""
        self.program, self.tiers = program, tiers
        initial: dict[str, Any] = {
            "tier_basis": basis or program.tier_basis,
            "tier_window": window or program.tier_window,
        }
        initial |= {"grace_days": program.tier_grace_days, "notice_days": program.tier_notice_days, "keep": True}
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

    def ladder(self) -> Ladder | None:
        """What tiers would ask for, once every amount is known."""
        data = self.cleaned_data if self.is_bound else self.initial
        thresholds, basis, window = self.thresholds(), data.get("tier_basis"), data.get("tier_window")
        if len(thresholds) < len(self.tiers) or basis not in TierBasis.values or window not in TierWindow.values:
            return None
        return Ladder(str(basis), str(window), thresholds)

    def amounts(self) -> list[tuple[Tier, Any]]:
        """Every step with its bound field."""
        return [(tier, self[f"threshold_{tier.pk.hex}"]) for tier in self.tiers]


_GIFT_KINDS = [("", _("Nothing")), *((kind.value, kind.label) for kind in RewardKind)]


class TierForm(forms.Form):
    """One step, and what it brings that works by itself."""

    name = forms.CharField(label=_("Name"), max_length=40)
    multiplier = TimesField(
        label=_("Earns how many times as fast"),
        help_text=_("1 is what everybody earns; 1.5 gives half as much again."),
        initial=100,
    )
    by_invitation = forms.BooleanField(
        label=_("Only by invitation"),
        help_text=_("Nobody gets here by themselves, and nobody else sees it. You place members from their pages."),
        required=False,
    )
    benefits = forms.CharField(
        label=_("What else it brings, in words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line, as your members read them."),
    )
    birthday_kind = forms.ChoiceField(label=_("For their birthday"), choices=_GIFT_KINDS, required=False)
    birthday_value = MoneyField(label=_("How much it takes off"), required=False)
    birthday_percent = CountField(label=_("How many percent"), least=1, most=100, required=False)
    birthday_product: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Which product"), required=False)
    anniversary_kind = forms.ChoiceField(
        label=_("Every year on the day they joined"), choices=_GIFT_KINDS, required=False
    )
    anniversary_value = MoneyField(label=_("How much it takes off"), required=False)
    anniversary_percent = CountField(label=_("How many percent"), least=1, most=100, required=False)
    anniversary_product: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Which product"), required=False)
    gift_days = CountField(
        label=_("How long gifts are good for"), least=1, most=MOST_GIFT_DAYS, required=False, initial=14
    )
    delivery = forms.CharField(
        label=_("Code for free delivery"),
        max_length=40,
        required=False,
        help_text=_("A code that your online shop knows. Members of the tier see it in their portal."),
    )
    early = CountField(
        label=_("New rewards earlier by"),
        least=1,
        most=MOST_EARLY_DAYS,
        required=False,
        help_text=_("Rewards with a first day can be had so many days before others."),
    )
    invitation = forms.CharField(
        label=_("An invitation to"), max_length=120, required=False, help_text=_("Shown in their portal up to its day.")
    )
    invitation_day = forms.DateField(
        label=_("On"), required=False, widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)]
    )
    priority = forms.BooleanField(
        label=_("Served first"), help_text=_("The counter says so when they are called up."), required=False
    )
    keep = forms.BooleanField(
        label=_("Who would no longer have enough keeps the tier until their period ends"),
        help_text=_("Without the tick they go one step down as soon as you save."),
        required=False,
        initial=True,
    )

    field_order = ("name", "threshold", "multiplier", "by_invitation", "benefits")

    def __init__(self, data: Any = None, *, program: Program, tier: Tier | None = None) -> None:
        initial: dict[str, Any] | None = None
        if tier is not None:
            shape = ("name", "threshold", "multiplier", "benefits", "by_invitation")
            initial = {name: getattr(tier, name) for name in shape} | _worked(tier) | {"keep": True}
        super().__init__(data, initial=initial)
        self.fields["threshold"] = amount_field(program.tier_basis, _("Reached from"))
        for kind in GIFTS:
            products = self.fields[f"{kind}_product"]
            assert isinstance(products, forms.ModelChoiceField)
            products.queryset = Product.objects.filter(is_active=True).order_by("name")
        self.order_fields(self.field_order)

    def details(self) -> TierDetails:
        data = self.cleaned_data
        return TierDetails(
            data["name"], data["threshold"], data["multiplier"], data["benefits"], by_invitation=data["by_invitation"]
        )

    def works(self) -> list[BenefitDetails]:
        """What it brings that works by itself."""
        data, wanted = self.cleaned_data, []
        for kind in GIFTS:
            if chosen := data[f"{kind}_kind"]:
                value = data[f"{kind}_percent" if chosen == RewardKind.PERCENT_OFF else f"{kind}_value"] or 0
                product, days = data[f"{kind}_product"], data["gift_days"] or 14
                wanted.append(BenefitDetails(kind, gift_kind=chosen, value=value, product=product, days=days))
        if data["delivery"].strip():
            wanted.append(BenefitDetails(BenefitKind.DELIVERY, text=data["delivery"]))
        if data["early"]:
            wanted.append(BenefitDetails(BenefitKind.EARLY, days=data["early"]))
        if data["invitation"].strip():
            wanted.append(
                BenefitDetails(BenefitKind.INVITATION, text=data["invitation"], on_day=data["invitation_day"])
            )
        if data["priority"]:
            wanted.append(BenefitDetails(BenefitKind.PRIORITY))
        return wanted

    def refuse(self, error: Any) -> None:
        """Say what the domain refuses, at the field it is about."""
        field = f"{error.field}_kind" if error.field in GIFTS else error.field
        self.add_error(field if field in self.fields else None, str(error))


def _worked(tier: Tier) -> dict[str, Any]:
    values: dict[str, Any] = {}
    works: dict[str, TierBenefit] = {one.kind: one for one in tier.works.all()}
    for kind in GIFTS:
        if (gift := works.get(kind)) is not None:
            values[f"{kind}_kind"], values["gift_days"] = gift.gift_kind, gift.days
            values[f"{kind}_product"] = gift.product_id
            values[f"{kind}_percent" if gift.gift_kind == RewardKind.PERCENT_OFF else f"{kind}_value"] = (
                gift.value or None
            )
    if (early := works.get(BenefitKind.EARLY)) is not None:
        values["early"] = early.days
    if (delivery := works.get(BenefitKind.DELIVERY)) is not None:
        values["delivery"] = delivery.text
    if (invitation := works.get(BenefitKind.INVITATION)) is not None:
        values |= {"invitation": invitation.text, "invitation_day": invitation.on_day}
    values["priority"] = BenefitKind.PRIORITY in works
    return values


class PlacementForm(forms.Form):
    """A member placed in a tier by hand."""

    tier: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Which tier"), empty_label=None)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput,
        help_text=_("The last day. A tier by invitation may go without one."),
        validators=[MaxValueValidator(LAST_DAY)],
    )
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("It stays on the record."))
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, program: Program, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        tiers = self.fields["tier"]
        assert isinstance(tiers, forms.ModelChoiceField)
        tiers.queryset = program.tiers.order_by("-threshold")
        # Read once: otherwise they are each time that the field is looked at.
        known = list(iter(ModelChoiceIterator(tiers)))  # asked itself for its length, it counts them first
        tiers.choices = known
        self.has_tiers = bool(known)

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until is not None and until < local_day(timezone.now(), current_tenant().zone):
            raise ValidationError(_("This day is over. Choose today or a later one."))
        return until

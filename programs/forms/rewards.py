"""A reward, and giving or taking points by hand."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.days import LAST_DAY, local_day, start_of_day, to_utc
from programs.domain.catalog import RewardDetails
from programs.domain.conditions import MOST_CHOICES, Conditions
from programs.domain.prizes import prizes_of
from programs.enums import RewardKind, VoucherRule
from programs.forms.conditions import ConditionsForm
from programs.forms.fields import Chosen, CountField, MoneyField
from programs.forms.prizes import prize_forms
from programs.models import Charity, Program, Reward
from tenants.isolation import current_tenant

SHAPE = (
    *("name", "description", "kind", "cost", "product", "stock", "limit_per_member", "tier", "starts_on", "ends_on"),
    *("cap", "unit_cost", "limit_in_period", "limit_period", "content", "link", "has_waiting_list", "uses_own_codes"),
    *("is_partial", "usable_from", "usable_days", "charity"),
)
# In which field the worth of a kind is typed.
WORTH = {
    RewardKind.AMOUNT_OFF: "value",
    RewardKind.PERCENT_OFF: "percent",
    RewardKind.DONATION: "donation",
    RewardKind.UPGRADE: "extra",
}


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    limits = [MaxValueValidator(LAST_DAY)]
    return forms.DateField(label=label, required=False, widget=forms.DateInput, validators=limits, **kwargs)


class RewardForm(ConditionsForm):
    """Only what belongs to the kind is asked for; the other fields are left alone."""

    name = forms.CharField(label=_("What members get"), max_length=80)
    description = forms.CharField(
        label=_("A line about it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(label=_("What kind it is"), choices=RewardKind, widget=forms.RadioSelect)
    value = MoneyField(label=_("How much it takes off"), required=False)
    is_partial = forms.BooleanField(
        label=_("It may be used in parts"), required=False, help_text=_("What is left stays on the voucher.")
    )
    percent = CountField(label=_("How many percent it takes off"), least=1, most=100, required=False)
    cap = MoneyField(label=_("But at most"), least=1, required=False)
    product: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Which product"), required=False, empty_label=_("Something not in my list")
    )
    products = forms.MultipleChoiceField(label=_("They choose one of"), required=False, widget=Chosen)
    extra = MoneyField(label=_("What the upgrade is worth"), required=False)
    happens_on = _day(_("On which day"))
    happens_time = forms.TimeField(label=_("At what time"), required=False, widget=forms.TimeInput)
    public_on = _day(_("Everybody else from"))
    content = forms.CharField(
        label=_("What only they get to read"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as how to find it, how to book, a recipe. Shown to those who have it, and to nobody else."),
    )
    link = forms.URLField(label=_("And a link"), max_length=500, required=False, assume_scheme="https")
    donation = MoneyField(label=_("How much you give"), least=1, required=False)
    charity: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("To whom"), required=False, empty_label=_("Choose, or write a new one")
    )
    new_charity = forms.CharField(label=_("Or somebody new"), max_length=80, required=False)
    cost = CountField(label=_("What it costs"), least=1, most=10**8)
    unit_cost = MoneyField(
        label=_("What one costs you"),
        required=False,
        help_text=_("Empty: what it is worth. Kept with every redemption, so that you see what your rewards cost."),
    )
    stock = CountField(
        label=_("How many there are"),
        required=False,
        show_hidden_initial=True,
        help_text=_("Empty for as many as members like. They see how many are really left."),
    )
    has_waiting_list = forms.BooleanField(
        label=_("Keep a waiting list"),
        required=False,
        help_text=_("A place that becomes free is kept for whoever waits longest."),
    )
    take_hours = CountField(label=_("For so long a free place is kept"), least=1, most=720, required=False)
    uses_own_codes = forms.BooleanField(
        label=_("It gives codes of my own"),
        required=False,
        help_text=_("For your online shop or another till. You add them as a list; each is given once."),
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
    starts_on = _day(_("From"))
    ends_on = _day(_("Until"), help_text=_("The last day it can be had."))
    minimum = MoneyField(label=_("On purchases from"), required=False, help_text=_("Empty for every purchase."))
    usable_from = _day(_("The first day it can be used"), help_text=_("Empty: at once."))
    usable_days = CountField(
        label=_("For how many days it can be used"),
        least=1,
        most=3650,
        required=False,
        help_text=_("Empty: as the program says."),
    )

    def __init__(self, data: Any = None, *, program: Program, reward: Reward | None = None) -> None:
        self.reward = reward
        super().__init__(data, initial=_initial(reward))
        known = Product.objects.filter(is_active=True)
        if reward is not None and reward.product_id:
            known = known | Product.objects.filter(pk=reward.product_id)
        products, tiers, charities = self.fields["product"], self.fields["tier"], self.fields["charity"]
        assert isinstance(products, forms.ModelChoiceField)
        assert isinstance(tiers, forms.ModelChoiceField)
        assert isinstance(charities, forms.ModelChoiceField)
        products.queryset = known.order_by("name")
        tiers.queryset = program.tiers.order_by("threshold")
        tiers.label_from_instance = _from_tier_upwards  # type: ignore[assignment, method-assign]
        charities.queryset = Charity.objects.filter(archived_at__isnull=True)
        self.fill_choices()
        self.fields["products"].choices = _product_choices(reward)  # type: ignore[attr-defined]
        is_mystery = reward is not None and reward.kind == RewardKind.MYSTERY
        self.prizes = prize_forms(data, prizes_of(reward.pk) if is_mystery and reward is not None else ())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        said = {
            RewardKind.AMOUNT_OFF: _("Say how much it takes off."),
            RewardKind.PERCENT_OFF: _("Say how many percent it takes off."),
            RewardKind.DONATION: _("Say how much you give."),
        }
        if kind in said and not data.get(WORTH[RewardKind(kind)]) and WORTH[RewardKind(kind)] not in self.errors:
            self.add_error(WORTH[RewardKind(kind)], ValidationError(said[RewardKind(kind)]))
        if len(data.get("products") or ()) > MOST_CHOICES:
            self.add_error("products", ValidationError(_("So many are too many to choose from.")))
        if kind == RewardKind.MYSTERY and any(not row.is_valid() for row in self.prizes):
            self.add_error(None, ValidationError(_("Something is missing at a prize.")))
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", ValidationError(_("It cannot end before it begins.")))
        elif ends and "ends_on" in self.changed_data and ends < local_day(timezone.now(), current_tenant().zone):
            self.add_error("ends_on", ValidationError(_("This day is over. Choose today or a later one.")))
        return data

    def details(self) -> RewardDetails:
        """What was typed."""
        data = self.cleaned_data
        kind = RewardKind(data["kind"])
        worth = data[WORTH[kind]] if kind in WORTH else 0
        is_mystery = kind == RewardKind.MYSTERY
        return RewardDetails(
            value=worth or 0,
            minimum=data["minimum"] or 0,
            take_hours=data["take_hours"] or 24,
            terms=self.conditions().as_json(),
            happens_at=_moment(data["happens_on"], data["happens_time"]),
            public_at=start_of_day(data["public_on"], current_tenant().zone) if data["public_on"] else None,
            prizes=[one for row in self.prizes if (one := row.details())] if is_mystery else (),
            **{name: data[name] for name in SHAPE},
        )

    def moment(self, known: dict[str, Any]) -> datetime | None:
        """When it begins, of what is typed so far."""
        return _moment(known.get("happens_on"), known.get("happens_time"))

    def refuse(self, error: Any) -> None:
        """Say what the domain refused at the field it is about."""
        name = error.field
        if name == "value":
            name = WORTH.get(self.cleaned_data.get("kind", ""), "value")
        if name == "charity":  # the list of those there are may be empty, and then it is not shown
            name = "new_charity"
        if name == "prizes":  # they are rows of their own, right below the kinds
            name = "kind"
        self.add_error(name if name in self.fields else None, str(error))

    def stock_as_it_was(self) -> str:
        """A hidden field with the stock as the page showed it, so that a change by hand is told from a redemption."""
        return self["stock"].as_hidden(only_initial=True)

    @property
    def keeps_stock(self) -> bool:
        """Whether nobody touched the stock: then what was redeemed meanwhile stays counted."""
        return self.reward is not None and "stock" not in self.changed_data

    @cached_property
    def chosen_products(self) -> dict[str, list[tuple[str, str]]]:
        """What can be chosen between at this moment, and what is left."""
        now = set(self["products"].value() or [])
        choices = self.fields["products"].choices  # type: ignore[attr-defined]
        return {
            "now": [pair for pair in choices if pair[0] in now],
            "left": [pair for pair in choices if pair[0] not in now],
        }


def _from_tier_upwards(tier: Any) -> str:
    return str(_("Members from %(tier)s upwards")) % {"tier": tier.name}


def _product_choices(reward: Reward | None) -> list[tuple[str, str]]:
    kept = reward.terms.get("products", ()) if reward is not None else ()
    known = Product.objects.filter(is_active=True) | Product.objects.filter(pk__in=kept)
    return [(str(pk), name) for pk, name in known.order_by("name").values_list("pk", "name")]


def _moment(day: Any, hour: time | None) -> datetime | None:
    if day is None:
        return None
    return to_utc(datetime.combine(day, hour or time()), current_tenant().zone)


def _initial(reward: Reward | None) -> dict[str, Any]:
    if reward is None:
        return {"kind": RewardKind.FREE_PRODUCT, "take_hours": 24}
    values: dict[str, Any] = {name: getattr(reward, name) for name in SHAPE}
    zone = current_tenant().zone
    conditions = Conditions.from_json(reward.terms)
    for name in ("segments", "locations", "products"):
        values[name] = list(getattr(conditions, name))
    values |= {"blackout": conditions.blackout, "minimum": reward.minimum or None, "take_hours": reward.take_hours}
    if reward.kind in WORTH:
        values[WORTH[RewardKind(reward.kind)]] = reward.value or None
    if reward.happens_at is not None:
        local = reward.happens_at.astimezone(zone)
        values |= {"happens_on": local.date(), "happens_time": local.time()}
    if reward.public_at is not None:
        values["public_on"] = local_day(reward.public_at, zone)
    return values


class VoucherRuleForm(forms.Form):
    voucher_rule = forms.ChoiceField(label=_("On one purchase a member can use"), choices=VoucherRule)


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

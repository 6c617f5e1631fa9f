"""A stamp card, asked in plain words, and the guest of its example."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.errors import DomainError
from programs.domain.defaults import reward_examples, small_unit
from programs.domain.stamps.terms import LEAST_SLOTS, MOST_IN_DAY, MOST_SLOTS, REWARD_KINDS, Terms, check
from programs.enums import RewardKind, StampsFor
from programs.forms.fields import Chosen, CountField, MoneyField
from programs.forms.goods import offer_goods
from tenants.enums import Trade
from tenants.isolation import current_tenant

_GOODS = (("category:", "categories"), ("product:", "products"))
_FIELDS = {"products": "goods", "categories": "goods", "reward_product": "product", "reward_kind": "kind"}
_FIELDS |= {"reward_value": "value", "reward_percent": "percent"}


class StampForm(forms.Form):
    """Only what belongs to the kind of card and of reward is asked for; the other fields are left alone."""

    name = forms.CharField(label=_("What the card is called"), max_length=60)
    counts = forms.ChoiceField(label=_("What gives a stamp"), choices=StampsFor, widget=forms.RadioSelect)
    every = MoneyField(label=_("One stamp for every"), required=False)
    goods = forms.MultipleChoiceField(label=_("Products and categories"), required=False, widget=Chosen)
    minimum = MoneyField(label=_("From a purchase of"), required=False, help_text=_("Empty for every purchase."))
    slots = CountField(label=_("Stamps on a full card"), least=LEAST_SLOTS, most=MOST_SLOTS)
    most_in_day = CountField(
        label=_("At most on one day"),
        least=1,
        most=MOST_IN_DAY,
        required=False,
        help_text=_("So that nobody fills a card at once. Empty for no limit."),
    )
    reward_name = forms.CharField(label=_("What a full card gives"), max_length=80)
    kind = forms.ChoiceField(
        label=_("What kind it is"),
        choices=[(kind.value, kind.label) for kind in REWARD_KINDS],
        widget=forms.RadioSelect,
    )
    value = MoneyField(label=_("How much it takes off"), required=False)
    percent = CountField(label=_("How many percent it takes off"), least=1, most=100, required=False)
    product: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Which product"), required=False, empty_label=_("Something not in my list")
    )
    expiry_months = CountField(
        label=_("A stamp keeps for"), least=1, most=120, required=False, help_text=_("Empty: it never expires.")
    )
    voucher_days = CountField(label=_("The reward can be had for"), least=1, most=3650)

    def __init__(self, data: Any = None, *, terms: Terms | None = None) -> None:
        super().__init__(data, initial=_initial(terms))
        offer_goods(self, "goods")
        products = self.fields["product"]
        assert isinstance(products, forms.ModelChoiceField)
        products.queryset = Product.objects.filter(is_active=True).order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                check(self._terms(data))
            except DomainError as error:
                self.refuse(error)
        return data

    def terms(self) -> Terms:
        """What was typed, with what the chosen goods are called. The form must be valid."""
        known = {value.partition(":")[2]: str(label) for value, label in self.fields["goods"].choices}  # type: ignore[attr-defined]
        terms = self._terms(self.cleaned_data)
        return replace(terms, names={pk: known[pk] for pk in (*terms.products, *terms.categories)})

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about."""
        name = _FIELDS.get(error.field or "", error.field)
        self.add_error(name if name in self.fields else None, str(error))

    @property
    def worth(self) -> int | None:
        """What the reward is worth, where that can be said."""
        data = self.cleaned_data
        if data["kind"] == RewardKind.AMOUNT_OFF:
            return data["value"]  # type: ignore[no-any-return]
        product: Product | None = data["product"]
        return product.price if data["kind"] == RewardKind.FREE_PRODUCT and product is not None else None

    @cached_property
    def chosen(self) -> dict[str, list[tuple[str, str]]]:
        """Of goods: what is chosen at this moment, and what is left to choose from."""
        now = set(self["goods"].value() or [])
        choices = self.fields["goods"].choices  # type: ignore[attr-defined]
        return {
            "now": [pair for pair in choices if pair[0] in now],
            "left": [pair for pair in choices if pair[0] not in now],
        }

    @staticmethod
    def _terms(data: dict[str, Any]) -> Terms:
        kind = data["kind"]
        value = {RewardKind.AMOUNT_OFF: data["value"], RewardKind.PERCENT_OFF: data["percent"]}.get(kind)
        product = data["product"] if kind == RewardKind.FREE_PRODUCT else None
        goods: dict[str, Any] = {
            name: tuple(one.removeprefix(mark) for one in data["goods"] if one.startswith(mark))
            for mark, name in _GOODS
        }
        return Terms(
            name=data["name"],
            slots=data["slots"],
            counts=data["counts"],
            minimum=data["minimum"] or 0,
            every=(data["every"] or 0) if data["counts"] == StampsFor.SPEND else 0,
            most_in_day=data["most_in_day"],
            reward_name=data["reward_name"],
            reward_kind=kind,
            reward_value=value or 0,
            reward_product=str(product.pk) if product else None,
            expiry_months=data["expiry_months"],
            voucher_days=data["voucher_days"],
            **goods,
        )


class GuestForm(forms.Form):
    """Somebody who comes by, for the example."""

    visits = CountField(least=1, most=50, label=_("How often in a week"))
    paid = MoneyField(label=_("What they pay each time"), least=1)
    items = CountField(least=1, most=100, label=_("How many of what counts"))

    def __init__(self, data: Any = None) -> None:
        start = {"visits": 3, "paid": 5 * small_unit(current_tenant().currency), "items": 1}
        super().__init__(data, initial=start, prefix="guest")

    def values(self) -> dict[str, int]:
        """What stands there, or what it begins with."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        return {"paid": given["paid"], "items": given["items"], "per_week": given["visits"]}


def _initial(terms: Terms | None) -> dict[str, Any]:
    if terms is None:
        tenant = current_tenant()
        given = reward_examples(tenant.trade)
        return {
            "name": _("Coffee card") if tenant.trade == Trade.CAFE else _("Stamp card"),
            "counts": StampsFor.ITEMS if tenant.trade == Trade.CAFE else StampsFor.VISIT,
            "reward_name": next((str(one.name) for one in given if one.kind == RewardKind.FREE_PRODUCT), ""),
            "slots": 10,
            "most_in_day": 3 if tenant.trade == Trade.CAFE else 1,
            "kind": RewardKind.FREE_PRODUCT,
            "voucher_days": 60,
        }
    plain = ("name", "counts", "slots", "most_in_day", "reward_name", "expiry_months", "voucher_days")
    values: dict[str, Any] = {name: getattr(terms, name) for name in plain}
    values |= {"minimum": terms.minimum or None, "every": terms.every or None, "kind": terms.reward_kind}
    values["product"] = terms.reward_product
    values["value" if terms.reward_kind == RewardKind.AMOUNT_OFF else "percent"] = terms.reward_value or None
    values["goods"] = [mark + pk for mark, field in _GOODS for pk in getattr(terms, field)]
    return values

"""A challenge, asked in plain words."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.days import LAST_DAY
from loyalty_saas.lib.errors import DomainError
from programs.domain.challenges.definition import MOST_POINTS, MOST_TIMES, Definition
from programs.domain.voucher_gifts import GIVES
from programs.enums import ChallengeKind, RewardKind
from programs.forms.fields import Chosen, CountField, MoneyField
from programs.forms.goods import offer_goods
from programs.forms.unit import name_choice, name_unit

_FIELDS = {"gift_kind": "gives", "product": "gift_product", "value": "gift_value", "days": "gift_days"}


class ChallengeForm(forms.Form):
    """Only what belongs to the kind and to the reward is asked for; the rest is left alone."""

    name = forms.CharField(
        label=_("What it is called"), max_length=60, help_text=_("It is also the name of the badge.")
    )
    kind = forms.ChoiceField(label=_("What members do"), choices=ChallengeKind, widget=forms.RadioSelect)
    goal = CountField(label=_("How many"), least=2, most=MOST_TIMES, required=False, initial=5)
    goods = forms.MultipleChoiceField(
        label=_("Products or categories"), widget=Chosen, required=False, help_text=_("To be collected, or to count.")
    )
    minimum = MoneyField(label=_("Purchases count from"), required=False)
    first_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)]
    )
    last_day = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput,
        help_text=_("The last day."),
        validators=[MaxValueValidator(LAST_DAY)],
    )
    gives = forms.ChoiceField(
        label=_("What they get"),
        choices=[("points", _("Points")), *((kind.value, kind.label) for kind in GIVES)],
        widget=forms.RadioSelect,
        initial="points",
    )
    points = CountField(label=_("How many points"), least=1, most=MOST_POINTS, required=False)
    gift_value = MoneyField(label=_("How much it takes off"), required=False)
    gift_percent = CountField(label=_("How many percent"), least=1, most=100, required=False)
    gift_product: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Which product"), required=False)
    gift_days = CountField(label=_("How long the voucher is good for"), least=1, most=366, required=False, initial=30)

    def __init__(self, data: Any = None, *, name: str = "", definition: Definition | None = None) -> None:
        super().__init__(data, initial=_initial(name, definition) if definition else {"kind": ChallengeKind.TIMES})
        offer_goods(self, "goods")
        name_unit(self, points=gettext("How many %(unit)s"))
        name_choice(self, "gives")
        products = self.fields["gift_product"]
        assert isinstance(products, forms.ModelChoiceField)
        products.queryset = Product.objects.filter(is_active=True).order_by("name")

    def definition(self) -> Definition:
        """What was typed; whether it makes sense as a whole is the domain's to say."""
        data = self.cleaned_data
        goods = data["goods"]
        gift = "" if data["gives"] == "points" else data["gives"]
        value = data["gift_percent"] if gift == RewardKind.PERCENT_OFF else data["gift_value"]
        product = data["gift_product"] if gift == RewardKind.FREE_PRODUCT else None
        return Definition(
            data["kind"],
            goal=1 if data["kind"] == ChallengeKind.COLLECT else data["goal"] or 0,
            first_day=data["first_day"],
            last_day=data["last_day"],
            minimum=data["minimum"] or 0,
            products=tuple(one.removeprefix("product:") for one in goods if one.startswith("product:")),
            categories=tuple(one.removeprefix("category:") for one in goods if one.startswith("category:")),
            points=0 if gift else data["points"] or 0,
            gift_kind=gift,
            value=0 if gift == RewardKind.FREE_PRODUCT or not gift else value or 0,
            product=str(product.pk) if product else "",
            days=data["gift_days"] or 30,
            names=self._names(str(product) if product else ""),
        )

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about."""
        name = _FIELDS.get(error.field or "", error.field)
        if name == "gift_value" and self.cleaned_data.get("gives") == RewardKind.PERCENT_OFF:
            name = "gift_percent"
        self.add_error(name if name in self.fields else None, str(error))

    @cached_property
    def chosen(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Of the goods: what is chosen at this moment, and what is left to choose from."""
        now = set(self["goods"].value() or [])
        choices = self.fields["goods"].choices  # type: ignore[attr-defined]
        return {
            "goods": {
                "now": [pair for pair in choices if pair[0] in now],
                "left": [pair for pair in choices if pair[0] not in now],
            }
        }

    def _names(self, product: str) -> dict[str, str]:
        known = self.fields["goods"].choices  # type: ignore[attr-defined]
        names = {value.partition(":")[2]: str(label) for value, label in known if value in self.cleaned_data["goods"]}
        return names | ({"product": product} if product else {})


def _initial(name: str, definition: Definition) -> dict[str, Any]:
    is_percent = definition.gift_kind == RewardKind.PERCENT_OFF
    return {
        "name": name,
        "kind": definition.kind,
        "goal": definition.goal if definition.kind != ChallengeKind.COLLECT else None,
        "goods": [f"category:{pk}" for pk in definition.categories] + [f"product:{pk}" for pk in definition.products],
        "minimum": definition.minimum or None,
        "first_day": definition.first_day,
        "last_day": definition.last_day,
        "gives": definition.gift_kind or "points",
        "points": definition.points or None,
        "gift_percent": definition.value if is_percent else None,
        "gift_value": None if is_percent else definition.value or None,
        "gift_product": definition.product or None,
        "gift_days": definition.days,
    }

"""Cash-back, asked in plain words, and the purchase of its example."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError
from programs.domain.credit.publishing import LIMITS
from programs.domain.credit.terms import MOST_RATE, Terms, check
from programs.domain.defaults import small_unit
from programs.forms.fields import Chosen, CountField, MoneyField
from programs.forms.goods import offer_goods
from programs.models import Program
from tenants.isolation import current_tenant
from tenants.templatetags.show import number

_GOODS = (("category:", "categories"), ("product:", "products"))
_FIELDS = {"products": "goods", "categories": "goods"}


class PercentField(forms.CharField):
    """A percentage with two decimals at most: "5", "2.5", "2,5 %"; the value is hundredths of a percent."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(max_length=10, **kwargs)
        self.most = most
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return number(float(Decimal(value) / 100)) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        text = super().clean(value).replace("%", "").replace(",", ".").strip()
        try:
            hundredths = Decimal(text) * 100
        except InvalidOperation as error:
            raise ValidationError(_("Write a number like 2.5.")) from error
        if not hundredths.is_finite() or hundredths != int(hundredths) or not 1 <= hundredths <= self.most:
            raise ValidationError(_("Write a percentage from 0.01 to 50."))
        return int(hundredths)


class CreditForm(forms.Form):
    name = forms.CharField(label=_("What members call it"), max_length=60)
    rate = PercentField(label=_("How much comes back"), most=MOST_RATE)
    on_tax = forms.ChoiceField(
        label=_("Of what"),
        choices=[("1", _("what is paid, tax included")), ("", _("what is paid before tax"))],
        required=False,
    )
    minimum = MoneyField(label=_("From a purchase of"), required=False, help_text=_("Empty for every purchase."))
    goods = forms.MultipleChoiceField(
        label=_("Products and categories that give nothing"), required=False, widget=Chosen
    )
    pending_days = CountField(label=_("It can be spent after"), most=365)
    expires = forms.ChoiceField(
        label=_("How long it keeps"),
        choices=[("never", _("for ever")), ("month_end", _("to the end of a month")), ("day", _("to the very day"))],
        widget=forms.RadioSelect,
    )
    expiry_months = CountField(label=_("For so many months"), least=1, most=120, required=False)

    def __init__(self, data: Any = None, *, terms: Terms | None = None) -> None:
        super().__init__(data, initial=_initial(terms))
        offer_goods(self, "goods")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ends = data.get("expires") in ("month_end", "day")
        if ends and not data.get("expiry_months") and not self.errors.get("expiry_months"):
            self.add_error("expiry_months", ValidationError(_("Say after how many months.")))
        if not self.errors:
            try:
                check(self._terms(data))
            except DomainError as error:
                self.refuse(error)
        return data

    def terms(self) -> Terms:
        """What was typed. The form must be valid."""
        return self._terms(self.cleaned_data)

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about."""
        name = _FIELDS.get(error.field or "", error.field)
        self.add_error(name if name in self.fields else None, str(error))

    @cached_property
    def chosen(self) -> dict[str, list[tuple[str, str]]]:
        """Of goods: what is chosen at this moment, and what is left to choose from."""
        now = set(self["goods"].value() or [])
        choices = self.fields["goods"].choices  # type: ignore[attr-defined]
        return {
            "now": [pair for pair in choices if pair[0] in now],
            "left": [pair for pair in choices if pair[0] not in now],
        }

    def _terms(self, data: dict[str, Any]) -> Terms:
        known = {value.partition(":")[2]: str(label) for value, label in self.fields["goods"].choices}  # type: ignore[attr-defined]
        goods: dict[str, Any] = {
            name: tuple(one.removeprefix(mark) for one in data["goods"] if one.startswith(mark))
            for mark, name in _GOODS
        }
        chosen = (*goods["products"], *goods["categories"])
        return Terms(
            name=data["name"],
            rate=data["rate"],
            minimum=data["minimum"] or 0,
            on_tax=bool(data["on_tax"]),
            pending_days=data["pending_days"],
            expiry_months=None if data["expires"] == "never" else data["expiry_months"],
            expires_at_month_end=data["expires"] == "month_end",
            names={pk: known[pk] for pk in chosen},
            **goods,
        )


class CreditByHandForm(forms.Form):
    """Credit given or taken by hand; what a person may give is asked again by the ledger."""

    direction = forms.ChoiceField(
        label=_("Give or take"), choices=[("give", _("Give")), ("take", _("Take"))], widget=forms.RadioSelect
    )
    amount = MoneyField(label=_("How much"), least=1)
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("The member reads it in their history, and it stays on the record.")
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def signed(self) -> int:
        """Minor units. The form must be valid."""
        amount: int = self.cleaned_data["amount"]
        return -amount if self.cleaned_data["direction"] == "take" else amount


class CreditLimitsForm(forms.Form):
    """What staff may give by hand; managers and owners have no limit."""

    adjustment_limit = MoneyField(
        label=_("At a time"), help_text=_("The most they may give or take at once. 0 asks for a manager every time.")
    )
    member_day_limit = MoneyField(
        label=_("To one member in a day"), required=False, help_text=_("By all staff together. Empty for no limit.")
    )
    staff_day_limit = MoneyField(
        label=_("One of the staff in a day"),
        required=False,
        help_text=_("To all members together. Empty for no limit."),
    )

    def __init__(self, data: Any = None, *, program: Program) -> None:
        super().__init__(data, initial={name: getattr(program, name) for name in LIMITS})

    def limits(self) -> dict[str, int | None]:
        """As the program keeps them. The form must be valid."""
        return {name: self.cleaned_data[name] for name in LIMITS}


class PurchaseForm(forms.Form):
    """A purchase for the example."""

    paid = MoneyField(label=_("What somebody pays"), least=1)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"paid": 40 * small_unit(current_tenant().currency)}, prefix="example")

    def amount(self) -> int:
        """What stands there, or what it begins with."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        return int(given["paid"])


def _initial(terms: Terms | None) -> dict[str, Any]:
    terms = terms or Terms(name=str(_("Store credit")))
    expires = "never" if terms.expiry_months is None else "month_end" if terms.expires_at_month_end else "day"
    return {
        "name": terms.name,
        "rate": terms.rate,
        "on_tax": "1" if terms.on_tax else "",
        "minimum": terms.minimum or None,
        "goods": [mark + pk for mark, field in _GOODS for pk in getattr(terms, field)],
        "pending_days": terms.pending_days,
        "expires": expires,
        "expiry_months": terms.expiry_months,
    }

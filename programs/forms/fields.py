"""Fields that read what an owner types: amounts of money, whole numbers, how much faster a tier earns."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal, get_currency_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.money import format_money, parse_money
from tenants.isolation import current_tenant


class MoneyField(forms.CharField):
    """An amount in the business's currency as people type it; the value is minor units, None when empty."""

    def __init__(self, *, least: int = 0, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.least = least
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        """An empty field says that it is about money, and which."""
        tenant = current_tenant()
        sign = get_currency_symbol(tenant.currency, locale=babel_locale(tenant.locale))
        self.widget.attrs.setdefault("placeholder", sign)
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            tenant = current_tenant()
            return format_money(value, tenant.currency, tenant.locale)
        return value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        tenant = current_tenant()
        try:
            minor = parse_money(text, tenant.currency, tenant.language)
        except DomainError as error:
            raise ValidationError(str(error)) from error
        if minor < self.least:
            raise ValidationError(_("This must be more than nothing."))
        return minor

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


class CountField(forms.IntegerField):
    """A whole number, typed in a plain field so that what is wrong is said in our words."""

    widget = forms.TextInput

    def __init__(self, *, least: int = 0, most: int = 10**6, **kwargs: Any) -> None:
        said = {
            "invalid": _("Write a whole number."),
            "min_value": _("Write %(limit_value)s or more."),
            "max_value": _("Write %(limit_value)s or less."),
        }
        kwargs["error_messages"] = said | kwargs.get("error_messages", {})
        super().__init__(min_value=least, max_value=most, **kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> int | None:
        """Spaces and marks of thousands are understood: "1 000", "1.000", "1,000"."""
        text = str(value or "").strip()
        bare = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
        head, *groups = bare.replace(".", ",").split(",")
        if groups and head.isdigit() and all(len(group) == 3 and group.isdigit() for group in groups):
            bare = head + "".join(groups)
        return super().to_python(bare)


class Chosen(forms.SelectMultiple):
    """Ticks of what is chosen, and one list to choose more from: its empty line is no choice."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [value for value in super().value_from_datadict(data, files, name) or [] if value]


class TimesField(forms.CharField):
    """How many times as fast somebody earns: "1.5" or "1,5"; the value is in percent, None when empty."""

    def __init__(self, *, least: int = 100, most: int = 1000, **kwargs: Any) -> None:
        super().__init__(max_length=10, **kwargs)
        self.least, self.most = least, most
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace(",", ".").strip().removeprefix("×").removesuffix("×").strip()
        if not text:
            return None
        try:
            percent = Decimal(text) * 100
        except ArithmeticError as error:
            raise ValidationError(_("Write a number like 1.5.")) from error
        if not percent.is_finite() or not self.least <= percent <= self.most or percent != int(percent):
            said = _("Write a number from %(least)s to %(most)s, with at most two decimals.")
            numbers = (
                format_decimal(Decimal(one) / 100, locale=current_tenant().locale) for one in (self.least, self.most)
            )
            raise ValidationError(said % dict(zip(("least", "most"), numbers, strict=True)))
        return int(percent)


def _times(percent: int) -> str:
    return str(format_decimal(Decimal(percent) / 100, locale=current_tenant().locale))

"""How members earn, as sentences with blanks to fill in."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.domain.programs import CHANGEABLE, excluded_things
from programs.enums import Rounding
from programs.forms.fields import Chosen, CountField, MoneyField
from programs.forms.goods import offer_goods
from programs.forms.unit import name_unit
from programs.models import Program

_SHORT = {"autocomplete": "off", "maxlength": 20}


class ProgramForm(forms.Form):
    """Works on plain values; `terms()` are the changes for the domain, `draft()` the program as it would be."""

    name = forms.CharField(label=_("Name of the program"), max_length=80)
    unit_one = forms.CharField(label=_("One of them is called"), max_length=20, widget=forms.TextInput(_SHORT))
    unit_many = forms.CharField(label=_("Several are called"), max_length=20, widget=forms.TextInput(_SHORT))
    earn_points = CountField(label=_("How many points"), least=1, most=100_000)
    earn_amount = MoneyField(label=_("For every amount of"), least=1)
    earn_on_tax = forms.ChoiceField(
        label=_("Whether tax counts"), choices=[("", _("before tax")), ("1", _("tax included"))], required=False
    )
    rounding = forms.ChoiceField(
        label=_("Parts of a point"),
        choices=[
            (Rounding.CARRY, _("kept for the next purchase")),
            (Rounding.DOWN, _("dropped")),
            (Rounding.NEAREST, _("rounded to the nearest point")),
            (Rounding.UP, _("rounded up to a whole point")),
        ],
    )
    minimum_purchase = MoneyField(label=_("Smallest purchase that counts"), required=False)
    pending_days = CountField(label=_("Days until points can be spent"), most=365)
    expires = forms.ChoiceField(
        label=_("Whether points expire"),
        choices=[("never", _("never")), ("month_end", _("at the end of a month")), ("day", _("on the very day"))],
    )
    expiry_months = CountField(label=_("Months that points keep"), least=1, most=120, required=False)
    joining_bonus = CountField(label=_("Points for joining"))
    voucher_days = CountField(label=_("Days that a voucher keeps"), least=1, most=3650)
    undo_minutes = CountField(label=_("Minutes in which staff can undo"), most=1440)
    adjustment_limit = CountField(label=_("Most points staff may give or take"))
    member_day_limit = MoneyField(label=_("Most spending that staff count for one member in a day"), required=False)
    staff_day_limit = MoneyField(label=_("Most spending that one of the staff counts in a day"), required=False)
    excluded = forms.MultipleChoiceField(
        label=_("Products and categories that earn nothing"), required=False, widget=Chosen
    )

    def __init__(self, data: Any = None, *, program: Program, **kwargs: Any) -> None:
        self.program = program
        products, categories = excluded_things(program)
        super().__init__(data, initial=_initial(program, products, categories), **kwargs)
        name_unit(
            self,
            program,
            earn_points=gettext("How many %(unit)s"),
            pending_days=gettext("Days until %(unit)s can be spent"),
            expires=gettext("Whether %(unit)s expire"),
            expiry_months=gettext("Months that %(unit)s keep"),
            joining_bonus=gettext("%(Unit)s for joining"),
            adjustment_limit=gettext("Most %(unit)s staff may give or take"),
        )
        offer_goods(self, "excluded")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("expires") in ("month_end", "day")
            and not data.get("expiry_months")
            and not self.errors.get("expiry_months")
        ):
            self.add_error("expiry_months", ValidationError(_("Say after how many months.")))
        return data

    def terms(self) -> dict[str, Any]:
        """The fields of the program as typed. The form must be valid."""
        data = dict(self.cleaned_data)
        data["earn_on_tax"] = bool(data["earn_on_tax"])
        data["minimum_purchase"] = data["minimum_purchase"] or 0
        data["expires_at_month_end"] = data["expires"] == "month_end"
        if data["expires"] == "never":
            data["expiry_months"] = None
            data["expires_at_month_end"] = self.program.expires_at_month_end
        return {name: value for name, value in data.items() if name in CHANGEABLE}

    def excluded_ids(self) -> tuple[list[UUID], list[UUID]]:
        """Products and categories."""
        chosen = [value.split(":") for value in self.cleaned_data["excluded"]]
        return [UUID(pk) for kind, pk in chosen if kind == "product"], [
            UUID(pk) for kind, pk in chosen if kind == "category"
        ]

    def excluded_changes(self) -> bool:
        return set(self.cleaned_data["excluded"]) != set(self.initial["excluded"])

    @property
    def excluded_now(self) -> list[tuple[str, str, bool]]:
        """What is taken out at this moment: value, name, whether it is a category."""
        chosen = set(self["excluded"].value() or [])
        choices = self.fields["excluded"].choices  # type: ignore[attr-defined]
        return [(value, name, value.startswith("category:")) for value, name in choices if value in chosen]

    @property
    def excludable_left(self) -> list[tuple[str, str]]:
        chosen = set(self["excluded"].value() or [])
        choices = self.fields["excluded"].choices  # type: ignore[attr-defined]
        return [(value, name) for value, name in choices if value not in chosen]

    def draft(self) -> Program:
        """A copy of the program with what was typed, never saved: for the worked example."""
        fields = {field.attname: getattr(self.program, field.attname) for field in Program._meta.concrete_fields}
        return Program(**{**fields, **self.terms()})


def _initial(program: Program, products: list[UUID], categories: list[UUID]) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(program, name) for name in CHANGEABLE}
    values["earn_on_tax"] = "1" if program.earn_on_tax else ""
    values["minimum_purchase"] = program.minimum_purchase or None
    values["expires"] = "never"
    if program.expiry_months:
        values["expires"] = "month_end" if program.expires_at_month_end else "day"
    values["excluded"] = [f"product:{pk}" for pk in products] + [f"category:{pk}" for pk in categories]
    return values


class ExampleForm(forms.Form):
    """The purchase of the worked example. All of it has a value, so that the example is there from the start."""

    example_amount = MoneyField(label=_("Price of the purchase"), least=1)
    example_discount = MoneyField(label=_("Discount"), required=False)
    example_tax = MoneyField(label=_("Tax in it"), required=False)
    example_excluded = MoneyField(label=_("Part of it that earns nothing"), required=False)
    example_tier = forms.ChoiceField(label=_("Tier of the member"), required=False)

    def __init__(self, data: Any = None, *, program: Program, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        tiers = [(str(tier.pk), tier.name) for tier in program.tiers.order_by("threshold")]
        self.fields["example_tier"].choices = [("", _("no tier")), *tiers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        paid = (data.get("example_amount") or 0) - (data.get("example_discount") or 0)
        if "example_amount" not in data:
            return data
        if paid < 0:
            self.add_error("example_discount", ValidationError(_("The discount is more than the price.")))
        elif (data.get("example_tax") or 0) > paid:
            self.add_error("example_tax", ValidationError(_("The tax is more than what is paid.")))
        elif (data.get("example_excluded") or 0) > paid:
            self.add_error("example_excluded", ValidationError(_("This is more than what is paid.")))
        return data

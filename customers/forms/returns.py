"""What is brought back, as somebody fills it in on the purchase's page."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.domain.purchases import ReturnDetails, ReturnLineDetails
from customers.models import PurchaseLine
from loyalty_saas.lib.errors import DomainError, Invalid
from loyalty_saas.lib.money import parse_money
from tenants.isolation import current_tenant

WHAT = [
    ("all", _("Everything that is left")),
    ("lines", _("Some of it")),
    ("amount", _("An amount, without goods")),
]


class ReturnForm(forms.Form):
    what = forms.ChoiceField(label=_("What comes back?"), choices=WHAT, widget=forms.RadioSelect, initial="all")
    amount = forms.CharField(label=_("Amount"), required=False)
    reason = forms.CharField(label=_("Reason"), required=False, help_text=_("Such as “too small” or “wrong order”."))
    receipt_number = forms.CharField(label=_("Number of the credit note"), required=False)
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, lines: Sequence[PurchaseLine], data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = lines
        if not lines:
            what = self.fields["what"]
            assert isinstance(what, forms.ChoiceField)
            what.choices = [WHAT[0], WHAT[2]]

    def returnable(self) -> list[tuple[PurchaseLine, Decimal, str]]:
        """Each line of which something is left: how many, and what was typed."""
        return [
            (line, left, self.data.get(f"line-{line.pk}", ""))
            for line in self.lines
            if (left := (line.quantity - line.returned_quantity).normalize())
        ]

    def details(self) -> ReturnDetails:
        """The return as the domain takes it. Raises Invalid at the field."""
        data = self.cleaned_data
        common = {"reason": data["reason"], "receipt_number": data["receipt_number"]}
        if data["what"] == "amount":
            tenant = current_tenant()
            return ReturnDetails(amount=parse_money(data["amount"], tenant.currency, tenant.language), **common)
        if data["what"] == "lines":
            return ReturnDetails(lines=self._chosen(), **common)
        return ReturnDetails(**common)

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def _chosen(self) -> tuple[ReturnLineDetails, ...]:
        chosen = []
        for line, _left, typed in self.returnable():
            if typed.strip() not in ("", "0"):
                chosen.append(ReturnLineDetails(line=line, quantity=_quantity(typed)))
        if not chosen:
            raise Invalid(_("Write how many of which come back."), code="nothing_chosen")
        return tuple(chosen)


def _quantity(typed: str) -> Decimal:
    try:
        return Decimal(typed.strip().replace(",", "."))
    except InvalidOperation as error:
        raise Invalid(_("Write how many come back, like 1 or 0.5."), code="bad_quantity") from error

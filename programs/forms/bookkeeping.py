"""What points cost, and the accounts they are booked on."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.books.journal import LedgerAccount, account_names
from programs.domain.bookkeeping import LONGEST, BookkeepingDetails
from programs.forms.fields import MoneyField
from programs.forms.unit import name_unit
from programs.models import Bookkeeping


class BookkeepingForm(forms.Form):
    """An empty account has its usual name, an empty cost follows the rewards."""

    cost_of_hundred = MoneyField(label=_("What 100 points cost you"), least=1, required=False)
    liability_account = forms.CharField(label=_("What you owe members for points"), max_length=LONGEST, required=False)
    expense_account = forms.CharField(label=_("Points you give"), max_length=LONGEST, required=False)
    redeemed_account = forms.CharField(label=_("Points that are redeemed"), max_length=LONGEST, required=False)
    breakage_account = forms.CharField(label=_("Points that expire"), max_length=LONGEST, required=False)

    def __init__(self, data: Any = None, *, kept: Bookkeeping) -> None:
        super().__init__(data, initial={name: getattr(kept, name) for name in self.base_fields})
        name_unit(
            self,
            kept.program,
            cost_of_hundred=gettext("What 100 %(unit)s cost you"),
            liability_account=gettext("What you owe members for %(unit)s"),
            expense_account=gettext("%(Unit)s you give"),
            redeemed_account=gettext("%(Unit)s that are redeemed"),
            breakage_account=gettext("%(Unit)s that expire"),
        )
        usual = account_names(Bookkeeping(program=kept.program))
        for account in (one for one in LedgerAccount if f"{one}_account" in self.fields):
            self.fields[f"{account}_account"].widget.attrs.update(
                {"placeholder": usual[account], "autocomplete": "off"}
            )

    def details(self) -> BookkeepingDetails:
        return BookkeepingDetails(**self.cleaned_data)

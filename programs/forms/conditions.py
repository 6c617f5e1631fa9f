"""For whom, where, when not, and how often: what may be asked of a reward besides points."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Segment
from loyalty_saas.lib.days import asked_day
from programs.domain.conditions import MOST_BLACKOUTS, Conditions
from programs.enums import LimitPeriod
from programs.forms.fields import CountField
from tenants.models import Location

_RANGE = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:\s*(?:to|-|–|until|bis)\s*(\d{4}-\d{2}-\d{2}))?$")


class DaysField(forms.CharField):
    """Days, one or a range a line: "2026-12-24" or "2026-12-24 to 2026-12-26". The value is first and last days."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=3000, **kwargs)
        self.widget.attrs.update({"rows": 2, "placeholder": "2026-12-24 – 2026-12-26"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        return "\n".join(str(first) if first == last else f"{first} – {last}" for first, last in value)

    def clean(self, value: Any) -> tuple[tuple[date, date], ...]:
        lines = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > MOST_BLACKOUTS:
            raise ValidationError(_("So many lines are too many."))
        return tuple(sorted(self._read(line) for line in lines))

    def _read(self, line: str) -> tuple[date, date]:
        found = _RANGE.match(line)
        first = asked_day(found[1]) if found else None
        last = asked_day(found[2] or found[1]) if found else None
        if first is None or last is None or last < first:
            said = _("“%(line)s” is no day. Write it like 2026-12-24, or 2026-12-24 – 2026-12-26.")
            raise ValidationError(said, params={"line": line[:40]})
        return first, last


class ConditionsForm(forms.Form):
    """The fields of `Conditions`, and the limit in a period."""

    limit_in_period = CountField(label=_("And at most"), least=1, most=1000, required=False)
    limit_period = forms.ChoiceField(
        label=_("In which time"), choices=[("", _("no such limit")), *LimitPeriod.choices], required=False
    )
    segments = forms.MultipleChoiceField(
        label=_("Only for members in these segments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    locations = forms.MultipleChoiceField(
        label=_("Only at these places"), required=False, widget=forms.CheckboxSelectMultiple
    )
    blackout = DaysField(
        label=_("Not to be used on"), required=False, help_text=_("Days or ranges of days, one a line.")
    )

    def fill_choices(self) -> None:
        for name, model in (("segments", Segment), ("locations", Location)):
            known = model.objects.order_by("name").values_list("pk", "name")
            self.fields[name].choices = [(str(pk), label) for pk, label in known]  # type: ignore[attr-defined]

    def conditions(self) -> Conditions:
        data = self.cleaned_data
        return Conditions(
            segments=tuple(data["segments"]),
            locations=tuple(data["locations"]),
            products=tuple(data["products"]),
            blackout=data["blackout"],
        )

"""An earning rule, asked in plain words."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Segment, Tag
from loyalty_saas.lib.days import LAST_DAY
from loyalty_saas.lib.errors import DomainError
from programs.domain.events.types import types_in_use
from programs.domain.rules.asking import fields_to_ask
from programs.domain.rules.definition import CHOICES, MINUTES, MOST_POINTS, MOST_TIMES, Definition
from programs.enums import HAPPENINGS, Around, FieldKind, RuleEffect, RuleOccasion, Stacking
from programs.forms.event_conditions import ConditionFields
from programs.forms.fields import Chosen, CountField, MoneyField, TimesField
from programs.forms.goods import offer_goods
from programs.forms.unit import name_choice, name_unit
from programs.models import AdvocacyAction, EventType, Poll, Program
from tenants.models import Location

WEEKDAYS = (
    *((0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday"))),
    *((5, _("Saturday")), (6, _("Sunday"))),
)
OCCASIONS = [
    (_("Purchases"), [(one.value, one.label) for one in RuleOccasion if one not in HAPPENINGS]),
    (_("What else happens"), [(one.value, one.label) for one in RuleOccasion if one in HAPPENINGS]),
]
BUDGETS = [("points", _("In points")), ("money", _("In money"))]
_CAPS = ("most_in_day", "most_in_month", "most_for_member")
_PLAIN = ("effect", "first_day", "last_day", "occasion", "around", *_CAPS)
# Where the domain's name of a value is not the form's.
_FIELDS = {"from_minute": "from_time", "to_minute": "to_time", "products": "goods", "categories": "goods"}
_SUBJECTS = {RuleOccasion.EVENT: "event", RuleOccasion.ADVOCACY: "action", RuleOccasion.POLL: "poll"}
_UNPAID = (RuleOccasion.EVENT, RuleOccasion.ADVOCACY, RuleOccasion.POLL)
_WHO = ("locations", "tiers", "tags", "segments")
_GOODS = (("category:", "categories"), ("product:", "products"))


class RuleForm(forms.Form):
    """Only the amounts that belong to what is given are asked for; the others are left alone."""

    name = forms.CharField(
        label=_("What it is called"), max_length=60, help_text=_("Members read it in their history.")
    )
    effect = forms.ChoiceField(label=_("What it gives"), choices=RuleEffect, widget=forms.RadioSelect)
    times = TimesField(label=_("How many times as many"), least=101, most=MOST_TIMES, required=False)
    points = CountField(label=_("How many points"), least=1, most=MOST_POINTS, required=False)
    items = CountField(label=_("For every so many items"), least=1, most=1000, required=False)
    spend = MoneyField(label=_("For every amount of"), least=1, required=False)
    goods = forms.MultipleChoiceField(label=_("Products and categories"), required=False, widget=Chosen)
    minimum = MoneyField(label=_("From a purchase of"), required=False, help_text=_("Empty for every purchase."))
    occasion = forms.ChoiceField(label=_("What for"), choices=OCCASIONS)
    event = forms.ChoiceField(label=_("What happens"), required=False)
    action = forms.ChoiceField(label=_("Which recommendation"), required=False)
    poll = forms.ChoiceField(label=_("Which questions"), required=False)
    per = forms.ChoiceField(label=_("What is counted"), required=False)
    nth = CountField(label=_("On every so many visits"), least=2, most=1000, required=False)
    around = forms.ChoiceField(label=_("How near to the day"), choices=Around)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: on every day."),
    )
    from_time = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput)
    to_time = forms.TimeField(
        label=_("To"), required=False, widget=forms.TimeInput, help_text=_("It may go past midnight.")
    )
    first_day = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)]
    )
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)]
    )
    locations = forms.MultipleChoiceField(
        label=_("At these places"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tiers = forms.MultipleChoiceField(label=_("For these tiers"), required=False, widget=forms.CheckboxSelectMultiple)
    tags = forms.MultipleChoiceField(label=_("For members tagged"), required=False, widget=Chosen)
    segments = forms.MultipleChoiceField(
        label=_("For members in these segments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    most_in_day = CountField(label=_("For a member in a day"), least=1, most=MOST_POINTS, required=False)
    most_in_month = CountField(label=_("For a member in a month"), least=1, most=MOST_POINTS, required=False)
    most_for_member = CountField(label=_("For a member altogether"), least=1, most=MOST_POINTS, required=False)
    budget_by = forms.ChoiceField(label=_("For everybody altogether"), choices=BUDGETS, required=False)
    budget = CountField(label=_("How many"), least=1, most=10**9, required=False)
    budget_money = MoneyField(
        label=_("How much money"),
        least=1,
        required=False,
        help_text=_("Kept in points too, at what a point costs you."),
    )

    def __init__(
        self, data: Any = None, *, program: Program, name: str = "", definition: Definition | None = None
    ) -> None:
        super().__init__(data, initial=_initial(name, definition))
        name_unit(self, program, points=gettext("How many %(unit)s"))
        name_choice(self, "budget_by", label=gettext("In %(unit)s"))
        places = [(str(pk), label) for pk, label in Location.objects.order_by("name").values_list("pk", "name")]
        tiers = [(str(tier.pk), tier.name) for tier in program.tiers.order_by("threshold")]
        tags = [(str(pk), label) for pk, label in Tag.objects.values_list("pk", "name")]
        segments = [(str(pk), label) for pk, label in Segment.objects.values_list("pk", "name")]
        known = (
            ("locations", places),
            ("segments", segments),
            ("tiers", tiers),
            ("tags", tags),
        )
        for field, choices in known:
            self.fields[field].choices = choices  # type: ignore[attr-defined]
        offer_goods(self, "goods")
        self._ask_of_happenings(definition)

    def _ask_of_happenings(self, definition: Definition | None) -> None:
        """Which events and recommendations there are, and what may be asked of the event that is chosen."""
        types = types_in_use()
        actions = AdvocacyAction.objects.filter(archived_at__isnull=True).values_list("pk", "name")
        self.fields["event"].choices = [("", _("Choose…")), *((str(one.pk), one.name) for one in types)]  # type: ignore[attr-defined]
        any_action = [("", _("Any")), *((str(pk), name) for pk, name in actions)]
        self.fields["action"].choices = any_action  # type: ignore[attr-defined]
        polls = Poll.objects.filter(published_at__isnull=False, ended_at__isnull=True).order_by("name")
        any_poll = [("", _("Any")), *((str(one.pk), one.name) for one in polls)]
        self.fields["poll"].choices = any_poll  # type: ignore[attr-defined]
        subjects: list[EventType | Poll] = [*types] if self["occasion"].value() == RuleOccasion.EVENT else [*polls]
        name = "event" if self["occasion"].value() == RuleOccasion.EVENT else "poll"
        chosen = str(self[name].value() or "")
        self.event_fields = next((fields_to_ask(one) for one in subjects if str(one.pk) == chosen), [])
        counted = (FieldKind.NUMBER, FieldKind.AMOUNT)
        countable = [(one.key, one.name) for one in self.event_fields if one.kind in counted]
        self.fields["per"].choices = [("", _("Choose…")), *countable]  # type: ignore[attr-defined]
        self.asking = ConditionFields(self, self.event_fields, definition.conditions if definition else ())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        effect = data.get("effect")
        wanted = {
            RuleEffect.MULTIPLY: ("times",),
            RuleEffect.FIXED: ("points",),
            RuleEffect.ITEMS: ("points", "items"),
            RuleEffect.SPEND: ("points", "spend"),
        }
        for name in wanted.get(RuleEffect(effect), ()) if effect else ():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(_("Say how much.")))
        if data.get("occasion") == RuleOccasion.VISIT and not data.get("nth") and "nth" not in self.errors:
            self.add_error("nth", ValidationError(_("Say how many visits.")))
        if data.get("occasion") == RuleOccasion.EVENT and not data.get("event") and "event" not in self.errors:
            self.add_error("event", ValidationError(_("Choose what happens.")))
        self.asking.clean(data)
        return data

    def definition(self) -> Definition:
        """What was typed; whether it makes sense as a whole is the domain's to say. The form must be valid."""
        data = self.cleaned_data
        multiplies = data["effect"] == RuleEffect.MULTIPLY
        every = {RuleEffect.ITEMS: data["items"], RuleEffect.SPEND: data["spend"]}.get(data["effect"])
        chosen: dict[str, Any] = {name: tuple(data[name]) for name in _WHO}
        happening = data["occasion"] in HAPPENINGS
        for kind, name in () if happening else _GOODS:
            chosen[name] = tuple(value.removeprefix(kind) for value in data["goods"] if value.startswith(kind))
        return Definition(
            amount=data["times"] if multiplies else data["points"],
            every=every or 1,
            weekdays=tuple(data["weekdays"]),
            from_minute=_minute(data["from_time"]),
            # Midnight at the end is the end of the day.
            to_minute=_minute(data["to_time"]) or (MINUTES if data["to_time"] is not None else None),
            nth=data["nth"] or 5,
            **{name: data[name] for name in _PLAIN},
            minimum=0 if data["occasion"] in _UNPAID else data["minimum"] or 0,
            **self._happening(),
            **self._budget(),
            **chosen,
            names=self._names(),
        )

    def _happening(self) -> dict[str, Any]:
        """What is asked of what else happens; nothing for purchases."""
        data = self.cleaned_data
        if data["occasion"] not in HAPPENINGS:
            return {}
        subject = data.get(_SUBJECTS.get(data["occasion"], ""), "")
        if data["occasion"] not in (RuleOccasion.EVENT, RuleOccasion.POLL) or not subject:
            return {"subject": subject}
        counts = data["effect"] in (RuleEffect.ITEMS, RuleEffect.SPEND)
        return {
            "subject": subject,
            "conditions": self.asking.conditions(data),
            "per": data["per"] if counts else "",
        }

    def _budget(self) -> dict[str, Any]:
        """Points or money, whichever is typed; the domain works out the other."""
        data = self.cleaned_data
        if data["budget_by"] == "money":
            return {"budget_in_money": data["budget_money"] is not None, "budget_money": data["budget_money"]}
        return {"budget": data["budget"]}

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about."""
        name = _FIELDS.get(error.field or "", error.field)
        if name == "subject":
            name = _SUBJECTS.get(self.cleaned_data.get("occasion", ""), "occasion")
        if name == "amount":
            name = "times" if self.cleaned_data.get("effect") == RuleEffect.MULTIPLY else "points"
        self.add_error(name if name in self.fields else None, str(error))

    def _names(self) -> dict[str, str]:
        """What the chosen things are called, for the words beside the form; publishing asks for them again."""
        chosen = {value for name in (*_WHO, "goods") for value in self.cleaned_data[name]}
        known = [pair for name in (*_WHO, "goods") for pair in self.fields[name].choices]  # type: ignore[attr-defined]
        for name in ("event", "action", "poll", "per"):
            chosen.add(self.cleaned_data.get(name) or None)
            known += self.fields[name].choices  # type: ignore[attr-defined]
        return {value.partition(":")[2] or value: str(label) for value, label in known if value in chosen}

    @cached_property
    def chosen(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Of goods and tags: what is chosen at this moment, and what is left to choose from."""
        return {name: self._split(name) for name in ("goods", "tags")}

    def _split(self, name: str) -> dict[str, list[tuple[str, str]]]:
        now = set(self[name].value() or [])
        choices = self.fields[name].choices  # type: ignore[attr-defined]
        return {
            "now": [pair for pair in choices if pair[0] in now],
            "left": [pair for pair in choices if pair[0] not in now],
        }


class StackingForm(forms.Form):
    stacking = forms.ChoiceField(label=_("When several multiply one purchase"), choices=Stacking)


class StartForm(forms.Form):
    """From when a published rule counts: at once, or from the beginning of a day."""

    starts_on = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput, validators=[MaxValueValidator(LAST_DAY)]
    )


def _minute(value: time | None) -> int | None:
    return None if value is None else value.hour * 60 + value.minute


def _initial(name: str, definition: Definition | None) -> dict[str, Any]:
    if definition is None:
        return {
            "effect": RuleEffect.MULTIPLY,
            "times": 200,
            "occasion": RuleOccasion.ANY,
            "around": Around.WEEK,
            "nth": 5,
            "budget_by": "points",
        }
    plain = (*_PLAIN, *CHOICES, "weekdays", "nth", "budget")
    values: dict[str, Any] = {field: getattr(definition, field) for field in plain}
    values["name"] = name
    values["minimum"] = definition.minimum or None
    values["times" if definition.effect == RuleEffect.MULTIPLY else "points"] = definition.amount
    if definition.effect in (RuleEffect.ITEMS, RuleEffect.SPEND):
        values["items" if definition.effect == RuleEffect.ITEMS else "spend"] = definition.every
    for bound, minute in (("from_time", definition.from_minute), ("to_time", definition.to_minute)):
        values[bound] = time(minute % MINUTES // 60, minute % 60) if minute is not None else None
    values["per"], values["budget_money"] = definition.per, definition.budget_money
    values["budget_by"] = "money" if definition.budget_in_money else "points"
    if subject := _SUBJECTS.get(RuleOccasion(definition.occasion)):
        values[subject] = definition.subject
    values["goods"] = [kind + pk for kind, field in _GOODS for pk in getattr(definition, field)]
    return values

"""A poll or a quiz, asked of the owner in plain words."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Product, Segment
from loyalty_saas.lib.days import LAST_DAY
from loyalty_saas.lib.errors import DomainError
from programs.domain.polls.definition import MOST_POINTS, MOST_QUESTIONS, Definition, Question
from programs.domain.voucher_gifts import GIVES
from programs.enums import LimitPeriod, PollKind, QuestionKind, RewardKind, ShowResults
from programs.forms.fields import CountField, MoneyField
from programs.forms.rows import with_another_row
from programs.forms.unit import name_unit
from programs.models import Poll, Program

_FIELDS = {"gift_kind": "gives", "product": "gift_product", "value": "gift_value", "days": "gift_days"}
_DAY: dict[str, Any] = {"required": False, "widget": forms.DateInput, "validators": [MaxValueValidator(LAST_DAY)]}


class QuestionForm(forms.Form):
    """One question; without words it is none. What is right in a quiz has a star in front."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Question"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("How it is answered"), choices=QuestionKind, required=False)
    choices = forms.CharField(
        label=_("Choices, one on each line"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In a quiz, put a star in front of what is right: * Kenya"),
    )
    steps = CountField(label=_("Steps of the scale"), least=3, most=10, required=False, initial=5)
    required = forms.BooleanField(label=_("Must be answered"), required=False, initial=True)

    def question(self, place: int) -> Question | None:
        data = self.cleaned_data
        text = data["text"].strip()
        if not text:
            return None
        kind = data["kind"] or QuestionKind.SINGLE.value
        has_choices = kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
        lines = [line.strip() for line in data["choices"].splitlines() if line.strip("* \t")] if has_choices else []
        return Question(
            key=f"q{place + 1}",
            kind=kind,
            text=text,
            choices=tuple(line.lstrip("* ").strip() for line in lines),
            right=tuple(line.lstrip("* ").strip() for line in lines if line.startswith("*")),
            steps=data["steps"] or 5,
            required=data["required"],
        )


QuestionRows = forms.formset_factory(QuestionForm, extra=0, max_num=MOST_QUESTIONS, absolute_max=MOST_QUESTIONS + 1)


class PollForm(forms.Form):
    """Only what belongs to the kind and to what is given is asked for; the rest is left alone."""

    kind = forms.ChoiceField(label=_("What it is"), choices=PollKind, widget=forms.RadioSelect)
    name = forms.CharField(label=_("What it is called"), max_length=80, help_text=_("Members read it."))
    first_day = forms.DateField(label=_("From"), **_DAY)
    last_day = forms.DateField(label=_("Until"), help_text=_("The last day."), **_DAY)
    tiers = forms.MultipleChoiceField(label=_("For these tiers"), required=False, widget=forms.CheckboxSelectMultiple)
    segments = forms.MultipleChoiceField(
        label=_("For members in these segments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    period = forms.ChoiceField(
        label=_("How often a member answers"), choices=[("", _("once")), *LimitPeriod.choices], required=False
    )
    points = CountField(label=_("Points for taking part"), most=MOST_POINTS, required=False)
    pass_at = CountField(label=_("Passed with so many right answers"), least=1, most=MOST_QUESTIONS, required=False)
    pass_points = CountField(label=_("More points for passing"), most=MOST_POINTS, required=False)
    gives = forms.ChoiceField(
        label=_("And a voucher"), choices=[("", _("None")), *((one.value, one.label) for one in GIVES)], required=False
    )
    gift_for_passing = forms.BooleanField(label=_("Only for passing the quiz"), required=False)
    gift_value = MoneyField(label=_("How much it takes off"), required=False)
    gift_percent = CountField(label=_("How many percent"), least=1, most=100, required=False)
    gift_product: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Which product"), required=False)
    gift_days = CountField(label=_("How long the voucher is good for"), least=1, most=366, required=False, initial=30)
    budget = CountField(label=_("Points for everybody altogether"), least=1, most=10**9, required=False)
    gifts = CountField(label=_("Vouchers for everybody altogether"), least=1, most=10**6, required=False)
    anonymous = forms.BooleanField(
        label=_("Without names"),
        required=False,
        help_text=_("Nobody is told who answered what, and nothing is shown of fewer than five answers."),
    )
    shows = forms.ChoiceField(label=_("Who sees the results"), choices=ShowResults)

    def __init__(self, data: Any = None, *, program: Program, found: Poll | None = None, more: bool = False) -> None:
        definition = Definition.from_json(found.definition) if found else None
        super().__init__(data, initial=_initial(found, definition) if found and definition else _NEW)
        name_unit(
            self,
            program,
            points=gettext("%(Unit)s for taking part"),
            pass_points=gettext("More %(unit)s for passing"),
            budget=gettext("%(Unit)s for everybody altogether"),
        )
        tiers = [(str(one.pk), one.name) for one in program.tiers.order_by("threshold")]
        self.fields["tiers"].choices = tiers  # type: ignore[attr-defined]
        segments = [(str(pk), name) for pk, name in Segment.objects.values_list("pk", "name")]
        self.fields["segments"].choices = segments  # type: ignore[attr-defined]
        products = self.fields["gift_product"]
        assert isinstance(products, forms.ModelChoiceField)
        products.queryset = Product.objects.filter(is_active=True).order_by("name")
        if data is not None and more:
            data, place = with_another_row(data, "questions", most=MOST_QUESTIONS)
            data[f"questions-{place}-required"], data[f"questions-{place}-steps"] = "on", "5"
        stored = [_row(one) for one in definition.questions] if definition else [{}]
        self.rows = QuestionRows(data, initial=stored, prefix="questions")

    def is_valid(self) -> bool:
        return bool(super().is_valid() and self.rows.is_valid())

    def definition(self) -> Definition:
        """What was typed; whether it makes sense as a whole is the domain's to say."""
        data = self.cleaned_data
        is_quiz, gift = data["kind"] == PollKind.QUIZ, data["gives"]
        value = data["gift_percent"] if gift == RewardKind.PERCENT_OFF else data["gift_value"]
        product = data["gift_product"] if gift == RewardKind.FREE_PRODUCT else None
        return Definition(
            questions=tuple(self._questions()),
            first_day=data["first_day"],
            last_day=data["last_day"],
            tiers=tuple(data["tiers"]),
            segments=tuple(data["segments"]),
            period=data["period"],
            points=data["points"] or 0,
            pass_points=(data["pass_points"] or 0) if is_quiz else 0,
            pass_at=(data["pass_at"] or 1) if is_quiz else 1,
            gift_kind=gift,
            value=0 if gift == RewardKind.FREE_PRODUCT or not gift else value or 0,
            product=str(product.pk) if product else "",
            days=data["gift_days"] or 30,
            gift_for_passing=is_quiz and bool(gift) and data["gift_for_passing"],
            budget=data["budget"],
            gifts=data["gifts"] if gift else None,
            anonymous=data["anonymous"],
            shows=data["shows"],
            names={"product": str(product)} if product else {},
        )

    def _questions(self) -> list[Question]:
        written = [row for row in self.rows if row.cleaned_data.get("text", "").strip()]
        return [question for place, row in enumerate(written) if (question := row.question(place))]

    def refuse(self, error: DomainError) -> None:
        """Say what the domain refused at the field it is about, in the question it is about."""
        where = (error.field or "").split(".")
        if len(where) == 3:
            written = [row for row in self.rows if row.cleaned_data.get("text", "").strip()]
            written[int(where[1])].add_error(where[2], str(error))
            return
        name = _FIELDS.get(error.field or "", error.field)
        if name == "gift_value" and self.cleaned_data.get("gives") == RewardKind.PERCENT_OFF:
            name = "gift_percent"
        self.add_error(name if name in self.fields else None, str(error))


_NEW = {"kind": PollKind.POLL, "shows": ShowResults.AFTER}


def _row(question: Question) -> dict[str, Any]:
    lines = [f"* {one}" if one in question.right else one for one in question.choices]
    return {
        "key": question.key,
        "text": question.text,
        "kind": question.kind,
        "choices": "\n".join(lines),
        "steps": question.steps,
        "required": question.required,
    }


def _initial(found: Poll, definition: Definition) -> dict[str, Any]:
    is_percent = definition.gift_kind == RewardKind.PERCENT_OFF
    plain = ("first_day", "last_day", "period", "gift_for_passing", "budget", "gifts", "anonymous", "shows", "pass_at")
    return {
        **{name: getattr(definition, name) for name in plain},
        "kind": found.kind,
        "name": found.name,
        "tiers": list(definition.tiers),
        "segments": list(definition.segments),
        "points": definition.points or None,
        "pass_points": definition.pass_points or None,
        "gives": definition.gift_kind,
        "gift_percent": definition.value if is_percent else None,
        "gift_value": None if is_percent else definition.value or None,
        "gift_product": definition.product or None,
        "gift_days": definition.days,
    }

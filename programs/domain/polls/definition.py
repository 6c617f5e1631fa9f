"""What a poll or a quiz asks, of whom, when, and what it gives. Plain values, ready for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.kept import Kept
from programs.domain.voucher_gifts import check_voucher_gift
from programs.enums import LimitPeriod, PollKind, QuestionKind, ShowResults

MOST_QUESTIONS, MOST_CHOICES, MOST_POINTS = 20, 12, 100_000
LONGEST_ANSWER = 1000
# So many answers there must be before those of a poll without names are shown to anybody.
FEWEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Question(Kept):
    """One question. `right` are the right choices of a quiz; a scale goes from 1 to `steps`."""

    key: str
    kind: str
    text: str
    choices: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    steps: int = 5
    required: bool = True

    @property
    def has_choices(self) -> bool:
        return self.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)


@dataclass(frozen=True, slots=True)
class Definition(Kept):
    """Days are those of the business, `last_day` included. Each member answers once, or once in each `period` of the
    calendar. `points` are for taking part, `pass_points` for a quiz with `pass_at` right answers. A voucher as
    `gift_kind`, `value`, `product` and `days` say is given for taking part, or for passing (`gift_for_passing`).

    Of all, not more than `budget` points and `gifts` vouchers are given. `anonymous`: nobody is told who answered what,
    and nothing is shown of a few answers. `names` keeps what the chosen ids were called.
    """

    HOLDS: ClassVar = {"questions": Question}

    questions: tuple[Question, ...]
    first_day: date | None = None
    last_day: date | None = None
    tiers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    period: str = ""
    points: int = 0
    pass_points: int = 0
    pass_at: int = 1
    gift_kind: str = ""
    value: int = 0
    product: str = ""
    days: int = 30
    gift_for_passing: bool = False
    budget: int | None = None
    gifts: int | None = None
    anonymous: bool = False
    shows: str = ShowResults.AFTER.value
    names: Mapping[str, str] = field(default_factory=dict)


def check(kind: str, definition: Definition) -> None:
    """Raises Invalid at the field that makes no sense, of a question at `questions.<place>.<what>`."""
    if kind not in PollKind.values:
        raise Invalid(field="kind")
    _check_questions(kind, definition.questions)
    if definition.first_day and definition.last_day and definition.last_day < definition.first_day:
        raise Invalid(_("The last day comes before the first."), field="last_day")
    if definition.period and definition.period not in LimitPeriod.values:
        raise Invalid(field="period")
    if definition.shows not in ShowResults.values:
        raise Invalid(field="shows")
    if kind == PollKind.QUIZ and not 1 <= definition.pass_at <= len(definition.questions):
        raise Invalid(_("There are not so many questions."), field="pass_at")
    _check_gives(definition)


def _check_questions(kind: str, questions: Sequence[Question]) -> None:
    if not questions:
        raise Invalid(_("Ask at least one question."), field="questions")
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(_("These are too many questions."), field="questions")
    for place, question in enumerate(questions):
        _check_question(kind, question, f"questions.{place}")


def _check_question(kind: str, question: Question, where: str) -> None:
    tidy_text(question.text, field=f"{where}.text", longest=300, required=True)
    if question.kind not in QuestionKind.values:
        raise Invalid(field=f"{where}.kind")
    if kind == PollKind.QUIZ and not question.has_choices:
        raise Invalid(_("A quiz asks to choose: one or several."), field=f"{where}.kind")
    if question.kind == QuestionKind.SCALE and not 3 <= question.steps <= 10:
        raise Invalid(_("Write from 3 to 10 steps."), field=f"{where}.steps")
    if not question.has_choices:
        return
    if not 2 <= len(question.choices) <= MOST_CHOICES or len(set(question.choices)) < len(question.choices):
        raise Invalid(_("Write from 2 to 12 choices, each once and on a line of its own."), field=f"{where}.choices")
    for choice in question.choices:
        tidy_text(choice, field=f"{where}.choices", longest=120, required=True)
    if kind == PollKind.QUIZ:
        right = set(question.right)
        too_many = question.kind == QuestionKind.SINGLE and len(right) != 1
        if not right or too_many or not right <= set(question.choices):
            raise Invalid(_("Mark what is right with a star in front."), field=f"{where}.choices")


def _check_gives(definition: Definition) -> None:
    for name in ("points", "pass_points"):
        if not 0 <= getattr(definition, name) <= MOST_POINTS:
            raise Invalid(_("This is too little or too much."), field=name)
    for name in ("budget", "gifts"):
        most = getattr(definition, name)
        if most is not None and most < 1:
            raise Invalid(_("Write 1 or more, or leave it empty for no limit."), field=name)
    if definition.gift_kind:
        check_voucher_gift(definition)

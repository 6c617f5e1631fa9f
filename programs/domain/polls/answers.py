"""Reading what somebody answered, strictly as the questions ask it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.polls.definition import LONGEST_ANSWER, Definition, Question
from programs.enums import QuestionKind


def read_answers(definition: Definition, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept, by the keys of the questions. Raises Invalid at `answers.<key>`, the first."""
    known = {one.key for one in definition.questions}
    for key in given:
        if key not in known:
            raise Invalid(_("There is no such question."), code="unknown_field", field=f"answers.{str(key)[:40]}")
    read = {one.key: _read(one, given.get(one.key)) for one in definition.questions}
    return {key: value for key, value in read.items() if value not in (None, "", [])}


def _read(question: Question, value: Any) -> Any:
    where = f"answers.{question.key}"
    if question.kind == QuestionKind.TEXT:
        value = tidy_text(_text(value, where), field=where, longest=LONGEST_ANSWER)
    elif question.kind == QuestionKind.MULTIPLE:
        value = _several(question, value, where)
    elif value not in (None, ""):
        value = _one(question, value, where)
    if question.required and value in (None, "", []):
        raise Invalid(_("Please answer this."), code="required", field=where)
    return value


def _text(value: Any, where: str) -> str:
    if value is not None and not isinstance(value, str):
        raise Invalid(_("This is not a text."), field=where)
    return value or ""


def _several(question: Question, value: Any, where: str) -> list[str]:
    values: Sequence[Any] = value if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
    if any(one not in question.choices for one in values):
        raise Invalid(_("This is none of the choices."), code="invalid_choice", field=where)
    return [one for one in question.choices if one in values]


def _one(question: Question, value: Any, where: str) -> Any:
    if question.kind == QuestionKind.SCALE:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= question.steps:
            raise Invalid(_("This is none of the choices."), code="invalid_choice", field=where)
        return number
    if value not in question.choices:
        raise Invalid(_("This is none of the choices."), code="invalid_choice", field=where)
    return value


def count_right(definition: Definition, answers: Mapping[str, Any]) -> int:
    """How many questions of a quiz were answered right; of several choices all the right ones and no other."""
    return sum(1 for one in definition.questions if is_right(one, answers.get(one.key)))


def is_right(question: Question, value: Any) -> bool:
    chosen = value if isinstance(value, list) else [value]
    return bool(question.right) and set(chosen) == set(question.right)

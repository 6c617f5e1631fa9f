"""Polls and quizzes in words: who is asked and when, and what it gives."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.domain.polls.definition import Definition
from programs.enums import LimitPeriod, PollKind
from programs.models import Poll, PollAnswer, Program
from programs.words.challenges import gift_in_words
from programs.words.unit import in_points
from tenants.templatetags.show import day, number


def gives(poll: Poll, definition: Definition, program: Program) -> str:
    """What answering gives: "10 points · 20 points more for passing · €5.00 off"; empty for nothing."""
    said = [in_points(program, definition.points)] if definition.points else []
    if poll.kind == PollKind.QUIZ and definition.pass_points:
        told = {"points": in_points(program, definition.pass_points)}
        said.append((_("%(points)s more for passing") if definition.points else _("%(points)s for passing")) % told)
    if definition.gift_kind:
        gift = gift_in_words(definition.gift_kind, definition.value, definition.names.get("product", ""))
        said.append(_("%(gift)s for passing") % {"gift": gift} if definition.gift_for_passing else gift)
    return " · ".join(said)


def asks(poll: Poll, definition: Definition) -> str:
    """How much it asks, of whom, when and how often."""
    count = len(definition.questions)
    said = [ngettext("%(count)s question", "%(count)s questions", count) % {"count": number(count)}]
    if poll.kind == PollKind.QUIZ:
        said.append(_("passed with %(right)s right") % {"right": number(definition.pass_at)})
    if definition.period:
        said.append(_("once %(period)s") % {"period": LimitPeriod(definition.period).label})
    if definition.first_day:
        said.append(_("from %(day)s") % {"day": day(definition.first_day)})
    if definition.last_day:
        said.append(_("until %(day)s") % {"day": day(definition.last_day)})
    names = [definition.names.get(pk, "") for pk in (*definition.tiers, *definition.segments)]
    if names:
        said.append(_("for %(names)s") % {"names": ", ".join(one for one in names if one)})
    if definition.anonymous:
        said.append(_("without names"))
    return " · ".join(said)


def answered(answer: PollAnswer, definition: Definition) -> list[dict[str, Any]]:
    """Each question with what was answered, and of a quiz whether it is right and what would have been."""
    rows = []
    for question in definition.questions:
        value = answer.answers.get(question.key)
        chosen = value if isinstance(value, list) else [] if value is None else [str(value)]
        right = set(question.right)
        rows.append(
            {
                "question": question.text,
                "said": ", ".join(chosen) or "–",
                "is_right": set(chosen) == right if right else None,
                "right": ", ".join(question.right),
            }
        )
    return rows

"""Members by what they answered, as a filter of their list and of segments."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.models import Member
from programs.domain.polls.definition import Definition, Question
from programs.enums import QuestionKind
from programs.models import Poll, PollAnswer


def answer_choices() -> Sequence[tuple[str, str]]:
    """Every published poll that is answered with a name, and each of its choices."""
    choices = [("", _("Any answers"))]
    for poll in Poll.objects.filter(published_at__isnull=False).order_by("-published_at"):
        definition = Definition.from_json(poll.definition)
        if definition.anonymous:
            continue
        choices.append((str(poll.pk), _("Answered “%(poll)s”") % {"poll": poll.name}))
        for question in definition.questions:
            for place, choice in enumerate(_choices(question)):
                choices.append((f"{poll.pk}:{question.key}:{place}", f"{poll.name}: {question.text} {choice}"))
    return choices


def with_answer(members: QuerySet[Member], value: str) -> QuerySet[Member]:
    """Those who answered the poll, or so, on whichever record of theirs."""
    try:
        pk, _colon, rest = value.partition(":")
        poll = Poll.objects.filter(pk=UUID(pk), published_at__isnull=False).first()
    except ValueError:
        return members
    if poll is None:
        return members.none()
    answers = PollAnswer.objects.filter(poll=poll, withdrawn_at__isnull=True)
    if rest:
        key, _colon, place = rest.partition(":")
        question = next((one for one in Definition.from_json(poll.definition).questions if one.key == key), None)
        if question is None or not place.isdigit() or int(place) >= len(_choices(question)):
            return members.none()
        answers = answers.filter(_is(question, _choices(question)[int(place)]))
    return members.filter(pk__in=answers.values_list(Coalesce("member__merged_into_id", "member_id"), flat=True))


def _choices(question: Question) -> Sequence[str | int]:
    if question.kind == QuestionKind.SCALE:
        return range(1, question.steps + 1)
    return question.choices if question.has_choices else ()


def _is(question: Question, choice: str | int) -> Q:
    value = [choice] if question.kind == QuestionKind.MULTIPLE else choice
    return Q(answers__contains={question.key: value})

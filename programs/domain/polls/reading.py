"""Which polls and quizzes a member can answer, what was answered, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from customers.domain.identity import ids_of, kept_ids
from customers.models import Member, Segment
from customers.segments import is_in
from loyalty_saas.lib.days import local_day
from programs.domain.events.counting import period_around
from programs.domain.polls.definition import FEWEST_SHOWN, Definition, Question
from programs.enums import QuestionKind
from programs.models import Account, Poll, PollAnswer
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll that is for a member: what it asks, and what they answered in this period, if they have."""

    poll: Poll
    definition: Definition
    answer: PollAnswer | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many chose it, of those who answered the question, in percent too."""

    choice: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Result:
    """What was answered to one question: shares, or texts; of a scale the average too. `answered` people did."""

    question: Question
    answered: int
    shares: list[Share]
    texts: list[str]
    average: float | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """Of so many people; `is_hidden` while there are too few of them to show anything of a poll without names."""

    people: int
    questions: list[Result]
    is_hidden: bool = False
    passed: int = 0


def is_open(poll: Poll, now: datetime) -> bool:
    """Whether it runs at this moment."""
    return poll.published_at is not None and poll.ended_at is None and _is_in_days(poll, now)


def is_over(poll: Poll, today: date) -> bool:
    last = Definition.from_json(poll.definition).last_day
    return poll.ended_at is not None or (last is not None and last < today)


def _is_in_days(poll: Poll, now: datetime) -> bool:
    definition, day = Definition.from_json(poll.definition), local_day(now, current_tenant().zone)
    return not (
        (definition.first_day and day < definition.first_day) or (definition.last_day and day > definition.last_day)
    )


def is_for(definition: Definition, account: Account) -> bool:
    """Whether a member is among those who are asked."""
    if definition.tiers and str(account.tier_id) not in definition.tiers:
        return False
    if not definition.segments:
        return True
    asked = Segment.objects.filter(pk__in=definition.segments)
    return any(is_in(account.member, segment) for segment in asked)


def period_of(definition: Definition, when: datetime) -> str:
    """The first day of the period around a moment; empty for once ever."""
    if not definition.period:
        return ""
    zone = current_tenant().zone
    return local_day(period_around(definition.period, when)[0], zone).isoformat()


def answer_of(poll: Poll, definition: Definition, member: Member, now: datetime) -> PollAnswer | None:
    """What the person answered in the period of a moment, on whichever record of theirs."""
    found: PollAnswer | None = (
        PollAnswer.objects.filter(
            poll=poll, member__in=ids_of(member), period=period_of(definition, now), withdrawn_at__isnull=True
        )
        .select_related("entry", "present")
        .order_by("pk")
        .first()
    )
    return found


def polls_for(account: Account) -> list[Asked]:
    """The polls that run and are for this member, those still to be answered first."""
    now = timezone.now()
    running = Poll.objects.filter(program=account.program_id, published_at__isnull=False, ended_at__isnull=True)
    asked = []
    for poll in running.order_by("-published_at"):
        definition = Definition.from_json(poll.definition)
        if _is_in_days(poll, now) and is_for(definition, account):
            asked.append(Asked(poll, definition, answer_of(poll, definition, account.member, now)))
    return sorted(asked, key=lambda one: one.answer is not None)


def counted_answers(poll: Poll) -> list[PollAnswer]:
    """The answers that count, in the order of time: of somebody with several records the first in each period."""
    kept = kept_ids()
    seen: set[tuple[UUID, str]] = set()
    counted = []
    rows = PollAnswer.objects.filter(poll=poll, withdrawn_at__isnull=True).select_related("member__merged_into")
    for one in rows.order_by("pk"):
        whose = (kept.get(one.member_id, one.member_id), one.period)
        if whose not in seen:
            seen.add(whose)
            counted.append(one)
    return counted


def results_of(poll: Poll, answers: Sequence[PollAnswer] | None = None) -> Results:
    """What was answered, question by question. Of a poll without names nothing while there are too few answers."""
    definition = Definition.from_json(poll.definition)
    answers = counted_answers(poll) if answers is None else answers
    if definition.anonymous and len(answers) < FEWEST_SHOWN:
        return Results(len(answers), [], is_hidden=True)
    given = [one.answers for one in answers]
    return Results(
        people=len(answers),
        questions=[_result(question, given) for question in definition.questions],
        passed=sum(1 for one in answers if one.passed),
    )


def _result(question: Question, given: Iterable[Mapping[str, Any]]) -> Result:
    values = [answers[question.key] for answers in given if answers.get(question.key) not in (None, "", [])]
    if question.kind == QuestionKind.TEXT:
        # In no order that says who wrote it.
        return Result(question, len(values), [], sorted(values, key=str.casefold))
    counts: Counter[Any] = Counter()
    for value in values:
        counts.update(value if isinstance(value, list) else [value])
    choices: Sequence[Any] = question.choices if question.has_choices else range(1, question.steps + 1)
    shares = [Share(str(one), counts[one], _percent(counts[one], len(values))) for one in choices]
    average = sum(values) / len(values) if question.kind == QuestionKind.SCALE and values else None
    return Result(question, len(values), shares, [], average)


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole) if whole else 0

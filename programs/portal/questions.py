"""Polls and quizzes for the member: what is asked, answering it on one page, and what came of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.identity import ids_of
from customers.portal.access import MemberRequest, go, member_page
from loyalty_saas.lib.errors import DomainError, Invalid, NotFound
from programs.domain.polls.answering import answer_poll, correct_answer, withdraw_answer
from programs.domain.polls.answers import read_answers
from programs.domain.polls.definition import Definition
from programs.domain.polls.reading import answer_of, is_open, polls_for, results_of
from programs.enums import PollKind, QuestionKind, ShowResults
from programs.models import Poll, PollAnswer
from programs.portal.reading import Reading, reading_of
from programs.words.polls import answered, asks, gives


def on_home(reading: Reading) -> dict[str, Any] | None:
    """What waits to be answered by this member."""
    if reading.account is None or not reading.is_running:
        return None
    waiting = [one for one in polls_for(reading.account) if one.answer is None]
    if not waiting:
        return None
    program = reading.account.program
    return {
        "polls": [
            {
                "poll": one.poll,
                "asks": asks(one.poll, one.definition),
                "gives": gives(one.poll, one.definition, program),
            }
            for one in waiting
        ]
    }


@member_page
def questions(request: MemberRequest, poll: UUID) -> HttpResponse:
    """Answer, or see what was answered; with `change` what was answered can be changed while it is open."""
    found, definition = _poll(poll)
    now = timezone.now()
    answer = answer_of(found, definition, request.member, now)
    changing = answer is not None and request.GET.get("change") == "1" and found.kind == PollKind.POLL
    if request.method == "POST":
        return _answered(request, found, definition, answer)
    if answer is not None and not changing:
        return _page(request, found, definition, answer=answer)
    if not is_open(found, now):
        return _page(request, found, definition, closed=True)
    return _page(request, found, definition, asked=True, given=answer.answers if answer else {}, changing=changing)


@member_page
@require_POST
def withdrawal(request: MemberRequest, poll: UUID) -> HttpResponse:
    """Take one's answers back, with what they gave."""
    found, definition = _poll(poll)
    answer = answer_of(found, definition, request.member, timezone.now())
    if answer is not None:
        withdraw_answer(answer, by=request.actor)
        messages.success(request, _("Your answers are taken back."))
    return go(request, "home")


def own_answers(member: Any) -> list[dict[str, Any]]:
    """What they answered, for the file with a member's own data."""
    rows = PollAnswer.objects.filter(member__in=ids_of(member)).select_related("poll").order_by("pk")
    return [
        {
            "name": one.poll.name,
            "answered_at": one.answered_at.isoformat(),
            "answers": [
                (row["question"], row["said"]) for row in answered(one, Definition.from_json(one.poll.definition))
            ],
            "points": one.points,
            "taken_back_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
        }
        for one in rows
    ]


def _poll(pk: UUID) -> tuple[Poll, Definition]:
    found = Poll.objects.select_related("program").filter(pk=pk, published_at__isnull=False).first()
    if found is None:
        raise NotFound
    return found, Definition.from_json(found.definition)


def _answered(request: MemberRequest, found: Poll, definition: Definition, answer: PollAnswer | None) -> HttpResponse:
    given = _given(request, definition)
    changes = answer is not None and "change" in request.POST
    try:
        if changes and answer is not None:
            correct_answer(answer, answers=given, by=request.actor)
            messages.success(request, _("Changed."))
        else:
            answer_poll(request.member, poll=found, answers=given, by=request.actor)
    except Invalid:
        errors = _errors(definition, given)
        return _page(request, found, definition, asked=True, given=given, errors=errors, changing=changes, status=422)
    except DomainError as error:
        return _page(request, found, definition, closed=True, refusal=str(error), status=error.status)
    return go(request, "questions", poll=found.pk)


def _given(request: MemberRequest, definition: Definition) -> dict[str, Any]:
    """What stands in the form, as it is."""
    return {
        one.key: request.POST.getlist(one.key) if one.kind == QuestionKind.MULTIPLE else request.POST.get(one.key, "")
        for one in definition.questions
    }


def _errors(definition: Definition, given: dict[str, Any]) -> dict[str, str]:
    """Everything that is wrong, by question: nobody should find the second mistake after the first."""
    errors = {}
    for one in definition.questions:
        try:
            read_answers(Definition((one,)), {one.key: given[one.key]})
        except Invalid as error:
            errors[one.key] = str(error)
    return errors


def _page(
    request: MemberRequest,
    found: Poll,
    definition: Definition,
    *,
    answer: PollAnswer | None = None,
    asked: bool = False,
    closed: bool = False,
    changing: bool = False,
    refusal: str = "",
    given: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    shows = definition.shows == ShowResults.ALWAYS or (definition.shows == ShowResults.AFTER and answer is not None)
    context = {
        "place": "home",
        "poll": found,
        "definition": definition,
        "program": reading_of(request).program or found.program,
        "gives": gives(found, definition, found.program),
        "questions": [_shown(one, given or {}, errors or {}) for one in definition.questions] if asked else [],
        "errors": errors or {},
        "changing": changing,
        "answer": answer,
        "given_points": answer.entry.amount + answer.entry.pending_amount if answer and answer.entry else 0,
        "rows": answered(answer, definition) if answer else [],
        "can_change": answer is not None and found.kind == PollKind.POLL and is_open(found, timezone.now()),
        "is_quiz": found.kind == PollKind.QUIZ,
        "closed": closed,
        "refusal": refusal,
        "results": results_of(found) if shows else None,
    }
    return render(request, "portal/questions/page.html", context, status=status)


def _shown(question: Any, given: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    value = given.get(question.key)
    chosen = {str(one) for one in value} if isinstance(value, list) else {str(value)}
    steps = [str(one) for one in range(1, question.steps + 1)]
    choices = question.choices if question.has_choices else steps
    return {
        "question": question,
        "error": errors.get(question.key, ""),
        "value": value or "",
        "choices": [(one, one in chosen) for one in choices],
    }

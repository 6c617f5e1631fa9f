"""Polls and quizzes through the API: what is asked, what came of it, and what a member answered."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.api.lookup import member_or_404
from customers.domain.identity import ids_of
from loyalty_saas.lib.errors import NotFound
from programs.api.poll_shapes import OwnAnswerPage, PollResults, Polls
from programs.domain.polls.definition import Definition
from programs.domain.polls.reading import is_open, results_of
from programs.models import Poll, PollAnswer
from programs.words.polls import gives
from tenants.api.operations import Call, operation
from tenants.api.paging import Page, page
from tenants.api.shapes import PageQuery
from tenants.api.views import BusinessView
from tenants.enums import Scope


class ReadPolls(BusinessView):
    section = "Questions"

    @operation(Scope.EVENTS_READ, "List the polls and quizzes", Polls)
    def get(self, call: Call) -> dict[str, Any]:
        found = Poll.objects.filter(published_at__isnull=False).select_related("program").order_by("-published_at")
        return {"results": [_shown(one, call) for one in found]}


class ReadResults(BusinessView):
    section = "Questions"

    @operation(Scope.EVENTS_READ, "Read what was answered", PollResults, refusals=(404,))
    def get(self, call: Call, poll_id: UUID) -> dict[str, Any]:
        """Shares of those who answered each question, a person with several records once."""
        poll = Poll.objects.filter(pk=poll_id, published_at__isnull=False).first()
        if poll is None:
            raise NotFound(_("There are no such questions."), code="poll_not_found")
        results = results_of(poll)
        questions = [
            {
                "key": one.question.key,
                "text": one.question.text,
                "answered": one.answered,
                "shares": one.shares,
                "texts": one.texts,
                "average": one.average,
            }
            for one in results.questions
        ]
        return {"people": results.people, "is_hidden": results.is_hidden, "questions": questions}


class MemberAnswers(BusinessView):
    section = "Questions"

    @operation(Scope.EVENTS_READ, "List a member's answers", OwnAnswerPage, query=PageQuery)
    def get(self, call: Call, member_id: UUID) -> Page:
        answers = PollAnswer.objects.filter(member__in=ids_of(member_or_404(member_id))).select_related("poll")
        found, following = page(answers, call.query)
        return Page([_answer(one) for one in found], following)


def _shown(poll: Poll, call: Call) -> dict[str, Any]:
    definition = Definition.from_json(poll.definition)
    path = reverse("portal:questions", kwargs={"business": call.tenant.slug, "poll": poll.pk})
    plain = ("first_day", "last_day", "period", "anonymous", "questions")
    return {
        "id": poll.pk,
        "kind": poll.kind,
        "name": poll.name,
        "is_open": is_open(poll, timezone.now()),
        "gives": gives(poll, definition, poll.program),
        "link": f"{settings.SITE_URL.rstrip('/')}{path}",
        **{name: getattr(definition, name) for name in plain},
    }


def _answer(one: PollAnswer) -> dict[str, Any]:
    anonymous = Definition.from_json(one.poll.definition).anonymous
    return {
        "id": one.pk,
        "poll": one.poll_id,
        "name": one.poll.name,
        "answers": None if anonymous else one.answers,
        "passed": one.passed,
        "right": None if anonymous else one.right,
        "points": one.points,
        "answered_at": one.answered_at,
        "withdrawn_at": one.withdrawn_at,
    }

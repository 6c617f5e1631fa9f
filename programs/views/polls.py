"""Polls and quizzes: what runs, composing one, publishing and ending it, what was answered, and a sheet to print."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.enums import Source
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import points_program, require_points_program
from programs.domain.polls import publishing
from programs.domain.polls.answering import withdraw_answer
from programs.domain.polls.definition import FEWEST_SHOWN, Definition
from programs.domain.polls.reading import counted_answers, is_over, results_of
from programs.enums import PollKind
from programs.exports import csv_download
from programs.forms.polls import PollForm
from programs.models import Poll, PollAnswer, Program
from programs.views.drafts import listed, state_of
from programs.words.polls import answered, asks, gives
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

NEWEST = 50


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def polls(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    context = {"program": found, **listed(request, _rows_of(found))}
    return render(request, "programs/polls/list.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def new_poll(request: BusinessRequest) -> HttpResponse:
    found = require_points_program()
    return _edited(request, found, None)


@dashboard_page(Permission.VIEW_PROGRAM)
def poll(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """A draft to be changed by those who may, or what was answered."""
    found = _poll(pk)
    may_edit = request.membership.may(Permission.EDIT_PROGRAM)
    if found.published_at is not None or not may_edit:
        return _shown(request, found, may_edit)
    return _edited(request, found.program, found)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    publishing.drop_poll(_poll(pk), by=request.actor)
    messages.success(request, _("The draft is gone."))
    return redirect("programs:polls")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def ending(request: BusinessRequest, pk: UUID) -> HttpResponse:
    ended = publishing.end_poll(_poll(pk), by=request.actor)
    messages.success(request, _("“%(poll)s” has ended. What it gave stays.") % {"poll": ended.name})
    return redirect("programs:poll", pk)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def copying(request: BusinessRequest, pk: UUID) -> HttpResponse:
    copy = publishing.copy_poll(_poll(pk), by=request.actor)
    messages.success(request, _("Here is a copy. Say its days, then publish it."))
    return redirect("programs:poll", copy.pk)


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def answer_withdrawal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """An answer that is none: it counts no more, and what it gave is taken back."""
    found = get_object_or_404(PollAnswer.objects.select_related("member"), pk=pk)
    withdraw_answer(found, by=request.actor, reason=request.POST.get("reason", ""), source=Source.DASHBOARD)
    messages.success(request, _("It counts no more, and what it gave is taken back."))
    return redirect("programs:poll", found.poll_id)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def export(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return csv_download("answers", _rows(_poll(pk)))


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def sheet(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """The link as a code, for the counter and the tables."""
    found = _poll(pk)
    path = reverse("portal:questions", kwargs={"business": request.tenant.slug, "poll": found.pk})
    definition = Definition.from_json(found.definition)
    context = {
        "poll": found,
        "link": f"{settings.SITE_URL.rstrip('/')}{path}",
        "gives": gives(found, definition, found.program),
        "asks": asks(found, definition),
        "copies": range(4),
    }
    return render(request, "programs/polls/sheet.html", context)


def _poll(pk: UUID) -> Poll:
    found: Poll = get_object_or_404(Poll.objects.select_related("program"), pk=pk)
    return found


def _edited(request: BusinessRequest, program: Program, found: Poll | None) -> HttpResponse:
    more = "more" in request.POST
    form = PollForm(request.POST or None, program=program, found=found, more=more)
    if request.method == "POST" and not more and form.is_valid():
        try:
            saved = _saved(request, program, found, form)
            found = saved
            if "publish" in request.POST:
                publishing.publish_poll(saved, by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            said = _("Members can answer it now.") if "publish" in request.POST else _("Saved as a draft.")
            messages.success(request, said)
            return redirect("programs:poll", saved.pk)
    wrong = request.method == "POST" and not more
    context = {"program": program, "form": form, "poll": found, "shows_errors": wrong}
    return render(request, "programs/polls/poll.html", context, status=422 if wrong else 200)


def _saved(request: BusinessRequest, program: Program, found: Poll | None, form: PollForm) -> Poll:
    name, definition = form.cleaned_data["name"], form.definition()
    if found is None or found.kind != form.cleaned_data["kind"]:
        # A draft of the other kind begins anew.
        kind = form.cleaned_data["kind"]
        made = publishing.compose_poll(program, kind=kind, name=name, definition=definition, by=request.actor)
        if found is not None:
            publishing.drop_poll(found, by=request.actor)
        return made
    return publishing.redraft_poll(found, name=name, definition=definition, by=request.actor)


def _shown(request: BusinessRequest, found: Poll, may_edit: bool) -> HttpResponse:
    definition = Definition.from_json(found.definition)
    counted = counted_answers(found)
    latest = [] if definition.anonymous else counted[::-1][:NEWEST]
    context = {
        "program": found.program,
        "may_edit": may_edit,
        "may_export": request.membership.may(Permission.EXPORT_MEMBERS),
        "may_withdraw": request.membership.may(Permission.ADJUST_POINTS),
        "definition": definition,
        "results": results_of(found, counted),
        "fewest": FEWEST_SHOWN,
        "is_quiz": found.kind == PollKind.QUIZ,
        "latest": [{"answer": one, "rows": answered(one, definition)} for one in latest],
        **_row(found, _counts(found.program).get(found.pk, {})),
    }
    return render(request, "programs/polls/shown.html", context)


def _rows_of(program: Program) -> list[dict[str, Any]]:
    counts = _counts(program)
    return [_row(one, counts.get(one.pk, {})) for one in Poll.objects.filter(program=program).order_by("-pk")]


def _row(one: Poll, counted: dict[str, Any]) -> dict[str, Any]:
    today = local_day(timezone.now(), one.program.tenant.zone)
    definition = Definition.from_json(one.definition)
    state = state_of(one, is_over=is_over(one, today))
    return {
        "poll": one,
        "state": state,
        "asks": asks(one, definition),
        "gives": gives(one, definition, one.program),
        "answers": counted.get("answers", 0),
        "points": counted.get("sum") or 0,
    }


def _counts(program: Program) -> dict[UUID, dict[str, Any]]:
    """How many answers there are to each, and the points they gave."""
    rows = PollAnswer.objects.filter(poll__program=program, withdrawn_at__isnull=True).order_by().values("poll")
    return {row["poll"]: dict(row) for row in rows.annotate(answers=Count("pk"), sum=Sum("points"))}


def _rows(found: Poll) -> Iterator[Sequence[object]]:
    """A line for each answer that counts; without names nothing says whose it is, nor in which order they came."""
    definition, counted = Definition.from_json(found.definition), counted_answers(found)
    questions = [one.text for one in definition.questions]
    if definition.anonymous:
        yield questions
        if len(counted) >= FEWEST_SHOWN:
            yield from sorted((_cells(one, definition) for one in counted), key=str)
        return
    yield [_("Answered"), _("Card"), _("Member"), *questions, *([_("Right")] if found.kind == PollKind.QUIZ else [])]
    for one in counted:
        member = one.member.merged_into or one.member
        right = [one.right] if found.kind == PollKind.QUIZ else []
        yield [one.answered_at.isoformat(), member.number, str(member), *_cells(one, definition), *right]


def _cells(one: PollAnswer, definition: Definition) -> list[object]:
    values = (one.answers.get(question.key, "") for question in definition.questions)
    return ["; ".join(value) if isinstance(value, list) else value for value in values]

"""Events of the business's own: what can happen, what has happened, recording one by hand and taking one back."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.domain.identity import member_by_id
from customers.enums import Source
from loyalty_saas.lib.errors import DomainError, NotFound
from programs.domain.accounts import points_program
from programs.domain.events import types
from programs.domain.events.fields import fields_of
from programs.domain.events.recording import record_event
from programs.domain.events.undoing import undo_event
from programs.forms.events import EventForm, EventTypeForm
from programs.models import Event, EventType
from programs.views.rules import RECENTLY
from programs.words.events import how_often, said_of, why
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

NEWEST = 50


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def event_types(request: BusinessRequest) -> HttpResponse:
    rows = _rows()
    context = {
        "program": points_program(),
        "kinds": [row for row in rows if row["kind"].archived_at is None],
        "archived": [row for row in rows if row["kind"].archived_at is not None],
        "latest": _shown(Event.objects.all()),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/events/list.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def new_event_type(request: BusinessRequest) -> HttpResponse:
    return _edited(request, None)


@dashboard_page(Permission.EDIT_PROGRAM)
def event_type(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return _edited(request, get_object_or_404(EventType, pk=pk))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def event_type_state(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Put away, or taken up again."""
    found = get_object_or_404(EventType, pk=pk)
    archived = request.POST.get("used") != "1"
    types.archive_event_type(found, by=request.actor, archived=archived)
    said = _("“%(name)s” is put away. What was recorded stays.") if archived else _("“%(name)s” can happen again.")
    messages.success(request, said % {"name": found.name})
    return redirect("programs:event_types")


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def event(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """One that was recorded: what it holds, what it gave, and why or why not."""
    found = get_object_or_404(Event.objects.select_related("type", "member", "entry"), pk=pk)
    program = points_program()
    context = {
        "event": found,
        "program": program,
        "holds": said_of(found),
        "why": why(found, program),
        "how_often": how_often(found.type),
        "may_undo": found.undone_at is None and request.membership.may(Permission.ADJUST_POINTS),
    }
    return render(request, "programs/events/event.html", context)


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def event_undo(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Event.objects.select_related("entry"), pk=pk)
    reason = request.POST.get("reason", "")
    undo_event(found, by=request.actor, reason=reason, source=Source.DASHBOARD)
    messages.success(request, _("Undone. What it gave is taken back."))
    return redirect("programs:event", pk)


@dashboard_page(Permission.ADJUST_POINTS)
def member_events(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Record something that happened to a member: choose what, then fill in what it holds."""
    member = member_by_id(pk)
    if member is None:
        raise NotFound
    kinds = [one for one in types.types_in_use() if one.by_staff]
    wanted = request.POST.get("kind") or request.GET.get("kind", "")
    kind = next((one for one in kinds if str(one.pk) == wanted), kinds[0] if len(kinds) == 1 else None)
    form = EventForm(request.POST or None, found=kind, initial={"key": uuid4().hex}) if kind else None
    if request.method == "POST" and kind and form and form.is_valid():
        try:
            made = record_event(
                member,
                kind=kind,
                payload=form.payload(),
                by=request.actor,
                key=f"event:{form.cleaned_data['key']}",
                source=Source.DASHBOARD,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("programs:event", made.pk)
    context = {"member": member, "kinds": kinds, "kind": kind, "form": form}
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "programs/events/record.html", context, status=status)


def _edited(request: BusinessRequest, found: EventType | None) -> HttpResponse:
    more = "more" in request.POST
    form = EventTypeForm(request.POST or None, found=found, more=more)
    if request.method == "POST" and not more and form.is_valid():
        try:
            if found is None:
                types.define_event_type(form.details(), by=request.actor)
            else:
                types.change_event_type(found, form.details(), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Make a rule for it, so that it gives something."))
            return redirect("programs:event_types")
    wrong = request.method == "POST" and not more
    context = {"form": form, "kind": found, "shows_errors": wrong}
    return render(request, "programs/events/kind.html", context, status=422 if wrong else 200)


def _rows() -> list[dict[str, Any]]:
    """Every kind with how often it happened lately."""
    recent = Event.objects.filter(occurred_at__gte=timezone.now() - RECENTLY, undone_at__isnull=True)
    times = dict(recent.order_by().values_list("type").annotate(times=Count("pk")))
    return [
        {
            "kind": kind,
            "fields": ", ".join(one.name for one in fields_of(kind.fields)),
            "how_often": how_often(kind),
            "times": times.get(kind.pk, 0),
        }
        for kind in EventType.objects.order_by("name")
    ]


def _shown(events: Any) -> list[dict[str, Any]]:
    rows = events.select_related("type", "member", "entry").order_by("-occurred_at", "-pk")[:NEWEST]
    return [{"event": one, "holds": said_of(one)} for one in rows]

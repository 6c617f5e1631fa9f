"""Something else that happened than a purchase, recorded where the member stands."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from customers.enums import Source
from loyalty_saas.lib.errors import DomainError
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import ids_of, key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.accounts import points_program
from programs.domain.events.recording import record_event
from programs.domain.events.undoing import undo_event
from programs.forms.events import EventForm
from programs.models import Event, EventType
from programs.words.events import said_of, why


@counter_page()
def record(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """Ask for what it holds, record it, or take back what was just recorded."""
    member = member_named(member_id)
    context: dict[str, Any] = {"screen": member_screen(member)}
    if request.method == "POST" and "undo" in request.POST:
        (wanted,) = ids_of([request.POST["undo"]])
        event = Event.objects.select_related("entry").filter(pk=wanted, member=member).first()
        if event is not None:
            undo_event(event, by=request.actor, source=Source.COUNTER)
        return stage(request, "counter/member/stage.html", {"screen": member_screen(member), "undone": True})
    given = request.POST if request.method == "POST" else request.GET
    kind = EventType.objects.filter(pk__in=ids_of(given.getlist("kind")[:1]), by_staff=True, archived_at=None).first()
    if kind is None:
        # Nothing was chosen, or it was put away since the page was opened.
        return stage(request, "counter/member/stage.html", context)
    form = EventForm(request.POST if "record" in request.POST else None, found=kind)
    # The counter's own key says which tap it was.
    del form.fields["key"]
    if "record" in request.POST and form.is_valid():
        try:
            event = record_event(
                member,
                kind=kind,
                payload=form.payload(),
                by=request.actor,
                key=key_of(request),
                source=Source.COUNTER,
            )
        except DomainError as error:
            if not (error.field or "").startswith("payload."):
                raise
            form.refuse(error)
        else:
            return stage(request, "counter/member/stage.html", _recorded(event, member_id))
    return stage(request, "counter/member/stage.html", context | {"event_kind": kind, "event_form": form})


def _recorded(event: Event, member_id: UUID) -> dict[str, Any]:
    program = points_program()
    return {
        "screen": member_screen(member_named(member_id)),
        "recorded": event,
        "recorded_points": event.entry.amount + event.entry.pending_amount if event.entry else 0,
        "recorded_holds": said_of(event),
        "recorded_why": why(event, program),
    }

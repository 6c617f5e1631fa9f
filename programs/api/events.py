"""Events through the API: recorded, read and taken back; and the kinds of event that there are."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.api.lookup import member_or_404, wanted_location, wanted_member
from customers.domain.identity import ids_of
from customers.enums import Source
from loyalty_saas.lib.errors import Invalid, NotFound
from programs.api.event_shapes import EventPage, EventQuery, EventTypes, NewEvent, ShownEvent, Undoing
from programs.domain.accounts import points_program
from programs.domain.events.fields import fields_of, troubles
from programs.domain.events.recording import record_event
from programs.domain.events.types import types_in_use
from programs.domain.events.undoing import undo_event
from programs.models import Event, EventType, Program
from programs.words.rules import told
from tenants.api.errors import FieldError, WrongShape
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import Page, page
from tenants.api.views import BusinessView
from tenants.enums import Scope


class ReadEventTypes(BusinessView):
    section = "Events"

    @operation(Scope.EVENTS_READ, "List the kinds of event", EventTypes)
    def get(self, call: Call) -> dict[str, Any]:
        """What can happen, as the owner defined it: send events of these kinds, with these fields."""
        return {"results": [_shown_type(one) for one in types_in_use()]}


class Events(BusinessView):
    section = "Events"

    @operation(
        Scope.EVENTS_WRITE,
        "Record an event",
        ShownEvent,
        status=201,
        body=NewEvent,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Gives what the earning rules say in the same moment, and says of each why or why not.

        Every field of `payload` that cannot be used is named in `errors`. An event that gives nothing is kept all the
        same: for a member who rests, while the program does not run, and beyond what counts for a member.
        """
        values = call.values
        kind = EventType.objects.filter(key=values["type"]).first()
        if kind is None:
            raise Invalid(_("There is no such kind of event."), code="unknown_type", field="type")
        member = wanted_member(values["member"])
        location = wanted_location(values.get("location"))
        payload = values.get("payload") or {}
        if wrong := troubles(fields_of(kind.fields), payload):
            raise WrongShape([FieldError(f"payload.{one.key}", one.code, one.sentence) for one in wrong])
        event = record_event(
            member,
            kind=kind,
            payload=payload,
            by=call.by,
            key=call.domain_key,
            source=Source.API,
            occurred_at=values.get("occurred_at"),
            location=location.pk if location else None,
        )
        return _shown(event, points_program())

    @operation(Scope.EVENTS_READ, "List events", EventPage, query=EventQuery)
    def get(self, call: Call) -> Page:
        return _page(call, Event.objects.all())


class OneEvent(BusinessView):
    section = "Events"

    @operation(Scope.EVENTS_READ, "Read an event", ShownEvent, refusals=(404,))
    def get(self, call: Call, event_id: UUID) -> dict[str, Any]:
        return _shown(_event_or_404(event_id), points_program())


class EventUndoing(BusinessView):
    section = "Events"

    @operation(
        Scope.EVENTS_WRITE,
        "Undo an event",
        ShownEvent,
        body=Undoing,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call, event_id: UUID) -> dict[str, Any]:
        """It did not happen after all: what it gave is taken back, and what was spent of it is owed."""
        event = undo_event(_event_or_404(event_id), by=call.by, reason=call.values.get("reason", ""), source=Source.API)
        return _shown(event, points_program())


class MemberEvents(BusinessView):
    section = "Events"

    @operation(Scope.EVENTS_READ, "List a member's events", EventPage, query=EventQuery)
    def get(self, call: Call, member_id: UUID) -> Page:
        return _page(call, Event.objects.filter(member__in=ids_of(member_or_404(member_id))))


def _page(call: Call, events: Any) -> Page:
    if key := call.query.get("type"):
        events = events.filter(type__key=key)
    found, following = page(events.select_related("type", "entry", "member"), call.query)
    program = points_program()
    return Page([_shown(one, program) for one in found], following)


def _event_or_404(pk: UUID) -> Event:
    found: Event | None = Event.objects.select_related("type", "entry", "member").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such event."), code="event_not_found")
    return found


def _shown_type(kind: EventType) -> dict[str, Any]:
    return {
        "key": kind.key,
        "name": kind.name,
        "shown_fields": [one.as_json() for one in fields_of(kind.fields)],
        "most": kind.most,
        "period": kind.period,
        "by_staff": kind.by_staff,
    }


def _shown(event: Event, program: Program | None) -> dict[str, Any]:
    entry = event.entry
    return {
        "id": event.pk,
        "type": event.type.key,
        "member": event.member.merged_into_id or event.member_id,
        "payload": event.payload,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "counts": event.counts,
        "points": entry.amount + entry.pending_amount if entry else 0,
        "entry": entry.pk if entry else None,
        "rules": [
            {
                "rule": one["rule"],
                "name": one["name"],
                "counts": one["counts"],
                "points": int(one["points"]),
                "why": told(one, program) if program else "",
            }
            for one in event.reasons
        ],
        "undone_at": event.undone_at,
        "undone_because": event.undone_because,
    }

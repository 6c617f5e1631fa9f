"""An event is undone: it did not happen after all, and its points are taken back."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from loyalty_saas.lib.errors import Forbidden
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account, source_of
from programs.domain.guards import acting_membership, has_limits, refuse_own_account
from programs.domain.qualifying import qualify
from programs.domain.taking_back import take_back_entry
from programs.errors import CannotUndo, UndoTooLate
from programs.models import Event
from programs.queries import points_program
from tenants.actors import Actor
from tenants.enums import ActorKind


@transaction.atomic
def undo_event(event: Event, *, by: Actor, reason: str = "", source: str = "") -> Event:
    """Take an event back with all it gave, once; undoing it again changes nothing.

    What of its points was spent already is owed, as after a return. Staff may within `program.undo_minutes`, managers,
    owners and connected systems at any time. Raises UndoTooLate, OwnAccount, Forbidden. Locks the account, then the
    event.
    """
    reason = tidy_text(reason[:300], field="reason", longest=300) or _("Undone")
    account = lock_account(event.entry.account_id) if event.entry else None
    event = Event.objects.select_for_update(no_key=True, of=("self",)).select_related("type", "member").get(pk=event.pk)
    if event.undone_at is not None:
        return event
    _refuse(event, by=by)
    back, points = None, 0
    if event.entry is not None:
        if account is None:  # pragma: no cover - an entry holds its account
            raise CannotUndo
        back, points = take_back_entry(
            account,
            event.entry,
            key=f"event-back:{event.pk}",
            by=by,
            cause_id=event.pk,
            reason=reason,
            snapshot={"name": event.type.name},
        )
        # All of it goes, whatever of the points had expired; dated alike, so that every window is as if it never was.
        qualify(
            account,
            spend=0,
            points=-event.entry.amount - event.entry.pending_amount,
            visited=False,
            occurred_at=event.occurred_at,
            cause_id=event.pk,
            key=f"event-back:{event.pk}",
        )
    event.undone_at, event.undone_by, event.undone_because = timezone.now(), by.label, reason
    event.save(update_fields=["undone_at", "undone_by", "undone_because"])
    record_activity(
        ActivityKind.EVENT_UNDONE,
        by=by,
        source=source or source_of(by),
        member=account.member if account else event.member,
        payload={
            "event": str(event.pk),
            "type": event.type.key,
            "name": event.type.name,
            "points": points,
            "entry": str(back.pk) if back else None,
            "reason": reason,
        },
    )
    return event


def _refuse(event: Event, *, by: Actor) -> None:
    if by.kind == ActorKind.MEMBER:
        raise Forbidden
    membership = acting_membership(by)
    refuse_own_account(event.member, by=by, membership=membership)
    program = points_program()
    minutes = program.undo_minutes if program else 0
    if has_limits(membership) and timezone.now() > event.recorded_at + timedelta(minutes=minutes):
        raise UndoTooLate(minutes)

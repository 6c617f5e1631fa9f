"""Writing to the backbone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.domain.nudge import nudge_after_commit
from customers.errors import Conflict
from customers.models import Activity, Member
from tenants.actors import Actor
from tenants.rows import insert_row


def record_activity(
    kind: str,
    *,
    by: Actor,
    source: str,
    member: Member | None = None,
    occurred_at: datetime | None = None,
    payload: Mapping[str, Any] | None = None,
    key: str = "",
    silent: bool = False,
) -> Activity:
    """Write one fact, in the transaction that makes it true; consumers are woken when it commits.

    `payload` holds ids, amounts in minor units and words of the business, never a name, an e-mail or a phone.
    With a `key` a second call gives the first row; raises Conflict when that was another fact.
    """
    activity = build_activity(
        kind, by=by, source=source, member=member, occurred_at=occurred_at, payload=payload, key=key, silent=silent
    )
    if not key:
        insert_row(activity)
    elif (written := _written_once(activity)) is not activity:
        return written
    nudge_after_commit(connection)
    return activity


def build_activity(
    kind: str,
    *,
    by: Actor,
    source: str,
    member: Member | None = None,
    occurred_at: datetime | None = None,
    payload: Mapping[str, Any] | None = None,
    key: str = "",
    silent: bool = False,
) -> Activity:
    """The row alone, not written: for writers of many rows, who insert them together and nudge once."""
    now = timezone.now()
    return Activity(
        kind=kind,
        member=member,
        occurred_at=occurred_at or now,
        recorded_at=now,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label,
        location_id=by.location_id,
        source=source,
        payload=dict(payload or {}),
        key=key,
        silent=silent,
    )


def _written_once(activity: Activity) -> Activity:
    """The row itself when it was written now, or the one that was there under its key."""
    found = Activity.objects.filter(key=activity.key).first()
    if found is None:
        try:
            with transaction.atomic():
                activity.save(force_insert=True)
        except IntegrityError:
            found = Activity.objects.get(key=activity.key)
        else:
            return activity
    if (found.kind, found.member_id) != (activity.kind, activity.member_id):
        raise Conflict
    return found

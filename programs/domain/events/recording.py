"""Recording that something happened, and what the rules give for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.domain.activity import record_activity
from customers.domain.identity import hold_member, ids_of
from customers.enums import ActivityKind, MemberStatus
from customers.models import Member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import call_key, lock_account_of, points_program, source_of
from programs.domain.day_limits import refuse_beyond_day
from programs.domain.drafts import Draft
from programs.domain.events.counting import counts_left
from programs.domain.events.fields import fields_of, read_payload
from programs.domain.guards import lock_acting_membership, note_namesake, refuse_own_account
from programs.domain.lots import new_lot
from programs.domain.posting import post
from programs.domain.qualifying import qualify
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.reviews.watching import watch_award
from programs.domain.rules.happenings import NOTHING_GIVEN, Gave, Happening, judge_happening
from programs.domain.tiers import rise
from programs.enums import Cause, EntryKind, FieldKind, ProgramStatus, RuleOccasion, TierBasis
from programs.errors import EventNotByHand, EventTypeGone, IdempotencyConflict
from programs.models import Account, Entry, Event, EventType
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.models import Membership
from tenants.permissions import Permission
from tenants.rows import insert_row

# Clocks of other systems may be a little ahead; what is older than a year counts for nobody any more.
AHEAD = timedelta(minutes=5)
LONG_AGO = timedelta(days=366)


@refusals_are_reviewed
@transaction.atomic
def record_event(
    member: Member,
    *,
    kind: EventType,
    payload: Mapping[str, Any],
    by: Actor,
    key: str,
    source: str = "",
    occurred_at: datetime | None = None,
    location: UUID | None = None,
    silent: bool = False,
) -> Event:
    """Write down that something happened to a member, once for each key, and give what the rules of that moment say.

    It is written also when it gives nothing: for a member who rests, while no program is live, and beyond what counts
    for a member in a period. Staff record only what their business lets them, never on their own card, and give no
    more in a day than they may. Raises Invalid at `payload.<field>` or `occurred_at`, EventTypeGone, EventNotByHand,
    Forbidden, IdempotencyConflict, OwnAccount, MemberDayLimit, StaffDayLimit, DeviceDayLimit. Locks the account (or
    holds the member), then the membership of staff, then the rules that match and have a budget.
    """
    stored_key, now = call_key(key), timezone.now()
    when = _moment(occurred_at, now)
    account = _account(member, by=by)
    member = account.member if account else hold_member(member)
    kind = _current(kind)
    values = read_payload(fields_of(kind.fields), payload)
    if (first := Event.objects.select_related("entry").filter(key=stored_key).first()) is not None:
        return _same(first, member, kind, values)
    if kind.archived_at is not None:
        raise EventTypeGone
    membership = _may(member, kind, by=by)
    event = Event(
        id=uuid7(), type=kind, member=member, payload=values, occurred_at=when, recorded_at=now, key=stored_key
    )
    event.actor_kind, event.actor_id, event.actor_label = by.kind, by.id, by.label
    event.location_id = location or by.location_id
    left = counts_left(kind, ids_of(member), when)
    event.counts = left is None or left > 0
    given = _judge(account, event) if account else NOTHING_GIVEN
    event.reasons = given.reasons
    # Nothing points from an entry to its event, so the entry may come first.
    event.entry = _post(account, event, given, by=by) if account and given.points else None
    insert_row(event)
    if account and event.entry:
        counted = refuse_beyond_day(account, membership=membership, device=by.device)
        watch_award(account, event.entry, membership=membership, given=counted, by=by)
        _qualify(account, event, given.points, by=by, source=source or source_of(by), silent=silent)
    note_namesake(member, by=by)
    _tell(event, given, by=by, source=source or source_of(by), silent=silent)
    return event


def _moment(occurred_at: datetime | None, now: datetime) -> datetime:
    if occurred_at is None:
        return now
    if occurred_at > now + AHEAD:
        raise Invalid(_("This is still to come."), code="in_future", field="occurred_at")
    if occurred_at < now - LONG_AGO:
        raise Invalid(_("This is more than a year ago."), code="long_ago", field="occurred_at")
    return occurred_at


def _account(member: Member, *, by: Actor) -> Account | None:
    """The account, locked, where something can be given; its member is the one who is meant now."""
    program = points_program()
    if program is None or program.status != ProgramStatus.LIVE:
        return None
    account = lock_account_of(member, by=by)
    return account if account.member.status == MemberStatus.ACTIVE else None


def _current(kind: EventType) -> EventType:
    found: EventType = EventType.objects.get(pk=kind.pk)
    return found


def _same(first: Event, member: Member, kind: EventType, values: Mapping[str, Any]) -> Event:
    if first.type_id != kind.pk or first.payload != values or first.member_id not in ids_of(member):
        raise IdempotencyConflict
    return first


def _may(member: Member, kind: EventType, *, by: Actor) -> Membership | None:
    """The membership of staff, locked."""
    if by.kind == ActorKind.MEMBER:
        raise Forbidden
    if by.kind != ActorKind.STAFF:
        return None
    if not kind.by_staff:
        raise EventNotByHand
    membership = lock_acting_membership(by)
    if membership is None or not membership.may(Permission.USE_COUNTER):
        raise Forbidden
    refuse_own_account(member, by=by, membership=membership)
    return membership


def _judge(account: Account, event: Event) -> Gave:
    kind = event.type
    refused = None if event.counts else {"what": "event_limit", "most": kind.most, "period": kind.period}
    happening = Happening(
        RuleOccasion.EVENT,
        event.occurred_at,
        subject=kind.pk,
        payload=event.payload,
        location=event.location_id,
        refused=refused,
    )
    return judge_happening(account, happening)


def _post(account: Account, event: Event, given: Gave, *, by: Actor) -> Entry:
    earned_at, now = event.occurred_at, timezone.now()
    return post(
        account,
        Draft(
            kind=EntryKind.ACCRUE,
            cause=Cause.EVENT,
            cause_id=event.pk,
            key=f"event:{event.pk}",
            by=by,
            request=(given.points,),
            earns=new_lot(account.program, given.points, earned_at=earned_at, now=now, waits=False),
            occurred_at=earned_at,
            snapshot={"name": event.type.name, "reasons": given.reasons},
        ),
    ).entry


def _qualify(account: Account, event: Event, points: int, *, by: Actor, source: str, silent: bool) -> None:
    """Earned points count towards a tier that counts points; an event is no visit and nothing is spent for it."""
    standing = qualify(
        account,
        spend=0,
        points=points,
        visited=False,
        occurred_at=event.occurred_at,
        cause_id=event.pk,
        key=f"event:{event.pk}",
    )
    if account.program.tier_basis == TierBasis.POINTS:
        rise(account, standing, by=by, source=source, silent=silent)


def _tell(event: Event, given: Gave, *, by: Actor, source: str, silent: bool) -> None:
    # Texts may hold anything, a name too: they stay with the event.
    texts = {one.key for one in fields_of(event.type.fields) if one.kind == FieldKind.TEXT}
    record_activity(
        ActivityKind.EVENT_RECORDED,
        by=by,
        source=source,
        member=event.member,
        occurred_at=event.occurred_at,
        payload={
            "event": str(event.pk),
            "type": event.type.key,
            "name": event.type.name,
            "values": {key: value for key, value in event.payload.items() if key not in texts},
            "points": given.points,
            "entry": str(event.entry_id) if event.entry_id else None,
            "counts": event.counts,
            "day": local_day(event.occurred_at, current_tenant().zone).isoformat(),
        },
        silent=silent,
    )

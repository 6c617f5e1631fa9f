"""Writing many new members at once: the same rows as `enrol_member` writes for one."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField
from django.utils import timezone

from customers.domain.nudge import nudge_after_commit
from customers.domain.search_keys import tokens_of
from customers.enums import ActivityKind, Source
from customers.imports.bulk import insert_rows
from customers.models import Activity, Member, MemberSummary, SearchKey
from loyalty_saas.lib.ids import card_number, uuid7
from tenants.actors import Actor

_ACTIVITY = (
    "id",
    "kind",
    "member_id",
    "occurred_at",
    "recorded_at",
    "actor_kind",
    "actor_id",
    "actor_label",
    "location_id",
    "source",
    "payload",
    "key",
    "silent",
)
_SUMMARY = ("id", "member_id", "purchases", "visits", "spent")


def write_members(members: Sequence[Member], *, by: Actor, silent: bool) -> None:
    """Insert members whose fields are clean and whose identities are free; a card number is made where there is none.

    Their search keys, summaries and activities are written with them. What joining does in the apps above is left
    to the caller.
    """
    if not members:
        return
    _number(members)
    now = timezone.now()
    for member in members:
        member.created_at = member.updated_at = now
    fields = [field for field in Member._meta.local_concrete_fields if field.name != "tenant"]
    insert_rows(
        Member,
        [str(field.column) for field in fields],
        ([_stored(member, field) for field in fields] for member in members),
    )
    insert_rows(
        SearchKey,
        ("id", "kind", "token", "member_id"),
        ((uuid7(), kind, token, member.pk) for member in members for kind, token in sorted(tokens_of(member))),
    )
    insert_rows(MemberSummary, _SUMMARY, ((uuid7(), member.pk, 0, 0, 0) for member in members))
    write_activities(
        ((ActivityKind.MEMBER_JOINED.value, member.pk, member.joined_at, "{}") for member in members),
        by=by,
        silent=silent,
    )


def write_activities(facts: Iterable[tuple[object, ...]], *, by: Actor, silent: bool) -> int:
    """Append facts given as (kind, member id, time of the fact, payload as JSON)."""
    now = timezone.now()
    label = by.label[:80]
    written = insert_rows(
        Activity,
        _ACTIVITY,
        (
            (
                uuid7(),
                kind,
                member_id,
                moment,
                now,
                by.kind.value,
                by.id,
                label,
                by.location_id,
                Source.IMPORT.value,
                payload,
                "",
                silent,
            )
            for kind, member_id, moment, payload in facts
        ),
    )
    nudge_after_commit(connection)
    return written


def _stored(member: Member, field: "Field[Any, Any]") -> object:
    value = getattr(member, field.attname)
    return json.dumps(value) if isinstance(field, JSONField) else value


def _number(members: Sequence[Member]) -> None:
    """Draw card numbers; those that are taken, here or by chance in the business, are drawn again."""
    nameless = [member for member in members if not member.number]
    taken = {member.number for member in members if member.number}
    while nameless:
        for member in nameless:
            while not member.number or member.number in taken:
                member.number = card_number()
            taken.add(member.number)
        numbers = [member.number for member in nameless]
        used = set(Member.objects.filter(number__in=numbers).values_list("number", flat=True))
        nameless = [member for member in nameless if member.number in used]
        for member in nameless:
            member.number = ""

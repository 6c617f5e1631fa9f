"""What staff remember about a member, for each other."""

from datetime import datetime

from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import hold_member
from customers.enums import ActivityKind
from customers.models import Member, Note
from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor
from tenants.enums import ActorKind

LONGEST = 2000


def add_note(member: Member, *, text: str, by: Actor, source: str, at: datetime | None = None) -> Note:
    """Write a note; staff are its author, and brought from elsewhere it was written `at` a moment before.

    Raises Invalid when it is empty or longer than 2,000 characters.
    """
    member = hold_member(member)
    note = Note.objects.create(
        member=member,
        text=tidy_text(text, field="text", longest=LONGEST, required=True),
        author_id=by.id if by.kind == ActorKind.STAFF else None,
    )
    if at is not None:
        Note.objects.filter(pk=note.pk).update(created_at=at)
        note.created_at = at
    record_activity(ActivityKind.MEMBER_NOTED, by=by, source=source, member=member, payload={"note": str(note.pk)})
    return note


def remove_note(note: Note) -> Note:
    """Take a note out of sight; `restore_note` brings it back. Twice is once."""
    if note.removed_at is None:
        note.removed_at = timezone.now()
        note.save(update_fields=["removed_at"])
    return note


def restore_note(note: Note) -> Note:
    note.removed_at = None
    note.save(update_fields=["removed_at"])
    return note

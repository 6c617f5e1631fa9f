"""Letters to members: owed with their fact, to whoever the member is when the letter leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from customers.domain.identity import present_member
from customers.enums import MemberStatus
from customers.models import Letter, Member
from tenants.domain.owed import HELD_FOR, MOST_TRIES, are_owed, owe, wake
from tenants.enums import LetterOutcome

__all__ = ["HELD_FOR", "MOST_TRIES", "letters_are_owed", "owe_letter", "reader_of", "wake_letters"]
TASK = "customers.tasks.send_letters"


def owe_letter(
    member: Member, *, kind: str, key: str, payload: Mapping[str, Any], good_until: datetime | None = None
) -> bool:
    """Write a letter down, once for its key; a worker is woken when this transaction is committed."""
    letter = Letter(member=member, kind=kind, key=key, payload=dict(payload), good_until=good_until)
    return owe(letter, task=TASK)


def wake_letters(tenant_id: UUID) -> None:
    """Ask a worker to send what is owed; a call that is lost is made good by the schedule."""
    wake(TASK, tenant_id)


def letters_are_owed(now: datetime) -> bool:
    """Whether anything is to be sent in the current business at this moment."""
    return are_owed(Letter, now)


def reader_of(letter: Letter) -> Member | LetterOutcome:
    """Who is written to, as they are now, or why nobody is."""
    if letter.good_until is not None and letter.good_until <= timezone.now():
        return LetterOutcome.TOO_LATE
    member = present_member(letter.member)
    if member.status != MemberStatus.ACTIVE:
        return LetterOutcome.NOT_WANTED
    return member if member.email else LetterOutcome.NO_ADDRESS

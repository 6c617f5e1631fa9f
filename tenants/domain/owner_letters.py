"""Letters to the owners of the current business, owed with the fact they tell of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from tenants.domain.owed import owe
from tenants.enums import LetterOutcome, Role
from tenants.models import Membership, OwnerLetter

TASK = "tenants.tasks.send_owner_letters"


def write_to_owners(*, kind: str, about: str, payload: Mapping[str, Any], good_until: datetime | None = None) -> int:
    """Owe each owner of the current business a letter, once for what it is `about`; how many are new."""
    owners = Membership.objects.filter(role=Role.OWNER, removed_at=None).order_by("pk")
    return sum(
        owe(
            OwnerLetter(
                kind=kind,
                key=f"{kind}:{about}:{owner.pk}",
                payload=dict(payload),
                membership=owner,
                good_until=good_until,
            ),
            task=TASK,
        )
        for owner in owners
    )


def write_outside(*, kind: str, about: str, payload: Mapping[str, Any], good_until: datetime) -> bool:
    """Owe a letter to somebody of no team, once for what it is `about`, which has the address."""
    letter = OwnerLetter(kind=kind, key=f"{kind}:{about}", payload=dict(payload), good_until=good_until)
    return owe(letter, task=TASK)


def reader_of(letter: OwnerLetter) -> str | LetterOutcome:
    """The address written to, as it is now ("" where the payload's subject has it), or why nobody is."""
    if letter.good_until is not None and letter.good_until <= timezone.now():
        return LetterOutcome.TOO_LATE
    if letter.membership_id is None:
        return ""
    owner = Membership.objects.select_related("user").get(pk=letter.membership_id)
    if owner.removed_at is not None or owner.role != Role.OWNER:
        return LetterOutcome.NOT_WANTED
    return str(owner.user.email) or LetterOutcome.NO_ADDRESS

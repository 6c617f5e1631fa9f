"""Writing down that something is to be looked at, once for each thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from customers.models import Member
from loyalty_saas.lib.ids import uuid7
from programs.enums import ReviewKind, ReviewState, ReviewSubject, Suspicion
from programs.models import Review
from tenants.rows import insert_row


@dataclass(frozen=True, slots=True)
class Seen:
    """What is to be looked at and why. `key` names the thing: seen again, it is the same review.

    `evidence` are plain values; `staff` is the id of whoever of the team did it, `points` what it is about.
    """

    kind: ReviewKind
    subject_kind: ReviewSubject
    reasons: Iterable[Suspicion]
    key: str
    subject_id: UUID | None = None
    member: Member | None = None
    staff: UUID | None = None
    location: UUID | None = None
    points: int = 0
    is_held: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)


def open_review(seen: Seen) -> Review:
    """Write it down; what is open under this key already counts once more, what was decided is opened again."""
    now = timezone.now()
    review = Review(
        id=uuid7(),
        kind=seen.kind,
        reasons=[str(reason) for reason in seen.reasons],
        evidence=dict(seen.evidence),
        subject_kind=seen.subject_kind,
        subject_id=seen.subject_id,
        member=seen.member,
        staff_id=seen.staff,
        location_id=seen.location,
        points=seen.points,
        is_held=seen.is_held,
        key=seen.key,
        opened_at=now,
        seen_at=now,
    )
    if insert_row(review, unless_there=True):
        return review
    again = Review.objects.filter(key=seen.key)
    again.update(
        times=F("times") + 1,
        seen_at=now,
        evidence=review.evidence,
        reasons=review.reasons,
        state=ReviewState.OPEN,
        is_held=seen.is_held,
        decided_at=None,
        decided_by=None,
        decided_label="",
        note="",
    )
    there: Review = again.get()
    return there

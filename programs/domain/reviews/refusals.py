"""What is refused at the counter is written down all the same: who tried it, on whose card, and how often that day."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone

from customers.errors import ReceiptConflict
from customers.models import Member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.reviews.opening import Seen, open_review
from programs.enums import ReviewKind, ReviewSubject, Suspicion
from programs.errors import AdjustmentTooLarge, DeviceDayLimit, MemberDayLimit, OwnAccount, StaffDayLimit
from programs.models import Account, Review
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import afterwards, current_tenant

REFUSED: dict[type[DomainError], Suspicion] = {
    OwnAccount: Suspicion.OWN_CARD,
    ReceiptConflict: Suspicion.RECEIPT_AGAIN,
    MemberDayLimit: Suspicion.MEMBER_LIMIT,
    StaffDayLimit: Suspicion.STAFF_LIMIT,
    DeviceDayLimit: Suspicion.DEVICE_LIMIT,
    AdjustmentTooLarge: Suspicion.BY_HAND,
}
_KINDS = tuple(REFUSED)
V = TypeVar("V", bound=Callable[..., Any])


def refusals_are_reviewed(verb: V) -> V:
    """Of a verb whose subject is a member or an account: a refusal of `REFUSED` to one of the team opens a review.

    What the verb wrote is undone with whatever refused it, so the review is written afterwards, in a transaction of
    its own. To be put outside of `atomic`.
    """

    @wraps(verb)
    def act(subject: Member | Account, *args: Any, by: Actor, **rest: Any) -> Any:
        try:
            return verb(subject, *args, by=by, **rest)
        except _KINDS as refusal:
            if by.kind == ActorKind.STAFF and not hasattr(refusal, "is_noted"):
                refusal.is_noted = True  # type: ignore[attr-defined]
                member_id = subject.member_id if isinstance(subject, Account) else subject.pk
                afterwards(partial(note_refusal, refusal, member_id=member_id, by=by))
            raise

    return act  # type: ignore[return-value]


def note_refusal(refusal: DomainError, *, member_id: UUID, by: Actor) -> Review:
    """One review for each pattern, person, member and day of the business; every further try counts in it."""
    pattern = REFUSED[type(refusal)]
    today = local_day(timezone.now(), current_tenant().zone)
    evidence = {name: str(value) for name, value in refusal.params.items()}
    if by.device:
        evidence["device"] = by.device
    return open_review(
        Seen(
            kind=ReviewKind.STAFF,
            subject_kind=ReviewSubject.REFUSAL,
            reasons=[pattern],
            key=f"refused:{pattern}:{by.id}:{member_id}:{today}",
            member=Member.objects.filter(pk=member_id).first(),
            staff=by.id,
            location=by.location_id,
            evidence=evidence,
        )
    )

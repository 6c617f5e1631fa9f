"""Many small cards that feed one: what was given last is held until somebody has looked."""

from datetime import timedelta

from django.utils import timezone

from programs.domain.reviews.holding import hold_lots
from programs.domain.reviews.opening import Seen, open_review
from programs.domain.sharing.moving import held, lots_that_came
from programs.enums import ReviewKind, ReviewSubject, Suspicion, TransferKind
from programs.models import Entry, PointTransfer, Review, SharingTerms
from tenants.actors import Actor
from tenants.enums import ActorKind

DAYS = 30


def feeders_of(transfer: PointTransfer) -> int:
    """How many members gave something to this receiver in the last days, this one among them."""
    since = timezone.now() - timedelta(days=DAYS)
    given = PointTransfer.objects.filter(receiver=transfer.receiver, kind=TransferKind.GIFT, created_at__gt=since)
    return given.filter(undone_at=None).values("giver").distinct().count()


def watch_transfer(transfer: PointTransfer, entry: Entry, terms: SharingTerms, *, by: Actor) -> Review | None:
    """Hold what was just given when too many give to one; None when all is usual. The receiver must be locked."""
    if terms.watch_feeders is None:
        return None
    feeders = feeders_of(transfer)
    if feeders <= terms.watch_feeders:
        return None
    receiver = transfer.receiver
    lots = [held(lot) for lot in lots_that_came(entry, receiver)]
    points = hold_lots(receiver, entry, lots, why="", by=Actor.system())
    return open_review(
        Seen(
            kind=ReviewKind.SHARING,
            subject_kind=ReviewSubject.TRANSFER,
            subject_id=transfer.pk,
            reasons=[Suspicion.FEEDING],
            key=f"transfer:{transfer.pk}",
            member=receiver.member,
            staff=by.id if by.kind == ActorKind.STAFF else None,
            location=by.location_id,
            points=transfer.points,
            is_held=points > 0,
            evidence={"feeders": str(feeders), "usual_feeders": str(terms.watch_feeders)},
        )
    )

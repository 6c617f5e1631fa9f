"""What a decision does to points that were given: they wait, go on to the receiver, or back to the giver."""

from django.utils.translation import gettext as _

from loyalty_saas.lib.errors import NotFound
from programs.domain.reviews.deciding import Deeds, deeds_of
from programs.domain.reviews.holding import hold_lots, release_lots
from programs.domain.sharing.moving import held, lots_that_came
from programs.domain.sharing.transfers import lock_two, take_back
from programs.enums import Cause, ReviewSubject
from programs.models import Account, Entry, PointTransfer, Review
from tenants.actors import Actor


def _transfer(review: Review, by: Actor) -> tuple[PointTransfer, Account, Account, Entry]:
    found = PointTransfer.objects.filter(pk=review.subject_id or review.pk).first()
    if found is None:
        raise NotFound
    giver, holder = lock_two(found.giver.member, found.receiver.member, by=by)
    found = PointTransfer.objects.select_for_update(no_key=True).get(pk=found.pk)
    entry = Entry.objects.get(cause=Cause.TRANSFER, cause_id=found.pk, snapshot__transfer="in")
    return found, giver, holder, entry


def _hold(review: Review, by: Actor) -> int:
    _found, _giver, holder, entry = _transfer(review, by)
    lots = [held(lot) for lot in lots_that_came(entry, holder)]
    return hold_lots(holder, entry, lots, why=_("Held for a look"), by=by)


def _release(review: Review, by: Actor, note: str) -> None:
    _found, _giver, holder, entry = _transfer(review, by)
    release_lots(holder, entry, [held(lot) for lot in lots_that_came(entry, holder)], by=by, reason=note)


def _reverse(review: Review, by: Actor, note: str) -> None:
    """What was spent meanwhile stays spent."""
    found, giver, holder, _entry = _transfer(review, by)
    if found.undone_at is None:
        take_back(found, giver, holder, by=by, reason=note)


def register() -> None:
    deeds_of(ReviewSubject.TRANSFER, Deeds(_hold, _release, _reverse))

"""What a decision does to a referral: both cards are held, released or taken back together."""

from django.utils.translation import gettext as _

from loyalty_saas.lib.errors import NotFound
from programs.domain.referrals.returning import lock_both, take_points
from programs.domain.reviews.deciding import Deeds, deeds_of
from programs.domain.reviews.holding import hold_points, release_points
from programs.enums import ReferralState, ReviewSubject
from programs.models import Account, Entry, Referral, Review
from tenants.actors import Actor


def _both(review: Review) -> tuple[Referral, list[tuple[Account, Entry]]]:
    around = ("advocate__member", "friend", "advocate_entry__account", "friend_entry__account")
    referral = Referral.objects.select_related(*around).filter(pk=review.subject_id or review.pk).first()
    if referral is None:
        raise NotFound
    accounts = lock_both(referral)
    # While we waited for them, the purchase may have come back.
    referral = Referral.objects.select_related(*around).select_for_update(of=("self",)).get(pk=referral.pk)
    entries = [entry for entry in (referral.advocate_entry, referral.friend_entry) if entry is not None]
    return referral, [(accounts[entry.pk], entry) for entry in entries if entry.pk in accounts]


def _hold(review: Review, by: Actor) -> int:
    _referral, both = _both(review)
    return sum(hold_points(account, entry, why=_("Held for a look"), by=by) for account, entry in both)


def _release(review: Review, by: Actor, note: str) -> None:
    _referral, both = _both(review)
    for account, entry in both:
        release_points(account, entry, by=by, reason=note)


def _reverse(review: Review, by: Actor, note: str) -> None:
    referral, both = _both(review)
    take_points(referral, {entry.pk: account for account, entry in both}, reason=note, by=by)
    referral.state = ReferralState.REFUSED
    referral.save(update_fields=["state"])


def register() -> None:
    deeds_of(ReviewSubject.REFERRAL, Deeds(_hold, _release, _reverse))

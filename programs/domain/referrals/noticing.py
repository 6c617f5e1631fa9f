"""What a friend's purchase, and its return, mean for a referral: noted in their transaction, done right after it.

Both cards move for a referral, and a purchase has only the friend's locked: so what is to be done is written down with
the purchase, and done in a transaction of its own that locks both in the order of everybody. Whoever is interrupted
before is made up for by the daily job.
"""

from collections.abc import Sequence
from functools import partial

from django.utils import timezone

from customers.models import Purchase, Return
from programs.domain.referrals.returning import take_back_referral
from programs.domain.referrals.rewarding import reward_referral
from programs.enums import ReferralState
from programs.models import Referral, ReferralOffer
from tenants.isolation import afterwards


def notice_purchase(purchase: Purchase) -> Referral | None:
    """The friend has bought for the minimum, in time: both are to be rewarded. With the friend's account locked."""
    referral = (
        Referral.objects.select_for_update(no_key=True)
        .filter(friend=purchase.member_id, state=ReferralState.JOINED)
        .first()
    )
    if referral is None or purchase.kept < referral.minimum or not _is_in_time(referral, purchase):
        return None
    referral.state, referral.purchase, referral.earned_at = ReferralState.EARNED, purchase, timezone.now()
    referral.save(update_fields=["state", "purchase", "earned_at"])
    afterwards(partial(reward_referral, referral.pk))
    return referral


def notice_imported(purchases: Sequence[Purchase]) -> list[Referral]:
    """Purchases of a file as first purchases of friends, where the business counts those; in the order of time.

    A purchase from before the friend joined never counts: nobody was brought along for it.
    """
    if not ReferralOffer.objects.filter(is_active=True, counts_imports=True).exists():
        return []
    waiting = Referral.objects.filter(state=ReferralState.JOINED)
    joined = dict(waiting.filter(friend__in={one.member_id for one in purchases}).values_list("friend", "joined_at"))
    noticed = []
    for purchase in sorted(purchases, key=lambda one: (one.occurred_at, one.pk)):
        if purchase.member_id in joined and purchase.occurred_at >= joined[purchase.member_id]:
            referral = notice_purchase(purchase)
            if referral is not None:
                del joined[purchase.member_id]
                noticed.append(referral)
    return noticed


def notice_return(return_record: Return) -> Referral | None:
    """What made a referral count came back, so far that less than the minimum is kept: both lose the points again."""
    if return_record.purchase_id is None:
        return None
    referral: Referral | None = (
        Referral.objects.select_for_update(no_key=True, of=("self",))
        .select_related("purchase")
        .filter(purchase=return_record.purchase_id, state__in=(ReferralState.EARNED, ReferralState.REWARDED))
        .first()
    )
    if referral is None or referral.purchase is None or referral.purchase.kept >= referral.minimum:
        return None
    if referral.state == ReferralState.EARNED:
        referral.state, referral.purchase, referral.earned_at = ReferralState.JOINED, None, None
        referral.save(update_fields=["state", "purchase", "earned_at"])
        return referral
    referral.state = ReferralState.RETURNING
    referral.save(update_fields=["state"])
    afterwards(partial(take_back_referral, referral.pk))
    return referral


def _is_in_time(referral: Referral, purchase: Purchase) -> bool:
    return bool(purchase.occurred_at < referral.until)

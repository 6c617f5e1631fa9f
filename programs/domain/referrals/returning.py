"""What was given for a referral is taken back: the purchase came back, or somebody looked and said no."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from customers.models import Purchase
from programs.domain.accounts import lock_account
from programs.domain.taking_back import take_back_entry
from programs.enums import ReferralState, ReviewState
from programs.models import Account, Entry, Referral, Review
from tenants.actors import Actor


@transaction.atomic
def take_back_referral(pk: UUID) -> Referral | None:
    """Both lose what they were given because the purchase came back; the friend's next purchase may earn it anew.

    What was spent already is owed, what has expired is gone. None when there is nothing to take back. Locks both
    accounts in the order of everybody, then the referral.
    """
    referral = _read(pk, ReferralState.RETURNING)
    if referral is None:
        return None
    accounts = lock_both(referral)
    referral = _read(pk, ReferralState.RETURNING, lock=True)
    if referral is None:
        return None
    take_points(referral, accounts, reason=_("What the friend bought first was brought back"), by=Actor.system())
    now = timezone.now()
    Review.objects.filter(subject_id=referral.pk, state=ReviewState.OPEN).update(
        state=ReviewState.REVERSED, is_held=False, decided_at=now, note=_("The purchase was brought back.")
    )
    referral.round = F("round") + 1
    referral.state, referral.purchase, referral.earned_at = ReferralState.JOINED, None, None
    referral.advocate_entry = referral.friend_entry = referral.available_from = None
    referral.judged = {}
    referral.save(
        update_fields=[
            *("round", "state", "purchase", "earned_at", "advocate_entry", "friend_entry", "available_from", "judged"),
        ]
    )
    return referral


def foresee_loss(purchase: Purchase, *, returned: int) -> Referral | None:
    """The referral for which both would lose their points if so much more of the purchase came back; None for none.

    `returned` in minor units. What was only about to be rewarded is named too. Writes nothing.
    """
    referral: Referral | None = (
        Referral.objects.select_related("advocate__member", "friend")
        .filter(purchase=purchase, state__in=(ReferralState.EARNED, ReferralState.REWARDED))
        .first()
    )
    return referral if referral is not None and purchase.kept - returned < referral.minimum else None


def lock_both(referral: Referral) -> dict[UUID, Account]:
    """The accounts on which the points are now, locked in the order of their ids, by the id of the entry."""
    entries = [entry for entry in (referral.advocate_entry, referral.friend_entry) if entry is not None]
    where = {entry.pk: entry.account.merged_into_id or entry.account_id for entry in entries}
    locked: dict[UUID, Account] = {}
    for pk in sorted(set(where.values())):
        account = lock_account(pk)
        if account is not None:
            locked[pk] = account
    return {entry: locked[account] for entry, account in where.items() if account in locked}


def take_points(referral: Referral, accounts: dict[UUID, Account], *, reason: str, by: Actor) -> int:
    """Take back what is not taken back yet, on locked accounts; returns how many points in all."""
    taken = 0
    for entry in (referral.advocate_entry, referral.friend_entry):
        if entry is not None and entry.pk in accounts and not Entry.objects.filter(reverses=entry).exists():
            taken += _take(accounts[entry.pk], entry, referral, reason=reason, by=by)
    return taken


def _take(account: Account, entry: Entry, referral: Referral, *, reason: str, by: Actor) -> int:
    posted, points = take_back_entry(
        account,
        entry,
        key=f"referral-back:{entry.pk}",
        by=by,
        cause_id=referral.pk,
        reason=reason,
        snapshot={"referral": entry.snapshot.get("referral", "")},
    )
    if posted is None:
        return 0
    payload = {"entry": str(posted.pk), "points": -points, "referral": str(referral.pk), "reason": reason}
    record_activity(
        ActivityKind.REFERRAL_TAKEN_BACK, by=by, source=Source.SYSTEM, member=account.member, payload=payload
    )
    return points


def _read(pk: UUID, state: ReferralState, *, lock: bool = False) -> Referral | None:
    found = Referral.objects.select_related(
        "advocate__member", "friend", "advocate_entry__account", "friend_entry__account"
    )
    if lock:
        found = found.select_for_update(no_key=True, of=("self",))
    referral: Referral | None = found.filter(pk=pk, state=state).first()
    return referral

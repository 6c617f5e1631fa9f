"""Somebody who brought herself along: two records that are merged were advocate and friend."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.identity import ids_of
from customers.models import Merge
from programs.domain.merging import PART as ACCOUNTS
from programs.domain.merging import figures
from programs.domain.referrals.returning import lock_both
from programs.domain.reviews.holding import hold_points, release_points
from programs.domain.reviews.opening import Seen, open_review
from programs.enums import ReferralState, ReviewKind, ReviewState, ReviewSubject, Suspicion
from programs.models import Account, Entry, Referral, Review
from tenants.actors import Actor

# The name under which a merge keeps which reviews it opened or added to, and how they stood before.
PART = "self_referrals"
_GIVEN = (ReferralState.REWARDED, ReferralState.RETURNING)
_AROUND = ("advocate__member", "friend", "advocate_entry__account", "friend_entry__account", "purchase")


def look_at_self_referral(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Open a review where one of the two had brought the other and both were thanked for it.

    What is still there of both rewards is held until somebody has decided; what was spent is seen and no more. What
    was not given yet is held when it would be, because both are one by then (`suspicions_of`). Locks the accounts,
    which merging has locked already.
    """
    for referral in _between(merge).select_related(*_AROUND).order_by("pk"):
        key = f"referral:{referral.pk}:{referral.round}"
        before = Review.objects.filter(key=key).first()
        held = _hold(merge, referral, by=by, silent=silent)
        was_held = before is not None and before.is_held
        reasons = dict.fromkeys([*map(Suspicion, referral.reasons), Suspicion.SAME_PERSON])
        entries = [one for one in (referral.advocate_entry, referral.friend_entry) if one is not None]
        review = open_review(
            Seen(
                kind=ReviewKind.REFERRAL,
                subject_kind=ReviewSubject.REFERRAL,
                subject_id=referral.pk,
                reasons=reasons,
                key=key,
                member=merge.kept,
                points=held or sum(_points(one) for one in entries),
                is_held=was_held or held > 0,
                evidence={
                    **(before.evidence if before is not None else {}),
                    "friend": str(referral.friend),
                    "paid": str(referral.purchase.kept if referral.purchase else 0),
                },
            )
        )
        remembered = {
            "review": str(review.pk),
            "was_open": before is not None and before.is_open,
            "was_held": was_held,
            "reasons": before.reasons if before is not None else None,
        }
        merge.effects.setdefault(PART, []).append(remembered)


def close_self_referral(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """They were two persons after all: what merging held is let go, and what it opened is closed.

    A review that was open before stays open without the reason that merging added. What somebody has decided
    meanwhile stays decided. Runs when the points are on the cards they came from.
    """
    for was in merge.effects.get(PART, ()):
        review = Review.objects.select_for_update(no_key=True, of=("self",)).get(pk=was["review"])
        if not review.is_open:
            continue
        if review.is_held and not was["was_held"]:
            _let_go(merge, review, by=by, silent=silent)
        review.reasons = was["reasons"] or review.reasons
        review.is_held = review.is_held and was["was_held"]
        if not was["was_open"]:
            review.state, review.is_held = ReviewState.RELEASED, False
            review.decided_at, review.decided_by, review.decided_label = timezone.now(), None, by.label[:80]
            review.note = _("The two records were parted again.")
        review.save(
            update_fields=["reasons", "state", "is_held", "decided_at", "decided_by", "decided_label", "note"],
        )


def _between(merge: Merge) -> QuerySet[Referral]:
    """Those by which one of the two, or a record that had become part of one, had brought the other."""
    theirs = {merge.absorbed_id, *(UUID(pk) for pk in merge.moved["members"])}
    ours = set(ids_of(merge.kept)) - theirs
    across = Q(advocate__member__in=ours, friend__in=theirs) | Q(advocate__member__in=theirs, friend__in=ours)
    return Referral.objects.filter(across, state__in=_GIVEN)


def _hold(merge: Merge, referral: Referral, *, by: Actor, silent: bool) -> int:
    """Hold what is left of both rewards; how many points wait for it, and the preview of the merge says so."""
    held = 0
    for account, entry in _both(referral):
        balance = account.balance
        points = hold_points(account, entry, why=_("Held for a look"), by=by, silent=silent)
        if points:
            held += points
            seen = _record_of(merge, account)["seen"]
            seen["held"] = seen.get("held", 0) + points
            # What waited already is held too, and was no part of the balance.
            seen["withheld"] = seen.get("withheld", 0) + balance - account.balance
            seen["after"] = figures(account)
    return held


def _let_go(merge: Merge, review: Review, *, by: Actor, silent: bool) -> None:
    assert review.subject_id is not None  # a review of a referral names it
    referral = Referral.objects.select_related(*_AROUND).get(pk=review.subject_id)
    note = _("The two records were parted again.")
    for account, entry in _both(referral):
        if release_points(account, entry, by=by, reason=note, silent=silent):
            record = _record_of(merge, account)
            side = "kept" if record["kept"] == str(account.pk) else "absorbed"
            record["undone"][side] = figures(account)


def _both(referral: Referral) -> list[tuple[Account, Entry]]:
    """Each reward with the account on which its points are now, as it stands: what moved before is read anew."""
    accounts = lock_both(referral)
    entries = [one for one in (referral.advocate_entry, referral.friend_entry) if one is not None]
    return [(accounts[one.pk], one) for one in entries if one.pk in accounts]


def _record_of(merge: Merge, account: Account) -> dict[str, Any]:
    """What the merge keeps of this account; a record that became part of one of the two earlier has none of its own."""
    records: list[dict[str, Any]] = merge.effects[ACCOUNTS]
    return next(one for one in records if str(account.pk) in (one["kept"], one["absorbed"]))


def _points(entry: Entry) -> int:
    points: int = entry.amount + entry.pending_amount
    return points

"""Both are rewarded, once; they wait the days that were promised, or until somebody has looked."""

from copy import copy
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import present_member
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Member
from programs.domain.accounts import lock_accounts_of, points_program
from programs.domain.drafts import Draft
from programs.domain.lots import new_lot
from programs.domain.posting import post
from programs.domain.referrals.offering import offer_of
from programs.domain.referrals.returning import take_back_referral
from programs.domain.referrals.suspicions import suspicions_of
from programs.domain.reviews.holding import hold_points
from programs.domain.reviews.opening import Seen, open_review
from programs.domain.rules.happenings import Happening, judge_happening
from programs.enums import (
    Cause,
    EntryKind,
    ProgramStatus,
    ReferralState,
    ReviewKind,
    ReviewSubject,
    RuleOccasion,
    Suspicion,
)
from programs.models import Account, Entry, Referral, ReferralOffer
from tenants.actors import Actor

ADVOCATE, FRIEND = "advocate", "friend"


@transaction.atomic
def reward_referral(pk: UUID) -> Referral | None:
    """Give what was promised to both, once for a purchase; None when there is nothing to give, or not yet.

    Suspicious ones are given too, and held until somebody has looked. A member who rests or has left gets nothing.
    Locks both accounts in the order of everybody, then the referral.
    """
    referral = _open(pk)
    if referral is None:
        return None
    members = {one.pk: one for one in (present_member(referral.advocate.member), present_member(referral.friend))}
    program = points_program()
    if program is None or program.status != ProgramStatus.LIVE:
        return None
    locked = lock_accounts_of(members, program)
    referral = _open(pk, lock=True)
    if referral is None or referral.purchase is None:
        return None
    reasons = suspicions_of(referral)
    advocate, friend = present_member(referral.advocate.member), present_member(referral.friend)
    offer = offer_of(program)
    brought = friends_in_period(referral, offer)
    if brought > offer.cap:
        reasons.append(Suspicion.TOO_MANY)
    referral.reasons = [str(reason) for reason in dict.fromkeys([*map(Suspicion, referral.reasons), *reasons])]
    referral.advocate_entry = _give(locked[advocate.pk].account, referral, ADVOCATE, referral.advocate_points)
    referral.friend_entry = _give(locked[friend.pk].account, referral, FRIEND, referral.friend_points)
    if referral.reasons:
        _hold(referral, brought=brought, cap=offer.cap)
    referral.state = ReferralState.REWARDED
    entries = [entry for entry in (referral.advocate_entry, referral.friend_entry) if entry is not None]
    referral.available_from = max((entry.counts_from for entry in entries), default=None)
    referral.save(update_fields=["state", "reasons", "judged", "advocate_entry", "friend_entry", "available_from"])
    return referral


def settle_referrals(now: datetime) -> int:
    """Do what was left undone: reward, or take back, whatever waits for it. Returns how many; safe to repeat."""
    done = 0
    waiting = Referral.objects.filter(state__in=(ReferralState.EARNED, ReferralState.RETURNING)).order_by("pk")
    for pk, state in list(waiting.values_list("pk", "state")):
        act = reward_referral if state == ReferralState.EARNED else take_back_referral
        done += act(pk) is not None
    return done


def friends_in_period(referral: Referral, offer: ReferralOffer) -> int:
    """How many friends of the advocate have earned a reward in the days of the cap, up to this one."""
    moment = referral.earned_at or timezone.now()
    since = moment - timedelta(days=offer.cap_days)
    theirs = Referral.objects.filter(advocate=referral.advocate_id, earned_at__gt=since)
    return theirs.filter(earned_at__lte=moment).exclude(state=ReferralState.JOINED).count()


def _open(pk: UUID, *, lock: bool = False) -> Referral | None:
    found = Referral.objects.select_related("advocate__member", "friend", "purchase")
    if lock:
        found = found.select_for_update(no_key=True, of=("self",))
    referral: Referral | None = found.filter(pk=pk, state=ReferralState.EARNED).first()
    return referral


def _give(account: Account, referral: Referral, side: str, points: int) -> Entry | None:
    """The points of one of the two with what earning rules add, and with the days of waiting that were promised."""
    if account.member.status != MemberStatus.ACTIVE:
        return None
    now = timezone.now()
    terms = copy(account.program)
    terms.pending_days = referral.hold_days
    happening = Happening(
        RuleOccasion.FRIEND if side == ADVOCATE else RuleOccasion.BROUGHT,
        referral.earned_at or now,
        paid=referral.purchase.kept if referral.purchase else 0,
        location=referral.purchase.location_id if referral.purchase else None,
    )
    more = judge_happening(account, happening)
    referral.judged = {**referral.judged, side: more.reasons}
    own, points = points, points + more.points
    if not points:
        return None
    entry = post(
        account,
        Draft(
            kind=EntryKind.ACCRUE,
            cause=Cause.REFERRAL,
            cause_id=referral.pk,
            key=f"referral:{referral.pk}:{referral.round}:{side}",
            by=Actor.system(),
            request=(points,),
            earns=new_lot(terms, points, earned_at=now, now=now),
            occurred_at=now,
            snapshot={"referral": side, "hold_days": referral.hold_days, "own": own, "reasons": more.reasons},
        ),
    ).entry
    payload = {"entry": str(entry.pk), "points": points, "referral": str(referral.pk), "side": side}
    record_activity(
        ActivityKind.REFERRAL_REWARDED, by=Actor.system(), source=Source.SYSTEM, member=account.member, payload=payload
    )
    return entry


def _hold(referral: Referral, *, brought: int, cap: int) -> None:
    held = 0
    for entry in (referral.advocate_entry, referral.friend_entry):
        if entry is not None:
            held += hold_points(entry.account, entry, why="", by=Actor.system())
    paid = referral.purchase.kept if referral.purchase else 0
    evidence: dict[str, object] = {"friend": str(referral.friend), "paid": paid}
    if Suspicion.TOO_MANY in referral.reasons:
        evidence |= {"friends": brought, "cap": cap}
    advocate: Member = present_member(referral.advocate.member)
    open_review(
        Seen(
            kind=ReviewKind.REFERRAL,
            subject_kind=ReviewSubject.REFERRAL,
            subject_id=referral.pk,
            reasons=[Suspicion(reason) for reason in referral.reasons],
            key=f"referral:{referral.pk}:{referral.round}",
            member=advocate,
            points=held,
            is_held=held > 0,
            evidence=evidence,
        )
    )

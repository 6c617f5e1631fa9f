"""The pool of a family: what all of them have, spent by whoever may, the points that expire first in front.

Nobody's points lie anywhere but on their own card. A redemption draws what it needs from all cards of the family, in
the order in which their points expire, whoever earned them; undone, everybody gets their own back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, MemberStatus
from customers.models import Member
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import Household, source_of
from programs.domain.drafts import HeldLot, Move
from programs.domain.lots import held_lots, settle, take
from programs.domain.sharing.moving import held, move_back, move_points
from programs.domain.sharing.terms import terms_of
from programs.enums import Cause, TransferKind
from programs.models import Account, Family, FamilyMember, Lot, LotUse, PointTransfer, Redemption, SharingTerms
from tenants.actors import Actor
from tenants.rows import insert_row

_NEVER = datetime.max.replace(tzinfo=UTC)


class Share(NamedTuple):
    """One of a family: what is theirs of the pool, 0 while they rest."""

    account: Account
    points: int
    is_head: bool
    since: datetime | None = None

    @property
    def member(self) -> Member:
        member: Member = self.account.member
        return member


@dataclass(frozen=True, slots=True)
class Pool:
    """What a family has together. `may_spend`: the one who asks may spend all of it, else `own` alone."""

    family: Family
    shares: list[Share]
    may_spend: bool
    own: int

    @property
    def points(self) -> int:
        return sum(share.points for share in self.shares)

    @property
    def spendable(self) -> int:
        return self.points if self.may_spend else self.own


def pool_of(account: Account, terms: SharingTerms | None = None) -> Pool | None:
    """The pool of somebody's family at this moment, due and lapsed lots considered; None without a family."""
    if account.family_id is None:
        return None
    terms = terms or terms_of(account.program)
    family: Family = Family.objects.select_related("head").get(pk=account.family_id)
    since = dict(FamilyMember.objects.filter(family=family, left_at=None).values_list("account", "joined_at"))
    accounts = list(Account.objects.filter(family=family).select_related("member"))
    accounts.sort(key=lambda one: (one.pk != family.head_id, since.get(one.pk) or timezone.now(), one.pk))
    there = shares_of(accounts)
    shares = [Share(one, there[one.pk], one.pk == family.head_id, since.get(one.pk)) for one in accounts]
    own = next((share.points for share in shares if share.account.pk == account.pk), 0)
    return Pool(family, shares, may_spend(account, family, terms), own)


def shares_of(accounts: Sequence[Account]) -> dict[UUID, int]:
    """What each has for a pool at this moment, by the account's id; their members are loaded."""
    change = _by_clock([one.pk for one in accounts])
    return {one.pk: max(0, one.balance - one.owed + change.get(one.pk, 0)) if _counts(one) else 0 for one in accounts}


def may_spend(account: Account, family: Family, terms: SharingTerms) -> bool:
    """Whether somebody may spend what the others have."""
    if not terms.has_families or account.owed or not _counts(account):
        return False
    return not terms.head_spends or bool(family.head_id == account.pk)


def draw_from_pool(
    household: Household, lots: list[HeldLot], points: int, *, now: datetime, silent: bool
) -> list[tuple[Account, list[Move]]] | None:
    """Whose lots pay for a redemption, the redeemer's own last; None where the pool is not theirs to spend.

    All accounts are locked, and `lots` are the redeemer's, settled. What everybody has may be less than `points`.
    """
    own = household.own
    others = [one for one in household.family if _counts(one)]
    family = Family.objects.filter(pk=own.family_id).first() if others and own.family_id else None
    if family is None or not may_spend(own, family, terms_of(own.program)):
        return None
    by_account: dict[UUID, Account] = {own.pk: own}
    whose: list[tuple[HeldLot, UUID]] = [(lot, own.pk) for lot in lots if not lot.is_pending]
    for other in others:
        theirs = settle(other, held_lots(other), now=now, silent=silent)
        by_account[other.pk] = other
        whose += [(lot, other.pk) for lot in theirs if not lot.is_pending]
    # What expires first goes first, whoever earned it; of the same day the older one.
    whose.sort(key=lambda one: (one[0].expires_at or _NEVER, one[0].pk))
    moves, _short = take([lot for lot, _pk in whose], points)
    owner = {lot.pk: pk for lot, pk in whose}
    drawn: dict[UUID, list[Move]] = {}
    for move in moves:
        drawn.setdefault(owner[move.lot.pk], []).append(move)
    order = sorted(drawn, key=lambda pk: (pk == own.pk, pk))
    return [(by_account[pk], drawn[pk]) for pk in order]


def total_of(drawn: list[tuple[Account, list[Move]]]) -> int:
    return sum(move.points for _account, moves in drawn for move in moves)


def gather(
    redemption: Redemption, drawn: list[tuple[Account, list[Move]]], *, by: Actor
) -> tuple[list[Move], list[PointTransfer]]:
    """Move what the others give onto the redeemer's card: the moves that pay, all of lots of that card.

    What was drawn from whom is to be written by `note_draws`, once the redemption is.
    """
    own, paying, draws = redemption.account, [], []
    for account, moves in drawn:
        if account.pk == own.pk:
            paying += moves
            continue
        draw = PointTransfer(
            id=uuid7(),
            kind=TransferKind.FAMILY,
            giver=account,
            receiver=own,
            points=sum(move.points for move in moves),
            redemption=redemption,
            key=f"family:{redemption.pk}:{account.pk}",
            created_at=timezone.now(),
        )
        entry = move_points(account, own, moves, cause=Cause.FAMILY, transfer=draw.pk, by=by)
        draw.entry = entry  # type: ignore[attr-defined]
        paying += [Move(held(lot), lot.remaining) for lot in Lot.objects.filter(entry=entry).order_by("pk")]
        draws.append(draw)
    return paying, draws


def note_draws(draws: list[PointTransfer], *, by: Actor, source: str, silent: bool) -> None:
    """Write down what was drawn from whom, and tell each of them."""
    for draw in draws:
        insert_row(draw)
        record_activity(
            ActivityKind.POINTS_POOLED,
            by=by,
            source=source or source_of(by),
            member=draw.giver.member,
            payload={
                "transfer": str(draw.pk),
                "redemption": str(draw.redemption_id),
                "points": draw.points,
                "name": draw.redemption.reward.name if draw.redemption else "",
                "other": str(draw.receiver.member_id),
                "balance": draw.giver.balance,
            },
            silent=silent,
        )


def return_draws(household: Household, redemption: Redemption, *, by: Actor, reason: str) -> None:
    """What an undone redemption gave back to the redeemer's card goes on to those it was drawn from.

    They have it with the days it had; what has lapsed meanwhile has lapsed. All accounts are locked.
    """
    accounts = {one.pk: one for one in household.others}
    draws = PointTransfer.objects.filter(redemption=redemption, undone_at=None).select_related("giver")
    used = dict(LotUse.objects.filter(entry=redemption.entry_id).values_list("lot", "amount"))
    for draw in draws.order_by("giver", "pk"):
        giver = accounts.get(draw.giver.merged_into_id or draw.giver_id)
        back = 0
        if giver is not None:
            lots = [
                (held(lot), min(lot.remaining, used[first.pk]), first.moved_from)
                for first, lot in _restored(draw, household.own)
                if first.pk in used
            ]
            back = move_back(household.own, giver, lots, cause=Cause.FAMILY, transfer=draw.pk, by=by, reason=reason)
        draw.undone_at, draw.undone_why = timezone.now(), reason[:300]
        draw.back_points = back
        draw.save(update_fields=["undone_at", "undone_why", "back_points"])


def _restored(draw: PointTransfer, own: Account) -> list[tuple[Lot, Lot]]:
    """Each lot that was drawn, and the one on the redeemer's card that holds it again: the same, or after a merge
    one that was made for it."""
    first = Lot.objects.select_related("moved_from").filter(
        Q(entry__cause=Cause.FAMILY, entry__cause_id=draw.pk, entry__snapshot__transfer="in")
    )
    found = []
    for lot in first.order_by("pk"):
        if lot.account_id == own.pk:
            found.append((lot, lot))
            continue
        again = Lot.objects.filter(account=own, moved_from=lot, entry__cause=Cause.REDEMPTION).order_by("pk").last()
        if again is not None:
            found.append((lot, again))
    return found


def _counts(account: Account) -> bool:
    """Whether what somebody has is part of the pool: not while they rest, or have left."""
    return bool(account.member.status == MemberStatus.ACTIVE)


def _by_clock(accounts: list[UUID]) -> dict[UUID, int]:
    """What days that have passed add to balances, or take from them, before anybody has written it down."""
    now, change = timezone.now(), dict.fromkeys(accounts, 0)
    lots = Lot.objects.filter(account__in=accounts, remaining__gt=0).filter(
        Q(is_pending=True, is_held=False, available_from__lte=now) | Q(is_pending=False, expires_at__lte=now)
    )
    for account, points, waits, ends in lots.values_list("account", "remaining", "is_pending", "expires_at"):
        if not waits:
            change[account] -= points
        elif ends is None or ends > now:
            change[account] += points
    return change

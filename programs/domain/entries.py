"""An entry worked out on paper: its figures, its place in the chain, and the account after it. Writes nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from programs.domain.chain import SEALED, canonical, request_hash, seal
from programs.domain.drafts import Draft
from programs.enums import Cause, EntryKind
from programs.models import Account, Entry

# What counts as earned: its reversal is deducted from `lifetime` again.
EARNED = frozenset(
    {
        *(Cause.PURCHASE, Cause.RETURN, Cause.JOINING, Cause.OPENING, Cause.REFERRAL, Cause.ADVOCACY),
        *(Cause.EVENT, Cause.POLL),
        *(Cause.STAMPED, Cause.UNSTAMPED, Cause.STAMP),
        *(Cause.CREDITED, Cause.UNCREDITED),
    }
)
_KEEPS_LIFETIME = frozenset({EntryKind.ACCRUE, EntryKind.REVERSE})


@dataclass(slots=True)
class Totals:
    """What a draft moves: `available` and `pending` before repaying, and the lots as they must be written."""

    available: int
    pending: int
    repaid: int
    own: int
    used: dict[UUID, int]
    # Of each lot that is brought, in their order.
    brought: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, account: Account, draft: Draft) -> "Totals":
        available, pending, used, incoming = _of_moves(draft)
        own = 0
        if draft.earns is not None:
            if draft.earns.is_pending:
                pending += draft.earns.points
            else:
                available += draft.earns.points
                own = draft.earns.points
        pending += sum(lot.points for lot in draft.brings if lot.is_pending)
        available += sum(lot.points for lot in draft.brings if not lot.is_pending)
        repaid = min(max(account.owed + min(draft.owe, 0), 0), max(available, 0))
        own_used = min(repaid, own)
        left = repaid - own_used
        for held, points in incoming.items():
            part = min(left, points)
            if part:
                used[held] = used.get(held, 0) + part
                left -= part
        brought = []
        for lot in draft.brings:
            brought.append(0 if lot.is_pending else min(left, lot.points))
            left -= brought[-1]
        used = {held: points for held, points in used.items() if points}
        return cls(available, pending, repaid, own_used, used, brought)


def _of_moves(draft: Draft) -> tuple[int, int, dict[UUID, int], dict[UUID, int]]:
    """What the moves of lots that are there add to available and pending, use of each, and bring in by each."""
    available = pending = 0
    used: dict[UUID, int] = {}
    incoming: dict[UUID, int] = {}
    for move in draft.moves:
        if move.confirm:
            pending -= move.lot.remaining
            available += move.lot.remaining
            incoming[move.lot.pk] = move.lot.remaining
            continue
        if move.hold:
            available -= move.lot.remaining
            pending += move.lot.remaining
            continue
        used[move.lot.pk] = used.get(move.lot.pk, 0) + move.points
        if move.lot.is_pending:
            pending -= move.points
        else:
            available -= move.points
            if move.points < 0:
                incoming[move.lot.pk] = -move.points
    return available, pending, used, incoming


def lay_out(account: Account, draft: Draft, now: datetime) -> tuple[Entry, Totals]:
    """The entry that a draft becomes on a locked account, sealed; what is owed is repaid from whatever comes in."""
    totals = Totals.of(account, draft)
    entry = Entry(
        tenant_id=account.tenant_id,
        account_id=account.pk,
        seq=account.version + 1,
        kind=draft.kind,
        amount=totals.available - draft.owe,
        pending_amount=totals.pending,
        balance_after=account.balance + totals.available - totals.repaid,
        pending_after=account.pending + totals.pending,
        owed_after=account.owed + draft.owe - totals.repaid,
        counts_from=draft.earns.available_from if draft.earns else draft.occurred_at or now,
        occurred_at=draft.occurred_at or now,
        recorded_at=now,
        cause=draft.cause,
        cause_id=draft.cause_id,
        reverses_id=draft.reverses_id,
        actor_kind=draft.by.kind,
        actor_id=draft.by.id,
        actor_label=draft.by.label[:80],
        location_id=draft.by.location_id,
        reason=draft.reason,
        snapshot=_snapshot(draft, totals.repaid),
        key=draft.key,
        request_hash=request_hash(str(draft.kind), account.pk, *draft.request),
        previous=account.head,
    )
    entry.sealed_snapshot = canonical(entry.snapshot)
    sealed = [getattr(entry, name) for name in SEALED]
    sealed[SEALED.index("snapshot")] = entry.sealed_snapshot
    entry.hash = seal(sealed)
    return entry, totals


def advance(account: Account, entry: Entry, carry: Fraction | None) -> None:
    """Bring the account in memory to where it stands after an entry (`carry` None: as it was)."""
    account.balance, account.pending, account.owed = entry.balance_after, entry.pending_after, entry.owed_after
    account.lifetime += lifetime_change(entry)
    if carry is not None:
        account.carry_numerator, account.carry_denominator = carry.numerator, carry.denominator
    account.version, account.head = entry.seq, entry.hash
    entry.account = account


def lifetime_change(entry: Entry) -> int:
    """What an entry adds to all that was ever earned."""
    if entry.kind in _KEEPS_LIFETIME and entry.cause in EARNED:
        return entry.amount + entry.pending_amount
    if entry.kind == EntryKind.TRANSFER:
        return int(entry.snapshot.get("lifetime", 0))
    return 0


def account_carry(account: Account) -> Fraction:
    return Fraction(account.carry_numerator, account.carry_denominator)


def _snapshot(draft: Draft, repaid: int) -> dict[str, Any]:
    snapshot = dict(draft.snapshot)
    if repaid:
        snapshot["repaid"] = repaid
    if draft.by.device:
        snapshot["device"] = draft.by.device
    if draft.carry is not None:
        snapshot["carry_after"] = str(draft.carry)
    return snapshot

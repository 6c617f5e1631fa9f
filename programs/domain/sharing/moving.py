"""Points from one card to another, lot by lot, with the days they had: out of the one, into the other."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from programs.domain.drafts import Draft, HeldLot, Move, NewLot
from programs.domain.posting import post
from programs.enums import Cause, EntryKind
from programs.models import Account, Entry, Lot
from tenants.actors import Actor

OUT, IN, BACK_OUT, BACK_IN = "out", "in", "back_out", "back_in"


def move_points(
    source: Account, target: Account, moves: Sequence[Move], *, cause: Cause, transfer: UUID, by: Actor
) -> Entry:
    """Move what can be spent from one locked account to another; returns the entry of the one that was filled.

    Whatever the other owes is repaid from it first, as from everything that comes in.
    """
    common: dict[str, Any] = {"kind": EntryKind.TRANSFER, "cause": cause, "cause_id": transfer, "by": by}
    common["occurred_at"] = timezone.now()
    post(source, Draft(**common, key=f"{cause}:{transfer}:{OUT}", moves=moves, snapshot={"transfer": OUT}))
    brings = [NewLot(one.points, one.lot.available_from, one.lot.expires_at, moved_from=one.lot.pk) for one in moves]
    return post(target, Draft(**common, key=f"{cause}:{transfer}:{IN}", brings=brings, snapshot={"transfer": IN})).entry


def move_back(
    holder: Account,
    giver: Account,
    lots: Iterable[tuple[HeldLot, int, Lot | None]],
    *,
    cause: Cause,
    transfer: UUID,
    by: Actor,
    reason: str = "",
) -> int:
    """Move points back to where they came from: of each lot so many, and the lot they were in before.

    What lapsed meanwhile has lapsed there as well. The accounts must be locked. Returns how many went back.
    """
    now = timezone.now()
    leaves: list[Move] = []
    arrives: dict[UUID, Move] = {}
    brings: list[NewLot] = []
    for lot, points, was in lots:
        if was is None:
            continue
        origin = HeldLot(
            was.pk, was.entry_id, was.remaining, was.is_pending, was.available_from, was.expires_at, was.is_held
        )
        if points <= 0 or origin.has_lapsed(now):
            continue
        leaves.append(Move(lot, points))
        if was.account_id == giver.pk:
            before = arrives[was.pk].points if was.pk in arrives else 0
            arrives[was.pk] = Move(origin, before - points)
        else:
            brings.append(NewLot(points, lot.available_from, was.expires_at, moved_from=lot.pk))
    if not leaves:
        return 0
    common: dict[str, Any] = {
        "kind": EntryKind.TRANSFER,
        "cause": cause,
        "cause_id": transfer,
        "by": by,
        "occurred_at": now,
        "reason": reason[:300],
    }
    key = f"{cause}:{transfer}"
    post(holder, Draft(**common, key=f"{key}:{BACK_OUT}", moves=leaves, snapshot={"transfer": BACK_OUT}))
    draft = Draft(
        **common,
        key=f"{key}:{BACK_IN}",
        moves=list(arrives.values()),
        brings=brings,
        snapshot={"transfer": BACK_IN},
    )
    post(giver, draft)
    return sum(move.points for move in leaves)


def lots_that_came(entry: Entry, holder: Account) -> list[Lot]:
    """What is left on an account of the lots that an entry brought, however often they have moved on by merging."""
    found, ids = list(Lot.objects.filter(entry=entry)), {entry.pk}
    wanted = [lot for lot in found if lot.account_id == holder.pk]
    while found:
        moved = Lot.objects.filter(moved_from__in=[lot.pk for lot in found], entry__cause=Cause.MERGE)
        found = [lot for lot in moved if lot.pk not in ids]
        ids |= {lot.pk for lot in found}
        wanted += [lot for lot in found if lot.account_id == holder.pk]
    return [lot for lot in wanted if lot.remaining]


def held(lot: Lot) -> HeldLot:
    return HeldLot(lot.pk, lot.entry_id, lot.remaining, lot.is_pending, lot.available_from, lot.expires_at, lot.is_held)

"""Points that wait until somebody has looked: held where they are, released with the dates they had."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from programs.domain.drafts import Draft, HeldLot, Move
from programs.domain.lots import held_lots, settle
from programs.domain.posting import post
from programs.enums import Cause, EntryKind, ProgramKind
from programs.models import Account, Entry, Lot
from tenants.actors import Actor

# What is told of points, and of store credit.
_HELD = (ActivityKind.POINTS_HELD, ActivityKind.CREDIT_HELD)
_RELEASED = (ActivityKind.POINTS_CONFIRMED, ActivityKind.CREDIT_CONFIRMED)


def hold_points(account: Account, entry: Entry, *, why: str, by: Actor, silent: bool = False) -> int:
    """Let what is left of the points of an entry wait, on its locked account; returns how many wait now.

    What can be spent becomes pending; what is pending already only loses its day. Points that were spent are gone.
    """
    return hold_lots(account, entry, _lots_of(account, entry), why=why, by=by, silent=silent)


def hold_lots(
    account: Account, entry: Entry, lots: Iterable[HeldLot], *, why: str, by: Actor, silent: bool = False
) -> int:
    """`hold_points` of lots that are known."""
    lots = [lot for lot in lots if not lot.is_held]
    available = [lot for lot in lots if not lot.is_pending]
    if available:
        _post(account, entry, EntryKind.HOLD, [Move(lot, hold=True) for lot in available], reason=why, by=by)
    Lot.objects.filter(pk__in=[lot.pk for lot in lots if lot.is_pending]).update(is_held=True)
    points = sum(lot.remaining for lot in lots)
    if points:
        _tell(_HELD, account, entry, points, by=by, silent=silent)
    return points


def release_points(account: Account, entry: Entry, *, by: Actor, reason: str = "", silent: bool = False) -> int:
    """Let the held points of an entry go: they can be spent, or wait for their own day again; returns how many."""
    return release_lots(account, entry, _lots_of(account, entry), by=by, reason=reason, silent=silent)


def release_lots(
    account: Account, entry: Entry, lots: Iterable[HeldLot], *, by: Actor, reason: str = "", silent: bool = False
) -> int:
    """`release_points` of lots that are known."""
    now = timezone.now()
    lots = [lot for lot in lots if lot.is_held]
    due = [lot for lot in lots if lot.available_from <= now]
    if due:
        moves = [Move(lot, confirm=True) for lot in due]
        _post(account, entry, EntryKind.CONFIRM, moves, reason=reason, by=by)
        _tell(_RELEASED, account, entry, sum(lot.remaining for lot in due), by=by, silent=silent)
    Lot.objects.filter(pk__in=[lot.pk for lot in lots if lot.available_from > now]).update(is_held=False)
    settle(account, held_lots(account), now=now, silent=silent)
    return sum(lot.remaining for lot in lots)


def left_of(entry: Entry) -> int:
    """How many points of an entry are still on a card, spendable or not."""
    return sum(Lot.objects.filter(Q(entry=entry) | Q(origin=entry)).values_list("remaining", flat=True))


def _lots_of(account: Account, entry: Entry) -> list[HeldLot]:
    """Those that the entry made, or to which its points have moved, on this account."""
    moved = set(Lot.objects.filter(account=account, origin=entry, remaining__gt=0).values_list("pk", flat=True))
    return [lot for lot in held_lots(account) if lot.entry_id == entry.pk or lot.pk in moved]


def _post(account: Account, entry: Entry, kind: EntryKind, moves: list[Move], *, reason: str, by: Actor) -> None:
    post(
        account,
        Draft(
            kind=kind,
            cause=Cause.REVIEW,
            cause_id=entry.pk,
            key=f"{kind}:{account.pk}:{account.version + 1}",
            by=by,
            moves=moves,
            reason=reason[:300],
        ),
    )


def _tell(
    kinds: tuple[ActivityKind, ActivityKind], account: Account, entry: Entry, points: int, *, by: Actor, silent: bool
) -> None:
    is_credit = account.program.kind == ProgramKind.CREDIT
    payload: dict[str, Any] = {"entry": str(entry.pk), "credit" if is_credit else "points": points}
    kind = kinds[is_credit]
    record_activity(kind, by=by, source=Source.SYSTEM, member=account.member, payload=payload, silent=silent)


def reviewed_entry(pk: UUID) -> Entry | None:
    found: Entry | None = Entry.objects.select_related("account__program", "account__member").filter(pk=pk).first()
    return found

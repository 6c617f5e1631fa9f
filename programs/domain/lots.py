"""Which lots a debit takes, and what the clock does to them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from loyalty_saas.lib.days import add_months, end_of_day, end_of_month, local_day, start_of_day
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.drafts import Draft, HeldLot, Move, NewLot
from programs.domain.posting import post
from programs.enums import Cause, EntryKind, ProgramKind
from programs.models import Account, Entry, LotUse, Program
from tenants.actors import Actor
from tenants.isolation import current_tenant

# What is told of what the clock does, and under which word its amount stands.
_EXPIRED = {
    ProgramKind.POINTS: (ActivityKind.POINTS_EXPIRED, "points"),
    ProgramKind.STAMPS: (ActivityKind.STAMPS_EXPIRED, "stamps"),
    ProgramKind.CREDIT: (ActivityKind.CREDIT_EXPIRED, "credit"),
}
_CONFIRMED = {ProgramKind.CREDIT: (ActivityKind.CREDIT_CONFIRMED, "credit")}


def new_lot(program: Program, points: int, *, earned_at: datetime, now: datetime, waits: bool = True) -> NewLot:
    """The lot for points earned at a moment: pending for the program's days if it `waits`, then kept until it expires.

    Points become available with the first moment of a day and expire with the end of one, in the business's time
    zone. The months run from the day they become available, so that no point expires before it can be spent.
    """
    zone = current_tenant().zone
    day = local_day(earned_at, zone)
    available_from = earned_at
    if waits and program.pending_days:
        day += timedelta(days=program.pending_days)
        available_from = start_of_day(day, zone)
    expires_at = None
    if program.expiry_months is not None:
        expires_at = end_of_day(last_day(day, program.expiry_months, program.expires_at_month_end), zone)
    return NewLot(points, available_from, expires_at, is_pending=available_from > now)


def last_day(day: date, months: int, month_end: bool) -> date:
    """The last day on which points of `day` count: 31 January + 1 month is 28 February, or 29 in a leap year."""
    last = add_months(day, months)
    return end_of_month(last) if month_end else last


_HELD = """
SELECT id, entry_id, remaining, is_pending, available_from, expires_at, is_held FROM programs_lot
WHERE tenant_id = %s AND account_id = %s AND remaining > 0 ORDER BY expires_at, id"""


def held_lots(account: Account) -> list[HeldLot]:
    """Every lot of a locked account that still holds points: the one that expires first in front, then the oldest."""
    with connection.cursor() as cursor:
        execute_prepared(cursor, _HELD, [account.tenant_id, account.pk])
        return [HeldLot(*row) for row in cursor.fetchall()]


def take(lots: Iterable[HeldLot], points: int, *, first: Iterable[HeldLot] = ()) -> tuple[list[Move], int]:
    """Moves that take `points` from available lots in their order, and how many no lot could give.

    The lots of `first` go before the others, the pending ones among them too.
    """
    preferred = list(first)
    seen: set[UUID] = {lot.pk for lot in preferred}
    moves: list[Move] = []
    for lot in [*preferred, *(lot for lot in lots if not lot.is_pending and lot.pk not in seen)]:
        if points <= 0:
            break
        part = min(points, lot.remaining)
        if part > 0:
            moves.append(Move(lot, part))
            points -= part
    return moves, points


class Returned(NamedTuple):
    """What goes back: to the same lots, or to new ones with their dates where those are of a merged account."""

    moves: list[Move]
    brings: list[NewLot]
    lapsed: int


def give_back(account: Account, entry: Entry, *, now: datetime) -> Returned:
    """What returns to a locked account of what an entry took, and how many points have lapsed meanwhile."""
    moves, brings, lapsed = [], [], 0
    uses = LotUse.objects.filter(entry_id=entry.pk).order_by("lot")
    for points, of, *lot in uses.values_list("amount", "lot__account", *(f"lot__{name}" for name in HeldLot._fields)):
        held = HeldLot(*lot)
        if held.has_lapsed(now):
            lapsed += points
        elif of == account.pk:
            moves.append(Move(held, -points))
        else:
            waits = held.available_from > now
            brings.append(NewLot(points, held.available_from, held.expires_at, waits, held.pk))
    return Returned(moves, brings, lapsed)


def settle(account: Account, lots: Sequence[HeldLot], *, now: datetime, silent: bool = False) -> list[HeldLot]:
    """Let the clock act on a locked account before anything else does: confirm what is due, expire what has lapsed.

    The daily jobs do the same to everybody; this makes the account exact also between midnight and their run.
    Returns the lots that still hold points afterwards.
    """
    due = [lot for lot in lots if lot.is_pending and not lot.is_held and lot.available_from <= now]
    if due:
        confirm(account, due, silent=silent)
        lots = held_lots(account)
    lapsed = [lot for lot in lots if not lot.is_pending and lot.has_lapsed(now)]
    if lapsed:
        expire(account, lapsed, silent=silent)
    return [lot for lot in lots if lot not in lapsed]


def confirm(account: Account, lots: Sequence[HeldLot], *, silent: bool = False) -> None:
    """Make pending lots of a locked account available."""
    posted = post(
        account,
        Draft(
            kind=EntryKind.CONFIRM,
            cause=Cause.CLOCK,
            key=f"confirm:{account.pk}:{account.version + 1}",
            by=Actor.system(),
            moves=[Move(lot, confirm=True) for lot in lots],
            occurred_at=max(lot.available_from for lot in lots),
        ),
    )
    kind, unit = _CONFIRMED.get(ProgramKind(account.program.kind), (ActivityKind.POINTS_CONFIRMED, "points"))
    _tell(kind, account, posted.entry.amount, posted.entry.pk, silent, unit)


def expire(account: Account, lots: Sequence[HeldLot], *, silent: bool = False) -> None:
    """Take what lapsed lots of a locked account still hold."""
    posted = post(
        account,
        Draft(
            kind=EntryKind.EXPIRE,
            cause=Cause.CLOCK,
            key=f"expire:{account.pk}:{account.version + 1}",
            by=Actor.system(),
            moves=[Move(lot, lot.remaining) for lot in lots],
            occurred_at=max(lot.expires_at for lot in lots if lot.expires_at is not None),
        ),
    )
    kind, unit = _EXPIRED[ProgramKind(account.program.kind)]
    _tell(kind, account, -posted.entry.amount, posted.entry.pk, silent, unit)


def _tell(
    kind: ActivityKind, account: Account, points: int, entry_id: UUID, silent: bool, unit: str = "points"
) -> None:
    record_activity(
        kind,
        by=Actor.system(),
        source=Source.SYSTEM,
        member=account.member,
        payload={"entry": str(entry_id), unit: points, "card": account.program.name}
        if unit == "stamps"
        else {"entry": str(entry_id), unit: points},
        silent=silent,
    )

"""The one place that writes the ledger.

Every verb locks the account, decides, and hands a Draft to `post`, which writes the entry, its lots, what it
used of others and the account's new state in one statement, or nothing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from psycopg2.extras import Json

from loyalty_saas.lib.ids import uuid7
from programs.domain.chain import SEALED, request_hash, seal
from programs.domain.drafts import Draft
from programs.enums import Cause, EntryKind
from programs.errors import IdempotencyConflict, LedgerConflict
from programs.models import Account, Entry

# What counts as earned: its reversal is deducted from `lifetime` again.
EARNED = frozenset({Cause.PURCHASE, Cause.RETURN, Cause.JOINING, Cause.OPENING})
_KEEPS_LIFETIME = frozenset({EntryKind.ACCRUE, EntryKind.REVERSE})


@dataclass(frozen=True, slots=True)
class Posted:
    """`is_new` is False when the same call had been made before: then nothing was written now."""

    entry: Entry
    is_new: bool


def post(account: Account, draft: Draft) -> Posted:
    """Write one entry for a locked account and bring `account` in memory up to date.

    What the account owes is repaid first from whatever comes in. The same key with the same request gives the
    first entry again; with another request, or on another account, it raises IdempotencyConflict. Raises
    LedgerConflict when the account was not locked by this transaction and moved meanwhile.
    """
    totals = _Totals.of(account, draft)
    now = timezone.now()
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
    entry.hash = seal(getattr(entry, name) for name in SEALED)
    if not _write(account, entry, draft, totals):
        return Posted(_first_of(entry), is_new=False)
    return Posted(entry, is_new=True)


def entry_of_key(account: Account, kind: EntryKind, key: str, request: tuple[Any, ...]) -> Entry | None:
    """The entry a repeated call made the first time, for verbs whose checks would refuse the repetition.

    Raises IdempotencyConflict when the key was used for anything else. Call it with the account locked.
    """
    entry = Entry.objects.filter(key=key).first()
    if entry is not None and entry.request_hash != request_hash(str(kind), account.pk, *request):
        raise IdempotencyConflict
    return entry


@dataclass(slots=True)
class _Totals:
    """What a draft moves: `available` and `pending` before repaying, and the lots as they must be written."""

    available: int
    pending: int
    repaid: int
    own: int
    used: dict[UUID, int]

    @classmethod
    def of(cls, account: Account, draft: Draft) -> "_Totals":
        earns = draft.earns
        available = pending = 0
        used: dict[UUID, int] = {}
        incoming: dict[UUID, int] = {}
        for move in draft.moves:
            if move.confirm:
                pending -= move.lot.remaining
                available += move.lot.remaining
                incoming[move.lot.pk] = move.lot.remaining
                continue
            used[move.lot.pk] = used.get(move.lot.pk, 0) + move.points
            if move.lot.is_pending:
                pending -= move.points
            else:
                available -= move.points
                if move.points < 0:
                    incoming[move.lot.pk] = -move.points
        own = 0
        if earns is not None:
            if earns.is_pending:
                pending += earns.points
            else:
                available += earns.points
                own = earns.points
        repaid = min(account.owed, max(available, 0))
        left = repaid
        own_used = min(left, own)
        left -= own_used
        for lot, points in incoming.items():
            part = min(left, points)
            if part:
                used[lot] = used.get(lot, 0) + part
                left -= part
        return cls(available, pending, repaid, own_used, {lot: points for lot, points in used.items() if points})


def _snapshot(draft: Draft, repaid: int) -> dict[str, Any]:
    snapshot = dict(draft.snapshot)
    if repaid:
        snapshot["repaid"] = repaid
    if draft.carry is not None:
        snapshot["carry_after"] = str(draft.carry)
    return snapshot


_ENTRY_COLUMNS = (*SEALED, "hash")
_INSERT_ENTRY = f"""
INSERT INTO programs_entry ({", ".join(_ENTRY_COLUMNS)}) VALUES ({", ".join(["%s"] * len(_ENTRY_COLUMNS))})
ON CONFLICT (tenant_id, key) DO NOTHING RETURNING id"""  # noqa: S608 - names of columns, from this module
_INSERT_LOT = """
INSERT INTO programs_lot
 (tenant_id, id, account_id, entry_id, amount, remaining, is_pending, available_from, expires_at)
SELECT %s, %s, %s, id, %s, %s, %s, %s, %s FROM posted RETURNING id"""
_INSERT_USES = """
INSERT INTO programs_lotuse (tenant_id, id, entry_id, lot_id, amount)
SELECT %s, u.id, posted.id, u.lot, u.amount
FROM posted, unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS u(id, lot, amount) RETURNING id"""
_UPDATE_LOTS = """
UPDATE programs_lot l SET remaining = l.remaining - m.amount, is_pending = l.is_pending AND NOT m.confirmed
FROM posted, unnest(%s::uuid[], %s::bigint[], %s::boolean[]) AS m(lot, amount, confirmed)
WHERE l.tenant_id = %s AND l.id = m.lot RETURNING l.id"""
_UPDATE_ACCOUNT = """
UPDATE programs_account a SET balance = %s, pending = %s, owed = %s, lifetime = %s,
 carry_numerator = %s, carry_denominator = %s, version = %s, head = %s
FROM posted WHERE a.tenant_id = %s AND a.id = %s AND a.version = %s RETURNING a.id"""


def _write(account: Account, entry: Entry, draft: Draft, totals: _Totals) -> bool:
    """Everything in one statement: whether the key was new. The account in memory follows."""
    tenant = account.tenant_id
    values = [getattr(entry, name) for name in _ENTRY_COLUMNS]
    values[_ENTRY_COLUMNS.index("snapshot")] = Json(entry.snapshot)
    parts: list[tuple[str, str, list[Any]]] = [("posted", _INSERT_ENTRY, values)]
    used = dict(totals.used)
    if draft.earns is not None and draft.earns.points:
        earns, lot = draft.earns, uuid7()
        dates = [earns.is_pending, earns.available_from, earns.expires_at]
        parts.append(
            ("earned", _INSERT_LOT, [tenant, lot, account.pk, earns.points, earns.points - totals.own, *dates])
        )
    else:
        lot = None
    moved = {move.lot.pk: move for move in draft.moves}
    if moved:
        rows = [(pk, used.get(pk, 0), move.confirm) for pk, move in moved.items()]
        parts.append(("moved", _UPDATE_LOTS, [*(list(column) for column in zip(*rows, strict=True)), tenant]))
    if lot is not None and totals.own:
        used[lot] = totals.own
    if used:
        ids = [uuid7() for _use in used]
        parts.append(("used", _INSERT_USES, [tenant, ids, list(used), list(used.values())]))
    carry = draft.carry if draft.carry is not None else account_carry(account)
    lifetime = account.lifetime + lifetime_change(entry)
    after = [entry.balance_after, entry.pending_after, entry.owed_after, lifetime]
    where = [tenant, account.pk, account.version]
    parts.append(
        ("changed", _UPDATE_ACCOUNT, [*after, carry.numerator, carry.denominator, entry.seq, entry.hash, *where])
    )
    counts = _run(parts)
    if not counts["posted"]:
        return False
    if not counts["changed"] or counts.get("moved", len(moved)) != len(moved):
        raise LedgerConflict
    account.balance, account.pending, account.owed, account.lifetime = after
    account.carry_numerator, account.carry_denominator = carry.numerator, carry.denominator
    account.version, account.head = entry.seq, entry.hash
    entry.account = account
    return True


def _run(parts: Sequence[tuple[str, str, list[Any]]]) -> dict[str, int]:
    """Run the parts as one statement; the number of rows each wrote."""
    names = [name for name, _sql, _values in parts]
    statement = "WITH {} SELECT {}".format(
        ", ".join(f"{name} AS ({sql})" for name, sql, _values in parts),
        ", ".join(f"(SELECT count(*) FROM {name})" for name in names),  # noqa: S608 - names from this module
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _name, _sql, values in parts for value in values])
        return dict(zip(names, cursor.fetchone(), strict=True))


def lifetime_change(entry: Entry) -> int:
    """What an entry adds to all that was ever earned."""
    if entry.kind in _KEEPS_LIFETIME and entry.cause in EARNED:
        return entry.amount + entry.pending_amount
    return 0


def account_carry(account: Account) -> Fraction:
    return Fraction(account.carry_numerator, account.carry_denominator)


def _first_of(repeated: Entry) -> Entry:
    """The entry that took this key first. Raises IdempotencyConflict when it was for something else."""
    first: Entry = Entry.objects.get(key=repeated.key)
    if first.request_hash != repeated.request_hash:
        raise IdempotencyConflict
    return first

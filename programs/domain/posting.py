"""The one place that writes the ledger.

Every verb locks the account, decides, and hands a Draft to `post`, which writes the entry, its lots, what it
used of others and the account's new state in one statement, or nothing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from loyalty_saas.lib.ids import uuid7
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.chain import SEALED, request_hash
from programs.domain.drafts import Draft
from programs.domain.entries import Totals, account_carry, advance, lay_out, lifetime_change
from programs.domain.rules.awarding import awards_of
from programs.enums import EntryKind
from programs.errors import IdempotencyConflict, LedgerConflict
from programs.models import Account, Entry

__all__ = ["Posted", "account_carry", "entry_of_key", "post"]


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
    entry, totals = lay_out(account, draft, timezone.now())
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


_ENTRY_COLUMNS = (*SEALED, "hash")
_INSERT_ENTRY = f"""
INSERT INTO programs_entry ({", ".join(_ENTRY_COLUMNS)}) VALUES ({", ".join(["%s"] * len(_ENTRY_COLUMNS))})
ON CONFLICT (tenant_id, key) DO NOTHING RETURNING id, tenant_id"""  # noqa: S608 - names of columns, from this module
_INSERT_LOT = """
INSERT INTO programs_lot
 (tenant_id, id, account_id, entry_id, amount, remaining, is_pending, available_from, expires_at)
SELECT %s, %s, %s, id, %s, %s, %s, %s, %s FROM posted RETURNING id"""
_INSERT_BROUGHT = """
INSERT INTO programs_lot
 (tenant_id, id, account_id, entry_id, amount, remaining, is_pending, available_from, expires_at, moved_from_id,
 origin_id, is_held)
SELECT %s, b.id, %s, posted.id, b.amount, b.remaining, b.is_pending, b.available_from, b.expires_at, b.moved_from,
 coalesce(f.origin_id, f.entry_id), b.is_pending AND coalesce(f.is_held, false)
FROM posted CROSS JOIN unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::boolean[], %s::timestamptz[],
 %s::timestamptz[], %s::uuid[]) AS b(id, amount, remaining, is_pending, available_from, expires_at, moved_from)
LEFT JOIN programs_lot f ON f.tenant_id = posted.tenant_id AND f.id = b.moved_from RETURNING id"""
_INSERT_USES = """
INSERT INTO programs_lotuse (tenant_id, id, entry_id, lot_id, amount)
SELECT %s, u.id, posted.id, u.lot, u.amount
FROM posted, unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS u(id, lot, amount) RETURNING id"""
_UPDATE_LOTS = """
UPDATE programs_lot l SET remaining = l.remaining - m.amount,
 is_pending = (l.is_pending OR m.held) AND NOT m.confirmed, is_held = (l.is_held OR m.held) AND NOT m.confirmed
FROM posted, unnest(%s::uuid[], %s::bigint[], %s::boolean[], %s::boolean[]) AS m(lot, amount, confirmed, held)
WHERE l.tenant_id = %s AND l.id = m.lot RETURNING l.id"""
_UPDATE_ACCOUNT = """
UPDATE programs_account a SET balance = %s, pending = %s, owed = %s, lifetime = %s,
 carry_numerator = %s, carry_denominator = %s, version = %s, head = %s
FROM posted WHERE a.tenant_id = %s AND a.id = %s AND a.version = %s RETURNING a.id"""


def _write(account: Account, entry: Entry, draft: Draft, totals: Totals) -> bool:
    """Everything in one statement: whether the key was new. The account in memory follows."""
    tenant = account.tenant_id
    values = [getattr(entry, name) for name in _ENTRY_COLUMNS]
    values[_ENTRY_COLUMNS.index("snapshot")] = entry.sealed_snapshot
    parts: list[tuple[str, str, list[Any]]] = [("posted", _INSERT_ENTRY, values)]
    used = dict(totals.used)
    parts += awards_of(entry)
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
        rows = [(pk, used.get(pk, 0), move.confirm, move.hold) for pk, move in moved.items()]
        parts.append(("moved", _UPDATE_LOTS, [*(list(column) for column in zip(*rows, strict=True)), tenant]))
    if lot is not None and totals.own:
        used[lot] = totals.own
    if draft.brings:
        lots = [uuid7() for _lot in draft.brings]
        parts.append(("brought", _INSERT_BROUGHT, [tenant, account.pk, lots, *_brought(draft, totals)]))
        used |= {pk: part for pk, part in zip(lots, totals.brought, strict=True) if part}
    if used:
        ids = [uuid7() for _use in used]
        parts.append(("used", _INSERT_USES, [tenant, ids, list(used), list(used.values())]))
    carry = draft.carry if draft.carry is not None else account_carry(account)
    after = [entry.balance_after, entry.pending_after, entry.owed_after, account.lifetime + lifetime_change(entry)]
    where = [tenant, account.pk, account.version]
    parts.append(
        ("changed", _UPDATE_ACCOUNT, [*after, carry.numerator, carry.denominator, entry.seq, entry.hash, *where])
    )
    counts = _run(parts)
    if not counts["posted"]:
        return False
    if not counts["changed"] or counts.get("moved", len(moved)) != len(moved):
        raise LedgerConflict
    advance(account, entry, draft.carry)
    return True


def _brought(draft: Draft, totals: Totals) -> list[list[Any]]:
    """The columns of the lots that come from elsewhere."""
    rows = [
        (one.points, one.points - part, one.is_pending, one.available_from, one.expires_at, one.moved_from)
        for one, part in zip(draft.brings, totals.brought, strict=True)
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def _run(parts: Sequence[tuple[str, str, list[Any]]]) -> dict[str, int]:
    """Run the parts as one statement; the number of rows each wrote."""
    names = [name for name, _sql, _values in parts]
    statement = "WITH {} SELECT {}".format(
        ", ".join(f"{name} AS ({sql})" for name, sql, _values in parts),
        ", ".join(f"(SELECT count(*) FROM {name})" for name in names),  # noqa: S608 - names from this module
    )
    with connection.cursor() as cursor:
        execute_prepared(cursor, statement, [value for _name, _sql, values in parts for value in values])
        return dict(zip(names, cursor.fetchone(), strict=True))


def _first_of(repeated: Entry) -> Entry:
    """The entry that took this key first. Raises IdempotencyConflict when it was for something else."""
    first: Entry = Entry.objects.get(key=repeated.key)
    if first.request_hash != repeated.request_hash:
        raise IdempotencyConflict
    return first

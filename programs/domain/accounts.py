"""Accounts: opened once, locked before anything moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from customers.domain.identity import hold_member
from customers.enums import MemberStatus, Source
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.postgres.prepared import execute_prepared
from programs.enums import ProgramKind, ProgramStatus
from programs.errors import KeyTooLong, LedgerConflict, MemberNotActive, NoProgram, ProgramNotLive
from programs.models import Account, Program, Tier
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant_id
from tenants.rows import rows_where

_SOURCES = {
    ActorKind.STAFF: Source.COUNTER,
    ActorKind.MEMBER: Source.PORTAL,
    ActorKind.API: Source.API,
    ActorKind.IMPORT: Source.IMPORT,
    ActorKind.SYSTEM: Source.SYSTEM,
}


def points_program() -> Program | None:
    """The business's points program, whatever its status."""
    return next(iter(rows_where(Program, "kind = %s", [ProgramKind.POINTS])), None)


def require_points_program() -> Program:
    """The business's points program, whatever its status. Raises NoProgram."""
    program = points_program()
    if program is None:
        raise NoProgram
    return program


def open_account(member: Member, *, by: Actor, program: Program | None = None) -> Account:
    """The member's account in the points program, made if there is none yet. Raises NoProgram.

    Whoever opens it (`by`) leaves no mark: joining itself is on the record. A tier that asks for nothing is
    everybody's from the start.
    """
    program = program or require_points_program()
    tier = Tier.objects.filter(program=program, threshold=0, by_invitation=False).first()
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO programs_account (tenant_id, id, member_id, program_id, balance, pending, owed, lifetime,"
            " carry_numerator, carry_denominator, version, head, tier_id, tier_since, opened_at)"
            " VALUES (%s, %s, %s, %s, 0, 0, 0, 0, 0, 1, 0, '', %s, %s, %s)"
            " ON CONFLICT (tenant_id, member_id, program_id) DO NOTHING",
            [
                program.tenant_id,
                uuid7(),
                member.pk,
                program.pk,
                tier.pk if tier else None,
                now if tier else None,
                now,
            ],
        )
    account: Account = Account.objects.select_related("program", "tier").get(member=member, program=program)
    account.member = member
    return account


@dataclass(frozen=True, slots=True)
class Locked:
    """A locked account with its program and tier, and what a purchase asks besides.

    `excludes`: the program excludes products. `has_rules`: it has published earning rules, in force or not.
    `next_threshold`: of the tier above the account's, if there is one. `others`: the kinds of other programs
    that run too. `is_referred`: somebody brought this member, whose first purchase is still to come.
    `has_challenges`: it has had challenges. `has_surprises`: some are running.
    """

    account: Account
    excludes: bool
    has_rules: bool
    next_threshold: int | None
    others: frozenset[str]
    is_referred: bool = False
    has_challenges: bool = False
    has_surprises: bool = False


def lock_account(account_id: UUID) -> Account | None:
    """The account with its program and tier, locked (FOR NO KEY UPDATE) and read after the lock was granted."""
    locked = _lock("id", account_id)
    return locked.account if locked else None


def lock_account_of(holder: Member | Account, *, by: Actor) -> Account:
    """Lock the account for points of a member (opening it first where there is none) or the one given.

    Its member, program and tier are loaded. Raises NoProgram.
    """
    return lock_for_purchase(holder, by=by).account


def lock_for_purchase(holder: Member | Account, *, by: Actor) -> Locked:
    """`lock_account_of`, with what a purchase asks besides, in the same query."""
    if isinstance(holder, Account):
        return _lock_this(holder)
    locked = _lock("member_id", holder.pk)
    if locked is None:
        holder = hold_member(holder)
        open_account(holder, by=by)
        locked = _lock("member_id", holder.pk)
        if locked is None:  # pragma: no cover - it was opened in this transaction
            raise NoProgram
    if locked.account.member_id == holder.pk:
        locked.account.member = holder
    return locked


def _lock_this(holder: Account) -> Locked:
    """An account of whichever program, or the one it was merged into."""
    locked = _lock("id", holder.pk)
    if locked is None:  # pragma: no cover - accounts are never deleted
        raise NoProgram
    if holder.pk == locked.account.pk and Account.member.is_cached(holder):
        locked.account.member = holder.member
    return locked


def lock_account_in(member: Member, program: Program, *, by: Actor) -> Account:
    """The member's account in one program, opened where there is none, locked; of a merged member the kept one's.

    Whoever needs the account for points as well locks that first.
    """
    pk = Account.objects.filter(member=member, program=program).values_list("pk", flat=True).first()
    if pk is None:
        # A record that was merged before it had one is not given one any more.
        member = hold_member(member)
        pk = open_account(member, by=by, program=program).pk
    account = lock_account(pk)
    if account is None:  # pragma: no cover - accounts are never deleted
        raise NoProgram
    if account.member_id == member.pk:
        account.member = member
    return account


def lock_accounts_of(members: Mapping[UUID, Member], program: Program) -> dict[UUID, Locked]:
    """Lock the accounts of many members, opened where there are none, in the order of ids; by the member's id."""
    there = set(Account.objects.filter(program=program, member__in=members).values_list("member_id", flat=True))
    for member_id in sorted(members.keys() - there):
        open_account(members[member_id], by=Actor.system(), program=program)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_MANY, [current_tenant_id(), list(members)])
        rows = cursor.fetchall()
    found: dict[UUID, Locked] = {}
    for row in rows:
        member = members[row[_BEFORE + _ACCOUNT.index("member_id")]]
        found[member.pk] = _locked(row) or lock_for_purchase(member, by=Actor.system())
        found[member.pk].account.member = member
    return found


@dataclass(frozen=True, slots=True)
class Household:
    """A locked account, and others that are locked with it: those of its family, and those asked for besides."""

    own: Account
    others: tuple[Account, ...] = ()

    @property
    def family(self) -> tuple[Account, ...]:
        """The others with whom it makes one pool; none for somebody without a family."""
        if self.own.family_id is None:
            return ()
        return tuple(one for one in self.others if one.family_id == self.own.family_id)


def lock_household(holder: Member | Account, *, by: Actor, redemption: UUID | None = None) -> Household:
    """`lock_account_of`, and in the same query everybody's who shares points with it, in the order of ids.

    With a `redemption` also those from whom points were drawn for it. Raises NoProgram.
    """
    column = "id" if isinstance(holder, Account) else "member_id"
    tenant = current_tenant_id()
    with connection.cursor() as cursor:
        values = [tenant, tenant, holder.pk, tenant, holder.pk, tenant, redemption]
        execute_prepared(cursor, _LOCK_HOUSEHOLD[column], values)
        rows = {row[_BEFORE + _ACCOUNT.index("id")]: row for row in cursor.fetchall()}
    place = _BEFORE + _ACCOUNT.index(column)
    own_row = next((row for row in rows.values() if row[place] == holder.pk), None)
    locked = _locked(own_row) if own_row is not None else None
    own = locked.account if locked else lock_account_of(holder, by=by)
    if own.pk not in rows or own.merged_into_id is not None:
        # Nobody's yet, or merged: then it is the household of the one that is kept.
        own = own if own.merged_into_id is None else lock_account_of(own, by=by)
        return lock_household(own, by=by, redemption=redemption)
    if isinstance(holder, Member):
        own.member = holder
    elif holder.pk == own.pk and Account.member.is_cached(holder):
        own.member = holder.member
    others = (_locked(row, strict=False) for pk, row in rows.items() if pk != own.pk)
    return Household(own, tuple(one.account for one in others if one and one.account.merged_into_id is None))


def _columns(model: type[Model], alias: str) -> tuple[list[str], str]:
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], ", ".join(f'{alias}."{field.column}"' for field in fields)


# What stands before the account's columns.
_BEFORE = 7
_ACCOUNT, _ACCOUNT_COLUMNS = _columns(Account, "a")
_PROGRAM, _PROGRAM_COLUMNS = _columns(Program, "p")
_TIER, _TIER_COLUMNS = _columns(Tier, "t")
_LOCK = f"""
SELECT EXISTS (SELECT 1 FROM programs_programexclusion x WHERE x.tenant_id = a.tenant_id AND x.program_id = p.id),
 EXISTS (SELECT 1 FROM programs_earningruleversion v WHERE v.tenant_id = a.tenant_id),
 EXISTS (SELECT 1 FROM programs_referral f WHERE f.tenant_id = a.tenant_id AND f.friend_id = a.member_id
   AND f.state = 'joined'),
 (SELECT min(above.threshold) FROM programs_tier above WHERE above.tenant_id = a.tenant_id
   AND above.program_id = p.id AND NOT above.by_invitation AND above.threshold > coalesce(t.threshold, -1)),
 ARRAY(SELECT DISTINCT o.kind FROM programs_program o WHERE o.tenant_id = a.tenant_id AND o.id <> p.id
  AND o.status = 'live'),
 EXISTS (SELECT 1 FROM programs_challenge c WHERE c.tenant_id = a.tenant_id AND c.program_id = p.id
  AND c.published_at IS NOT NULL),
 EXISTS (SELECT 1 FROM programs_surprise s WHERE s.tenant_id = a.tenant_id AND s.program_id = p.id
  AND s.published_at IS NOT NULL AND s.ended_at IS NULL),
 {_ACCOUNT_COLUMNS}, {_PROGRAM_COLUMNS}, {_TIER_COLUMNS}
FROM programs_account a
JOIN programs_program p ON p.tenant_id = a.tenant_id AND p.id = a.program_id{{kind}}
LEFT JOIN programs_tier t ON t.tenant_id = a.tenant_id AND t.id = a.tier_id
WHERE a.tenant_id = %s AND a.{{column}} = %s ORDER BY a.id FOR NO KEY UPDATE OF a"""  # noqa: S608 - names of columns, from the models
# A member's account is the one for points; every other is locked by its id.
_LOCK_BY = {
    "id": _LOCK.format(kind="", column="id"),
    "member_id": _LOCK.format(kind=" AND p.kind = 'points'", column="member_id"),
}
# Apart from the lock of one: for an array the planner would lay its plan anew at every call.
_LOCK_MANY = _LOCK_BY["member_id"].replace("a.member_id = %s", "a.member_id = ANY(%s)")

_OF_HOUSEHOLD = """a.id IN (
 SELECT o.id FROM programs_account o WHERE o.tenant_id = %s AND o.{column} = %s
 UNION SELECT f.id FROM programs_account o
  JOIN programs_account f ON f.tenant_id = o.tenant_id AND f.family_id = o.family_id
  WHERE o.tenant_id = %s AND o.{column} = %s
 UNION SELECT coalesce(g.merged_into_id, g.id) FROM programs_pointtransfer d
  JOIN programs_account g ON g.tenant_id = d.tenant_id AND g.id = d.giver_id
  WHERE d.tenant_id = %s AND d.redemption_id = %s)"""
_WITH_HOUSEHOLD = _LOCK.replace("a.{column} = %s", _OF_HOUSEHOLD)
_LOCK_HOUSEHOLD = {
    "id": _WITH_HOUSEHOLD.format(kind="", column="id"),
    "member_id": _WITH_HOUSEHOLD.format(kind=" AND p.kind = 'points'", column="member_id"),
}


def _lock(column: str, value: UUID) -> Locked | None:
    """One query in the writing of SQL: this is the hottest read there is, and building it took longer than running it.

    Whoever waited for the lock sees the account as it is now, but its tier as it was: then it is read once more. One
    that was merged stands for the account of the record that is kept.
    """
    for _reading in range(2):
        with connection.cursor() as cursor:
            execute_prepared(cursor, _LOCK_BY[column], [current_tenant_id(), value])
            row = cursor.fetchone()
        if row is None:
            return None
        locked = _locked(row)
        if locked is not None and locked.account.merged_into_id is not None:
            return _lock("id", locked.account.merged_into_id)
        if locked is not None:
            return locked
    raise LedgerConflict  # pragma: no cover - the second reading holds the lock already


def _locked(row: Sequence[Any], *, strict: bool = True) -> Locked | None:
    """The row as models; None when its tier is not the account's (unless nobody asks for tiers: not `strict`)."""
    excludes, has_rules, is_referred, next_threshold, others, has_challenges, has_surprises, *values = row
    middle, end = len(_ACCOUNT), len(_ACCOUNT) + len(_PROGRAM)
    account: Account = Account.from_db("default", _ACCOUNT, values[:middle])
    tier = Tier.from_db("default", _TIER, values[end:]) if values[end + _TIER.index("id")] else None
    if strict and account.tier_id != (tier.pk if tier else None):
        return None
    account.program = Program.from_db("default", _PROGRAM, values[middle:end])
    account.tier = tier
    return Locked(
        account, excludes, has_rules, next_threshold, frozenset(others), is_referred, has_challenges, has_surprises
    )


def require_live(account: Account) -> None:
    """Raises ProgramNotLive or MemberNotActive unless points may move by somebody's wish."""
    if account.program.status != ProgramStatus.LIVE:
        raise ProgramNotLive
    if account.member.status != MemberStatus.ACTIVE:
        raise MemberNotActive


def call_key(key: str) -> str:
    """The ledger's key for a caller's key. Raises KeyTooLong, or Invalid for what no database keeps."""
    if not key or len(key) > 100:
        raise KeyTooLong(field="key")
    if "\x00" in key:
        raise Invalid(field="key")
    return f"call:{key}"


def source_of(by: Actor) -> Source:
    """Where an act of this actor comes in, when the caller does not say."""
    return _SOURCES[by.kind]

"""Accounts: opened once, locked before anything moves."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from customers.enums import MemberStatus, Source
from customers.models import Member
from loyalty_saas.lib.ids import uuid7
from programs.enums import ProgramKind, ProgramStatus
from programs.errors import KeyTooLong, MemberNotActive, NoProgram, ProgramNotLive
from programs.models import Account, Program, Tier
from tenants.actors import Actor
from tenants.enums import ActorKind

_SOURCES = {
    ActorKind.STAFF: Source.COUNTER,
    ActorKind.MEMBER: Source.PORTAL,
    ActorKind.API: Source.API,
    ActorKind.IMPORT: Source.IMPORT,
    ActorKind.SYSTEM: Source.SYSTEM,
}


def points_program() -> Program | None:
    """The business's points program, whatever its status."""
    return Program.objects.filter(kind=ProgramKind.POINTS).first()


def open_account(member: Member, *, by: Actor, program: Program | None = None) -> Account:
    """The member's account in the points program, made if there is none yet. Raises NoProgram.

    Whoever opens it (`by`) leaves no mark: joining itself is on the record. A tier that asks for nothing is
    everybody's from the start.
    """
    program = program or points_program()
    if program is None:
        raise NoProgram
    tier = Tier.objects.filter(program=program, threshold=0).first()
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
    return Account.objects.select_related("program", "tier", "member").get(member=member, program=program)


def lock_account(**which: Any) -> Account | None:
    """The account with its program and tier, locked (FOR NO KEY UPDATE) and read after the lock was granted."""
    return (
        Account.objects.select_for_update(no_key=True, of=("self",))
        .select_related("program", "tier")
        .filter(program__kind=ProgramKind.POINTS, **which)
        .first()
    )


def lock_account_of(holder: Member | Account, *, by: Actor) -> Account:
    """Lock the account of a member (opening it first where there is none) or the one given.

    Its member, program and tier are loaded. Raises NoProgram.
    """
    member_id: UUID = holder.member_id if isinstance(holder, Account) else holder.pk
    account = lock_account(member_id=member_id)
    if account is None:
        open_account(holder.member if isinstance(holder, Account) else holder, by=by)
        account = lock_account(member_id=member_id)
        if account is None:  # pragma: no cover - it was opened in this transaction
            raise NoProgram
    if isinstance(holder, Member):
        account.member = holder
    elif Account.member.is_cached(holder):
        account.member = holder.member
    return account


def require_live(account: Account) -> None:
    """Raises ProgramNotLive or MemberNotActive unless points may move by somebody's wish."""
    if account.program.status != ProgramStatus.LIVE:
        raise ProgramNotLive
    if account.member.status != MemberStatus.ACTIVE:
        raise MemberNotActive


def call_key(key: str) -> str:
    """The ledger's key for a caller's key. Raises KeyTooLong."""
    if not key or len(key) > 100:
        raise KeyTooLong(field="key")
    return f"call:{key}"


def source_of(by: Actor) -> Source:
    """Where an act of this actor comes in, when the caller does not say."""
    return _SOURCES[by.kind]

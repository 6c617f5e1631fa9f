"""How much staff may give in a day: to one member, one person in all, and at one device. Managers and owners have no
limit.

What counts is what is given by hand and for purchases typed at the counter, by the clock of the business and by when it
was typed (a purchase dated back counts today). What somebody undid the same day does not count, as far as it was still
there: points that were spent before they were taken back are owed, and who never pays them has had them. In what one
person gives in all, points for joining count as well: else members could be invented all day. Among what one member
gets they do not: they are given once, and the first purchase should not suffer for them.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import points_program
from programs.domain.guards import has_limits
from programs.enums import ProgramKind
from programs.errors import DeviceDayLimit, MemberDayLimit, StaffDayLimit
from programs.models import Account, Program
from programs.words.unit import in_points
from tenants.isolation import current_tenant
from tenants.models import Membership

DAYS_WATCHED = 7


@dataclass(frozen=True, slots=True)
class Given:
    """What is given today, in points: by the person, to the member, at the device; and how `often` in seven days the
    person gave something to the member."""

    by_person: int
    to_member: int
    at_device: int
    often: int


def refuse_beyond_day(
    account: Account, *, membership: Membership | None, more: int = 0, device: str = ""
) -> Given | None:
    """Raises MemberDayLimit, StaffDayLimit or DeviceDayLimit when what was just posted went beyond what staff may give.

    What was counted, or None where nobody counts it.

    `more` points are counted with it that are not written: to say beforehand what would be refused. To refuse, call it
    after the entry is written, with the account locked and the membership locked after it
    (`lock_acting_membership`): two tills that give at once are then counted one after the other. Undone entries are
    not forgotten but deducted. The caller's transaction takes back what was written.
    """
    program = account.program
    if membership is None or not has_limits(membership):
        return None
    rules = house_rules(program)
    if not (has_day_limits(program) or has_day_limits(rules)):
        return None
    given = _given_today(membership.pk, account.pk, device=device, program=program, rules=rules)
    most = in_program_points(program, program.member_day_limit)
    if most is not None and given.to_member + more > most:
        raise MemberDayLimit(in_points(program, most), in_points(program, given.to_member + more))
    _refuse_person(program, given.by_person + more)
    _refuse_device(program, rules, given.at_device + more, device)
    return given


def refuse_bonus_beyond_day(account: Account, *, membership: Membership | None, device: str = "") -> None:
    """Raises StaffDayLimit or DeviceDayLimit when with the points for joining that were just posted it was too much.

    To be called as `refuse_beyond_day` is.
    """
    if membership is not None and _is_limited(membership, account.program):
        program = account.program
        given = _given_today(membership.pk, account.pk, device=device, program=program, rules=program)
        _refuse_person(program, given.by_person)
        _refuse_device(program, program, given.at_device, device)


def _refuse_person(program: Program, given: int) -> None:
    most = in_program_points(program, program.staff_day_limit)
    if most is not None and given > most:
        raise StaffDayLimit(in_points(program, most), in_points(program, given))


def _refuse_device(program: Program, rules: Program, given: int, device: str) -> None:
    most = in_program_points(program, rules.device_day_limit)
    if device and most is not None and given > most:
        raise DeviceDayLimit(in_points(program, most), in_points(program, given))


def _is_limited(membership: Membership, program: Program) -> bool:
    return has_limits(membership) and has_day_limits(program)


def house_rules(program: Program) -> Program:
    """Where it stands what is looked at in whatever staff give: the limit of a device, the hours, the usual number.

    The owner says it once, with the program for points; store credit obeys the same.
    """
    if program.kind == ProgramKind.POINTS:
        return program
    return points_program() or program


def watches_staff(program: Program) -> bool:
    """Whether anything depends on who of the team gives."""
    return has_day_limits(program) or program.watch_from is not None


def has_day_limits(program: Program) -> bool:
    """Whether what staff give is counted at all."""
    limits = (program.member_day_limit, program.staff_day_limit, program.device_day_limit, program.watch_often)
    return any(limit is not None for limit in limits)


def in_program_points(program: Program, spend: int | None) -> int | None:
    """The points that `spend` minor units earn at the program's plain rate; of credit, which is money, as many.

    None for no limit.
    """
    if spend is None or program.kind == ProgramKind.CREDIT:
        return spend
    return spend * program.earn_points // program.earn_amount


# What was given today, and what of it was taken back today by the person who gave it: from the balance or from what
# waits, not what is owed since. The entry before says what was owed until then.
_GIVEN = """
SELECT e.amount + e.pending_amount AS points FROM programs_entry e
WHERE e.tenant_id = %(tenant)s AND e.actor_kind = 'staff' AND e.recorded_at >= %(since)s
 AND e.kind IN ('accrue', 'adjust') AND e.cause IN ({causes}) AND e.amount + e.pending_amount > 0
 AND {which}
UNION ALL
SELECT e.amount + e.pending_amount + e.owed_after - b.owed_after FROM programs_entry e
JOIN programs_entry o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
JOIN programs_entry b ON b.tenant_id = e.tenant_id AND b.account_id = e.account_id AND b.seq = e.seq - 1
WHERE e.tenant_id = %(tenant)s AND e.actor_kind = 'staff' AND e.recorded_at >= %(since)s AND e.kind = 'reverse'
 AND o.actor_id = e.actor_id AND o.recorded_at >= %(since)s AND o.cause IN ({causes}) AND {which}"""
_BY_PERSON = "e.actor_id = %(person)s"
_AT_DEVICE = "e.snapshot ->> 'device' = %(device)s"
# What managers gave does not use up what staff may give.
_TO_MEMBER = """e.account_id = %(account)s AND EXISTS (SELECT 1 FROM tenants_membership m
 WHERE m.tenant_id = e.tenant_id AND m.id = e.actor_id AND m.role = 'staff')"""
_TO_A_MEMBER = "'purchase', 'adjustment', 'advocacy', 'event'"
_IN_ALL = f"{_TO_A_MEMBER}, 'joining'"
# Credit by hand is counted apart from points; cash-back is bound by its purchase.
_CREDIT = "'by_hand'"


def _sums(to_a_member: str, in_all: str) -> str:
    return f"""
SELECT (SELECT coalesce(sum(points), 0) FROM ({_GIVEN.format(which=_BY_PERSON, causes=in_all)}) p),
 (SELECT coalesce(sum(points), 0) FROM ({_GIVEN.format(which=_TO_MEMBER, causes=to_a_member)}) m),
 CASE WHEN %(device)s <> '' THEN
  (SELECT coalesce(sum(points), 0) FROM ({_GIVEN.format(which=_AT_DEVICE, causes=in_all)}) d) ELSE 0 END,
 CASE WHEN %(watched)s THEN (SELECT count(*) FROM programs_entry e WHERE e.tenant_id = %(tenant)s
   AND e.actor_kind = 'staff' AND e.actor_id = %(person)s AND e.recorded_at >= %(week)s
   AND e.account_id IN (SELECT theirs.id FROM programs_account one
    JOIN programs_account theirs ON theirs.tenant_id = one.tenant_id AND theirs.member_id = one.member_id
    WHERE one.tenant_id = %(tenant)s AND one.id = %(account)s)
   AND e.kind IN ('accrue', 'adjust') AND e.cause IN ({_TO_A_MEMBER}, {_CREDIT})
   AND NOT EXISTS (SELECT 1 FROM programs_entry r WHERE r.tenant_id = e.tenant_id AND r.reverses_id = e.id))
  ELSE 0 END"""  # noqa: S608 - texts of this module


_SUMS = _sums(_TO_A_MEMBER, _IN_ALL)
_SUMS_OF_CREDIT = _sums(_CREDIT, _CREDIT)


def _given_today(person: UUID, account: UUID, *, device: str, program: Program, rules: Program) -> Given:
    """By the person to anybody, to the member by all staff, at the device by all staff; in one statement.

    How often is counted over points and credit together: whoever gives now the one, now the other gives twice.
    """
    tenant = current_tenant()
    today = local_day(timezone.now(), tenant.zone)
    values = {
        "tenant": tenant.pk,
        "since": start_of_day(today, tenant.zone),
        "week": start_of_day(today - timedelta(days=DAYS_WATCHED - 1), tenant.zone),
        "person": person,
        "account": account,
        "device": device if rules.device_day_limit is not None else "",
        "watched": rules.watch_often is not None,
    }
    with connection.cursor() as cursor:
        execute_prepared(cursor, _SUMS_OF_CREDIT if program.kind == ProgramKind.CREDIT else _SUMS, values)
        return Given(*map(int, cursor.fetchone()))

"""The earning rules in force at a moment, and what has to be known to judge them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import connection

from customers.models import Member, MemberTag, Segment
from customers.segments import is_in
from loyalty_saas.lib.days import end_of_day, end_of_month, local_day, start_of_day
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.rules.budgets import lock_given
from programs.domain.rules.definition import Definition
from programs.domain.rules.judging import Circumstances, Standing, judge
from programs.domain.rules.verdicts import Verdict
from programs.models import Account, EarningRuleVersion, Program
from tenants.isolation import current_tenant, current_tenant_id

if TYPE_CHECKING:
    from programs.domain.earning import Basket

# Of a rule's versions that have begun, the last one published counts; nothing does once the rule has ended.
_IN_FORCE = """
SELECT DISTINCT ON (v.rule_id) v.rule_id, v.number, v.id, r.given_to_all
FROM programs_earningruleversion v
JOIN programs_earningrule r ON r.tenant_id = v.tenant_id AND r.id = v.rule_id
WHERE v.tenant_id = %s AND r.program_id = %s AND v.starts_at <= %s AND (r.ended_at IS NULL OR r.ended_at > %s)
ORDER BY v.rule_id, v.number DESC"""
# Days of the business's zone on which something was bought and kept, this purchase aside.
_VISITS = """
SELECT NULL::uuid,
 count(DISTINCT (occurred_at AT TIME ZONE %s)::date) FILTER (WHERE occurred_at < %s OR occurred_at >= %s),
 count(*) FILTER (WHERE occurred_at >= %s AND occurred_at < %s), 0
FROM customers_purchase
WHERE tenant_id = %s AND member_id = %s AND id <> %s AND (returned < total OR total = 0)"""
# An array, not IN with OR: the planner then looks only at this member's awards. What records merged into this one
# were given counts towards the cap of the one person.
_GIVEN_TO_MEMBER = """
SELECT rule_id, sum(points)::bigint,
 coalesce(sum(points) FILTER (WHERE occurred_at >= %s AND occurred_at < %s), 0)::bigint,
 coalesce(sum(points) FILTER (WHERE occurred_at >= %s AND occurred_at < %s), 0)::bigint
FROM programs_ruleaward WHERE tenant_id = %s AND rule_id = ANY(%s) AND account_id = ANY(
 %s::uuid || ARRAY(SELECT id FROM programs_account WHERE tenant_id = %s AND merged_into_id = %s))
GROUP BY rule_id"""
_NO_PURCHASE = UUID(int=0)
# By the ids that a query behind the walls has given.
_READ: dict[UUID, tuple[str, Definition]] = {}
_MOST_READ = 4096


def rules_in_force(program: Program, when: datetime) -> list[Standing]:
    """The rules that count for a purchase made at this moment."""
    return [one for one in all_in_force(program, when) if one.definition.is_for_purchases]


def all_in_force(program: Program, when: datetime) -> list[Standing]:
    """The rules that count at this moment, for purchases and for what else happens."""
    with connection.cursor() as cursor:
        execute_prepared(cursor, _IN_FORCE, [current_tenant_id(), program.pk, when, when])
        rows = cursor.fetchall()
    published = _published([version for _rule, _number, version, _given in rows])
    return [
        Standing(rule, number, *published[version], given_to_all=given or 0, is_kept=given is not None)
        for rule, number, version, given in rows
    ]


def _published(versions: Sequence[UUID]) -> dict[UUID, tuple[str, Definition]]:
    """The name and the definition of each version, kept once read: every sale asks for the same, and none changes."""
    found = {version: read for version in versions if (read := _READ.get(version))}
    if unread := [version for version in versions if version not in found]:
        rows = EarningRuleVersion.objects.filter(pk__in=unread).values_list("pk", "name", "definition")
        new = {pk: (name, Definition.from_json(values)) for pk, name, values in rows}
        if len(_READ) + len(new) > _MOST_READ:
            _READ.clear()
        _READ.update(new)
        found.update(new)
    return found


def judge_purchase(
    account: Account,
    rules: Sequence[Standing],
    basket: "Basket",
    *,
    when: datetime,
    location: UUID | None,
    purchase: UUID = _NO_PURCHASE,
    binding: bool = True,
) -> list[Verdict]:
    """What each rule makes of a purchase of this account's member.

    `binding` locks the rules that match and whose sum is kept, in the order of ids, so that two purchases at once
    cannot both take what a budget leaves; the account must be locked. Without it nothing is locked, and the verdicts
    are a preview.
    """

    def decide(some: Sequence[Standing], now: Circumstances) -> list[Verdict]:
        return judge(some, basket, now, stacking=account.program.stacking)

    return judge_by(decide, account, rules, when=when, location=location, purchase=purchase, binding=binding)


def judge_by(
    decide: Callable[[Sequence[Standing], Circumstances], list[Verdict]],
    account: Account,
    rules: Sequence[Standing],
    *,
    when: datetime,
    location: UUID | None,
    purchase: UUID = _NO_PURCHASE,
    binding: bool = True,
) -> list[Verdict]:
    """What `decide` makes of the rules, given the circumstances and what each gave before; `binding` as above."""
    if not rules:
        return []
    visits, rules = _history(account, rules, when, purchase)
    now = _circumstances(account, rules, when, location, visits)
    if binding and (kept := [replace(one, given_to_all=0) for one in rules if one.is_kept]):
        matching = [UUID(verdict.rule) for verdict in decide(kept, now) if verdict.bonus]
        given = lock_given(matching)
        rules = [replace(one, given_to_all=given.get(one.rule, one.given_to_all)) for one in rules]
    return decide(rules, now)


class _Visits(NamedTuple):
    """On how many other days the member bought something, and how often on the day itself."""

    days_before: int = 0
    again: int = 0


def _history(
    account: Account, rules: Sequence[Standing], when: datetime, purchase: UUID
) -> tuple[_Visits, list[Standing]]:
    """What the rules ask of the past, in one query: the member's visits, and the points that capped rules gave them."""
    parts: list[str] = []
    values: list[Any] = []
    tenant, zone = current_tenant_id(), current_tenant().zone
    day = local_day(when, zone)
    today = [start_of_day(day, zone), end_of_day(day, zone)]
    if any(one.definition.asks_visits for one in rules):
        parts.append(_VISITS)
        values += [str(zone), *today, *today, tenant, account.member_id, purchase]
    if capped := [one.rule for one in rules if one.definition.asks_awards]:
        parts.append(_GIVEN_TO_MEMBER)
        month = [start_of_day(day.replace(day=1), zone), end_of_day(end_of_month(day), zone)]
        values += [*today, *month, tenant, capped, account.pk, tenant, account.pk]
    if not parts:
        return _Visits(), list(rules)
    with connection.cursor() as cursor:
        execute_prepared(cursor, " UNION ALL ".join(parts), values)
        found = {rule: sums for rule, *sums in cursor.fetchall()}
    days, again, _nothing = found.pop(None, (0, 0, 0))
    counted = []
    for one in rules:
        if one.rule in found:
            ever, in_day, in_month = found[one.rule]
            one = replace(one, given_to_member=ever, given_in_day=in_day, given_in_month=in_month)
        counted.append(one)
    return _Visits(days, again), counted


def _circumstances(
    account: Account, rules: Sequence[Standing], when: datetime, location: UUID | None, visits: _Visits
) -> Circumstances:
    member: Member = account.member
    zone = current_tenant().zone
    tags: frozenset[UUID] = frozenset()
    if any(one.definition.tags for one in rules):
        tags = frozenset(MemberTag.objects.filter(member=member).values_list("tag_id", flat=True))
    segments: frozenset[UUID] = frozenset()
    if named := {pk for one in rules for pk in one.definition.segments}:
        segments = frozenset(one.pk for one in Segment.objects.filter(pk__in=named) if is_in(member, one))
    known = member.birth_month is not None and member.birth_day is not None
    return Circumstances(
        when=when.astimezone(zone),
        location=location,
        tier=account.tier_id,
        tags=tags,
        segments=segments,
        birthday=(member.birth_month, member.birth_day) if known else None,  # type: ignore[arg-type]
        joined_on=local_day(member.joined_at, zone),
        days_before=visits.days_before,
        again_today=visits.again > 0,
    )

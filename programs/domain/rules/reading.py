"""The earning rules in force at a moment, and what has to be known to judge them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from customers.models import Member, MemberTag, Segment
from customers.segments import is_in
from loyalty_saas.lib.days import end_of_day, end_of_month, local_day, start_of_day
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.rules.definition import Definition
from programs.domain.rules.judging import Circumstances, Standing, judge
from programs.domain.rules.verdicts import Verdict
from programs.models import Account, EarningRuleVersion, Program
from tenants.isolation import current_tenant, current_tenant_id

if TYPE_CHECKING:
    from programs.domain.earning import Basket

# Of a rule's versions that have begun, the last one published counts; nothing does once the rule has ended.
_IN_FORCE = """
SELECT DISTINCT ON (v.rule_id) v.rule_id, v.number, v.id
FROM programs_earningruleversion v
JOIN programs_earningrule r ON r.tenant_id = v.tenant_id AND r.id = v.rule_id
WHERE v.tenant_id = %s AND r.program_id = %s AND v.starts_at <= %s AND (r.ended_at IS NULL OR r.ended_at > %s)
ORDER BY v.rule_id, v.number DESC"""
# An array, not IN with OR: the planner then looks only at this member's awards.
_GIVEN_TO_MEMBER = """
SELECT rule_id, sum(points), coalesce(sum(points) FILTER (WHERE occurred_at >= %s AND occurred_at < %s), 0),
 coalesce(sum(points) FILTER (WHERE occurred_at >= %s AND occurred_at < %s), 0)
FROM programs_ruleaward WHERE tenant_id = %s AND rule_id = ANY(%s) AND account_id = ANY(
 %s::uuid || ARRAY(SELECT id FROM programs_account WHERE tenant_id = %s AND merged_into_id = %s))
GROUP BY rule_id"""
_LOCK = """
SELECT id FROM programs_earningrule WHERE tenant_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"""
_GIVEN_TO_ALL = """
SELECT rule_id, sum(points) FROM programs_ruleaward WHERE tenant_id = %s AND rule_id = ANY(%s) GROUP BY rule_id"""
# Days of the business's zone on which something was bought and kept, this purchase aside.
_DAYS = """
SELECT count(DISTINCT (occurred_at AT TIME ZONE %s)::date) FILTER (WHERE occurred_at < %s OR occurred_at >= %s),
 count(*) FILTER (WHERE occurred_at >= %s AND occurred_at < %s)
FROM customers_purchase
WHERE tenant_id = %s AND member_id = %s AND id <> %s AND (returned < total OR total = 0)"""
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
    published = _published([version for _rule, _number, version in rows])
    return [Standing(rule, number, *published[version]) for rule, number, version in rows]


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

    `binding` locks the rules that have a budget and match, in the order of ids, so that two purchases at once cannot
    both take what is left; the account must be locked. Without it nothing is locked, and the verdicts are a preview.
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
    now = _circumstances(account, rules, when, location, purchase)
    rules = _with_given(account, rules, when)
    limited = [one for one in rules if one.definition.budget is not None]
    if limited:
        first = decide(limited, now)
        matching = sorted(UUID(verdict.rule) for verdict in first if verdict.bonus)
        rules = _with_budgets(rules, matching, binding=binding)
    return decide(rules, now)


def _circumstances(
    account: Account, rules: Sequence[Standing], when: datetime, location: UUID | None, purchase: UUID
) -> Circumstances:
    member: Member = account.member
    zone = current_tenant().zone
    days, again = 0, 0
    if any(one.definition.asks_visits for one in rules):
        day = local_day(when, zone)
        start, end = start_of_day(day, zone), end_of_day(day, zone)
        with connection.cursor() as cursor:
            values = [str(zone), start, end, start, end, current_tenant_id(), member.pk, purchase]
            execute_prepared(cursor, _DAYS, values)
            days, again = cursor.fetchone()
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
        days_before=days,
        again_today=again > 0,
    )


def _with_given(account: Account, rules: Sequence[Standing], when: datetime) -> list[Standing]:
    """With the points that rules with a cap for a member gave to this one."""
    capped = [one.rule for one in rules if one.definition.asks_awards]
    if not capped:
        return list(rules)
    zone = current_tenant().zone
    day = local_day(when, zone)
    month = [start_of_day(day.replace(day=1), zone), end_of_day(end_of_month(day), zone)]
    bounds = [start_of_day(day, zone), end_of_day(day, zone), *month]
    with connection.cursor() as cursor:
        # What records merged into this one were given counts towards the cap of the one person.
        tenant = current_tenant_id()
        execute_prepared(cursor, _GIVEN_TO_MEMBER, [*bounds, tenant, capped, account.pk, tenant, account.pk])
        given = {rule: [int(points) for points in sums] for rule, *sums in cursor.fetchall()}
    counted = []
    for one in rules:
        if one.rule in given:
            ever, in_day, in_month = given[one.rule]
            one = replace(one, given_to_member=ever, given_in_day=in_day, given_in_month=in_month)
        counted.append(one)
    return counted


def _with_budgets(rules: Sequence[Standing], matching: Sequence[UUID], *, binding: bool) -> list[Standing]:
    """With the points that these rules gave to everybody."""
    if not matching:
        return list(rules)
    if binding:
        with connection.cursor() as cursor:
            execute_prepared(cursor, _LOCK, [current_tenant_id(), list(matching)])
    with connection.cursor() as cursor:
        execute_prepared(cursor, _GIVEN_TO_ALL, [current_tenant_id(), list(matching)])
        given = {rule: int(points) for rule, points in cursor.fetchall()}
    return [replace(one, given_to_all=given[one.rule]) if one.rule in given else one for one in rules]

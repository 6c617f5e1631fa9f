"""What a rule has given to everybody, kept as one number so that a sale need not add up a budget's awards of years.

Kept from the first version with a budget on, for good: a purchase of last week may still be judged by a version
without one. The sum changes with the awards themselves (programs.domain.rules.awarding), under the lock of the rule;
`reconcile` adds it up anew.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from loyalty_saas.postgres.prepared import execute_prepared
from programs.models import EarningRule, Program, RuleAward
from tenants.isolation import current_tenant_id

_LOCK = """
SELECT id, given_to_all FROM programs_earningrule
WHERE tenant_id = %s AND id = ANY(%s) AND given_to_all IS NOT NULL ORDER BY id FOR NO KEY UPDATE"""
# Part of the statement that writes an entry (`posted`) and its awards: nobody who gives can forget it.
ADD_TO_SUMS = """
UPDATE programs_earningrule r SET given_to_all = r.given_to_all + given.points
FROM posted, unnest(%s::text[]::uuid[], %s::bigint[]) AS given(rule, points)
WHERE r.tenant_id = %s AND r.id = given.rule AND r.given_to_all IS NOT NULL RETURNING r.id"""
_ADD = """
UPDATE programs_earningrule r SET given_to_all = r.given_to_all + given.points
FROM unnest(%s::uuid[], %s::bigint[]) AS given(rule, points)
WHERE r.tenant_id = %s AND r.id = given.rule AND r.given_to_all IS NOT NULL"""
_LOCK_ACCOUNTS = """
SELECT count(*) FROM (
 SELECT id FROM programs_account WHERE tenant_id = %s AND program_id = %s ORDER BY id FOR NO KEY UPDATE) AS locked"""


def lock_given(rules: Sequence[UUID]) -> dict[UUID, int]:
    """Points given to everybody by those of the rules whose sum is kept, locked in the order of ids.

    Lock the account first: whoever holds a rule must never wait for an account.
    """
    if not rules:
        return {}
    with connection.cursor() as cursor:
        execute_prepared(cursor, _LOCK, [current_tenant_id(), list(rules)])
        return dict(cursor.fetchall())


def add_to_sums(points: Mapping[UUID, int]) -> None:
    """Change what rules gave to everybody, where that is kept, by these points of each, negative for what goes back.

    Locks the rules in the order of ids; the account must be locked.
    """
    if kept := lock_given(list(points)):
        with connection.cursor() as cursor:
            execute_prepared(cursor, _ADD, [list(kept), [points[rule] for rule in kept], current_tenant_id()])


def keep_given(rule: EarningRule, *, was_published: bool) -> None:
    """Begin to keep the sum of a locked rule, which the caller saves: what it gave so far, nothing if it is new."""
    if was_published:
        _hold_sales(rule.program)
    rule.given_to_all = RuleAward.objects.filter(rule=rule).aggregate(sum=Sum("points"))["sum"] or 0


def _hold_sales(program: Program) -> None:
    """Wait for every sale that is under way, and let none begin before this transaction ends.

    A sale locks its account before it asks which rules there are, so that none gives by a version without a budget
    what the sum would lack; whoever joins now waits for the program. Nobody who holds an account waits for a rule
    whose sum is not kept.
    """
    Program.objects.select_for_update().get(pk=program.pk)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ACCOUNTS, [current_tenant_id(), program.pk])

"""What was given by which rule, written with the entry that gave it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import Sum

from loyalty_saas.lib.ids import uuid7_texts
from programs.domain.bonuses import Bonus
from programs.domain.rules.budgets import ADD_TO_SUMS, add_to_sums
from programs.enums import EntryKind
from programs.models import Entry, RuleAward

# Part of the statement that writes the entry (`posted`), so that no entry is without what its rules gave.
INSERT_AWARDS = """
INSERT INTO programs_ruleaward
 (tenant_id, account_id, cause_id, occurred_at, entry_id, id, rule_id, version, points)
SELECT %s, %s, %s, %s, posted.id, row.*
FROM posted, unnest(%s::text[]::uuid[], %s::text[]::uuid[], %s::smallint[], %s::bigint[]) AS row RETURNING id"""


def awards_of(accrual: Entry) -> list[tuple[str, str, list[Any]]]:
    """The parts of the statement that writes an entry, from its own snapshot: its awards, and the sums they go into."""
    if accrual.kind != EntryKind.ACCRUE or not (given := list(_given(accrual))):
        return []
    # Ids as the snapshot holds them: to make each one a UUID and a text again took longer than writing them.
    rules, versions, points = (list(column) for column in zip(*given, strict=True))
    same = [accrual.tenant_id, accrual.account_id, accrual.cause_id, accrual.occurred_at]
    return [
        ("awarded", INSERT_AWARDS, [*same, uuid7_texts(len(given)), rules, versions, points]),
        ("summed", ADD_TO_SUMS, [rules, points, accrual.tenant_id]),
    ]


def _given(accrual: Entry) -> Iterator[tuple[str, int, int]]:
    """The id of the rule, its version and its points, rounded up, of each that counted."""
    for reason in accrual.snapshot.get("reasons", ()):
        if reason["what"] == "rule" and reason["counts"]:
            yield reason["rule"], reason["version"], ceil(Fraction(reason["points"]))


def note_taken_back(reversal: Entry, accrual: Entry, bonuses: Sequence[Bonus], kept: Sequence[Fraction]) -> None:
    """Bring what each rule gave for a purchase to what it gives for what is `kept` of it, on the purchase's own day."""
    if not bonuses or accrual.cause_id is None:
        return
    sums = RuleAward.objects.filter(cause_id=accrual.cause_id).order_by().values("rule").annotate(given=Sum("points"))
    given = {row["rule"]: row["given"] for row in sums}
    rows = [
        _award(reversal, accrual, UUID(bonus.rule), bonus.version, change)
        for bonus, points in zip(bonuses, kept, strict=True)
        if (change := ceil(points) - given.get(UUID(bonus.rule), 0))
    ]
    _write(rows)


def note_gone(reversal: Entry, accrual: Entry) -> None:
    """Bring what the rules gave with an accrual to nothing: all of it was taken back."""
    rows = [
        _award(reversal, accrual, one.rule_id, one.version, -one.points)
        for one in RuleAward.objects.filter(entry=accrual, cause_id=accrual.cause_id)  # type: ignore[misc]
        if one.points
    ]
    _write(rows)


def _write(rows: Sequence[RuleAward]) -> None:
    """What goes back, each row of another rule."""
    RuleAward.objects.bulk_create(rows)
    add_to_sums({row.rule_id: row.points for row in rows})


def _award(entry: Entry, accrual: Entry, rule: UUID, version: int, points: int) -> RuleAward:
    return RuleAward(
        rule_id=rule,
        account_id=entry.account_id,
        entry_id=entry.pk,
        version=version,
        points=points,
        cause_id=accrual.cause_id,  # type: ignore[misc]  # a purchase's accrual names it
        occurred_at=accrual.occurred_at,
    )

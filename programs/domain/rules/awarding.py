"""What was given by which rule, written with the entry that gave it."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from uuid import UUID

from django.db.models import Sum

from programs.domain.bonuses import Bonus
from programs.models import Entry, RuleAward


def note_awards(accrual: Entry) -> None:
    """Note what a purchase's accrual gave by each rule, from its own snapshot."""
    if rows := awards_of(accrual):
        RuleAward.objects.bulk_create(rows)


def awards_of(accrual: Entry) -> list[RuleAward]:
    """The rows of `note_awards`, for callers that write many accruals together."""
    return [
        _award(accrual, accrual, UUID(reason["rule"]), reason["version"], ceil(Fraction(reason["points"])))
        for reason in accrual.snapshot.get("reasons", ())
        if reason["what"] == "rule" and reason["counts"]
    ]


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
    RuleAward.objects.bulk_create(rows)


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

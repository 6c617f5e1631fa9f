"""The rules that are published now, with what their caps and budgets still leave."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from loyalty_saas.lib.days import end_of_day, end_of_month, local_day, start_of_day
from programs.domain.rules.judging import Standing
from programs.domain.rules.reading import all_in_force
from programs.models import Account, Program, RuleAward
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Left:
    """Points that may still be given: to the member today, this month and ever, and to everybody. None: no limit."""

    today: int | None = None
    this_month: int | None = None
    for_member: int | None = None
    for_all: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the rule can give at least one point more."""
        return all(left is None or left > 0 for left in (self.today, self.this_month, self.for_member, self.for_all))


@dataclass(frozen=True, slots=True)
class Published:
    """A rule in force and what it leaves; without a member only what is left for everybody is counted."""

    standing: Standing
    left: Left


def published_rules(program: Program, now: datetime, *, account: Account | None = None) -> list[Published]:
    """Every rule in force, in the order of their making; with what an account of the program may still be given."""
    rules = all_in_force(program, now)
    given = _given([one.rule for one in rules], now, account) if account and account.version else {}
    return [Published(one, _left(one, given.get(one.rule, (0, 0, 0)), account is not None)) for one in rules]


def _given(rules: list[UUID], now: datetime, account: Account) -> dict[UUID, tuple[int, int, int]]:
    """Points of each rule to the account: ever, today and in this month."""
    zone = current_tenant().zone
    day = local_day(now, zone)
    today = Q(occurred_at__gte=start_of_day(day, zone), occurred_at__lt=end_of_day(day, zone))
    month = Q(
        occurred_at__gte=start_of_day(day.replace(day=1), zone), occurred_at__lt=end_of_day(end_of_month(day), zone)
    )
    mine = Q(account=account.pk) | Q(account__merged_into=account.pk)
    sums = RuleAward.objects.filter(mine, rule__in=rules).order_by().values("rule")
    rows = sums.annotate(ever=Sum("points"), today=Sum("points", filter=today), month=Sum("points", filter=month))
    return {row["rule"]: (row["ever"], row["today"] or 0, row["month"] or 0) for row in rows}


def _left(standing: Standing, given: tuple[int, int, int], for_member: bool) -> Left:
    definition = standing.definition
    ever, today, month = given
    to_all = standing.given_to_all

    def left(cap: int | None, spent: int) -> int | None:
        return None if cap is None else max(0, cap - spent)

    if not for_member:
        return Left(for_all=left(definition.budget, to_all))
    return Left(
        today=left(definition.most_in_day, today),
        this_month=left(definition.most_in_month, month),
        for_member=left(definition.most_for_member, ever),
        for_all=left(definition.budget, to_all),
    )

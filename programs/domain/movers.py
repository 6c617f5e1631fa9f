"""Who would move if tiers asked for other amounts, by what was gathered as the evaluation counts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from customers.models import Member
from programs.domain.qualifying import since_sql
from programs.models import Program, Tier
from tenants.isolation import current_tenant

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Ladder:
    """What tiers ask for: the measure, the window, and each tier's threshold by its id."""

    basis: str
    window: str
    thresholds: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Mover:
    account: UUID
    member: UUID
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Movers:
    """Those whom the change lifts, and those who would have enough today and no longer after it (one step down)."""

    rising: list[Mover]
    falling: list[Mover]

    def named(self) -> "Movers":
        """The first of each, for a page."""
        return Movers(self.rising[:SHOWN], self.falling[:SHOWN])


_GATHERED = """
SELECT a.id, a.member_id, a.tier_id, a.tier_placement_id IS NOT NULL,
 coalesce(sum(q.{old}) FILTER (WHERE q.occurred_at >= {old_since}), 0),
 coalesce(sum(q.{new}) FILTER (WHERE q.occurred_at >= {new_since}), 0)
FROM programs_account a
JOIN customers_member m ON m.tenant_id = a.tenant_id AND m.id = a.member_id AND m.status = 'active'
LEFT JOIN programs_qualification q ON q.tenant_id = a.tenant_id AND q.account_id = a.id
WHERE a.tenant_id = %(tenant)s AND a.program_id = %(program)s
GROUP BY a.id, a.member_id, a.tier_id, a.tier_placement_id, m.joined_at ORDER BY m.joined_at, a.id"""


def ladder_of(program: Program, tiers: Sequence[Tier]) -> Ladder:
    """As it stands."""
    return Ladder(program.tier_basis, program.tier_window, {tier.pk: tier.threshold for tier in tiers})


def who_would_move(program: Program, tiers: Sequence[Tier], after: Ladder) -> Movers:
    """Active members whom other terms would move, those who joined first in front. Tiers by invitation move nobody."""
    before = ladder_of(program, tiers)
    steps = [tier for tier in tiers if not tier.by_invitation and tier.pk in after.thresholds]
    held = {tier.pk: tier for tier in steps}
    rising, falling = [], []
    for account, member, tier_id, is_given, old, new in _rows(program, before, after):
        tier = held.get(tier_id) if tier_id else None
        if is_given or (tier_id is not None and tier is None):
            continue
        best = _best(steps, after, int(new))
        ground = after.thresholds[tier.pk] if tier else -1
        if best is not None and after.thresholds[best.pk] > ground:
            rising.append(Mover(account, member, tier.name if tier else "", best.name))
        elif tier is not None and int(new) < ground and int(old) >= before.thresholds[tier.pk]:
            below = [one for one in steps if after.thresholds[one.pk] < ground]
            below.sort(key=lambda one: after.thresholds[one.pk])
            falling.append(Mover(account, member, tier.name, below[-1].name if below else ""))
    return Movers(rising, falling)


def names_of(movers: Sequence[Mover]) -> list[tuple[Mover, str]]:
    """With the members' names, in one query."""
    found = {member.pk: str(member) for member in Member.objects.filter(pk__in=[one.member for one in movers])}
    return [(one, found.get(one.member, "")) for one in movers]


def _best(steps: Sequence[Tier], ladder: Ladder, amount: int) -> Tier | None:
    reached = [tier for tier in steps if ladder.thresholds[tier.pk] <= amount]
    return max(reached, key=lambda tier: ladder.thresholds[tier.pk], default=None)


def _rows(program: Program, before: Ladder, after: Ladder) -> list[tuple[UUID, UUID, UUID | None, bool, int, int]]:
    now = timezone.now()
    values: dict[str, Any] = {"tenant": current_tenant().pk, "program": program.pk}
    parts: dict[str, str] = {}
    for name, ladder in (("old", before), ("new", after)):
        since, begins = since_sql(ladder.window, now)
        parts |= {name: str(ladder.basis), f"{name}_since": since.replace("%(since)s", f"%({name}_since)s")}
        values |= {f"{name}_since" if key == "since" else key: value for key, value in begins.items()}
    with connection.cursor() as cursor:
        cursor.execute(_GATHERED.format(**parts), values)
        rows: list[tuple[UUID, UUID, UUID | None, bool, int, int]] = cursor.fetchall()
    return rows

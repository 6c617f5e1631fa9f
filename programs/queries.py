"""Reads over several models: how a member stands, and what they can have."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from customers.models import Member
from loyalty_saas.lib.days import local_day
from programs.domain.accounts import points_program
from programs.domain.earning import money_to_next_point
from programs.domain.networks.balance import Elsewhere
from programs.domain.posting import account_carry
from programs.domain.rewards import Asking, asking_of, refuse_unavailable
from programs.domain.sharing.pool import Pool, pool_of
from programs.domain.tiers import Progress, progress_of
from programs.enums import ProgramKind, Rounding
from programs.errors import NotEnoughPoints, RewardNotAvailable
from programs.models import Account, Entry, Lot, Program, Reward, Tier
from programs.words.unit import in_points
from tenants.isolation import current_tenant

__all__ = [
    "AccountStanding",
    "Dated",
    "RewardOffer",
    "account_of",
    "current_rewards",
    "entries_of",
    "points_program",
    "pool_of",
    "rewards_for",
    "spendable_of",
    "standing_of",
]


class Dated(NamedTuple):
    """Points and the day it is about, in the business's time zone."""

    day: date
    points: int


class RewardOffer(NamedTuple):
    """`missing` points; `reason` is why it cannot be had, as a sentence, or empty.

    `is_closed`: it is for something else than points that it cannot be had (tier, stock, how often, dates).
    """

    reward: Reward
    available: bool
    missing: int
    reason: str
    is_closed: bool = False
    # So many of the points come from other businesses of the network.
    abroad: int = 0


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """How an account stands at this moment, the clock of today included.

    `balance` can be spent now; `pending` comes later (`coming`: on which days; `held`: when somebody has looked at it);
    `owed` is repaid by the next points (`balance` is 0 as long as anything is owed). `expiring` is sorted by the last
    day on which the points count. `to_next_point` is in minor units, None where nothing is carried. `multiplier` is the
    tier's, in percent.
    """

    account: Account
    program: Program
    balance: int
    pending: int
    owed: int
    lifetime: int
    tier: Tier | None
    multiplier: int
    progress: Progress
    to_next_point: int | None
    expiring: list[Dated] = field(default_factory=list)
    coming: list[Dated] = field(default_factory=list)
    held: int = 0
    # What the whole family has, for somebody in one.
    pool: Pool | None = None

    @property
    def spendable(self) -> int:
        """What can be spent on a reward: one's own, or the family's where it is theirs to spend."""
        return self.pool.spendable if self.pool else self.balance


def account_of(member: Member) -> Account | None:
    """The member's account in the points program with its program and tier, or None."""
    account: Account | None = (
        Account.objects.select_related("program", "tier", "tier_placement")
        .filter(member=member, program__kind=ProgramKind.POINTS)
        .first()
    )
    if account is not None:
        account.member = member
    return account


def standing_of(account: Account) -> AccountStanding:
    """Everything a person wants to know about an account at a glance. Its program and tier should be loaded."""
    now, program, tier = timezone.now(), account.program, account.tier
    lots = Lot.objects.filter(account_id=account.pk, remaining__gt=0).filter(
        Q(is_pending=True) | Q(expires_at__isnull=False)
    )
    rows = list(lots.values_list("remaining", "is_pending", "available_from", "expires_at", "is_held"))
    held = sum(row[0] for row in rows if row[4])
    dated = [row[:4] for row in rows if not row[4]]
    due = sum(points for points, waits, start, _end in dated if waits and start <= now)
    lapsed = sum(points for points, waits, start, end in dated if _counts(waits, start, now) and end and end <= now)
    spendable = account.balance - account.owed + due - lapsed
    multiplier = tier.multiplier if tier else 100
    return AccountStanding(
        account=account,
        program=program,
        balance=max(0, spendable),
        pending=account.pending - due,
        held=held,
        owed=max(0, -spendable),
        lifetime=account.lifetime,
        tier=tier,
        multiplier=multiplier,
        progress=progress_of(account),
        to_next_point=money_to_next_point(program, multiplier=multiplier, carry=account_carry(account))
        if program.rounding == Rounding.CARRY
        else None,
        expiring=_by_day(
            (end - timedelta(microseconds=1), points)
            for points, waits, start, end in dated
            if end and end > now and _counts(waits, start, now)
        ),
        coming=_by_day((start, points) for points, waits, start, _end in dated if waits and start > now),
        pool=pool_of(account) if account.family_id is not None else None,
    )


def rewards_for(
    account: Account, elsewhere: Elsewhere | None = None, *, standing: AccountStanding | None = None
) -> list[RewardOffer]:
    """The program's rewards in the owner's order, each with whether the member can have it now and why not.

    Rewards that are switched off or over are left out, and those for others. `elsewhere` is what the member has in the
    network, and counts for the kinds of reward that it agreed on. Who knows how the account stands may say so.
    """
    rewards = current_rewards(account.program)
    asking = asking_of(account, rewards)
    balance = standing.spendable if standing else spendable_of(account)
    abroad = {one.pk: elsewhere.counts_for(one.kind) if elsewhere else 0 for one in rewards}
    return [_offer(one, account, balance, asking[one.pk], abroad[one.pk]) for one in rewards if asking[one.pk].is_meant]


def current_rewards(program: Program | None = None) -> list[Reward]:
    """The rewards of a program (for points, without one) that are neither switched off nor over.

    In the owner's order, with tier and product.
    """
    today = local_day(timezone.now(), current_tenant().zone)
    which = {"program": program} if program else {"program__kind": ProgramKind.POINTS}
    known = Reward.objects.select_related("tier", "product", "charity").filter(is_active=True, **which)
    return list(known.exclude(ends_on__lt=today))


def spendable_of(account: Account) -> int:
    """What can be spent on a reward at this moment, the family's pool considered."""
    pool = pool_of(account) if account.family_id is not None else None
    return pool.spendable if pool else standing_of_balance(account)


def standing_of_balance(account: Account) -> int:
    """What can be spent at this moment, due and lapsed lots considered, in one query."""
    now = timezone.now()
    lots = Lot.objects.filter(account_id=account.pk, remaining__gt=0).filter(
        Q(is_pending=True, is_held=False, available_from__lte=now) | Q(is_pending=False, expires_at__lte=now)
    )
    change = sum(
        points * (1 if waits else -1)
        for points, waits, end in lots.values_list("remaining", "is_pending", "expires_at")
        if not waits or end is None or end > now
    )
    spendable: int = account.balance - account.owed + change
    return max(0, spendable)


def entries_of(account: Account) -> "Iterable[Entry]":
    """The account's entries, the newest first, as a queryset to page through."""
    return Entry.objects.filter(account_id=account.pk).order_by("-seq")


def _offer(reward: Reward, account: Account, balance: int, asking: Asking, abroad: int) -> RewardOffer:
    missing = max(0, reward.cost - balance)
    brought, missing = (missing, 0) if missing <= abroad else (0, missing - abroad)
    try:
        refuse_unavailable(reward, asking)
    except RewardNotAvailable as refusal:
        return RewardOffer(reward, False, missing, str(refusal), is_closed=True)
    lacking = str(_lacking(account, missing)) if missing else ""
    return RewardOffer(reward, not missing, missing, lacking, abroad=brought)


def _lacking(account: Account, missing: int) -> NotEnoughPoints:
    return NotEnoughPoints(missing, in_points(account.program, missing))


def _counts(waits: bool, start: datetime, now: datetime) -> bool:
    return not waits or start <= now


def _by_day(points: Iterable[tuple[datetime, int]]) -> list[Dated]:
    zone, days = current_tenant().zone, Counter[date]()
    for moment, amount in points:
        days[local_day(moment, zone)] += amount
    return [Dated(day, amount) for day, amount in sorted(days.items())]


def balances_of(members: Iterable[object]) -> dict[object, int]:
    """The balances of members by their ids, in one query; who has no account is left out."""
    accounts = Account.objects.filter(member__in=list(members), program__kind=ProgramKind.POINTS)
    return dict(accounts.values_list("member", "balance"))

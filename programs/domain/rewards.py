"""Whether a member can have a reward now: one set of rules for the portal's list, the counter and the redemption."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from customers.models import Segment
from customers.segments import is_in
from loyalty_saas.lib.days import local_day, start_of_day
from programs.domain.benefits import early_days
from programs.domain.brought import had_elsewhere
from programs.domain.conditions import segments_named
from programs.enums import LimitPeriod, RedemptionStatus, RewardKind, WaitingStatus
from programs.errors import LimitReached, OutOfStock, RewardNotAvailable, TierTooLow
from programs.models import Account, Redemption, Reward, Tier, WaitingPlace
from programs.voucher_errors import (
    EventBegun,
    FullyBooked,
    NotForThisMember,
    OpenToEverybody,
    PeriodLimitReached,
)
from tenants.isolation import current_tenant

# A voided redemption does not count towards the limit of a member.
COUNTS = (RedemptionStatus.OPEN, RedemptionStatus.USED, RedemptionStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Asking:
    """A member at a moment, as the rules of one reward see them.

    `times` they have had it, `lately` of them in the reward's period. `has_place`: one is kept for them.
    """

    now: datetime
    tier: Tier | None = None
    times: int = 0
    lately: int = 0
    is_meant: bool = True
    has_place: bool = False


def refuse_unavailable(reward: Reward, asking: Asking) -> None:
    """Raises a RewardNotAvailable when the reward cannot be had. Points are not looked at.

    The reward's tier should be loaded.
    """
    today = local_day(asking.now, current_tenant().zone)
    if not reward.is_active:
        raise RewardNotAvailable
    if _is_out_of_its_dates(reward, today, asking.tier):
        raise RewardNotAvailable
    if reward.kind == RewardKind.EXPERIENCE and reward.happens_at and asking.now >= reward.happens_at:
        raise EventBegun
    if reward.kind == RewardKind.EARLY_ACCESS and reward.public_at and asking.now >= reward.public_at:
        raise OpenToEverybody
    if reward.tier is not None and (asking.tier is None or asking.tier.threshold < reward.tier.threshold):
        raise TierTooLow(reward.tier.name)
    if not asking.is_meant:
        raise NotForThisMember
    if reward.limit_per_member is not None and asking.times >= reward.limit_per_member:
        raise LimitReached(reward.limit_per_member)
    if reward.limit_in_period is not None and asking.lately >= reward.limit_in_period:
        raise PeriodLimitReached(reward.limit_in_period, str(LimitPeriod(reward.limit_period).label))
    if reward.stock == 0 and not asking.has_place:
        raise FullyBooked if reward.kind == RewardKind.EXPERIENCE else OutOfStock


def _is_out_of_its_dates(reward: Reward, today: date, tier: Tier | None) -> bool:
    """Tiers may have it some days before others."""
    if reward.ends_on and today > reward.ends_on:
        return True
    if reward.starts_on is None or today >= reward.starts_on:
        return False
    return bool(today < reward.starts_on - timedelta(days=early_days(tier)))


def asking_of(account: Account, rewards: Iterable[Reward]) -> dict[UUID, Asking]:
    """How the member stands towards each of the rewards. Asks only for what one of them makes a difference of."""
    rewards, now = list(rewards), timezone.now()
    had = _had(account, rewards)
    meant = _segments_of(account, rewards)
    places = _places_of(account, rewards, now)
    found = {}
    for reward in rewards:
        since = period_start(reward.limit_period, now) if reward.limit_period else now
        times = had.get(reward.pk, [])
        found[reward.pk] = Asking(
            now=now,
            tier=account.tier,
            times=len(times),
            lately=sum(1 for moment in times if moment >= since),
            is_meant=not (named := set(reward.terms.get("segments", ()))) or bool(named & meant),
            has_place=reward.pk in places,
        )
    return found


def period_start(period: str, now: datetime) -> datetime:
    """The first moment of the day, week, month or year of the business in which `now` is."""
    zone = current_tenant().zone
    day: date = local_day(now, zone)
    first = {
        LimitPeriod.DAY: day,
        LimitPeriod.WEEK: day - timedelta(days=day.weekday()),
        LimitPeriod.MONTH: day.replace(day=1),
        LimitPeriod.YEAR: day.replace(month=1, day=1),
    }[LimitPeriod(period)]
    return start_of_day(first, zone)


def rewards_naming(segment_id: str) -> list[str]:
    """The rewards on offer that are meant for the members of a segment."""
    named = Reward.objects.filter(is_active=True, terms__segments__contains=[segment_id])
    return list(named.order_by("name").values_list("name", flat=True))


def _had(account: Account, rewards: Iterable[Reward]) -> dict[UUID, list[datetime]]:
    limited = [one.pk for one in rewards if one.limit_per_member is not None or one.limit_in_period is not None]
    found: dict[UUID, list[datetime]] = {}
    if limited:
        rows = Redemption.objects.filter(account_id=account.pk, reward__in=limited, status__in=COUNTS)
        here = rows.order_by().values_list("reward", "created_at")
        # In one question: at the counter somebody waits.
        for reward, moment in here.union(had_elsewhere(account, limited, statuses=COUNTS), all=True):
            found.setdefault(reward, []).append(moment)
    return found


def _segments_of(account: Account, rewards: Iterable[Reward]) -> set[str]:
    """Those of the segments the rewards are meant for in which the member is."""
    named = segments_named(reward.terms for reward in rewards)
    if not named:
        return set()
    return {str(one.pk) for one in Segment.objects.filter(pk__in=named) if is_in(account.member, one)}


def _places_of(account: Account, rewards: Iterable[Reward], now: datetime) -> set[UUID]:
    """The rewards of which a place is kept for the member."""
    scarce = [one.pk for one in rewards if one.has_waiting_list]
    if not scarce:
        return set()
    offers = WaitingPlace.objects.filter(account_id=account.pk, reward__in=scarce, status=WaitingStatus.OFFERED)
    return set(offers.filter(offered_until__gt=now).values_list("reward", flat=True))

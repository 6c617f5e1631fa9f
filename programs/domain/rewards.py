"""Whether a member can have a reward now: one set of rules for the portal's list, the counter and the redemption."""

from datetime import date

from programs.enums import RedemptionStatus
from programs.errors import LimitReached, OutOfStock, RewardNotAvailable, TierTooLow
from programs.models import Account, Redemption, Reward, Tier

# A voided redemption does not count towards the limit of a member.
COUNTS = (RedemptionStatus.OPEN, RedemptionStatus.USED, RedemptionStatus.EXPIRED)


def refuse_unavailable(reward: Reward, *, today: date, tier: Tier | None, times: int) -> None:
    """Raises a RewardNotAvailable when the reward cannot be had on that day by a member of that tier.

    `times` is how often they have had it. Points are not looked at. The reward's tier should be loaded.
    """
    if not reward.is_active:
        raise RewardNotAvailable
    if (reward.starts_on and today < reward.starts_on) or (reward.ends_on and today > reward.ends_on):
        raise RewardNotAvailable
    if reward.tier is not None and (tier is None or tier.threshold < reward.tier.threshold):
        raise TierTooLow(reward.tier.name)
    if reward.limit_per_member is not None and times >= reward.limit_per_member:
        raise LimitReached(reward.limit_per_member)
    if reward.stock == 0:
        raise OutOfStock


def redeemed_times(account: Account, reward: Reward) -> int:
    """How often the account has redeemed the reward, what was undone not counted."""
    times: int = Redemption.objects.filter(account_id=account.pk, reward_id=reward.pk, status__in=COUNTS).count()
    return times

"""What points are worth against the business's own rewards. Money in minor units of its currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from customers.models import Product
from programs.enums import RewardKind
from programs.models import Prize, Program, Reward


@dataclass(frozen=True, slots=True)
class Worth:
    """A reward, what it is worth, and what a member spends (of what counts) to have earned it."""

    reward: Reward
    worth: int
    spend: int

    @property
    def back(self) -> Fraction:
        """The share of what members spend that comes back to them."""
        return Fraction(self.worth, self.spend) if self.spend else Fraction(0)

    @property
    def percent(self) -> float:
        """`back` in percent with one decimal."""
        return round(float(self.back * 100), 1)


def worth_of(reward: Reward) -> int | None:
    """What one of it is worth, where that can be said: percent off depends on what is bought."""
    if reward.kind in (RewardKind.AMOUNT_OFF, RewardKind.DONATION):
        return reward.value
    if reward.kind == RewardKind.UPGRADE:
        return reward.value or None
    if reward.kind == RewardKind.FREE_PRODUCT and reward.product is not None:
        return reward.product.price
    return None


def cost_of(reward: Reward | Prize) -> int | None:
    """What one costs the business: as the owner says, or else what it is worth; None while nobody can say.

    Of several products it is the dearest, so that it is never less than it becomes.
    """
    if reward.unit_cost is not None:
        return reward.unit_cost
    if reward.kind == RewardKind.FREE_PRODUCT:
        return reward.product.price if reward.product is not None else None
    if isinstance(reward, Prize):
        return reward.value if reward.kind in (RewardKind.AMOUNT_OFF, RewardKind.UPGRADE) else None
    if reward.kind == RewardKind.CHOICE:
        prices = Product.objects.filter(pk__in=reward.terms.get("products", ())).values_list("price", flat=True)
        return max((price for price in prices if price is not None), default=None)
    return worth_of(reward)


def spend_for(program: Program, points: int) -> int:
    """What a member without a tier spends, of what counts, to earn so many points; rounded up."""
    return -(-points * program.earn_amount // program.earn_points)


def worth_of_rewards(program: Program, rewards: Iterable[Reward]) -> list[Worth]:
    """The rewards whose worth is known, the cheapest first; their products should be loaded."""
    known = ((reward, worth_of(reward)) for reward in rewards)
    return [Worth(reward, worth, spend_for(program, reward.cost)) for reward, worth in known if worth]


def worth_of_points(points: int, rewards: Iterable[Reward]) -> int | None:
    """What so many points could be worth at most: all of them spent on the reward that gives most for a point."""
    best = max((Fraction(worth, reward.cost) for reward in rewards if (worth := worth_of(reward))), default=None)
    return None if best is None else int(points * best)


def point_worth(program: Program, rewards: Iterable[Reward]) -> Fraction:
    """What one point counts as when it is given away, in minor units: as it is worth on the reward that gives most.

    While the worth of no reward is known, it is what a member spends to earn it: never less than it can become.
    """
    best = max((Fraction(worth, reward.cost) for reward in rewards if (worth := worth_of(reward))), default=None)
    return Fraction(program.earn_amount, program.earn_points) if best is None else best


def cost_of_gift(points: int, worth: Fraction) -> int:
    """So many points at `point_worth`, rounded up: many small presents never cost nothing."""
    return -(-points * worth.numerator // worth.denominator)

"""What a program would cost: on the business's own sales of the last year, or on a month its owner describes.

The cost is what it comes to when everybody joins and uses up all they earn, so in truth it is less. A product costs
what its margin leaves of its price; money off costs all of it, for the purchase might have been made anyway.
Reads only.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.rounding import round_half_up
from programs.domain.defaults import RewardExample, example_cost, example_name, example_worth, small_unit
from programs.domain.earning import Basket, quote_purchase
from programs.domain.ladder import TierDetails
from programs.domain.rules.judging import Standing, judge
from programs.domain.rules.past import history, past_purchases
from programs.enums import RewardKind
from programs.models import Program
from programs.recipes.book import Recipe
from tenants.isolation import current_tenant
from tenants.models import Tenant

DAYS = 365
# More would keep the page waiting; the newest are taken, and the page says from which day.
MOST_PURCHASES = 6_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward: `points` it takes; what it is worth to a member, and what of that is the business's cost. For percent
    off both are shares of a purchase, otherwise minor units."""

    name: str
    points: int
    worth: Fraction
    cost: Fraction
    of_purchase: bool = False

    def for_purchase(self, average: Fraction) -> "Offer":
        if not self.of_purchase:
            return self
        return Offer(self.name, self.points, self.worth * average, self.cost * average)


@dataclass(frozen=True, slots=True)
class Plan:
    """A program, saved or not, with what makes up its cost; `tiers` the lowest first, by spend in a year."""

    program: Program
    offers: Sequence[Offer]
    tiers: Sequence[TierDetails] = ()
    rules: Sequence[Standing] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """`sales`, `worth` and `cost` in minor units; `rewards` that could be had; `levels` with how many would reach them
    (the highest each). `first_day` and `members` are None for a month that was described. `margin` in percent."""

    purchases: int
    sales: int
    points: int
    rewards: int
    worth: int
    cost: int
    margin: int
    first_day: date | None = None
    members: int | None = None
    levels: Sequence[tuple[str, int]] = ()

    @property
    def percent(self) -> float:
        """The cost as a share of these sales, in percent with one decimal."""
        return _percent(self.cost, self.sales)

    @property
    def back(self) -> float:
        """What members get as a share of what they spend, likewise."""
        return _percent(self.worth, self.sales)

    @property
    def pays_from(self) -> float:
        """By how many percent these sales must grow, at the margin, to earn the cost back."""
        return _percent(self.cost * 100, self.sales * self.margin)


@dataclass(slots=True)
class _Customer:
    spent: int = 0
    points: int = 0
    carry: Fraction = field(default_factory=Fraction)


def plan_of(recipe: Recipe, tenant: Tenant, *, margin: int) -> Plan:
    """A recipe as it would be begun in this business."""
    program = recipe.program(tenant)
    offers = [_offer(one, program, tenant, margin=margin) for one in recipe.rewards()]
    rules = [Standing(UUID(int=0), 1, str(recipe.boost.name), recipe.boost.definition)] if recipe.boost else []
    return Plan(program, offers, recipe.tiers(tenant), rules)


def cost_on_sales(plan: Plan, *, margin: int, now: datetime) -> Estimate | None:
    """On what members bought and kept in the last DAYS days; None without any. Everybody begins with nothing."""
    purchases = past_purchases(now, days=DAYS, most=MOST_PURCHASES)
    if not purchases:
        return None
    customers: dict[UUID, _Customer] = defaultdict(_Customer)
    for purchase, basket, circumstances, _tier in history(plan.program, purchases, rules=plan.rules):
        customer = customers[purchase.member_id]  # type: ignore[index]  # purchases of nobody were left out
        level = _reached(plan.tiers, customer.spent)
        quote = quote_purchase(
            plan.program,
            basket,
            multiplier=level.multiplier if level else 100,
            carry=customer.carry,
            verdicts=judge(plan.rules, basket, circumstances, stacking=plan.program.stacking),
        )
        customer.carry = quote.carry
        customer.points += quote.points
        customer.spent += purchase.kept
    sales = sum(customer.spent for customer in customers.values())
    taken = _taken(plan.offers, [one.points for one in customers.values()], Fraction(sales, len(purchases)))
    return Estimate(
        purchases=len(purchases),
        sales=sales,
        points=sum(customer.points for customer in customers.values()),
        rewards=taken[0],
        worth=taken[1],
        cost=taken[2],
        margin=margin,
        first_day=local_day(purchases[0].occurred_at, current_tenant().zone),
        members=len(customers),
        levels=[(level.name, _holders(plan.tiers, level, customers)) for level in plan.tiers],
    )


def cost_of_month(plan: Plan, *, purchases: int, average: int, margin: int) -> Estimate:
    """On so many purchases of so many minor units; tiers and rules ask for more than that and are left out.

    As if one person made them all: a reward is taken as soon as the points of all reach it.
    """
    value = quote_purchase(plan.program, Basket(average)).value
    points = int(value * purchases)
    taken = _taken(plan.offers, [points], Fraction(average))
    return Estimate(purchases, purchases * average, points, *taken, margin)


def _offer(example: RewardExample, program: Program, tenant: Tenant, *, margin: int) -> Offer:
    name, points = example_name(example, tenant), example_cost(example, program, tenant)
    if example.kind == RewardKind.PERCENT_OFF:
        share = Fraction(example.units, 100)
        return Offer(name, points, share, share, of_purchase=True)
    if example.kind == RewardKind.AMOUNT_OFF:
        worth = Fraction(example_worth(example, tenant))
        return Offer(name, points, worth, worth)
    price = Fraction(example.sells * small_unit(tenant.currency))
    return Offer(name, points, price, price * (100 - margin) / 100)


def _taken(offers: Sequence[Offer], balances: Sequence[int], average: Fraction) -> tuple[int, int, int]:
    """How many rewards people with these balances take who make the most of them, their worth and their cost."""
    priced = [offer.for_purchase(average) for offer in offers]
    best_first = sorted(priced, key=lambda offer: offer.worth / offer.points, reverse=True)
    count, worth, cost = 0, Fraction(0), Fraction(0)
    for balance in balances:
        for offer in best_first:
            times, balance = divmod(balance, offer.points)
            count, worth, cost = count + times, worth + times * offer.worth, cost + times * offer.cost
    return count, round_half_up(worth), round_half_up(cost)


def _reached(tiers: Sequence[TierDetails], spent: int) -> TierDetails | None:
    return next((tier for tier in reversed(tiers) if spent >= tier.threshold), None)


def _holders(tiers: Sequence[TierDetails], level: TierDetails, customers: dict[UUID, _Customer]) -> int:
    return sum(1 for one in customers.values() if _reached(tiers, one.spent) == level)


def _percent(part: int, whole: int) -> float:
    return round(part * 100 / whole, 1) if whole else 0.0

"""What a new program begins with, by trade and currency: a start the owner changes, not advice to keep."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.money import format_money, minor_digits
from programs.enums import RewardKind
from programs.models import Program
from tenants.enums import Trade
from tenants.models import Tenant

# What stands where a euro would: the round amount people think of as a small unit, in the currency itself.
_SMALL_UNIT = {
    **dict.fromkeys(("CZK", "DKK", "HKD", "INR", "MXN", "NOK", "PHP", "SEK", "THB", "TRY", "TWD", "UAH", "ZAR"), 10),
    **dict.fromkeys(("HUF", "ISK", "JPY", "KES", "RSD"), 100),
    **dict.fromkeys(("CLP", "COP", "KRW", "NGN"), 1000),
    **dict.fromkeys(("IDR", "VND"), 10_000),
}
# Months that points keep, by trade: long where people come seldom.
_EXPIRY = {Trade.CAFE: 12, Trade.BAKERY: 12, Trade.RESTAURANT: 12, Trade.FITNESS: 12}
# Most that staff give in a day, in small units of spending: to one member, and one of them in all. Wide enough for
# the best Saturday; where people spend little at a time, narrower.
_DAY = {Trade.CAFE: (200, 5_000), Trade.BAKERY: (200, 5_000), Trade.RESTAURANT: (500, 10_000)}
_DAY_ANYWHERE = (2_000, 20_000)
# What staff may give to make something right, in small units: at a time, one of them in a day, a location in a day.
_GOODWILL = {Trade.CAFE: (10, 25, 60), Trade.BAKERY: (10, 25, 60), Trade.RESTAURANT: (30, 60, 150)}
_GOODWILL_ANYWHERE = (20, 60, 150)
_JOINING = {Trade.CAFE: 10, Trade.BAKERY: 10, Trade.RESTAURANT: 20}


@dataclass(frozen=True, slots=True)
class RewardExample:
    """A reward to begin with. `units` is its worth in small units of money (or percent), `cost` in units spent;
    `sells` what a product such as this one is usually sold for, in small units.

    An `%(amount)s` in the name stands for that worth: see `example_name`.
    """

    name: str | Promise
    about: str | Promise
    kind: RewardKind
    units: int
    cost: int
    sells: int = 0


_EXAMPLES: dict[str, tuple[RewardExample, ...]] = {
    Trade.CAFE: (
        RewardExample(_("A coffee on us"), _("Any size, any milk."), RewardKind.FREE_PRODUCT, 0, 50, 4),
        RewardExample(_("A piece of cake"), _("Your choice from the counter."), RewardKind.FREE_PRODUCT, 0, 80, 5),
        RewardExample(_("%(amount)s off your bill"), _("For breakfast with friends."), RewardKind.AMOUNT_OFF, 10, 150),
    ),
    Trade.BAKERY: (
        RewardExample(_("Two rolls on us"), _("Fresh from this morning."), RewardKind.FREE_PRODUCT, 0, 30, 2),
        RewardExample(_("A loaf of your choice"), _("Whatever is on the shelf."), RewardKind.FREE_PRODUCT, 0, 80, 5),
        RewardExample(_("%(amount)s off your bill"), _("For a big Saturday."), RewardKind.AMOUNT_OFF, 5, 90),
    ),
    Trade.RESTAURANT: (
        RewardExample(_("A drink on us"), _("With your next meal."), RewardKind.FREE_PRODUCT, 0, 80, 5),
        RewardExample(_("A dessert on us"), _("Your choice from the menu."), RewardKind.FREE_PRODUCT, 0, 120, 8),
        RewardExample(_("%(amount)s off your bill"), _("For an evening together."), RewardKind.AMOUNT_OFF, 20, 350),
    ),
    Trade.BOUTIQUE: (
        RewardExample(_("%(amount)s off"), _("On anything you like."), RewardKind.AMOUNT_OFF, 10, 200),
        RewardExample(_("15% off one visit"), _("On the whole purchase."), RewardKind.PERCENT_OFF, 15, 300),
        RewardExample(_("Alterations on us"), _("One piece, made to fit."), RewardKind.FREE_PRODUCT, 0, 250, 20),
    ),
    Trade.SALON: (
        RewardExample(_("A treatment on us"), _("Added to your appointment."), RewardKind.FREE_PRODUCT, 0, 250, 20),
        RewardExample(_("%(amount)s off care products"), _("To take home."), RewardKind.AMOUNT_OFF, 10, 150),
        RewardExample(_("20% off an appointment"), _("Any weekday."), RewardKind.PERCENT_OFF, 20, 400),
    ),
    Trade.FITNESS: (
        RewardExample(_("Bring a friend"), _("One class for two."), RewardKind.FREE_PRODUCT, 0, 100, 12),
        RewardExample(_("A shake on us"), _("After your workout."), RewardKind.FREE_PRODUCT, 0, 60, 5),
        RewardExample(
            _("%(amount)s off your next month"), _("Taken off your membership."), RewardKind.AMOUNT_OFF, 20, 400
        ),
    ),
}
_ANYWHERE = (
    RewardExample(_("%(amount)s off"), _("On anything you like."), RewardKind.AMOUNT_OFF, 5, 100),
    RewardExample(_("10% off one purchase"), _("On the whole of it."), RewardKind.PERCENT_OFF, 10, 150),
    RewardExample(_("A small present"), _("Ask at the counter."), RewardKind.FREE_PRODUCT, 0, 60, 5),
)


def small_unit(currency: str) -> int:
    """About what a euro buys, as a round amount in minor units: EUR 100, JPY 100, SEK 1000."""
    return int(_SMALL_UNIT.get(currency, 1) * 10 ** minor_digits(currency))


def new_program(tenant: Tenant, trade: str = "") -> Program:
    """A points program as a business of a trade (its own, unless told) may begin, not saved."""
    trade = Trade(trade or tenant.trade)
    to_member, by_person = _DAY.get(trade, _DAY_ANYWHERE)
    gesture, by_staff, at_location = _GOODWILL.get(trade, _GOODWILL_ANYWHERE)
    return Program(
        name=str(_("%(business)s points") % {"business": tenant.name})[:80],
        unit_one=str(_("point")),
        unit_many=str(_("points")),
        earn_points=1,
        earn_amount=small_unit(tenant.currency),
        expiry_months=_EXPIRY.get(trade, 24),
        joining_bonus=_JOINING.get(trade, 0),
        member_day_limit=to_member * small_unit(tenant.currency),
        staff_day_limit=by_person * small_unit(tenant.currency),
        gesture_limit=gesture * small_unit(tenant.currency),
        gesture_staff_budget=by_staff * small_unit(tenant.currency),
        gesture_location_budget=at_location * small_unit(tenant.currency),
    )


def reward_examples(trade: str) -> tuple[RewardExample, ...]:
    """Three rewards to begin with, by trade."""
    return _EXAMPLES.get(trade, _ANYWHERE)


def example_worth(example: RewardExample, tenant: Tenant) -> int:
    """The `value` of the reward an example becomes: minor units, percent, or 0."""
    if example.kind == RewardKind.AMOUNT_OFF:
        return example.units * small_unit(tenant.currency)
    return example.units


def example_name(example: RewardExample, tenant: Tenant) -> str:
    """What an example is called where it is offered: "€10 off your bill", "100 kr off your bill"."""
    if example.kind != RewardKind.AMOUNT_OFF:
        return str(example.name)
    worth = example_worth(example, tenant)
    return str(example.name) % {"amount": format_money(worth, tenant.currency, tenant.locale, short=True)}


def example_cost(example: RewardExample, program: Program, tenant: Tenant) -> int:
    """Points for an example: as many as `cost` units of spending earn in this program, at least one."""
    spent = example.cost * small_unit(tenant.currency)
    return max(1, round(Fraction(spent * program.earn_points, program.earn_amount)))

"""Cash-back as its owner composed it, and what a purchase gives by it. Plain values and arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import floor

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.domain.earning import Basket, Rule
from programs.domain.kept import Kept
from programs.enums import Rounding

# Percent are kept in hundredths: 5% is 500.
WHOLE = 10_000
MOST_RATE = 5_000
CHOICES = ("products", "categories")


@dataclass(frozen=True, slots=True)
class Terms(Kept):
    """What of a purchase comes back as store credit.

    `rate` is hundredths of a percent of what is paid, of purchases from `minimum` minor units; `products` and
    `categories` give nothing, nor does tax unless `on_tax`. Credit can be spent after `pending_days` and keeps for
    `expiry_months` (for ever, if None). `names` keeps what the chosen ids were called.
    """

    name: str
    rate: int = 500
    minimum: int = 0
    on_tax: bool = True
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    pending_days: int = 0
    expiry_months: int | None = 12
    expires_at_month_end: bool = True
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def excludes(self) -> bool:
        return bool(self.products or self.categories)

    @property
    def percent(self) -> Decimal:
        return (Decimal(self.rate) / 100).normalize()

    @property
    def rule(self) -> Rule:
        """The same arithmetic as that of points, in minor units; what is less than the smallest coin is dropped."""
        return Rule(
            earn_points=self.rate,
            earn_amount=WHOLE,
            rounding=Rounding.DOWN.value,
            on_tax=self.on_tax,
            minimum=self.minimum,
            multiplier=100,
        )


def cash_back_for(terms: Terms, basket: Basket) -> int:
    """The credit that a basket gives, in minor units."""
    return floor(terms.rule.value(basket))


def check(terms: Terms) -> None:
    """Raises Invalid at the field that makes no sense."""
    if not terms.name.strip():
        raise Invalid(_("Give it a name."), field="name")
    if not 1 <= terms.rate <= MOST_RATE:
        raise Invalid(_("Write a percentage from 0.01 to 50."), field="rate")
    if terms.minimum < 0:
        raise Invalid(field="minimum")
    if not 0 <= terms.pending_days <= 365:
        raise Invalid(_("Write 0 to 365 days."), field="pending_days")
    if terms.expiry_months is not None and not 1 <= terms.expiry_months <= 120:
        raise Invalid(_("Write 1 to 120 months."), field="expiry_months")

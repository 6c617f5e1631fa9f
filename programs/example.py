"""The worked example of the program page, reckoned by what posts the points (programs.domain.earning)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.utils import timezone

from loyalty_saas.lib.days import local_day
from programs.domain.earning import Basket, BasketLine, money_to_next_point, quote_purchase
from programs.domain.lots import new_lot
from programs.enums import Rounding
from programs.models import Program, Tier
from programs.words.unit import part_of_point
from programs.words.why import explain_quote
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Example:
    """A purchase worked out. Money in minor units; `carry` in parts of a point ("0.40"), empty for none.

    `spendable_from` is set where the points wait, `last_day` where they expire.
    """

    paid: int
    points: int
    carry: str
    to_next: int | None
    spendable_from: date | None
    last_day: date | None
    why: list[str]


def example_basket(paid: int, *, tax: int = 0, excluded: int = 0) -> Basket:
    """A purchase of one line, or of two when a part earns nothing; the tax is spread over both."""
    if not excluded:
        return Basket(paid, tax)
    tax_excluded = tax * excluded // paid if paid else 0
    return Basket(
        paid,
        tax,
        lines=(
            BasketLine(total=paid - excluded, tax=tax - tax_excluded, id="1"),
            BasketLine(total=excluded, tax=tax_excluded, excluded="product", id="2"),
        ),
    )


def work_out(
    program: Program,
    *,
    paid: int,
    tax: int = 0,
    excluded: int = 0,
    tier: Tier | None = None,
    now: datetime | None = None,
) -> Example:
    """What a member of a tier, with nothing carried from before, gets for a purchase in a program saved or not."""
    now, zone = now or timezone.now(), current_tenant().zone
    multiplier = tier.multiplier if tier else 100
    quote = quote_purchase(
        program,
        example_basket(paid, tax=tax, excluded=excluded),
        multiplier=multiplier,
        tier=tier.name if tier else "",
    )
    lot = new_lot(program, quote.points, earned_at=now, now=now)
    carries = program.rounding == Rounding.CARRY
    return Example(
        paid=paid,
        points=quote.points,
        carry=part_of_point(quote.carry) if carries and quote.carry else "",
        to_next=money_to_next_point(program, multiplier=multiplier, carry=quote.carry) if carries else None,
        spendable_from=local_day(lot.available_from, zone) if lot.is_pending else None,
        last_day=local_day(lot.expires_at - timedelta(microseconds=1), zone) if lot.expires_at else None,
        why=explain_quote(program, quote.rule.as_snapshot(), quote.reasons, str(Fraction(quote.counted))),
    )

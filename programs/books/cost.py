"""What points cost the business, in minor units of its currency, so that every sum of entries adds up to the cent.

Each card is valued by itself, at the nearest whole minor unit (a half goes away from zero). An entry costs what it
changes in the value of its card: that depends on nothing but the entry, so that any periods add up, and all entries
of a card together are its value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from loyalty_saas.lib.rounding import round_half_up
from programs.domain.bookkeeping import bookkeeping_of
from programs.enums import ProgramKind
from programs.models import Program, Reward
from programs.worth import worth_of_points

_AFTER = "(balance_after + pending_after - owed_after)"
# The figures of an entry and of an account in points; `PointCost` has the same in money.
ENTRY_POINTS = "(amount + pending_amount)"
ACCOUNT_POINTS = "(balance + pending - owed)"


@dataclass(frozen=True, slots=True)
class PointCost:
    """`of_hundred` are minor units for a hundred points; `is_chosen` says that the owner has set it."""

    of_hundred: int
    is_chosen: bool = True

    def of(self, points: int) -> int:
        """The value of a card with so many points."""
        return round_half_up(Fraction(points * self.of_hundred, 100))

    def of_entry(self, before: int, after: int) -> int:
        """What an entry changes that finds a card with `before` points and leaves it with `after`."""
        return self.of(after) - self.of(before)

    @property
    def entry_sql(self) -> str:
        """`of_entry` as an expression over a row of entries."""
        return f"({self._sql(_AFTER)} - {self._sql(f'({_AFTER} - {ENTRY_POINTS})')})"

    @property
    def account_sql(self) -> str:
        """`of` as an expression over a row of accounts."""
        return self._sql(ACCOUNT_POINTS)

    def _sql(self, points: str) -> str:
        return f"round({points}::numeric * {int(self.of_hundred)} / 100)"


def cost_of_points(program: Program, rewards: Iterable[Reward]) -> PointCost | None:
    """What points cost as the owner has set it, or else as the reward that gives most for a point has it.

    None where neither is known. The rewards should be loaded with their products. Store credit is money.
    """
    if program.kind == ProgramKind.CREDIT:
        return PointCost(100)
    chosen = bookkeeping_of(program).cost_of_hundred
    if chosen is not None:
        return PointCost(chosen)
    worth = worth_of_points(100, rewards)
    return PointCost(worth, is_chosen=False) if worth else None


def shared_by(points: Sequence[int], money: int) -> list[int]:
    """`money` over lines of points, some of them minus, in whole minor units that add up to it."""
    whole, parts, passed, given = sum(points), [], 0, 0
    for one in points:
        passed += one
        # Where the lines cancel out there is nothing to share: the last of them takes what is left.
        here = round_half_up(Fraction(money * passed, whole)) if whole else 0
        parts.append(here - given)
        given = here
    return parts

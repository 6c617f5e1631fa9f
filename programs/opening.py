"""What members bring along when a file is imported: points of an earlier card, or what they spent before."""

from customers.effects import OpeningPoints, OpeningSpend, opening_points, opening_spend
from programs.domain.accounts import points_program
from programs.domain.awards import award_opening
from programs.domain.earning import Basket, quote_purchase
from programs.errors import NoProgram
from tenants.actors import Actor


def give_points(opening: OpeningPoints, /, *, by: Actor, source: str, silent: bool) -> None:
    """The points of an earlier card, as they stood on it. Raises what `award_opening` raises."""
    award_opening(opening.member, points=opening.points, by=by, key=opening.key, source=source, silent=silent)


def give_for_spending(opening: OpeningSpend, /, *, by: Actor, source: str, silent: bool) -> None:
    """The points that the sum of earlier purchases earns by the program's rule now, rounded once."""
    program = points_program()
    if program is None:
        raise NoProgram
    points = quote_purchase(program, Basket(opening.spent, 0)).points
    if points > 0:
        award_opening(opening.member, points=points, by=by, key=opening.key, source=source, silent=silent)


def register() -> None:
    opening_points.register(give_points)
    opening_spend.register(give_for_spending)

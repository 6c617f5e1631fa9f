"""A slip of the finger: far more by hand than anybody has here, which is asked about once more."""

from django.db.models import Max

from loyalty_saas.lib.money import format_money
from programs.books.cost import cost_of_points
from programs.enums import ProgramKind
from programs.errors import FarBeyondUsual
from programs.models import Account, Program
from programs.queries import current_rewards
from programs.words.unit import in_points
from tenants.isolation import current_tenant

# So many times the fullest card, or what staff may give at a time where that is more.
TIMES = 10


def ask_if_far_beyond_usual(account: Account, amount: int, *, field: str) -> None:
    """Raises FarBeyondUsual for a gift by hand of more than ten times the fullest card of the program.

    Where the cards are nearly empty, what staff may give at a time counts instead. What is taken is never asked
    about: nobody can lose more than they have.
    """
    program = account.program
    if amount <= TIMES * program.adjustment_limit:
        return
    fullest = Account.objects.filter(program=program).aggregate(most=Max("balance"))["most"] or 0
    if amount <= TIMES * fullest:
        return
    raise FarBeyondUsual(
        in_points(program, amount), in_points(program, fullest), worth=_worth(program, amount), field=field
    )


def _worth(program: Program, amount: int) -> str:
    """In money; empty where nobody knows what a point is worth, and of store credit, which is money itself."""
    cost = None if program.kind == ProgramKind.CREDIT else cost_of_points(program, current_rewards(program))
    tenant = current_tenant()
    return format_money(cost.of(amount), tenant.currency, tenant.locale) if cost else ""

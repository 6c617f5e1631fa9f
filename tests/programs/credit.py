"""Store credit for tests, through the front doors."""

from typing import Any

from customers.models import Member
from programs.domain.credit.publishing import compose_cash_back, publish_cash_back
from programs.domain.credit.reading import credit_of
from programs.domain.credit.terms import Terms
from programs.models import Program
from tenants.actors import Actor

SYSTEM = Actor.system()


def terms(**fields: Any) -> Terms:
    """Ten percent of every purchase, for ever; unless told otherwise."""
    return Terms(**{"name": "Credit", "rate": 1000, "expiry_months": None, **fields})


def make_credit(**fields: Any) -> Program:
    """Cash-back that runs; its program."""
    cash_back = compose_cash_back(terms(**fields), by=SYSTEM)
    publish_cash_back(cash_back, by=SYSTEM)
    program: Program = cash_back.program
    program.refresh_from_db()
    return program


def credit(member: Member) -> tuple[int, int, int]:
    """What can be spent, what waits, and what is owed, in cents."""
    standing = credit_of(member)
    assert standing is not None
    return standing.balance, standing.pending, standing.owed

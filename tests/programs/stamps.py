"""Stamp cards for tests, through the front doors."""

from typing import Any

from customers.models import Member
from programs.domain.stamps.publishing import compose_card, publish_card
from programs.domain.stamps.reading import CardStanding, cards_of
from programs.domain.stamps.terms import Terms
from programs.models import Program
from tenants.actors import Actor

SYSTEM = Actor.system()


def terms(**fields: Any) -> Terms:
    """Ten stamps, one for each purchase, one a day at most, for a coffee; unless told otherwise."""
    return Terms(**{"name": "Coffee card", "slots": 10, "reward_name": "A coffee on us", **fields})


def make_card(**fields: Any) -> Program:
    """A running card; its program."""
    card = compose_card(terms(**fields), by=SYSTEM)
    publish_card(card, by=SYSTEM)
    program: Program = card.program
    program.refresh_from_db()
    return program


def standing(member: Member, program: Program) -> CardStanding:
    return next(one for one in cards_of(member, only_running=False) if one.program.pk == program.pk)

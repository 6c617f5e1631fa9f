"""Composing a surprise, publishing it with a seed nobody has seen, and ending it, which shows the seed."""

import secrets
from dataclasses import replace

from django.db import transaction

from loyalty_saas.lib.texts import tidy_text
from programs.domain.chosen import names_of
from programs.domain.drafting import Drafting
from programs.domain.surprises.definition import SurpriseTerms, check
from programs.domain.surprises.giving import price_of
from programs.errors import SurprisePublished, SurpriseWithoutPrice
from programs.models import Program, Surprise
from tenants.actors import Actor

SURPRISES = Drafting(Surprise, "surprise", SurprisePublished)


def compose_surprise(program: Program, *, name: str, terms: SurpriseTerms, by: Actor) -> Surprise:
    """A draft. Raises Invalid."""
    drafted = Surprise(program=program, name=_name(name), definition=_checked(terms).as_json())
    return SURPRISES.compose(drafted, by=by)


def redraft_surprise(surprise: Surprise, *, name: str, terms: SurpriseTerms, by: Actor) -> Surprise:
    """Change a draft. Raises SurprisePublished, Invalid. Locks the surprise."""
    return SURPRISES.redraft(surprise, name=_name(name), definition=_checked(terms).as_json(), by=by)


@transaction.atomic
def publish_surprise(surprise: Surprise, *, by: Actor) -> Surprise:
    """Let it run from now on; publishing again changes nothing. Raises SurpriseWithoutPrice. Locks the surprise."""
    found = SURPRISES.lock(surprise)
    if found.published_at is not None:
        return found
    if price_of(SurpriseTerms.from_json(found.definition), found.program) is None:
        raise SurpriseWithoutPrice
    found.seed = secrets.token_hex(32)
    return SURPRISES.publish(found, by=by, changed=["seed"], commitment=found.commitment)


def end_surprise(surprise: Surprise, *, by: Actor) -> Surprise:
    """No more draws; what was won stays. Safe to repeat. Locks the surprise."""
    return SURPRISES.end(surprise, by=by)


def drop_surprise(surprise: Surprise, *, by: Actor) -> None:
    """Throw a draft away. Raises SurprisePublished. Locks the surprise."""
    SURPRISES.drop(surprise, by=by)


def surprises_naming(pk: str) -> list[str]:
    """The names of the surprises that have not ended and are for a segment of this id."""
    running = Surprise.objects.filter(ended_at__isnull=True)
    return [one.name for one in running if pk in SurpriseTerms.from_json(one.definition).segments]


def _name(name: str) -> str:
    return tidy_text(name, field="name", longest=60, required=True)


def _checked(terms: SurpriseTerms) -> SurpriseTerms:
    """With what the chosen segments are called now. Raises Invalid where one is not there (any more)."""
    check(terms)
    return replace(terms, names={**terms.names, **names_of({"segments": terms.segments})})

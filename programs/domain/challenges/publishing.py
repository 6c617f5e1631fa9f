"""Challenges composed, published and ended by people, each time on the record."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.texts import tidy_text
from programs.domain.challenges.definition import Definition, check
from programs.domain.challenges.reading import running
from programs.domain.drafting import Drafting, names_with_product, refuse_past
from programs.errors import ChallengePublished, TooManyChallenges
from programs.models import Challenge, Program
from tenants.actors import Actor

# More than that nobody keeps in mind.
MOST_RUNNING = 10

CHALLENGES = Drafting(Challenge, "challenge", ChallengePublished)


def compose_challenge(program: Program, *, name: str, definition: Definition, by: Actor) -> Challenge:
    """Begin a challenge as a draft, which nobody sees. Raises Invalid at the field."""
    drafted = Challenge(program=program, name=_name(name), definition=_checked(definition).as_json())
    return CHALLENGES.compose(drafted, by=by)


def redraft_challenge(challenge: Challenge, *, name: str, definition: Definition, by: Actor) -> Challenge:
    """Change a draft. Raises ChallengePublished, Invalid. Locks the challenge."""
    return CHALLENGES.redraft(challenge, name=_name(name), definition=_checked(definition).as_json(), by=by)


def drop_challenge(challenge: Challenge, *, by: Actor) -> None:
    """Throw a draft away. Raises ChallengePublished. Locks the challenge."""
    CHALLENGES.drop(challenge, by=by)


@transaction.atomic
def publish_challenge(challenge: Challenge, *, by: Actor) -> Challenge:
    """Let it run from today on; what was bought earlier today counts. It is a promise then, and changes no more.

    Raises ChallengePublished, TooManyChallenges, Invalid. Locks the program, then the challenge.
    """
    draft = CHALLENGES.lock_to_publish(challenge)
    definition = _checked(Definition.from_json(draft.definition))
    refuse_past(definition.last_day)
    if len(running(draft.program, timezone.now())) >= MOST_RUNNING:
        raise TooManyChallenges(MOST_RUNNING)
    draft.definition = definition.as_json()
    return CHALLENGES.publish(draft, by=by, changed=["definition"])


def end_challenge(challenge: Challenge, *, by: Actor) -> Challenge:
    """Let it be done no more from now on; what it gave stays. Locks the challenge."""
    return CHALLENGES.end(challenge, by=by)


def copy_challenge(challenge: Challenge, *, by: Actor) -> Challenge:
    """A draft of the same, without its days."""
    definition = replace(Definition.from_json(challenge.definition), first_day=None, last_day=None)
    copy = Challenge(program=challenge.program, name=challenge.name, definition=definition.as_json())
    return CHALLENGES.compose(copy, by=by)


def _name(name: str) -> str:
    return tidy_text(name, field="name", longest=60, required=True)


def _checked(definition: Definition) -> Definition:
    """With what the chosen goods are called now. Raises Invalid where they are not there (any more)."""
    check(definition)
    chosen = {"products": definition.products, "categories": definition.categories}
    return replace(definition, names=names_with_product(definition.product, chosen, field="goods"))

"""Polls and quizzes composed, published and ended by people, each time on the record."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.texts import tidy_text
from programs.domain.drafting import Drafting, names_with_product, refuse_past
from programs.domain.polls.definition import Definition, check
from programs.domain.polls.reading import is_over
from programs.errors import PollPublished, TooManyPolls
from programs.models import Poll, Program
from tenants.actors import Actor
from tenants.isolation import current_tenant

MOST_RUNNING = 10

POLLS = Drafting(Poll, "poll", PollPublished)


def compose_poll(program: Program, *, kind: str, name: str, definition: Definition, by: Actor) -> Poll:
    """Begin a poll or a quiz as a draft, which nobody sees. Raises Invalid at the field."""
    drafted = Poll(program=program, kind=kind, name=_name(name), definition=_checked(kind, definition).as_json())
    return POLLS.compose(drafted, by=by)


def redraft_poll(poll: Poll, *, name: str, definition: Definition, by: Actor) -> Poll:
    """Change a draft. Raises PollPublished, Invalid. Locks the poll."""
    return POLLS.redraft(poll, name=_name(name), definition=_checked(poll.kind, definition).as_json(), by=by)


def drop_poll(poll: Poll, *, by: Actor) -> None:
    """Throw a draft away. Raises PollPublished. Locks the poll."""
    POLLS.drop(poll, by=by)


@transaction.atomic
def publish_poll(poll: Poll, *, by: Actor) -> Poll:
    """Let members answer from now on, or from its first day. It is a promise then, and changes no more.

    Raises PollPublished, TooManyPolls, Invalid. Locks the program, then the poll.
    """
    draft = POLLS.lock_to_publish(poll)
    definition = _checked(draft.kind, Definition.from_json(draft.definition))
    refuse_past(definition.last_day)
    today = local_day(timezone.now(), current_tenant().zone)
    running = Poll.objects.filter(published_at__isnull=False, ended_at__isnull=True)
    if sum(1 for one in running if not is_over(one, today)) >= MOST_RUNNING:
        raise TooManyPolls(MOST_RUNNING)
    draft.definition = definition.as_json()
    return POLLS.publish(draft, by=by, changed=["definition"])


def end_poll(poll: Poll, *, by: Actor) -> Poll:
    """Let nobody answer any more; what it gave stays. Locks the poll."""
    return POLLS.end(poll, by=by)


def copy_poll(poll: Poll, *, by: Actor) -> Poll:
    """A draft of the same, without its days."""
    definition = replace(Definition.from_json(poll.definition), first_day=None, last_day=None)
    copy = Poll(program=poll.program, kind=poll.kind, name=poll.name, definition=definition.as_json())
    return POLLS.compose(copy, by=by)


def polls_naming(pk: str) -> list[str]:
    """The names of the polls that are not over and ask a segment or a tier by this id."""
    running = Poll.objects.filter(ended_at__isnull=True)
    asked = ((one, Definition.from_json(one.definition)) for one in running)
    return [one.name for one, definition in asked if pk in (*definition.segments, *definition.tiers)]


def _name(name: str) -> str:
    return tidy_text(name, field="name", longest=80, required=True)


def _checked(kind: str, definition: Definition) -> Definition:
    """With what the chosen are called now. Raises Invalid where they are not there (any more)."""
    check(kind, definition)
    chosen = {"tiers": definition.tiers, "segments": definition.segments}
    return replace(definition, names=names_with_product(definition.product, chosen))

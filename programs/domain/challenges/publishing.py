"""Challenges composed, published and ended by people, each time on the record."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Category, Product
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.challenges.definition import Definition, check
from programs.domain.challenges.reading import running
from programs.errors import ChallengePublished, TooManyChallenges
from programs.models import Challenge, Program
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

# More than that nobody keeps in mind.
MOST_RUNNING = 10


@transaction.atomic
def compose_challenge(program: Program, *, name: str, definition: Definition, by: Actor) -> Challenge:
    """Begin a challenge as a draft, which nobody sees. Raises Invalid at the field."""
    challenge = Challenge(program=program)
    _draft(challenge, name, definition)
    challenge.save(force_insert=True)
    record_audit("challenge.composed", by=by, subject=challenge)
    return challenge


@transaction.atomic
def redraft_challenge(challenge: Challenge, *, name: str, definition: Definition, by: Actor) -> Challenge:
    """Change a draft. Raises ChallengePublished, Invalid. Locks the challenge."""
    challenge = _locked_draft(challenge)
    _draft(challenge, name, definition)
    challenge.save(update_fields=["name", "definition"])
    record_audit("challenge.redrafted", by=by, subject=challenge)
    return challenge


@transaction.atomic
def drop_challenge(challenge: Challenge, *, by: Actor) -> None:
    """Throw a draft away. Raises ChallengePublished. Locks the challenge."""
    challenge = _locked_draft(challenge)
    record_audit("challenge.dropped", by=by, subject=challenge)
    challenge.delete()


@transaction.atomic
def publish_challenge(challenge: Challenge, *, by: Actor) -> Challenge:
    """Let it run from today on; what was bought earlier today counts. It is a promise then, and changes no more.

    Raises ChallengePublished, TooManyChallenges, Invalid. Locks the program, then the challenge.
    """
    Program.objects.select_for_update(no_key=True).get(pk=challenge.program_id)
    challenge = _locked_draft(challenge)
    definition = _named(Definition.from_json(challenge.definition))
    check(definition)
    now = timezone.now()
    if definition.last_day and definition.last_day < local_day(now, current_tenant().zone):
        raise Invalid(_("This day is over. Choose today or a later one."), field="last_day")
    if len(running(challenge.program, now)) >= MOST_RUNNING:
        raise TooManyChallenges(MOST_RUNNING)
    challenge.definition, challenge.published_at = definition.as_json(), now
    challenge.save(update_fields=["definition", "published_at"])
    record_audit("challenge.published", by=by, subject=challenge)
    return challenge


@transaction.atomic
def end_challenge(challenge: Challenge, *, by: Actor) -> Challenge:
    """Let it be done no more from now on; what it gave stays. Locks the challenge."""
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
    if challenge.published_at is None or challenge.ended_at is not None:
        return challenge
    challenge.ended_at = timezone.now()
    challenge.save(update_fields=["ended_at"])
    record_audit("challenge.ended", by=by, subject=challenge)
    return challenge


def copy_challenge(challenge: Challenge, *, by: Actor) -> Challenge:
    """A draft of the same, without its days."""
    definition = replace(Definition.from_json(challenge.definition), first_day=None, last_day=None)
    copy = Challenge(program=challenge.program, name=challenge.name, definition=definition.as_json())
    with transaction.atomic():
        copy.save(force_insert=True)
        record_audit("challenge.composed", by=by, subject=copy)
    return copy


def _locked_draft(challenge: Challenge) -> Challenge:
    found: Challenge = (
        Challenge.objects.select_for_update(no_key=True, of=("self",)).select_related("program").get(pk=challenge.pk)
    )
    if found.published_at is not None:
        raise ChallengePublished
    return found


def _draft(challenge: Challenge, name: str, definition: Definition) -> None:
    check(definition)
    challenge.name = tidy_text(name, field="name", longest=60, required=True)
    challenge.definition = _named(definition).as_json()


def _named(definition: Definition) -> Definition:
    """With what the chosen goods are called now. Raises Invalid where they are not there (any more)."""
    names: dict[str, str] = {}
    for model, chosen in ((Product, definition.products), (Category, definition.categories)):
        found = {str(one.pk): str(one) for one in model.objects.filter(pk__in=[UUID(pk) for pk in chosen])}
        if len(found) < len(chosen):
            raise Invalid(_("One of them is not there any more."), field="goods")
        names |= found
    if definition.product:
        product = Product.objects.filter(pk=UUID(definition.product)).first()
        if product is None:
            raise Invalid(_("Choose a product."), field="product")
        names["product"] = str(product)
    return replace(definition, names=names)

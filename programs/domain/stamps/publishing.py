"""Stamp cards: composed as a draft, published as versions that nobody changes, paused and taken up again."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Product
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.chosen import names_of
from programs.domain.stamps.terms import CHOICES, Terms, check
from programs.domain.versions import Versions
from programs.enums import ProgramKind, ProgramStatus, RewardKind
from programs.errors import NothingToPublish
from programs.models import Program, Reward, StampCard, StampCardVersion
from tenants.actors import Actor
from tenants.domain.audit import record_audit

MOST_CARDS = 20

CARDS = Versions(StampCard, "stamp_card")


@transaction.atomic
def compose_card(terms: Terms, *, by: Actor) -> StampCard:
    """A new card, as a draft: nobody collects anything until it is published. Raises Invalid at the field."""
    if StampCard.objects.count() >= MOST_CARDS:
        raise Invalid(field="name")
    program = Program(
        kind=ProgramKind.STAMPS, status=ProgramStatus.DRAFT, unit_one=str(_("stamp")), unit_many=str(_("stamps"))
    )
    card = StampCard(program=program)
    program.name = _draft(card, terms).name
    program.save(force_insert=True)
    card.save(force_insert=True)
    record_audit("stamp_card.drafted", by=by, subject=card)
    return card


@transaction.atomic
def redraft_card(card: StampCard, *, terms: Terms, by: Actor) -> StampCard:
    """Change the draft (or begin one from what is published); what counts does not change yet. Raises Invalid.

    Locks the card.
    """
    card = CARDS.lock(card)
    drafted = _draft(card, terms)
    if card.program.status == ProgramStatus.DRAFT:
        card.program.name = drafted.name
        card.program.save(update_fields=["name", "updated_at"])
    card.save(update_fields=["draft"])
    record_audit("stamp_card.redrafted", by=by, subject=card)
    return card


@transaction.atomic
def publish_card(card: StampCard, *, by: Actor) -> StampCardVersion:
    """Let the draft count for the purchases made from now on, and the card run.

    Cards that members have begun are finished as they were promised: as many stamps, and the reward of that time.
    Raises NothingToPublish, Invalid. Locks the card.
    """
    card = CARDS.lock(card)
    if card.draft is None:
        raise NothingToPublish
    terms = _named(Terms.from_json(card.draft))
    check(terms)
    last = card.versions.select_related("reward").order_by("number").last()
    version = StampCardVersion(
        card=card,
        number=CARDS.next_number(card),
        terms=terms.as_json(),
        reward=_reward(card.program, terms, last),
        starts_at=timezone.now(),
    )
    version.save(force_insert=True)
    card.draft = None
    card.save(update_fields=["draft"])
    program = card.program
    program.name, program.status = terms.name, ProgramStatus.LIVE
    program.expiry_months, program.voucher_days = terms.expiry_months, terms.voucher_days
    program.save(update_fields=["name", "status", "expiry_months", "voucher_days", "updated_at"])
    record_audit("stamp_card.published", by=by, subject=card, version=version.number)
    return version


def drop_draft(card: StampCard, *, by: Actor) -> bool:
    """Throw the draft away; False when the card went with it, never having been published. Locks the card."""
    return CARDS.drop_draft(card, by=by)


def pause_card(card: StampCard, *, by: Actor) -> StampCard:
    """Nobody collects on it until it goes on; stamps stay as they are. Locks the card."""
    return CARDS.pause(card, by=by)


def resume_card(card: StampCard, *, by: Actor) -> StampCard:
    """Go on with a paused card. Purchases made meanwhile are not counted. Locks the card."""
    return CARDS.resume(card, by=by)


def _draft(card: StampCard, terms: Terms) -> Terms:
    reward = tidy_text(terms.reward_name, field="reward_name", longest=80)
    terms = replace(terms, name=tidy_text(terms.name, field="name", longest=60, required=True), reward_name=reward)
    check(terms)
    terms = _named(terms)
    card.draft = terms.as_json()
    return terms


def _named(terms: Terms) -> Terms:
    """With what the chosen things are called now. Raises Invalid at a field that names what is not there (any more)."""
    names = names_of({field: getattr(terms, field) for field in CHOICES})
    if terms.reward_kind != RewardKind.FREE_PRODUCT:
        terms = replace(terms, reward_product=None)
    elif terms.reward_product is not None:
        product = Product.objects.filter(pk=UUID(terms.reward_product)).first()
        if product is None:
            raise Invalid(field="reward_product")
        names[terms.reward_product] = str(product)
        terms = replace(terms, reward_value=0)
    else:
        terms = replace(terms, reward_value=0)
    return replace(terms, names=names)


def _reward(program: Program, terms: Terms, last: StampCardVersion | None) -> Reward:
    """What a full card gives: the reward of the version before where it is the same, so that figures go on."""
    details = {
        "name": terms.reward_name,
        "kind": terms.reward_kind,
        "value": terms.reward_value,
        "product_id": UUID(terms.reward_product) if terms.reward_product else None,
        "cost": terms.slots,
    }
    if last is not None:
        if all(getattr(last.reward, name) == value for name, value in details.items()):
            return last.reward
        Reward.objects.filter(pk=last.reward_id).update(is_active=False)
    reward = Reward(program=program, **details)
    reward.save(force_insert=True)
    return reward

"""Tiers as the owner sets them: what they are measured by, and their steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Invalid
from programs.domain.tiers import period_end, tiers_of
from programs.enums import TierBasis, TierWindow
from programs.errors import TierHasMembers, TierHasRewards, TierNameTaken, TierThresholdTaken
from programs.models import Account, Program, Reward, Tier
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

LEAST, MOST = 100, 1000


@dataclass(frozen=True, slots=True)
class TierDetails:
    """`threshold` in minor units, points or days, as the program measures; `multiplier` in percent, 100 to 1000."""

    name: str
    threshold: int
    multiplier: int = 100
    benefits: str = ""


@transaction.atomic
def add_tier(program: Program, details: TierDetails, *, by: Actor) -> Tier:
    """Add a step. Who has gathered enough is lifted with the next night. Raises Invalid, TierNameTaken,
    TierThresholdTaken. Locks the program."""
    program = _lock(program)
    tier = Tier(program=program)
    _fill(tier, details)
    tier.save(force_insert=True)
    record_audit("tier.added", by=by, subject=tier, threshold=tier.threshold, multiplier=tier.multiplier)
    return tier


@transaction.atomic
def change_tier(tier: Tier, details: TierDetails, *, by: Actor) -> Tier:
    """Change a step: its rate counts from the next purchase; nobody falls before their period ends.

    Raises Invalid, TierNameTaken, TierThresholdTaken. Locks the program.
    """
    _lock(tier.program)
    tier = Tier.objects.select_related("program").get(pk=tier.pk)
    before = TierDetails(tier.name, tier.threshold, tier.multiplier, tier.benefits)
    _fill(tier, details)
    tier.save(update_fields=["name", "threshold", "multiplier", "benefits"])
    changed = {
        name: [getattr(before, name), getattr(tier, name)]
        for name in ("name", "threshold", "multiplier", "benefits")
        if getattr(before, name) != getattr(tier, name)
    }
    if changed:
        record_audit("tier.changed", by=by, subject=tier, **changed)
    return tier


@transaction.atomic
def remove_tier(tier: Tier, *, by: Actor, move_members: bool = False) -> int:
    """Take a step away and return how many members were moved to the step below it.

    Raises TierHasMembers unless they may be moved, TierHasRewards while rewards ask for it. Locks the program, then
    the accounts of the tier.
    """
    program = _lock(tier.program)
    rewards = list(Reward.objects.filter(tier=tier).values_list("name", flat=True))
    if rewards:
        raise TierHasRewards(rewards)
    held = Account.objects.select_for_update(no_key=True).filter(tier=tier).order_by("pk")
    members = len(held.values_list("pk", flat=True))
    if members and not move_members:
        raise TierHasMembers(members)
    below = [one for one in tiers_of(program) if one.threshold < tier.threshold]
    if members:
        _move(tier, below[-1] if below else None, program)
    record_audit("tier.removed", by=by, subject=tier, members=members, to=below[-1].name if below else "")
    tier.delete()
    return members


@transaction.atomic
def measure_tiers(
    program: Program, *, basis: str, window: str, thresholds: Mapping[UUID, int] | None = None, by: Actor
) -> Program:
    """Change what tiers are measured by and over which time; `thresholds` are the steps' new amounts in that measure.

    Another basis needs a threshold for every step, because 500 euros are not 500 visits. Nobody falls before their
    period ends; who has gathered enough is lifted with the next night. Raises Invalid. Locks the program.
    """
    program, thresholds = _lock(program), dict(thresholds or {})
    tiers = tiers_of(program)
    if basis not in TierBasis.values or window not in TierWindow.values:
        raise Invalid(field="tier_basis")
    if basis != program.tier_basis and {tier.pk for tier in tiers} - set(thresholds):
        raise Invalid(field="tier_basis")
    after = {tier.pk: thresholds.get(tier.pk, tier.threshold) for tier in tiers}
    if len(set(after.values())) < len(after):
        raise TierThresholdTaken
    if any(amount < 0 for amount in after.values()):
        raise Invalid(field="threshold")
    before = {"tier_basis": program.tier_basis, "tier_window": program.tier_window}
    program.tier_basis, program.tier_window = basis, window
    program.save(update_fields=["tier_basis", "tier_window", "updated_at"])
    moved = [tier for tier in tiers if tier.threshold != after[tier.pk]]
    _set_thresholds(moved, after)
    changed: dict[str, object] = {name: [was, getattr(program, name)] for name, was in before.items()}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}  # type: ignore[index]
    if moved:
        changed["thresholds"] = {tier.name: [tier.threshold, after[tier.pk]] for tier in moved}
    if changed:
        record_audit("tiers.measured", by=by, subject=program, **changed)
    return program


def _set_thresholds(tiers: list[Tier], after: Mapping[UUID, int]) -> None:
    """Two passes, because two steps may swap and each amount stands once: first far away, then where they belong."""
    for number, tier in enumerate(tiers):
        Tier.objects.filter(pk=tier.pk).update(threshold=2**62 + number)
    for tier in tiers:
        Tier.objects.filter(pk=tier.pk).update(threshold=after[tier.pk])


def _lock(program: Program) -> Program:
    locked: Program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    return locked


def _fill(tier: Tier, details: TierDetails) -> None:
    name = " ".join(details.name.split())[:40]
    if not name:
        raise Invalid(field="name")
    if details.threshold < 0:
        raise Invalid(field="threshold")
    if not LEAST <= details.multiplier <= MOST:
        raise Invalid(field="multiplier")
    others = Tier.objects.filter(program_id=tier.program_id).exclude(pk=tier.pk)
    if others.filter(name__iexact=name).exists():
        raise TierNameTaken
    if others.filter(threshold=details.threshold).exists():
        raise TierThresholdTaken
    tier.name, tier.threshold = name, details.threshold
    tier.multiplier, tier.benefits = details.multiplier, details.benefits.strip()[:1000]


def _move(tier: Tier, below: Tier | None, program: Program) -> None:
    """The members of a tier that goes: one step down, certain for a period from today."""
    today = local_day(timezone.now(), current_tenant().zone)
    until: date | None = period_end(program, today) if below and below.threshold else None
    since = timezone.now() if below else None
    Account.objects.filter(tier=tier).update(tier=below, tier_since=since, tier_until=until)

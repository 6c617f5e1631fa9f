"""Tiers as the owner sets them: what they are measured by, and their steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.enums import Source
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import lock_account
from programs.domain.movers import Ladder, Mover, ladder_of, who_would_move
from programs.domain.qualifying import joined_on
from programs.domain.tiers import close_placement, period_end, place, step_down, tiers_of
from programs.enums import PlacementEnd, TierBasis, TierWindow
from programs.errors import TierHasMembers, TierHasRewards, TierNameTaken, TierThresholdTaken
from programs.models import Account, Program, Reward, Tier
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

LEAST, MOST = 100, 1000
MOST_DAYS = 90
_MEASURE = ("tier_basis", "tier_window", "tier_grace_days", "tier_notice_days")


@dataclass(frozen=True, slots=True)
class TierDetails:
    """`threshold` in minor units, points or days, as the program measures; `multiplier` in percent, 100 to 1000."""

    name: str
    threshold: int
    multiplier: int = 100
    benefits: str = ""
    by_invitation: bool = False


_DETAILS = ("name", "threshold", "multiplier", "benefits", "by_invitation")


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
def change_tier(tier: Tier, details: TierDetails, *, by: Actor, keep: bool = True) -> Tier:
    """Change a step: its rate counts from the next purchase; nobody falls before their period ends.

    Without `keep`, those who would not have enough any more fall one step at once. Raises Invalid, TierNameTaken,
    TierThresholdTaken. Locks the program, then the accounts that fall.
    """
    program = _lock(tier.program)
    tier = Tier.objects.select_related("program").get(pk=tier.pk)
    before = {name: getattr(tier, name) for name in _DETAILS}
    _fill(tier, details)
    tiers = tiers_of(program)
    after = replace(ladder_of(program, tiers), thresholds=_thresholds(tiers) | {tier.pk: tier.threshold})
    falling = [] if keep or tier.by_invitation else who_would_move(program, tiers, after).falling
    tier.save(update_fields=list(_DETAILS))
    changed: dict[str, object] = {
        name: [was, getattr(tier, name)] for name, was in before.items() if was != getattr(tier, name)
    }
    if fallen := _lower(falling, program, by=by):
        changed["fallen"] = fallen
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
    held = Account.objects.filter(tier=tier).order_by("pk").values_list("pk", flat=True)
    members = len(held)
    if members and not move_members:
        raise TierHasMembers(members)
    below = [one for one in tiers_of(program) if one.threshold < tier.threshold and not one.by_invitation]
    for pk in held:
        _move(pk, tier, below[-1] if below else None)
    record_audit("tier.removed", by=by, subject=tier, members=members, to=below[-1].name if below else "")
    tier.delete()
    return members


@transaction.atomic
def measure_tiers(
    program: Program,
    *,
    basis: str,
    window: str,
    thresholds: Mapping[UUID, int] | None = None,
    grace_days: int | None = None,
    notice_days: int | None = None,
    keep: bool = True,
    by: Actor,
) -> Program:
    """Change what tiers are measured by and over which time; `thresholds` are the steps' new amounts in that measure.

    Another basis needs a threshold for every step, because 500 euros are not 500 visits. Nobody falls before their
    period ends, unless they should not be kept (`keep`): then those who would not have enough any more fall one step at
    once. Who has gathered enough is lifted with the next night. Raises Invalid. Locks the program, then accounts.
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
    falling = [] if keep else who_would_move(program, tiers, Ladder(basis, window, after)).falling
    before = {name: getattr(program, name) for name in _MEASURE}
    program.tier_basis, program.tier_window = basis, window
    program.tier_grace_days = _days(grace_days, program.tier_grace_days, "grace_days")
    program.tier_notice_days = _days(notice_days, program.tier_notice_days, "notice_days")
    program.save(update_fields=[*_MEASURE, "updated_at"])
    if before["tier_window"] == TierWindow.EVER != window:
        _give_ends(program)
    moved = [tier for tier in tiers if tier.threshold != after[tier.pk]]
    _set_thresholds(moved, after)
    changed: dict[str, object] = {
        name: [was, getattr(program, name)] for name, was in before.items() if was != getattr(program, name)
    }
    if moved:
        changed["thresholds"] = {tier.name: [tier.threshold, after[tier.pk]] for tier in moved}
    if fallen := _lower(falling, program, by=by):
        changed["fallen"] = fallen
    if changed:
        record_audit("tiers.measured", by=by, subject=program, **changed)
    return program


def _thresholds(tiers: Iterable[Tier]) -> dict[UUID, int]:
    return {tier.pk: tier.threshold for tier in tiers}


def _days(wanted: int | None, now: int, field: str) -> int:
    if wanted is None:
        return now
    if not 0 <= wanted <= MOST_DAYS:
        raise Invalid(_("Write from 0 to 90 days."), field=field)
    return wanted


def _lower(falling: Iterable[Mover], program: Program, *, by: Actor) -> int:
    """One step down for each, at once; how many fell. The order is that in which accounts are locked."""
    tiers, today = tiers_of(program), local_day(timezone.now(), current_tenant().zone)
    fallen = 0
    for mover in sorted(falling, key=lambda one: one.account):
        account = lock_account(mover.account)
        if account is None or account.tier is None or account.tier_placement_id is not None:
            continue
        step_down(account, tiers, day=today, by=by, source=Source.DASHBOARD)
        fallen += 1
    return fallen


def _give_ends(program: Program) -> None:
    """Tiers that were for ever are certain for a period from today."""
    today = local_day(timezone.now(), current_tenant().zone)
    endless = Account.objects.filter(
        program=program, tier__threshold__gt=0, tier_until__isnull=True, tier_placement__isnull=True
    )
    if program.tier_window != TierWindow.JOINING_YEAR:
        endless.update(tier_until=period_end(program, today))
        return
    for account in endless.select_related("member"):
        account.program = program
        account.tier_until = period_end(program, today, joined_on(account))
        account.save(update_fields=["tier_until"])


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
    tier.by_invitation = details.by_invitation


def _move(pk: UUID, tier: Tier, below: Tier | None) -> None:
    """A member of a tier that goes: one step down, certain for a period from today."""
    account = lock_account(pk)
    if account is None or account.tier_id != tier.pk:
        return
    close_placement(account, PlacementEnd.UNDONE)
    place(account, below, day=local_day(timezone.now(), current_tenant().zone))

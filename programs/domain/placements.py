"""Tiers that people of the team give by hand: with a reason, up to a last day, and taken back at any time."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.days import LAST_DAY, local_day
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import call_key, lock_account, lock_account_of, require_live, source_of
from programs.domain.guards import acting_membership, refuse_own_account
from programs.domain.tiers import close_placement, resume_own_tier, tell, tiers_of
from programs.enums import PlacementEnd, TierWindow
from programs.errors import IdempotencyConflict, ReasonMissing
from programs.models import Account, Tier, TierPlacement
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.permissions import Permission


@transaction.atomic
def place_member(
    member: Member, *, tier: Tier, reason: str, until: date | None = None, by: Actor, key: str, source: str = ""
) -> TierPlacement:
    """Place a member in a tier up to and with the day `until` (for as long as it is not taken back, if None).

    What they gather meanwhile counts as ever: with enough for more they rise, and at the end they stand where they
    would without it. A placement before this one is replaced. The same key gives the first result again. Raises
    ReasonMissing, Invalid at the field, OwnAccount, Forbidden, ProgramNotLive, MemberNotActive, IdempotencyConflict.
    Locks the account.
    """
    reason = tidy_text(reason[:300], field="reason", longest=300)
    if not reason:
        raise ReasonMissing
    stored_key = call_key(key)
    account = lock_account_of(member, by=by)
    if (first := TierPlacement.objects.filter(key=stored_key).first()) is not None:
        if (first.tier_id, first.until) != (tier.pk, until):
            raise IdempotencyConflict
        return first
    require_live(account)
    _refuse(account, by=by)
    _check(account, tier, until)
    placement = write_placement(account, tier, reason=reason, until=until, by=by, key=stored_key)
    more: dict[str, Any] = {"reason": reason, "until": until.isoformat() if until else None}
    tell(ActivityKind.TIER_PLACED, account, tier, by=by, source=source or source_of(by), **more)
    record_audit("tier.placed", by=by, subject=account.member, tier=tier.name, **more)
    return placement


def write_placement(
    account: Account, tier: Tier, *, reason: str, until: date | None, by: Actor, key: str
) -> TierPlacement:
    """Let a locked account hold a tier by hand, in the place of a placement that it holds it by."""
    before = _own(account)
    close_placement(account, PlacementEnd.REPLACED, by=by.label[:80])
    placement = TierPlacement(
        id=uuid7(),
        account=account,
        tier=tier,
        said=tier.name,
        reason=reason,
        until=until,
        before=before,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label[:80],
        key=key,
        created_at=timezone.now(),
    )
    placement.save(force_insert=True)
    account.tier, account.tier_since, account.tier_until = tier, timezone.now(), until
    account.tier_placement = placement
    account.save(update_fields=["tier", "tier_since", "tier_until", "tier_placement"])
    return placement


@transaction.atomic
def undo_placement(placement: TierPlacement, *, by: Actor, source: str = "") -> TierPlacement:
    """Take a placement back: the member stands where they would without it. One that has ended stays as it ended.

    Raises OwnAccount, Forbidden. Locks the account.
    """
    account = lock_account(placement.account_id)
    placement = TierPlacement.objects.get(pk=placement.pk)
    if account is None or account.tier_placement_id != placement.pk:
        return placement
    _refuse(account, by=by)
    was = account.tier
    close_placement(account, PlacementEnd.UNDONE, by=by.label[:80])
    resume_own_tier(account, placement, tiers_of(account.program), local_day(timezone.now(), current_tenant().zone))
    if account.tier != was:
        tell(ActivityKind.TIER_LOST, account, account.tier, by=by, source=source or source_of(by), was=was)
    record_audit("tier.placement_undone", by=by, subject=account.member, tier=placement.said)
    ended: TierPlacement = TierPlacement.objects.get(pk=placement.pk)
    return ended


def placement_of(account: Account) -> TierPlacement | None:
    """The placement by which the account holds its tier, if it does."""
    return account.tier_placement if account.tier_placement_id is not None else None


def _own(account: Account) -> dict[str, str | None]:
    """How the account stands in tiers by itself."""
    if account.tier_placement is not None:
        before: dict[str, str | None] = account.tier_placement.before
        return before
    return {
        "tier": str(account.tier_id) if account.tier_id else None,
        "until": account.tier_until.isoformat() if account.tier_until else None,
    }


def _check(account: Account, tier: Tier, until: date | None) -> None:
    if tier.program_id != account.program_id:
        raise Invalid(field="tier")
    is_endless = tier.by_invitation or account.program.tier_window == TierWindow.EVER
    if until is None and not is_endless:
        raise Invalid(_("Say until which day."), field="until")
    if until is not None and not local_day(timezone.now(), current_tenant().zone) <= until <= LAST_DAY:
        raise Invalid(_("This day is over. Choose today or a later one."), field="until")


def _refuse(account: Account, *, by: Actor) -> None:
    """Only those who may move points by hand without a limit."""
    membership = acting_membership(by)
    if by.kind == ActorKind.MEMBER or (by.kind == ActorKind.STAFF and membership is None):
        raise Forbidden
    if membership is not None and not membership.may(Permission.ADJUST_POINTS):
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)

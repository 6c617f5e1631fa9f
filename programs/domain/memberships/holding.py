"""What somebody has by a paid membership: its tier, held by a placement for as long as it is paid, and a few days."""

from datetime import date, timedelta

from django.utils import timezone

from customers.enums import ActivityKind, Source
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import call_key
from programs.domain.placements import write_placement
from programs.domain.tiers import close_placement, resume_own_tier, tell, tiers_of
from programs.enums import PlacementEnd
from programs.models import Account, PaidMembership, TierPlacement
from tenants.actors import Actor
from tenants.isolation import current_tenant

# What the keys of placements begin with that came along with a member from elsewhere.
BROUGHT = call_key("brought:")


def hold_tier(account: Account, membership: PaidMembership, *, by: Actor, silent: bool = False) -> bool:
    """Let a locked account hold the tier of a running membership until it ends; whether anything changed.

    Somebody who stands higher by themselves, or was placed at least as high by hand, keeps that; when it ends, the next
    daily run gives them the membership's tier again.
    """
    plan, until = membership.plan, holds_until(membership)
    own = account.tier_placement_id == membership.placement_id
    if own and account.tier_placement_id is not None:
        if account.tier_until == until:
            return False
        TierPlacement.objects.filter(pk=account.tier_placement_id).update(until=until)
        account.tier_until = until
        account.save(update_fields=["tier_until"])
        return True
    if account.tier is not None and account.tier.threshold > plan.tier.threshold:
        return False
    if account.tier_id == plan.tier_id and account.tier_placement_id is not None:
        return False
    if until < local_day(timezone.now(), current_tenant().zone):
        return False
    key = f"membership:{uuid7()}"
    membership.placement = write_placement(account, plan.tier, reason=plan.name, until=until, by=by, key=key)
    membership.save(update_fields=["placement"])
    tell(
        ActivityKind.TIER_PLACED, account, plan.tier, by=by, source=Source.SYSTEM, reason=plan.name,
        until=until.isoformat(), silent=silent,
    )  # fmt: skip
    return True


def adopt_placement(account: Account, membership: PaidMembership) -> bool:
    """Let a placement that a locked account came along with be the membership's, where it is just what that gives.

    So that it ends and lasts longer with the membership, whichever of the two was brought first.
    """
    placement = account.tier_placement
    if placement is None or placement.pk == membership.placement_id or not placement.key.startswith(BROUGHT):
        return False
    if (account.tier_id, account.tier_until) != (membership.plan.tier_id, holds_until(membership)):
        return False
    membership.placement = placement
    membership.save(update_fields=["placement"])
    return True


def let_go(account: Account, membership: PaidMembership) -> None:
    """End the placement of a membership at once: the member stands where their own spending puts them."""
    placement = account.tier_placement
    if placement is None or placement.pk != membership.placement_id:
        return
    was = account.tier
    close_placement(account, PlacementEnd.OVER)
    resume_own_tier(account, placement, tiers_of(account.program), local_day(timezone.now(), current_tenant().zone))
    if account.tier != was:
        tell(ActivityKind.TIER_LOST, account, account.tier, by=Actor.system(), source=Source.SYSTEM, was=was)


def holds_until(membership: PaidMembership) -> date:
    """The last day on which everything is kept: with the days of grace, unless it was cancelled."""
    assert membership.paid_until is not None  # one that runs is paid
    last: date = membership.paid_until
    return last if membership.cancelled_at else last + timedelta(days=membership.plan.grace_days)

"""Tiers that people of the team give by hand."""

from django.db import models
from django.utils import timezone

from programs.enums import PlacementEnd
from programs.models.accounts import Account
from programs.models.tiers import Tier
from tenants.enums import ActorKind
from tenants.models import TenantModel


class TierPlacement(TenantModel):
    """A member placed in a tier, with a reason, up to a last day or for as long as it is not taken back.

    It counts while the account names it. `before` is how the account stood in tiers without it: there it goes back to.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="placements")
    tier = models.ForeignKey(Tier, on_delete=models.SET_NULL, null=True, related_name="placements")
    # What the tier was called then.
    said = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    until = models.DateField(null=True)
    before = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    end = models.CharField(max_length=10, choices=PlacementEnd, blank=True)
    key = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="tier_placement_key")]

    def __str__(self) -> str:
        return self.said

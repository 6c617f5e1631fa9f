"""Stamp cards: what the owner composes, and each version of it as it was published."""

from django.db import models

from programs.models.programs import Program
from programs.models.rewards import Reward
from tenants.models import TenantModel


class StampCard(TenantModel):
    """`draft` is what the owner is composing (programs.domain.stamps.terms), null when nothing is being changed.

    Its program holds the accounts, and says whether it is running; what counts are the published versions.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="stamp_cards", db_index=False)
    draft = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "program"], name="stamp_card_of_program")]

    def __str__(self) -> str:
        return str(self.program)


class StampCardVersion(TenantModel):
    """A card as it was published: of those that have begun, the one with the highest number counts.

    A card that somebody has begun is finished under the version it was begun with. `reward` is what a full one gives;
    its cost is the number of slots.
    """

    append_only = True

    card = models.ForeignKey(StampCard, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    terms = models.JSONField()
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["tenant", "card", "number"], name="stamp_card_version_number")]

    def __str__(self) -> str:
        return f"{self.card_id} ({self.number})"

"""Tiers, and the amounts that count towards them apart from the points that can be spent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models.programs import Program
from tenants.models import TenantModel


class Tier(TenantModel):
    """`threshold` in minor units, points or days, as the program's `tier_basis` says; `multiplier` in percent."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="tiers")
    name = models.CharField(_("Name"), max_length=40)
    threshold = models.PositiveBigIntegerField()
    multiplier = models.PositiveSmallIntegerField(default=100)
    benefits = models.TextField(_("Benefits, one on each line"), max_length=1000, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["threshold"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "program", "threshold"], name="tier_threshold"),
            models.UniqueConstraint(fields=["tenant", "program", "name"], name="tier_name"),
            models.CheckConstraint(name="tier_multiplier_range", condition=Q(multiplier__range=(100, 1000))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def benefit_lines(self) -> list[str]:
        return [line.strip() for line in self.benefits.splitlines() if line.strip()]


class Qualification(TenantModel):
    """What one fact adds to a member's progress, in every measure at once; a return is a row with minus signs."""

    append_only = True

    account = models.ForeignKey(
        "programs.Account", on_delete=models.PROTECT, related_name="qualifications", db_index=False
    )
    spend = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0)
    visits = models.SmallIntegerField(default=0)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    cause_id = models.UUIDField()
    key = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="qualification_key")]
        indexes = [models.Index(fields=["tenant", "account", "occurred_at"], name="qualification_window")]

    def __str__(self) -> str:
        return self.key

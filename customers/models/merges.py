"""Two records of one person made one, and pairs that only look like it."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models.members import Member
from tenants.enums import ActorKind
from tenants.models import TenantModel

UNDO_FOR = timedelta(days=30)


class Merge(TenantModel):
    """One record (`absorbed`) made part of another (`kept`), with all it takes to part them again.

    `before` holds the fields of both as they were, `after` those of the kept one; `moved` the ids of rows that were
    pointed at the kept one; `effects` what the apps above keep for the same, each under its name. They hold personal
    details: who erases a member empties them.
    """

    kept = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    effects = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    merged_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "absorbed"], condition=Q(undone_at__isnull=True), name="merge_once_at_a_time"
            ),
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("absorbed"))),
        ]
        indexes = [models.Index(fields=["tenant", "-merged_at"], name="merge_newest")]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"

    @property
    def can_be_undone_until(self) -> datetime:
        return self.merged_at + UNDO_FOR

    @property
    def is_open(self) -> bool:
        """Whether it is in force and may still be undone."""
        return self.undone_at is None and timezone.now() <= self.can_be_undone_until


class KnownApart(TenantModel):
    """Two members of whom somebody said that they are two people. `first` has the smaller id."""

    first = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    actor_id = models.UUIDField(null=True)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "first", "second"], name="known_apart_once"),
            models.CheckConstraint(name="known_apart_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"

"""The backbone: everything that happens, in the order in which it became true."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.enums import ActivityKind, Source
from customers.models.members import Member
from tenants.enums import ActorKind
from tenants.models import TenantModel


class CurrentTransaction(models.Func):
    """The id of the transaction that writes the row."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class Activity(TenantModel):
    """One fact, written in the transaction that makes it true: timeline, outbox, evidence and input at once.

    Consumers read in the order `(transaction, id)` up to the oldest transaction still running, so that a
    row that commits late is never stepped over. The payload holds ids, amounts and words of the business,
    never a name, an e-mail or a phone.
    """

    append_only = True

    kind = models.CharField(max_length=30, choices=ActivityKind)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="activities", db_index=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    location_id = models.UUIDField(null=True)
    source = models.CharField(max_length=10, choices=Source)
    payload = models.JSONField(default=dict)
    # Given by writers whose call may be repeated; unique in the business for ever.
    key = models.CharField(max_length=120, blank=True)
    # Imported and sample facts: known, counted, and never a reason to write to anybody.
    silent = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], condition=~Q(key=""), name="activity_key"),
        ]
        indexes = [
            models.Index(fields=["tenant", "transaction", "id"], name="activity_order"),
            models.Index(fields=["tenant", "member", "-occurred_at"], name="activity_timeline"),
            models.Index(fields=["tenant", "kind", "-occurred_at"], name="activity_by_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class ConsumerPosition(TenantModel):
    """How far one consumer has read in one business; moved in the transaction of the consumer's own writes."""

    consumer = models.CharField(max_length=40)
    transaction = models.BigIntegerField(default=0)
    activity_id = models.UUIDField(null=True)
    moved_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "consumer"], name="consumer_position_once")]

    def __str__(self) -> str:
        return self.consumer

"""Proof of what a person agreed to."""

from django.db import models
from django.utils import timezone

from customers.enums import ConsentChannel, Purpose, Source
from customers.models.members import Member
from tenants.models import TenantModel


class Consent(TenantModel):
    """Append-only: giving and taking back are rows; the latest for a purpose and channel counts."""

    append_only = True

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    channel = models.CharField(max_length=10, choices=ConsentChannel)
    given = models.BooleanField()
    # The words that were shown, and their SHA-256.
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=10, choices=Source)
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "member", "purpose", "channel", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.channel}"

"""What people changed in the business: settings, team, keys, program. Members' facts are activities instead."""

from django.db import models

from tenants.enums import ActorKind
from tenants.models.base import TenantModel


class AuditEvent(TenantModel):
    append_only = True

    action = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    subject_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "-id"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"

"""What people change in a business is written down, in the transaction that changes it."""

from typing import Any

from django.db import models

from tenants.actors import Actor
from tenants.models import AuditEvent


def record_audit(action: str, *, by: Actor, subject: models.Model | None = None, **details: Any) -> AuditEvent:
    """Write one line of the audit log. `action` is a topic such as `team.invited`; details hold no secrets."""
    return AuditEvent.objects.create(
        action=action,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label,
        subject=str(subject)[:120] if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        details=details,
    )

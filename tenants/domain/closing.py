"""A business closes, and may open again: what is recorded stays, and nobody gets in meanwhile."""

from django.db import transaction
from django.utils import timezone

from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.domain.domains import release_domains
from tenants.models import Tenant


@transaction.atomic
def close_business(tenant: Tenant, *, by: Actor) -> list[str]:
    """From now on its portal, dashboard and API are shut and its own domains are free; the address stays its own.

    Returns the names that were released; one that is closed already stays closed as it is. Locks the business.
    """
    held = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if held.closed_at is None:
        held.closed_at = timezone.now()
        held.save(update_fields=["closed_at"])
        record_audit("business.closed", by=by, subject=held)
    released = release_domains()
    for host in released:
        record_audit("domain.released", by=by, subject=held, host=host)
    return released


@transaction.atomic
def reopen_business(tenant: Tenant, *, by: Actor) -> None:
    """All is as it was, but for its own domains: they have to be proved again. Locks the business."""
    held = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if held.closed_at is not None:
        held.closed_at = None
        held.save(update_fields=["closed_at"])
        record_audit("business.reopened", by=by, subject=held)

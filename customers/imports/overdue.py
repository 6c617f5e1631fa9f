"""Imports that wait for a worker, or whose worker died."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from customers.enums import ImportStatus
from customers.imports.checking import check_import
from customers.imports.running import run_import
from customers.imports.waking import wake
from customers.models import Import
from tenants import platform
from tenants.isolation import tenant_context
from tenants.models import Tenant


def work_on(tenant_id: UUID, import_id: UUID) -> None:
    """Do whatever an import is waiting for: its preview, or its run. Nothing when another worker has it."""
    with tenant_context(tenant_id) as tenant:
        record = Import.objects.filter(pk=import_id).only("status").first()
        status = record.status if record else ""
        business: Tenant = tenant
    if status == ImportStatus.PREVIEWING:
        check_import(business, import_id)
    elif status == ImportStatus.RUNNING:
        run_import(business, import_id)


def wake_overdue() -> int:
    """Wake a worker for each import that is at work but held by nobody. Returns how many."""
    woken = 0
    for tenant in platform.open_businesses():
        with tenant_context(tenant):
            free = Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())
            at_work = [ImportStatus.PREVIEWING, ImportStatus.RUNNING]
            waiting = list(Import.objects.filter(free, status__in=at_work).values_list("pk", flat=True))
        for import_id in waiting:
            wake(tenant.pk, import_id)
            woken += 1
    return woken

"""What workers do for this app. Each task calls one function and may run any number of times."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone, translation

from tenants import jobs
from tenants.access import supported
from tenants.domain.domains import check_daily
from tenants.domain.owed import are_owed, wake
from tenants.domain.owner_letters import TASK
from tenants.isolation import tenant_context
from tenants.models import OwnerLetter
from tenants.platform import open_businesses
from tenants.posting import send_owner_letters_of


@shared_task
def start_due_work() -> int:
    return jobs.start_due_work()


@shared_task
def check_domains(tenant_id: str) -> int:
    with tenant_context(UUID(tenant_id)) as tenant:
        business = tenant
    with translation.override(supported(business.language)):
        return check_daily(business)


@shared_task
def send_owner_letters(tenant_id: str) -> int:
    """Send what is owed to the owners of one business, and to whom they invite."""
    with tenant_context(UUID(tenant_id)) as tenant:
        business = tenant
    return send_owner_letters_of(business)


@shared_task
def send_owed_owner_letters() -> None:
    """Wake a worker for every business that owes one: makes good for lost calls and dead workers."""
    for tenant in open_businesses():
        with tenant_context(tenant):
            owed = are_owed(OwnerLetter, timezone.now())
        if owed:
            wake(TASK, tenant.pk)

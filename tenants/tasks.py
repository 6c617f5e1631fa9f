"""What workers do for this app. Each task calls one function and may run any number of times."""

from uuid import UUID

from celery import shared_task
from django.utils import translation

from tenants import jobs
from tenants.access import supported
from tenants.domain.domains import check_daily
from tenants.isolation import tenant_context


@shared_task
def start_due_work() -> int:
    return jobs.start_due_work()


@shared_task
def check_domains(tenant_id: str) -> int:
    with tenant_context(UUID(tenant_id)) as tenant:
        business = tenant
    with translation.override(supported(business.language)):
        return check_daily(business)

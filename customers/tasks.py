"""What workers do. Tasks carry ids; each calls one function."""

from uuid import UUID

from celery import shared_task

from customers.consumers import has_pending, run_pending
from customers.domain.nudge import nudge, nudge_taken
from customers.imports.tasks import resume_imports, work_on_import
from tenants.isolation import tenant_context
from tenants.platform import open_businesses

__all__ = ["consume_activity", "nudge_consumers", "resume_imports", "work_on_import"]


@shared_task
def consume_activity(tenant_id: str) -> None:
    """Read what is new in one business."""
    business = UUID(tenant_id)
    nudge_taken(business)
    run_pending(business)


@shared_task
def nudge_consumers() -> None:
    """Wake the consumers of every business with something unread: makes good for a nudge that was lost."""
    for tenant in open_businesses():
        with tenant_context(tenant):
            pending = has_pending()
        if pending:
            nudge(tenant.pk)

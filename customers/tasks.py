"""What workers do. Tasks carry ids; each calls one function."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from customers.consumers import has_pending, run_pending
from customers.domain.letters import letters_are_owed, wake_letters
from customers.domain.nudge import nudge, nudge_taken
from customers.imports.tasks import resume_imports, work_on_import
from customers.portal.posting import send_letters_of
from tenants.isolation import tenant_context
from tenants.platform import open_businesses

__all__ = [
    "consume_activity",
    "nudge_consumers",
    "resume_imports",
    "send_letters",
    "send_owed_letters",
    "work_on_import",
]


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


@shared_task
def send_letters(tenant_id: str) -> int:
    """Send what is owed to the members of one business."""
    with tenant_context(UUID(tenant_id)) as tenant:
        business = tenant
    return send_letters_of(business)


@shared_task
def send_owed_letters() -> None:
    """Wake a worker for every business that owes a letter: makes good for lost calls and dead workers."""
    for tenant in open_businesses():
        with tenant_context(tenant):
            owed = letters_are_owed(timezone.now())
        if owed:
            wake_letters(tenant.pk)

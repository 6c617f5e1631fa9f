"""What workers do for the portal: mail leaves here, after commit and outside of any transaction."""

from smtplib import SMTPException
from uuid import UUID

from celery import Task, shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from customers.domain.portal_access import forget_code, forget_told, good_for_minutes, told
from customers.models import SignInCode
from customers.portal.mail import code_message, email_changed_message
from tenants.access import working_for
from tenants.isolation import tenant_context
from tenants.models import Tenant


@shared_task(bind=True, max_retries=4)
def send_code(self: Task, tenant_id: str, code_id: str) -> bool:
    """Send a code that was asked for; says whether there was one to send. A server that is away is asked again."""
    tenant = _tenant(tenant_id)
    with working_for(tenant):
        row = SignInCode.objects.filter(pk=UUID(code_id), used_at=None, expires_at__gt=timezone.now()).first()
        details = told(row) if row is not None else {}
        if row is None or "code" not in details:
            return False
        message = code_message(
            tenant,
            to=details["email"],
            code=details["code"],
            purpose=row.purpose,
            minutes=good_for_minutes(row),
        )
    _send(self, message)
    with working_for(tenant):
        forget_code(row)
    return True


@shared_task(bind=True, max_retries=4)
def tell_email_changed(self: Task, tenant_id: str, code_id: str) -> bool:
    """Write to the address that was replaced by the one this code proved; says whether there was one."""
    tenant = _tenant(tenant_id)
    with working_for(tenant):
        row = SignInCode.objects.filter(pk=UUID(code_id)).first()
        former = told(row).get("former", "") if row is not None else ""
        if row is None or not former:
            return False
        message = email_changed_message(tenant, to=former)
    _send(self, message)
    with working_for(tenant):
        forget_told(row)
    return True


def _send(task: Task, message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise task.retry(exc=error, countdown=2 ** (task.request.retries + 1)) from error


def _tenant(tenant_id: str) -> Tenant:
    with tenant_context(UUID(tenant_id)) as tenant:
        return tenant

"""What workers do for imports. Each task calls one function and may run any number of times."""

from uuid import UUID

from celery import shared_task

from customers.imports.overdue import wake_overdue, work_on


@shared_task
def work_on_import(tenant_id: str, import_id: str) -> None:
    work_on(UUID(tenant_id), UUID(import_id))


@shared_task
def resume_imports() -> int:
    return wake_overdue()

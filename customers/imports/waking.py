"""Waking a worker for an import. Redis only wakes: what is owed stands in the import's row."""

from uuid import UUID

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from customers.models import Import
from tenants.isolation import current_tenant_id

log = structlog.get_logger(__name__)


def wake_after_commit(record: Import) -> None:
    """Have a worker look at this import when the transaction is committed; the schedule makes a lost message good."""
    tenant_id, import_id = current_tenant_id(), record.pk
    transaction.on_commit(lambda: wake(tenant_id, import_id), robust=True)


def wake(tenant_id: UUID, import_id: UUID) -> None:
    from customers.imports.tasks import work_on_import

    try:
        work_on_import.apply_async((str(tenant_id), str(import_id)), retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("import.not_woken", error=type(error).__name__)

"""Once a day the proven domains of a business are looked at again, by a worker: the DNS is slow."""

import datetime

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tenants.isolation import current_tenant_id
from tenants.models import Domain

log = structlog.get_logger(__name__)


def watch_after_commit(day: datetime.date) -> None:
    """Have a worker look, when there is anything to look at. A message that is lost is made good the next day."""
    if not Domain.objects.filter(verified_at__isnull=False).exists():
        return
    tenant_id = str(current_tenant_id())
    transaction.on_commit(lambda: _wake(tenant_id), robust=True)


def _wake(tenant_id: str) -> None:
    try:
        current_app.send_task("tenants.tasks.check_domains", (tenant_id,), retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("domains.not_woken", error=type(error).__name__)

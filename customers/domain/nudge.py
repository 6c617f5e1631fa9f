"""Waking the consumers when something has been committed. Redis only wakes: what is owed stands in PostgreSQL."""

from uuid import UUID

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tenants.isolation import current_tenant_id

log = structlog.get_logger(__name__)
# A nudge that is lost is made good by the schedule; this is how long one may stand for those that follow.
WAITING_SECONDS = 10
# What a busy business commits within this time is read together: a task for each purchase costs as much as it does.
GATHERING_SECONDS = 1


def nudge_after_commit(connection: BaseDatabaseWrapper) -> None:
    """Wake the consumers of the current business once this transaction is committed; once, however often called."""
    outermost = connection.atomic_blocks[0] if connection.atomic_blocks else None
    if outermost is not None and getattr(connection, "nudged_for", None) is outermost:
        return
    connection.nudged_for = outermost  # type: ignore[attr-defined]
    tenant_id = current_tenant_id()
    transaction.on_commit(lambda: nudge(tenant_id), robust=True)


def nudge(tenant_id: UUID) -> None:
    """Put one task into the queue, to begin in a moment, unless one is waiting there already."""
    try:
        if cache.add(_waiting(tenant_id), 1, timeout=WAITING_SECONDS):
            current_app.send_task(
                "customers.tasks.consume_activity", (str(tenant_id),), countdown=GATHERING_SECONDS, retry=False
            )
    except (RedisError, OperationalError, OSError) as error:
        log.warning("consumers.not_nudged", error=type(error).__name__)


def nudge_taken(tenant_id: UUID) -> None:
    """A worker begins: whatever is committed from here on needs a nudge of its own."""
    try:
        cache.delete(_waiting(tenant_id))
    except (RedisError, OSError) as error:
        log.warning("consumers.nudge_not_cleared", error=type(error).__name__)


def _waiting(tenant_id: UUID) -> str:
    return f"nudge:{tenant_id}"

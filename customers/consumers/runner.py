"""Reading the backbone: durably, in order, each fact exactly once.

A row's place is (transaction, id). Transactions commit in another order than they began, so a reader that only
remembers the last place it saw would step over rows that become visible later. It therefore reads no further than
the oldest transaction that is still running (`pg_snapshot_xmin`): below it nothing can appear any more.
"""

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import models
from django.db.models import Q, QuerySet

from customers.consumers.registry import Consumer, registered
from customers.models import Activity, ConsumerPosition
from tenants.isolation import tenant_context
from tenants.models import Tenant

log = structlog.get_logger(__name__)


class Horizon(models.Func):
    """The oldest transaction that is still running: what is older is committed or gone."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = models.BigIntegerField()


def run_pending(tenant: Tenant | UUID, *, consumers: Sequence[Consumer] | None = None) -> int:
    """Let each consumer read what is new in one business, batch by batch. Returns how many activities were read.

    Call it outside of any transaction. A consumer that another worker is running is left to it; one that fails
    stays where it is, is logged, and does not hold the others up.
    """
    read = 0
    for consumer in registered() if consumers is None else consumers:
        try:
            while batch := run_batch(tenant, consumer):
                read += batch
        except Exception:
            log.exception("consumer.failed", consumer=consumer.name, business=str(getattr(tenant, "pk", tenant)))
    return read


def run_batch(tenant: Tenant | UUID, consumer: Consumer) -> int:
    """Handle the next batch and move the position, in one transaction. Returns how many activities it held.

    0 when nothing is new, or when another worker holds the position (a row lock, SKIP LOCKED).
    """
    with tenant_context(tenant):
        position = _claim(consumer)
        if position is None:
            return 0
        batch = list(_after(position)[: consumer.batch])
        if not batch:
            return 0
        wanted = [one for one in batch if not consumer.kinds or one.kind in consumer.kinds]
        if wanted:
            consumer.handle(wanted)
        position.transaction, position.activity_id = batch[-1].transaction, batch[-1].pk
        position.save(update_fields=["transaction", "activity_id", "moved_at"])
        return len(batch)


def has_pending(consumers: Sequence[Consumer] | None = None) -> bool:
    """Whether a consumer of the current business has something to read. Needs `tenant_context`."""
    positions = {one.consumer: one for one in ConsumerPosition.objects.all()}
    names = [consumer.name for consumer in (registered() if consumers is None else consumers)]
    if any(name not in positions for name in names):
        return Activity.objects.exists()
    return any(_after(positions[name]).exists() for name in names)


def _claim(consumer: Consumer) -> ConsumerPosition | None:
    """The consumer's position, locked; None when another worker has it."""
    locked = ConsumerPosition.objects.select_for_update(skip_locked=True).filter(consumer=consumer.name)
    if (position := locked.first()) is not None:
        return position
    # New, or held by another: a row that is there already is left as it is.
    ConsumerPosition.objects.bulk_create([ConsumerPosition(consumer=consumer.name)], ignore_conflicts=True)
    return locked.first()


def _after(position: ConsumerPosition) -> QuerySet[Activity]:
    """What comes after a place, up to the horizon, in order."""
    beyond = Q(transaction__gt=position.transaction)
    if position.activity_id is not None:
        # The range first: it is what the index can begin at.
        beyond |= Q(id__gt=position.activity_id)
    return (
        Activity.objects.filter(beyond, transaction__gte=position.transaction, transaction__lt=Horizon())
        .select_related("member")
        .order_by("transaction", "id")
    )

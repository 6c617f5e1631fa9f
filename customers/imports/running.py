"""Running an import so that it is done once, whatever happens to the worker that does it.

Each batch is one transaction: its rows, its refusals, its counts and how far the import is become true together. A
worker claims the import for some minutes and renews with each batch. One that is killed leaves a claim that lapses;
another then reads the file again, which always gives the same units in the same order, and goes on after the last
batch that was committed.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils import timezone, translation

from customers.enums import ImportKind, ImportStatus
from customers.imports.balance_job import BalanceJob
from customers.imports.bulk import refresh_statistics
from customers.imports.jobs import Job, Outcome, batches
from customers.imports.kept_job import KeptJob
from customers.imports.member_job import MemberJob
from customers.imports.opening import table_of
from customers.imports.purchase_job import PurchaseJob
from customers.imports.receipts import Refusal
from customers.imports.record_job import RecordJob
from customers.imports.refusals import write_refusals
from customers.models import Import, ImportRefusal
from loyalty_saas.lib.errors import DomainError
from tenants.access import supported
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import tenant_context
from tenants.models import Tenant

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=3)
MOST_CLAIMS = 8
# A person who lets it go on begins a new hundred of claims: earlier workers stay fenced off, and tries begin anew.
ROUND = 100


class TakenOver(Exception):
    """Another worker has claimed the import since."""


def claim(tenant: Tenant, import_id: UUID, status: str) -> Import | None:
    """Take the import for this worker, or None when it is not waiting or another holds it.

    One that was claimed too often (it kills its workers) is stopped.
    """
    with tenant_context(tenant):
        free = Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())
        record = (
            Import.objects.select_for_update(skip_locked=True)
            .filter(free, pk=import_id, status=status)
            .select_related(None)
            .first()
        )
        if record is None:
            return None
        if record.claims % ROUND >= MOST_CLAIMS:
            _stop(record, "")
            return None
        record.claims += 1
        record.leased_until = timezone.now() + LEASE
        record.save(update_fields=["claims", "leased_until"])
        return record


def run_import(tenant: Tenant, import_id: UUID) -> Import | None:
    """Do what is left of an import. Returns it when it is done, None when another worker has it.

    An error stops it at the last batch that was written; it can be continued.
    """
    record = claim(tenant, import_id, ImportStatus.RUNNING)
    return None if record is None else run_claimed(tenant, record)


def run_claimed(tenant: Tenant, record: Import) -> Import | None:
    """As `run_import`, for an import that this process has claimed."""
    with translation.override(supported(tenant.language)):
        try:
            return _run(tenant, record)
        except TakenOver:
            log.info("import.taken_over", import_id=str(record.pk))
            return None
        except Exception as error:
            _fail(tenant, record, error)
            if not isinstance(error, DomainError):
                raise
            return None


def make_job(record: Import) -> Job[Any]:
    by = Actor.importing(record.started_by)
    jobs: dict[ImportKind, Callable[..., Job[Any]]] = {
        ImportKind.MEMBERS: MemberJob,
        ImportKind.PURCHASES: PurchaseJob,
        ImportKind.BALANCES: BalanceJob,
        ImportKind.CREDIT: BalanceJob,
        ImportKind.RECORDS: RecordJob,
        ImportKind.MEMBERSHIPS: KeptJob,
        ImportKind.FAMILIES: KeptJob,
        ImportKind.HISTORY: KeptJob,
    }
    return jobs[ImportKind(record.kind)](record, by=by)


def _run(tenant: Tenant, record: Import) -> Import:
    with tenant_context(tenant):
        job = make_job(record)
        cells = {} if record.lines_total else cells_of(record, {refusal.row for refusal in job.refusals})
    if not record.lines_total:
        with tenant_context(tenant):
            _begin(_held(record), job, cells)
    start = _position(tenant, record)
    for begin, end in batches(job, start):
        with tenant_context(tenant):
            held = _held(record)
            units = job.units[begin:end]
            outcome = job.write(units)
            _account(held, outcome, position=end, lines=sum(map(job.weight, units)))
        if begin == start or end == len(job.units):
            with tenant_context(tenant):
                refresh_statistics()
    with tenant_context(tenant):
        held = _held(record)
        _account(held, job.finish(held.counts), position=held.position, lines=0)
        _finish(held)
        return held


def _begin(held: Import, job: Job[Any], cells: dict[int, list[str]]) -> None:
    """The first transaction: what reading the file alone has told."""
    ImportRefusal.objects.filter(import_record=held).delete()
    held.counts = dict(job.counts)
    held.lines_total = max(1, job.lines)
    held.lines_done = job.lines - sum(map(job.weight, job.units))
    _refuse(held, job.refusals, cells)
    held.save(update_fields=["counts", "lines_total", "lines_done"])


def _account(held: Import, outcome: Outcome, *, position: int, lines: int) -> None:
    for name, amount in outcome.counts.items():
        held.counts[name] = held.counts.get(name, 0) + amount
    _refuse(held, outcome.refusals, cells_of(held, {refusal.row for refusal in outcome.refusals}))
    held.position = position
    held.lines_done = min(held.lines_total, held.lines_done + lines)
    held.leased_until = timezone.now() + LEASE
    held.save(update_fields=["counts", "position", "lines_done", "leased_until"])


def _refuse(held: Import, refusals: "list[Refusal] | Any", cells: dict[int, list[str]]) -> None:
    if refusals:
        write_refusals(held, refusals, cells)
        held.counts["refused"] = held.counts.get("refused", 0) + len(refusals)


def cells_of(record: Import, rows: set[int]) -> dict[int, list[str]]:
    """The cells of these rows, as they stand in the file."""
    if not rows:
        return {}
    return {number: cells for number, cells in table_of(record).rows() if number in rows}


def _held(record: Import) -> Import:
    """The import, locked for this transaction. Raises TakenOver when another worker has claimed it since."""
    held = Import.objects.select_for_update(no_key=True).get(pk=record.pk)
    if held.claims != record.claims or held.status != ImportStatus.RUNNING:
        raise TakenOver
    return held


def _position(tenant: Tenant, record: Import) -> int:
    with tenant_context(tenant):
        return Import.objects.values_list("position", flat=True).get(pk=record.pk)


def _finish(held: Import) -> None:
    held.status = ImportStatus.DONE
    held.finished_at = timezone.now()
    held.leased_until = None
    held.lines_done = held.lines_total
    held.save(update_fields=["status", "finished_at", "leased_until", "lines_done"])
    record_audit(
        "import.done",
        by=Actor.importing(held.started_by),
        subject=held,
        kind=held.kind,
        created=held.counts.get("created", 0),
        refused=held.counts.get("refused", 0),
    )


def _fail(tenant: Tenant, record: Import, error: Exception) -> None:
    """Write down why it stopped, unless somebody else has it by now."""
    log.error("import.failed", import_id=str(record.pk), error=type(error).__name__)
    with tenant_context(tenant):
        held = Import.objects.select_for_update(no_key=True).get(pk=record.pk)
        if held.claims == record.claims and held.is_at_work:
            _stop(held, str(error) if isinstance(error, DomainError) else "")


def _stop(held: Import, reason: str) -> None:
    held.status = ImportStatus.FAILED
    held.error = reason
    held.leased_until = None
    held.save(update_fields=["status", "error", "leased_until"])

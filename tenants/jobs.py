"""Work that is owed by the clock: once a day for each business, at an hour of its own time zone."""

import datetime
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.utils import timezone

from loyalty_saas.lib.days import local_day, start_of_day
from tenants import platform
from tenants.isolation import current_tenant, tenant_context
from tenants.models import JobRun, Tenant

log = structlog.get_logger(__name__)
MOST_TRIES = 5
CATCH_UP_DAYS = 31


@dataclass(frozen=True, slots=True)
class DailyJob:
    """`run(day)` is called inside the business, for each of its days in order; a run that fails is tried again.

    It must bear being run twice for a day: its writes and the mark that it is done are one transaction.
    """

    name: str
    hour: int
    run: Callable[[datetime.date], object]


_jobs: dict[str, DailyJob] = {}


def register(job: DailyJob) -> None:
    if job.name in _jobs:
        raise ValueError(f"There is already a job named {job.name}.")
    _jobs[job.name] = job


def start_due_work(now: datetime.datetime | None = None) -> int:
    """Write down and run all that is due in every open business; returns how many runs were done.

    Safe to call at any time and by several schedulers at once: `UNIQUE (job, scheduled_for)` makes a run once,
    its row lock keeps two workers apart, and days missed during an outage are caught up in order.
    """
    return sum(run_due_jobs(tenant, now or timezone.now()) for tenant in platform.open_businesses())


def run_due_jobs(tenant: Tenant, now: datetime.datetime) -> int:
    with tenant_context(tenant):
        owed = list(_write_down(now))
    return sum(_run(tenant, run_id) for run_id in owed)


def _write_down(now: datetime.datetime) -> Iterator[UUID]:
    for job in _jobs.values():
        missing = [JobRun(job=job.name, scheduled_for=moment) for moment in _due_moments(job, now)]
        JobRun.objects.bulk_create(missing, ignore_conflicts=True)
    due = JobRun.objects.filter(status=JobRun.Status.DUE, job__in=_jobs, tries__lt=MOST_TRIES)
    yield from due.order_by("scheduled_for", "id").values_list("id", flat=True)


def _due_moments(job: DailyJob, now: datetime.datetime) -> Iterator[datetime.datetime]:
    """The moments since the last run that was written down, newest last; one for a business that is new."""
    zone = current_tenant().zone
    today = local_day(now, zone)
    last = JobRun.objects.filter(job=job.name).order_by("-scheduled_for").first()
    first = local_day(last.scheduled_for, zone) if last else today
    day = max(first, today - datetime.timedelta(days=CATCH_UP_DAYS))
    while day <= today:
        moment = start_of_day(day, zone) + datetime.timedelta(hours=job.hour)
        if moment <= now:
            yield moment
        day += datetime.timedelta(days=1)


def _run(tenant: Tenant, run_id: UUID) -> int:
    """One run in its own transaction. A failure is counted in another, so that a poisoned day ends as failed."""
    with tenant_context(tenant):
        run = JobRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, status=JobRun.Status.DUE).first()
        if run is None:
            return 0
        run.tries += 1
        run.save(update_fields=["tries"])
    try:
        with tenant_context(tenant):
            held = (
                JobRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, status=JobRun.Status.DUE).first()
            )
            if held is None:
                return 0
            _jobs[held.job].run(local_day(held.scheduled_for, tenant.zone))
            held.status = JobRun.Status.DONE
            held.finished_at = timezone.now()
            held.save(update_fields=["status", "finished_at"])
    except Exception:
        log.exception("job.failed", job=run.job, business=str(tenant.pk))
        _mark_failure(tenant, run_id)
        return 0
    return 1


def _mark_failure(tenant: Tenant, run_id: UUID) -> None:
    with tenant_context(tenant):
        run = JobRun.objects.get(pk=run_id)
        run.error = traceback.format_exc()[-2000:]
        if run.tries >= MOST_TRIES:
            run.status = JobRun.Status.FAILED
        run.save(update_fields=["error", "status"])

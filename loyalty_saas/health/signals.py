"""What a worker does beside its work: heartbeats, figures, a look at its own role, and an end with nobody left."""

import signal
import time
from typing import Any

from celery import signals
from django.db import connections

from loyalty_saas.embedded.processes import follow_parent
from loyalty_saas.health import metrics
from loyalty_saas.health.heartbeat import beat
from loyalty_saas.postgres.roles import UnsafeRoleError, refuse_unsafe_role

_begun: dict[str, float] = {}


def check_own_role(**kwargs: Any) -> None:
    """Refuse to work as a role that walks through the walls."""
    try:
        refuse_unsafe_role()
    except UnsafeRoleError as error:
        raise SystemExit(str(error)) from error
    finally:
        connections.close_all()  # the processes that are forked next open their own


def let_nobody_stay_behind(**kwargs: Any) -> None:
    """Let the processes that are forked next end with this one: a killed worker would leave them waiting for work."""
    follow = follow_parent(signal.SIGKILL)
    signals.worker_process_init.connect(lambda **kwargs: follow(), weak=False)


def worker_lives(**kwargs: Any) -> None:
    beat("worker")


def task_begins(task_id: str, **kwargs: Any) -> None:
    _begun[task_id] = time.perf_counter()


def task_ends(task_id: str, task: Any, state: str | None = None, **kwargs: Any) -> None:
    seconds = time.perf_counter() - _begun.pop(task_id, time.perf_counter())
    metrics.count_task(task.name, state or "UNKNOWN", seconds)


def connect() -> None:
    """Called once, where the Celery application is made."""
    signals.worker_init.connect(check_own_role, weak=False)
    signals.worker_init.connect(let_nobody_stay_behind, weak=False)
    signals.worker_ready.connect(worker_lives, weak=False)
    signals.heartbeat_sent.connect(worker_lives, weak=False)
    signals.task_prerun.connect(task_begins, weak=False)
    signals.task_postrun.connect(task_ends, weak=False)

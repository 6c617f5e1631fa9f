"""What is counted: requests by page, tasks by kind. No label names a business or a person.

With PROMETHEUS_MULTIPROC_DIR set (an existing, empty directory) the figures of all processes that share it are
added up; without it, each process tells its own.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST
REQUESTS = Counter("regulars_requests", "Answered requests.", ["method", "page", "status"])
REQUEST_SECONDS = Histogram(
    "regulars_request_seconds",
    "Time to answer.",
    ["page"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
TASKS = Counter("regulars_tasks", "Finished background tasks.", ["task", "state"])
TASK_SECONDS = Histogram(
    "regulars_task_seconds", "Time of a background task.", ["task"], buckets=(0.01, 0.1, 0.5, 1, 5, 30, 120, 600, 1800)
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str, page: str, status: int, seconds: float) -> None:
    """`page` is the name of the route, never the address: that would hold ids and grow without end."""
    REQUESTS.labels(method if method in METHODS else "other", page, str(status)).inc()
    REQUEST_SECONDS.labels(page).observe(seconds)


def count_task(task: str, state: str, seconds: float) -> None:
    TASKS.labels(task, state).inc()
    TASK_SECONDS.labels(task).observe(seconds)


def exposition() -> bytes:
    """All figures in Prometheus's text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)

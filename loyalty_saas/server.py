"""The web server's settings: `gunicorn --config python:loyalty_saas.server`."""

import os
from typing import Any

from loyalty_saas.lib.env import Env

env = Env()
wsgi_app = "loyalty_saas.wsgi:application"
bind = env.text("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = env.integer("WEB_PROCESSES", 2, least=1, most=64)
threads = env.integer("WEB_THREADS", 4, least=1, most=64)
timeout = 60
graceful_timeout = 20
keepalive = 15
# Memory that a process has gathered is given back now and then, not in all of them at once.
max_requests = 20_000
max_requests_jitter = 2_000
# Loaded once and shared by all processes: half the memory, and half the time to start.
preload_app = True
# A heartbeat file on a disk that stalls would have a healthy process killed.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 (no file of ours)
accesslog = None  # requests are logged by the application, without addresses
errorlog = "-"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Refuse to serve as a role that walks through the walls."""
    from django.db import connections

    from loyalty_saas.postgres.roles import refuse_unsafe_role

    try:
        refuse_unsafe_role()
    finally:
        connections.close_all()


def child_exit(server: Any, worker: Any) -> None:
    """Figures of a process that ended are kept, its gauges are not."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

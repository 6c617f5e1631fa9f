"""What is measured: PostgreSQL, Valkey and gunicorn as `make run` starts them, in a directory that is removed again."""

import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import django
import psycopg2

from loyalty_saas.embedded.postgres import EmbeddedPostgres
from loyalty_saas.embedded.processes import end_of
from loyalty_saas.launcher.__main__ import prepare_all
from loyalty_saas.launcher.console import step
from loyalty_saas.launcher.parts import Part, Server, empty_metrics, programs, servers
from loyalty_saas.launcher.plan import Plan, read_plan
from loyalty_saas.lib.env import Env

# A shell that is set up for another installation must not lead a benchmark there.
ELSEWHERE = (
    "DATABASE_",
    "REDIS_",
    "EMAIL_",
    "SITE_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "DEBUG",
    "DATA_DIR",
    "HOST",
    "BIND",
)
SETTINGS = {"DEMO": "no", "LOG_FORMAT": "json", "LOG_LEVEL": "INFO", "API_CALLS_PER_MINUTE": "100000000"}


class Site:
    """A context: inside it the site answers at `port`, and Django is set up in this process on the same database."""

    def __init__(self, directory: Path | None = None) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="regulars-bench-", dir=directory))
        # Started by root, PostgreSQL may run as somebody else, who must come in.
        self.data_dir.chmod(0o755)
        for name in [name for name in os.environ if name.startswith(ELSEWHERE)]:
            del os.environ[name]
        self.port = free_port()
        self.plan: Plan = read_plan(Env({"DATA_DIR": str(self.data_dir), "PORT": str(self.port), **SETTINGS}))
        self.running: list[Part] = []

    def __enter__(self) -> "Site":
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and (said := end_of(self.plan.logs / "web-server.log")):
            print(f"The last lines of the web server:\n{said}")
        self.stop()

    def stop(self) -> None:
        while self.running:
            self.running.pop().stop()
        shutil.rmtree(self.data_dir, ignore_errors=True)

    @property
    def web_pid(self) -> int:
        return self._pid("web server")

    @property
    def database_pid(self) -> int:
        return self._pid("PostgreSQL")

    def connect(self) -> Any:
        """A plain connection as the owner of the tables, for references and for filling."""
        return psycopg2.connect(self.plan.environment["DATABASE_URL"])

    def refresh_statistics(self) -> None:
        """Let the planner see what there is, as autovacuum does within a minute of a shop's first sales."""
        connection = self.connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        connection.close()

    def _start(self) -> None:
        for part in servers(self.plan):
            self._begin(part)
        self._become(self.plan.environment)
        empty_metrics(self.plan)
        prepare_all(self.plan)
        os.environ["LOG_LEVEL"] = "ERROR"  # of this process; the web server logs as it does in production
        django.setup()
        [web] = [part for part in programs(self.plan) if part.name == "web server"]
        self._begin(web)

    def _begin(self, part: Part) -> None:
        with step(part.name):
            self.running.append(part)
            part.start()
            part.wait()

    def _become(self, environment: Mapping[str, str]) -> None:
        os.environ.update({**environment, **SETTINGS})

    def _pid(self, name: str) -> int:
        [process] = [part.process for part in self.running if part.name == name]
        assert process is not None
        return process.pid


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return min(int(probe.getsockname()[1]), 65_000)


def versions(site: Site) -> list[str]:
    """PostgreSQL's and Valkey's own words."""
    from django.core.cache import cache

    [server] = [
        one.server for one in site.running if isinstance(one, Server) and isinstance(one.server, EmbeddedPostgres)
    ]
    connection = psycopg2.connect(server.admin_url())
    with connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [postgres] = cursor.fetchone() or ["of an unknown version"]
    connection.close()
    valkey = cache._cache.get_client().info("server")  # type: ignore[attr-defined]
    return [f"PostgreSQL {postgres}", f"Valkey {valkey.get('valkey_version', valkey['redis_version'])}"]

"""The parts that stay: each is started, waited for and stopped in the same way."""

import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from loyalty_saas.embedded import EmbeddedPostgres, EmbeddedValkey
from loyalty_saas.embedded.processes import spawn, stop, wait_until
from loyalty_saas.launcher.plan import ROOT, Plan


class Part(Protocol):
    """One process of Regulars."""

    name: str
    log: Path
    # Whether it may start while the samples are played: what works through their facts would slow them.
    beside_samples: bool

    @property
    def process(self) -> subprocess.Popen[bytes] | None: ...

    def start(self) -> None: ...

    def wait(self) -> None: ...

    def stop(self) -> None: ...


class Server:
    """An embedded server, whose start waits until it answers."""

    beside_samples = False

    def __init__(self, name: str, server: EmbeddedPostgres | EmbeddedValkey) -> None:
        self.name = name
        self.server = server
        self.log = server.log

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        return self.server.process

    def start(self) -> None:
        self.server.start()
        if isinstance(self.server, EmbeddedPostgres):
            self.server.ensure_database("regulars")

    def wait(self) -> None:
        """Its start has waited."""

    def stop(self) -> None:
        self.server.stop()


class Program:
    """A Python process of ours."""

    def __init__(
        self,
        name: str,
        *arguments: str | Path,
        plan: Plan,
        ready: Callable[[], bool],
        signals: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGQUIT),
        environment: Mapping[str, str] | None = None,
        beside_samples: bool = False,
        last_wish: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.beside_samples = beside_samples
        self.log = plan.logs / f"{name.replace(' ', '-')}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, *arguments]
        self._environment = {**plan.environment, **(environment or {})}
        self._ready = ready
        self._signals = signals
        self._last_wish = last_wish

    def start(self) -> None:
        self.process = spawn(
            self._command, log=self.log, cwd=ROOT, last_wish=self._last_wish, environment=self._environment
        )

    def wait(self) -> None:
        assert self.process
        wait_until(self._ready, process=self.process, name=f"The {self.name}", log=self.log, seconds=60)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, *self._signals, seconds=15)
            self.process = None


def servers(plan: Plan) -> list[Part]:
    """What must answer before the database can be prepared."""
    return [
        *([Server("PostgreSQL", EmbeddedPostgres(plan.data_dir))] if plan.own_postgres else []),
        *([Server("Valkey", EmbeddedValkey(plan.data_dir))] if plan.own_valkey else []),
    ]


def programs(plan: Plan) -> list[Part]:
    """What serves people, in the order in which it is waited for."""
    site = f"http://127.0.0.1:{plan.port}"
    inbox = f"http://127.0.0.1:{plan.inbox_port}/healthz"
    begun = time.time()
    inbox_part = Program(
        "mail inbox",
        *("-m", "loyalty_saas.inbox", "--directory", plan.data_dir / "mail"),
        *("--smtp-port", str(plan.smtp_port), "--port", str(plan.inbox_port)),
        plan=plan,
        ready=lambda: answers(inbox),
        beside_samples=True,
    )
    web = Program(
        "web server",
        *("-m", "gunicorn", "--config", "python:loyalty_saas.server"),
        plan=plan,
        ready=lambda: answers(f"{site}/healthz"),
        environment={"BIND": f"{plan.host}:{plan.port}"},
        beside_samples=True,
    )
    worker = Program(
        "worker",
        *("-m", "celery", "--app", "loyalty_saas", "worker", "--concurrency", "2", "--loglevel", "INFO"),
        *("--without-mingle", "--without-gossip"),  # it is alone, and need not wait for others to answer
        plan=plan,
        ready=lambda: seen_since(site, "worker", begun),
        last_wish=signal.SIGKILL,  # asked kindly, it may wait for a broker that was killed together with us
    )
    scheduler = Program(
        "scheduler",
        *("-m", "celery", "--app", "loyalty_saas", "beat", "--loglevel", "INFO", "--pidfile="),
        plan=plan,
        ready=lambda: seen_since(site, "scheduler", begun),
        last_wish=signal.SIGKILL,
    )
    return [*([inbox_part] if plan.own_inbox else []), web, worker, scheduler]


def empty_metrics(plan: Plan) -> None:
    """Figures of processes that are gone would be added to the new ones."""
    directory = Path(plan.environment["PROMETHEUS_MULTIPROC_DIR"])
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)


def answers(url: str) -> bool:
    """Whether the page is there with a status of success."""
    return _ask(url)[0] == 200


def seen_since(site: str, part: str, begun: float) -> bool:
    """Whether a part has said since `begun` (seconds since 1970) that it lives: not one of an earlier start."""
    status, body = _ask(f"{site}/readyz")
    if status not in {200, 503}:
        return False
    return (json.loads(body)["parts"][part]["seen"] or 0) >= begun


def _ask(url: str) -> tuple[int, bytes]:
    """Status and body of a page of this machine; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 (a loopback address of ours)
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except (urllib.error.URLError, OSError):
        return 0, b""

"""`make run`: PostgreSQL → Valkey → tables → styles → demo → inbox, web, worker, scheduler; Ctrl-C stops all."""

import contextlib
import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TextIO

from django.core.exceptions import ImproperlyConfigured

from loyalty_saas.embedded import EmbeddedError
from loyalty_saas.embedded.processes import clean_environment, end_of, follow_parent
from loyalty_saas.launcher import prepare
from loyalty_saas.launcher.console import say, step
from loyalty_saas.launcher.parts import Part, empty_metrics, programs, servers
from loyalty_saas.launcher.plan import ROOT, Plan, StartError, read_plan


class Stopped(BaseException):
    """Somebody pressed Ctrl-C, or the system asks us to end."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop_now)
    running: list[Part] = []
    try:
        plan = read_plan()
        with only_one(plan):
            try:
                start(plan, running)
                watch(running)
            finally:
                stop_all(running)
    except (EmbeddedError, StartError, ImproperlyConfigured) as error:
        say(f"\nRegulars could not start.\n{error}")
        return 1
    except Stopped:
        say("Everything is stopped.")
    return 0


@contextlib.contextmanager
def only_one(plan: Plan) -> Iterator[None]:
    """Hold this data directory. Raises StartError when another start holds it."""
    with _lock_file(plan) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartError(
                f"Regulars already runs on {plan.data_dir}. Stop it first, or start a second one with another "
                f"place and port: make run DATA_DIR=… PORT={plan.port + 10}"
            ) from error
        yield


def _lock_file(plan: Plan) -> TextIO:
    try:
        plan.data_dir.mkdir(parents=True, exist_ok=True)
        return (plan.data_dir / "launcher.lock").open("w")
    except OSError as error:
        raise StartError(
            f"Data and logs cannot be kept in {plan.data_dir} ({error.strerror}). Choose another place: "
            "make run DATA_DIR=…"
        ) from error


def start(plan: Plan, running: list[Part]) -> None:
    """Start every part; `running` gets each as soon as it is begun, so that it is stopped whatever happens."""
    begun = time.monotonic()
    say(f"Starting Regulars (data and logs in {plan.data_dir})")
    plan.check_ports()
    for part in servers(plan):
        with step(part.name):
            running.append(part)
            part.start()
    empty_metrics(plan)
    begin = programs(plan)

    def start_programs(*, beside_samples: bool) -> None:
        for part in begin:  # they need nothing of each other, so they start together
            if part not in running and (part.beside_samples or not beside_samples):
                running.append(part)
                part.start()

    shown = prepare_all(plan, beside_samples=lambda: start_programs(beside_samples=True))
    start_programs(beside_samples=False)
    for part in begin:
        with step(part.name.capitalize()):
            part.wait()
    say(f"\nRegulars is ready ({time.monotonic() - begun:.1f} s):\n")
    tell(plan, shown)


def prepare_all(plan: Plan, *, beside_samples: Callable[[], None] = lambda: None) -> list[str]:
    """Tables, styles and demo data, shown step by step. Returns the lines to be read at the end.

    `beside_samples` is called when tables and styles are there and the samples begin to be played.
    """
    log = plan.logs / "prepare.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    shown: list[str] = []
    failed: list[str] = []
    with log.open("ab") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", prepare.__name__],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
            env=clean_environment(plan.environment),
            start_new_session=True,
            preexec_fn=follow_parent(signal.SIGTERM),
        )
    with contextlib.ExitStack() as stack:
        stack.callback(child.wait)
        stack.callback(child.terminate)
        assert child.stdout
        with log.open("a") as kept, contextlib.ExitStack() as current:
            for line in child.stdout:
                if line.startswith(prepare.STEP):
                    current.close()
                    current.enter_context(step(name := line.removeprefix(prepare.STEP).strip()))
                    if name == prepare.SAMPLES:
                        beside_samples()
                elif line.startswith(prepare.SHOW):
                    shown.append(line.removeprefix(prepare.SHOW).rstrip())
                elif line.startswith(prepare.FAIL):
                    failed.append(line.removeprefix(prepare.FAIL).rstrip())
                else:
                    kept.write(line)
                    kept.flush()
            if child.wait():
                if failed:
                    raise StartError("\n".join(failed))
                raise StartError(f"The database, the styles or the demo could not be prepared:\n{end_of(log, 25)}")
    return shown


def tell(plan: Plan, shown: list[str]) -> None:
    """Where to go and who can sign in."""
    say(f"  Regulars    {plan.site_url}/")
    if plan.own_inbox:
        say(f"  Its mail    http://localhost:{plan.inbox_port}/")
    say(f"  Its logs    {plan.logs}")
    if shown:
        say()
    for line in shown:
        say(f"  {line}" if line else "")
    say("\nCtrl-C stops everything.")


def watch(running: list[Part]) -> None:
    """Return never, but by a signal. Raises StartError when a part ends by itself."""
    while True:
        for part in running:
            if part.process is not None and (code := part.process.poll()) is not None:
                raise StartError(f"{part.name} stopped by itself (exit code {code})\n{end_of(part.log)}")
        time.sleep(0.5)


def stop_all(running: list[Part]) -> None:
    """Stop in the reverse order. A second Ctrl-C meanwhile is not needed and does no harm."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if running:
        say("\nStopping:")
    while running:
        part = running.pop()
        with step(part.name.capitalize() if part.name.islower() else part.name):
            part.stop()


def _stop_now(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())

"""Starting a server so that it is ready when we go on, and gone when we are gone."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loyalty_saas.embedded.errors import EmbeddedError

PR_SET_PDEATHSIG = 1
# Loaded here and not in the child: between fork and exec nothing may import or allocate much.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
# Variables of the surrounding shell that would change what a child does.
UNWANTED = ("PYTHONDONTWRITEBYTECODE",)


@dataclass(frozen=True)
class RunAs:
    """How a program is started that refuses to run as root: a prefix of its command, or another user."""

    prefix: tuple[str, ...] = ()
    user: str | None = None

    def options(self) -> dict[str, Any]:
        """The arguments for subprocess."""
        if self.user is None:
            return {}
        user, group = self.ids()
        return {"user": user, "group": group, "extra_groups": []}

    def ids(self) -> tuple[int, int]:
        """The numbers of the user and the group. Raises LookupError when the system has no such user."""
        if self.user is None:
            return os.geteuid(), os.getegid()
        account = pwd.getpwnam(self.user)
        return account.pw_uid, account.pw_gid


OURSELVES = RunAs()


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment for a child, without what would lead it astray (PGPORT, PGDATA…)."""
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED and not name.startswith("PG")}
    return {**kept, **(extra or {})}


def follow_parent(last_wish: signal.Signals) -> Callable[[], None]:
    """What a child calls before its program begins, so that it does not outlive us (on Linux)."""
    parent = os.getpid()

    def ask() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(last_wish), 0, 0, 0)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return ask


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    last_wish: signal.Signals = signal.SIGTERM,
    run_as: RunAs = OURSELVES,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to `log`.

    On Linux the kernel sends it `last_wish` when the thread that started it dies, however it dies.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [*run_as.prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=clean_environment(environment),
            start_new_session=True,
            preexec_fn=follow_parent(last_wish),
            **run_as.options(),
        )


def wait_until(
    ready: Callable[[], bool], *, process: subprocess.Popen[bytes], name: str, log: Path, seconds: float = 30
) -> None:
    """Return when `ready()` is true. Raises EmbeddedError with the end of the log when the process ends
    first or the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        if (code := process.poll()) is not None:
            raise EmbeddedError(f"{name} stopped by itself (exit code {code})\n{end_of(log)}")
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{name} does not answer after {seconds:.0f} s\n{end_of(log)}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals, seconds: float = 20) -> None:
    """Ask a process to end with each signal in turn, giving each its time; kill it when none helps."""
    for wish in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(wish)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue


def end_of(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented; empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as source:
        source.seek(max(0, log.stat().st_size - 8_000))
        tail = source.read().decode(errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in tail)

"""Measuring: calls are timed one by one, and the processor time of the servers is read before and after all of them."""

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.site import Site

TICKS = os.sysconf("SC_CLK_TCK")
# So many that the planner sees a table with a past: of a few dozen rows it reads all, and goes on doing so.
WARM_UP = 300
AGAIN = 20


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. `shop` of the `members` belong to the one business that is looked at."""

    members: int
    calls: int
    import_lines: int

    @property
    def shop(self) -> int:
        return self.members // 10


FULL = Scale(members=1_000_000, calls=1_000, import_lines=500_000)
SMALL = Scale(members=5_000, calls=40, import_lines=5_000)


def pace() -> float:
    """Processor seconds of a loop that is always the same: what the machine gives at this moment."""
    begun, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - begun


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `seconds` are the times of the `n` things done, one by one or all in one."""

    name: str
    n: int
    seconds: Sequence[float]
    wall: float
    web_cpu: float | None = None
    database_cpu: float | None = None
    reference: "Row | None" = None
    remark: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float | None:
        """Nearest rank; None of fewer than twenty."""
        return sorted(self.seconds)[-(-len(self.seconds) * 95 // 100) - 1] if len(self.seconds) >= 20 else None

    @property
    def per_second(self) -> float:
        return self.n / self.wall

    @property
    def ratio(self) -> float | None:
        return self.median / self.reference.median if self.reference else None


@dataclass(slots=True)
class Cpu:
    """Processor seconds of a process and its children, those that have ended included, since it was made."""

    pid: int
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = _cpu_seconds(self.pid)

    def used(self) -> float:
        return _cpu_seconds(self.pid) - self.begun


def measure(
    site: Site,
    name: str,
    clients: Sequence[Callable[[], object]],
    *,
    calls: int,
    reference: Row | None = None,
    over_http: bool = True,
    remark: str = "",
) -> Row:
    """Call all clients side by side, each its part of `calls`, after a warm-up that does not count.

    Plans made while tables were empty are made anew: minutes after a shop's first sale nobody has them any more.
    A client that raises ends the whole benchmark: a time of something that did not work says nothing.
    """
    each = max(1, calls // len(clients))
    _together(clients, min(WARM_UP // len(clients), each))
    site.refresh_statistics()
    _together(clients, min(AGAIN, each))
    web, database = Cpu(site.web_pid), Cpu(site.database_pid)
    begun = time.perf_counter()
    seconds = _together(clients, each)
    wall = time.perf_counter() - begun
    n = len(seconds)
    return Row(name, n, seconds, wall, web.used() / n if over_http else None, database.used() / n, reference, remark)


def _together(clients: Sequence[Callable[[], object]], each: int) -> list[float]:
    results: list[list[float]] = [[] for _client in clients]
    errors: list[BaseException] = []
    start = threading.Barrier(len(clients))

    def work(client: Callable[[], object], times: list[float]) -> None:
        try:
            start.wait()
            for _number in range(each):
                begun = time.perf_counter()
                client()
                times.append(time.perf_counter() - begun)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, results, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [one for times in results for one in times]


def _cpu_seconds(pid: int) -> float:
    own = _stat(pid)
    assert own is not None
    ticks = sum(own[13:17])  # utime, stime, and both of the children that were waited for
    for child in _children(pid):
        if stat := _stat(child):
            ticks += sum(stat[13:15])
    return ticks / TICKS


def _children(pid: int) -> Iterable[int]:
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [number for number in numbers if (stat := _stat(number)) and stat[3] == pid]


def _stat(pid: int) -> list[int] | None:
    """The fields of /proc/<pid>/stat as numbers; those that are none (name, state) are 0. None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return [0, 0, 0, *(int(word) for word in text[text.rindex(")") + 4 :].split())]

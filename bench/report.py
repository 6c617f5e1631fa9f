"""The one table, as it is printed and kept."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import django

from bench.harness import Row

HEAD = (
    "what", "n", "per second", "median ms", "p95 ms", "CPU-ms Python", "CPU-ms PostgreSQL", "ratio", "to", "remark",
)  # fmt: skip


def table(rows: list[Row]) -> str:
    """Markdown that also reads well in a terminal."""
    marks = {id(row): f"[{number}]" for number, row in enumerate(_references(rows), 1)}
    lines = [_cells(row, marks) for row in rows]
    widths = [max(len(line[column]) for line in [HEAD, *lines]) for column in range(len(HEAD))]
    rule = tuple("-" * width if column in (0, 8, 9) else "-" * (width - 1) + ":" for column, width in enumerate(widths))
    return "\n".join(_line(cells, widths) for cells in [HEAD, rule, *lines])


def report(rows: list[Row], *, versions: list[str], took: float, load: float, paces: tuple[float, float]) -> str:
    """The table under what it was measured on. `load` is the machine's before the benchmarks began.

    `paces` are the seconds of `harness.pace` before and after them: on a shared host they tell how fast it was.
    """
    before, after = paces
    machine = (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC in {took:,.0f} s on {os.cpu_count()} cores ({_processor()}), "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, Django {django.__version__}, "
        f"{', '.join(versions)}. "
        f"A loop of ten million additions took {before:.2f} s before and {after:.2f} s after."
    )
    busy = [_busy(load)] if load > 0.5 else []
    return "\n\n".join(["# Benchmarks", machine, *busy, table(rows)]) + "\n"


def _busy(load: float) -> str:
    return (
        f"**The machine was busy with something else** (load {load:.1f} before it began): times are longer than on a "
        "quiet one; ratios and processor times less so."
    )


def _references(rows: list[Row]) -> list[Row]:
    return list({id(row.reference): row.reference for row in rows if row.reference}.values())


def _cells(row: Row, marks: dict[int, str]) -> tuple[str, ...]:
    """Times in milliseconds; of what is done all in one there is no 95th percentile, but its own time."""
    mark = marks.get(id(row))
    return (
        f"{mark} {row.name}" if mark else row.name,
        f"{row.n:,}",
        f"{row.per_second:,.0f}" if row.per_second >= 10 else f"{row.per_second:.1f}",
        _ms(row.median),
        _ms(row.p95),
        _ms(row.web_cpu, 3 if row.n > 4_999 else 2),
        _ms(row.database_cpu, 3 if row.n > 4_999 else 2),
        f"{row.ratio:,.1f}" if row.ratio else "",
        marks[id(row.reference)] if row.reference else "",
        row.remark,
    )


def _ms(seconds: float | None, digits: int = 2) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.{digits}f}"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.ljust(width) if column in (0, 8, 9) else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in about.read_text().splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()

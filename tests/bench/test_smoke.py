"""The benchmarks run from end to end at the smallest scale. How long anything takes is asserted nowhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.imports import FILE

ROOT = Path(__file__).resolve().parents[2]
SMALLEST = ("--small", "--members", "500", "--calls", "4", "--lines", "200")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]


def test_every_benchmark_gives_its_rows(tmp_path: Path) -> None:
    out = tmp_path / "table.md"
    done = subprocess.run(
        [sys.executable, "-m", "bench", *SMALLEST, "--directory", tmp_path, "--out", out],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    names = [line.split("|")[1].strip() for line in out.read_text().splitlines() if line.startswith("|")][2:]
    expected = 4 + 2 + 2 + 8 + 4 + 1 + (3 if FILE.exists() else 0)
    assert len(names) == expected, names
    assert [path for path in tmp_path.iterdir() if path != out] == []

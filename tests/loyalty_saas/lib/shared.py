"""The public data that some tests read when it lies beside the project."""

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def shared_file(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the shared data is not here: {path}")
    return path


def shared_rows(name: str) -> list[dict[str, str]]:
    with shared_file(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

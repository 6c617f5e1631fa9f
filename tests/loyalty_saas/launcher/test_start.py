"""`make run`'s launcher: everything starts in order, is reachable, and is gone afterwards, however it ended."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loyalty_saas.launcher.plan import ROOT
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]
READY = "Regulars is ready"


@contextmanager
def launched(data_dir: Path, port: int, **environment: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A launcher on its own embedded parts, and the file of what it says."""
    told = data_dir.with_suffix(".out")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    with told.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "loyalty_saas.launcher"],
            env={**kept, "DEMO": "no", "DATA_DIR": str(data_dir), "PORT": str(port), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield process, told
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(process: subprocess.Popen[str], told: Path, line: str, seconds: float = 300) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if line in (text := told.read_text()):
            return text
        assert process.poll() is None, text
        time.sleep(0.1)
    raise AssertionError(told.read_text())


def left_over(data_dir: Path) -> dict[int, str]:
    """Processes that still have to do with this data directory, by their environment or command: id → command."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                command = (process / "cmdline").read_bytes()
                about = command + (process / "environ").read_bytes()
            except OSError:
                continue
            if str(data_dir).encode() in about and command:
                found[int(process.name)] = command.replace(b"\0", b" ").decode()
    return found


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_until_nothing_is_left(data_dir: Path) -> dict[int, str]:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and left_over(data_dir):
        time.sleep(0.2)
    return left_over(data_dir)


def test_everything_starts_answers_and_stops_in_reverse_order(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "a shop's data", free_port()
    with launched(data_dir, port) as (process, told):
        text = wait_for(process, told, READY)
        assert f"http://localhost:{port}/" in text
        status, body = get(f"http://localhost:{port}/readyz")
        assert status == 200, body
        assert get(f"http://localhost:{port}/account/login/")[0] == 200
        assert json.loads(get(f"http://localhost:{port + 1}/api/messages")[1]) == []

        with launched(data_dir, port + 3) as (second, refusal):
            assert second.wait(timeout=120) == 1
            assert "Regulars already runs on" in refusal.read_text()
        with launched(tmp_path / "other", port) as (second, refusal):
            assert second.wait(timeout=120) == 1
            assert f"Port {port} cannot be used" in refusal.read_text()

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=180) == 0
        stopped = told.read_text().partition("Stopping:")[2]
        order = ["Scheduler", "Worker", "Web server", "Mail inbox", "Valkey", "PostgreSQL", "Everything is stopped."]
        assert sorted(order, key=stopped.index) == order
    assert left_over(data_dir) == {}

    with launched(data_dir, port) as (process, told):  # the second start, ended the hard way
        wait_for(process, told, READY)
        workers = [pid for pid, command in left_over(data_dir).items() if " worker " in command]
        assert len(workers) == 3  # one that leads and two that work
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)  # busy with something else when it is asked to end
        process.kill()
    assert wait_until_nothing_is_left(data_dir) == {}


NOWHERE = "postgres://owner:very-secret@127.0.0.1:1/regulars"
UNREACHABLE = 'The database (PostgreSQL) cannot be reached: connection to server at "127.0.0.1", port 1 failed'


def test_a_database_that_does_not_answer_is_told_in_a_sentence(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "data", free_port()
    with launched(data_dir, port, DATABASE_URL=NOWHERE) as (process, told):
        assert process.wait(timeout=180) == 1
        text = told.read_text()
    assert "Regulars could not start." in text
    assert UNREACHABLE in text
    assert "Start that PostgreSQL, or correct DATABASE_URL" in text
    assert "Traceback" not in text
    assert 'File "' not in text
    assert "very-secret" not in text
    assert left_over(data_dir) == {}


def test_a_command_tells_it_in_the_same_sentence(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": NOWHERE, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(UNREACHABLE)
    assert len(told.stderr.splitlines()) == 2


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    with launched(tmp_path / "data", 1, PORT="eight thousand") as (process, told):
        assert process.wait(timeout=120) == 1
        assert "PORT='eight thousand' is not usable: write a whole number from 1" in told.read_text()


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with launched(tmp_path / "log", 1, DATA_DIR=str(tmp_path / "file" / "data")) as (process, told):
        assert process.wait(timeout=120) == 1
        text = told.read_text()
    assert f"Data and logs cannot be kept in {tmp_path / 'file' / 'data'}" in text
    assert "Traceback" not in text

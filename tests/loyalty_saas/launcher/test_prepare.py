"""A start that is stopped in the middle of the demo leaves no process, and the next start makes it whole."""

import signal
import time
from pathlib import Path

import psycopg2
import pytest

from loyalty_saas.embedded.paths import SUPERUSER, postgres_url
from tests.loyalty_saas.launcher.test_start import free_port, launched, left_over, wait_until_nothing_is_left

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]


def wait_until_the_demo_plays(data_dir: Path, told: Path) -> None:
    deadline = time.monotonic() + 200
    while not any("demo play" in command for command in left_over(data_dir).values()):
        assert time.monotonic() < deadline, told.read_text()
        time.sleep(0.2)


def businesses(data_dir: Path) -> int:
    """How many there are, while the database runs."""
    connection = psycopg2.connect(postgres_url(data_dir, "regulars", user=SUPERUSER))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tenants_tenant")
            row = cursor.fetchone()
            assert row
            return int(row[0])
    finally:
        connection.close()


def test_an_interrupted_demo_is_begun_again(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "data", free_port()
    with launched(data_dir, port, DEMO="yes") as (process, told):
        wait_until_the_demo_plays(data_dir, told)
        deadline = time.monotonic() + 180
        while not businesses(data_dir):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=180) == 0
    assert wait_until_nothing_is_left(data_dir) == {}
    assert (data_dir / "demo.unfinished").exists()

    with launched(data_dir, port, DEMO="yes") as (process, told):
        wait_until_the_demo_plays(data_dir, told)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=180) == 0
        assert "could not" not in told.read_text()
    assert wait_until_nothing_is_left(data_dir) == {}

"""The embedded servers start, answer, stop, keep what they hold and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from loyalty_saas.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedValkey, identity
from loyalty_saas.embedded.paths import make_private, run_directory

LAUNCHER = """
import pathlib, sys, time
from loyalty_saas.embedded import EmbeddedPostgres, EmbeddedValkey
servers = [EmbeddedPostgres(pathlib.Path(sys.argv[1]), fast=True), EmbeddedValkey(pathlib.Path(sys.argv[1]))]
for server in servers:
    server.start()
print(*(server.process.pid for server in servers), flush=True)
time.sleep(600)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose sockets, when they had to be put elsewhere, are removed again."""
    chosen = tmp_path / "data"
    yield chosen
    if (sockets := run_directory(chosen)).parent == Path("/tmp"):
        for left in [*sockets.iterdir()] if sockets.exists() else []:
            left.unlink()
        sockets.rmdir() if sockets.exists() else None


def is_running(number: int) -> bool:
    status = Path(f"/proc/{number}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def wait_for_end(*numbers: int, seconds: float = 60) -> list[int]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(is_running, numbers)):
        time.sleep(0.05)
    return [number for number in numbers if is_running(number)]


def one_value(url: str, query: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
            assert row
            return row[0]
    finally:
        connection.close()


def test_what_fails_leaves_nobody_in_the_log(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, fast=True) as postgres:
        connection = psycopg2.connect(postgres.admin_url())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE guest (name text PRIMARY KEY, visits int CHECK (visits > 0))")
            cursor.execute("INSERT INTO guest VALUES ('Maria Özil', 1)")
            for visits in ("1", "0"):
                with pytest.raises(psycopg2.IntegrityError):
                    cursor.execute("INSERT INTO guest VALUES ('Maria Özil', %s)", [visits])
        connection.close()
    logged = postgres.log.read_text()
    assert "duplicate key value violates unique constraint" in logged
    assert "violates check constraint" in logged
    assert "Özil" not in logged


def test_servers_keep_what_they_hold_on_a_path_with_a_space(tmp_path: Path) -> None:
    data_dir = tmp_path / "a shop's data"
    with EmbeddedPostgres(data_dir, fast=True) as postgres, EmbeddedValkey(data_dir) as valkey:
        postgres.ensure_database("regulars")
        postgres.ensure_database("regulars")
        assert one_value(postgres.admin_url("regulars"), "SELECT upper('çé')") == "ÇÉ"
        redis.Redis.from_url(valkey.url).set("kept", "yes")
    assert not (data_dir / "postgres" / "postmaster.pid").exists()

    with EmbeddedPostgres(data_dir, fast=True) as postgres, EmbeddedValkey(data_dir) as valkey:
        assert one_value(postgres.admin_url("regulars"), "SELECT current_database()") == "regulars"
        assert redis.Redis.from_url(valkey.url).get("kept") == b"yes"


def test_servers_answer_on_their_socket_only(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, fast=True) as postgres, EmbeddedValkey(data_dir) as valkey:
        assert one_value(postgres.admin_url("postgres"), "SHOW listen_addresses") == ""
        assert redis.Redis.from_url(valkey.url).config_get("port") == {"port": "0"}
        assert postgres.socket_dir.stat().st_mode & 0o077 == 0


def test_a_role_other_than_the_superuser_needs_its_password(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, fast=True) as postgres:
        connection = psycopg2.connect(postgres.admin_url("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE shop LOGIN PASSWORD 'right'")
        connection.close()
        where = f"host='{postgres.socket_dir}' port=5432 dbname=postgres user=shop"
        assert one_value(f"{where} password=right", "SELECT current_user") == "shop"
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(f"{where} password=wrong")


@pytest.mark.parametrize("name", ["d" * 120, "a,b"])
def test_sockets_move_to_a_short_directory_when_the_path_does_not_serve(tmp_path: Path, name: str) -> None:
    data_dir = tmp_path / name
    assert run_directory(data_dir) == run_directory(data_dir)
    assert run_directory(data_dir).parent == Path("/tmp")
    with EmbeddedPostgres(data_dir, fast=True) as postgres:
        assert one_value(postgres.admin_url("postgres"), "SELECT 1") == 1
    postgres.socket_dir.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends the children on Linux only")
def test_a_killed_starter_leaves_no_server(data_dir: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(data_dir)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    with starter:
        assert starter.stdout
        servers = [int(number) for number in starter.stdout.readline().split()]
        assert [is_running(number) for number in servers] == [True, True]
        starter.kill()
    assert wait_for_end(*servers) == []
    with EmbeddedPostgres(data_dir, fast=True) as postgres:  # and the data can be used again
        assert postgres.answers()


def test_a_server_that_lost_its_power_starts_again_although_its_lock_is_still_there(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, fast=True) as postgres:
        assert postgres.process
        lock = (postgres.cluster / "postmaster.pid").read_text()
    (postgres.cluster / "postmaster.pid").write_text(lock.replace(lock.split()[0], str(os.getpid()), 1))
    with postgres:
        assert postgres.answers()


def test_a_start_that_fails_says_why_and_leaves_nothing(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir, fast=True)
    with postgres:
        pass
    with (postgres.cluster / "postgresql.conf").open("a") as settings:
        settings.write("\nshared_buffers = nonsense\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL stopped by itself") as refusal:
        postgres.start()
    assert 'invalid value for parameter "shared_buffers": "nonsense"' in str(refusal.value)
    assert postgres.process is None


def test_an_interrupted_creation_is_begun_again(data_dir: Path) -> None:
    half = data_dir / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(data_dir, fast=True) as postgres:
        assert postgres.answers()
    assert not half.exists()


def test_a_second_valkey_on_the_same_data_is_refused(data_dir: Path) -> None:
    with EmbeddedValkey(data_dir) as first, pytest.raises(EmbeddedError, match="already runs"):
        EmbeddedValkey(data_dir).start()
    assert first.process is None


def test_stopping_twice_is_harmless(data_dir: Path) -> None:
    valkey = EmbeddedValkey(data_dir)
    valkey.start()
    assert valkey.process
    valkey.process.send_signal(signal.SIGKILL)
    valkey.stop()
    valkey.stop()
    assert not valkey.answers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_user_namespaces_runs_postgres_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_namespace", lambda binary: None)
    data_dir = Path(subprocess.check_output(["mktemp", "-d", "/tmp/nobody.XXXXXX"], text=True).strip())
    data_dir.chmod(0o755)
    try:
        with EmbeddedPostgres(data_dir, fast=True) as postgres:
            assert postgres.cluster.owner() == "nobody"
            assert postgres.answers()
    finally:
        subprocess.run(["rm", "-rf", str(data_dir)], check=True)


def test_a_private_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        make_private(tmp_path / "link")

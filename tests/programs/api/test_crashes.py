"""PostgreSQL dies in the middle of everything, again and again: what was acknowledged is there, once."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest

from loyalty_saas.embedded import EmbeddedPostgres
from tests.served import ROOT, Client, served

# `make bars` asks for ten.
CRASHES = int(os.environ.get("CRASHES", "3"))
CLIENTS = 6
BETWEEN = 1.5
SEED = """
import django, json
django.setup()
from tests.api import Shop
shop = Shop()
print(json.dumps({"token": shop.till.token, "business": str(shop.business.pk), "slug": shop.business.slug,
                  "member": str(shop.member.pk)}))
"""


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of the test's own, which waits for the disk as in production."""
    server = EmbeddedPostgres(tmp_path / "data")
    server.start()
    server.ensure_database("regulars")
    yield server
    server.stop()


def environment(server: EmbeddedPostgres) -> dict[str, str]:
    url = server.admin_url("regulars").replace("superuser@", "regulars@")
    elsewhere = {name: "" for name in os.environ if name.startswith("DATABASE_")}
    return {
        **elsewhere,
        "DATABASE_URL": url,
        "DATA_DIR": str(server.data_dir),
        "DJANGO_SETTINGS_MODULE": "loyalty_saas.settings",
    }


def run(server: EmbeddedPostgres, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment(server)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Buyer(threading.Thread):
    """Buys for ever. Every purchase has a key, and is sent again under it until there is an answer."""

    def __init__(self, port: int, shop: dict[str, str], over: threading.Event) -> None:
        super().__init__()
        self.till, self.member, self.over = Client(port, shop["token"]), shop["member"], over
        self.acknowledged: dict[str, str] = {}
        self.without_answer = 0

    def run(self) -> None:
        while not self.over.is_set():
            key = uuid4().hex
            while key not in self.acknowledged:
                try:
                    status, said = self.till.post("purchases/", {"member": {"id": self.member}, "total": 100}, key)
                except (OSError, http.client.HTTPException, ValueError):
                    status = 0
                if status == 201:
                    self.acknowledged[key] = said["purchase"]["id"]
                else:
                    assert status in {0, 500, 503}, (status, said)
                    self.without_answer += 1
                    time.sleep(0.05)
        self.till.close()


def let_them_buy(buyers: list[Buyer]) -> None:
    """For a while, and until there is something to lose."""
    before, deadline = acknowledged_by(buyers), time.monotonic() + 180
    time.sleep(BETWEEN)
    while acknowledged_by(buyers) < before + 2 * CLIENTS:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def acknowledged_by(buyers: list[Buyer]) -> int:
    return sum(len(buyer.acknowledged) for buyer in buyers)


def kill(server: EmbeddedPostgres) -> None:
    """Every process of it at once, as when the power fails."""
    assert server.process
    postmaster = server.process.pid
    os.kill(postmaster, signal.SIGSTOP)  # no child is born that nobody counts
    family = [postmaster, *children_of(postmaster)]
    for pid in family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    server.process.wait()
    server.process = None


def children_of(parent: int) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                stat = (process / "stat").read_text()
            except OSError:
                continue
            if int(stat.rsplit(")", 1)[1].split()[1]) == parent:
                found += [int(process.name), *children_of(int(process.name))]
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the processes of PostgreSQL in /proc")
def test_no_acknowledged_purchase_is_lost_or_doubled_when_postgresql_is_killed(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    run(postgres, "manage.py", "prepare_database", "--verbosity", "0")
    shop = json.loads(run(postgres, "-c", SEED))
    over = threading.Event()
    with served(tmp_path / "server.log", environment(postgres)) as port:
        buyers = [Buyer(port, shop, over) for _number in range(CLIENTS)]
        for buyer in buyers:
            buyer.start()
        try:
            for _crash in range(CRASHES):
                let_them_buy(buyers)
                kill(postgres)
                postgres.start()
            let_them_buy(buyers)
        finally:
            over.set()
        for buyer in buyers:
            buyer.join(180)
            assert not buyer.is_alive()
    acknowledged = {key: purchase for buyer in buyers for key, purchase in buyer.acknowledged.items()}
    assert len(acknowledged) > CRASHES * CLIENTS
    assert sum(buyer.without_answer for buyer in buyers) >= CRASHES  # the crashes were felt
    connection = psycopg2.connect(postgres.admin_url("regulars"))
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id::text FROM customers_purchase")
        purchases = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT cause_id::text, amount FROM programs_entry")
        entries = cursor.fetchall()
        cursor.execute("SELECT balance FROM programs_account WHERE member_id = %s", [shop["member"]])
        balance = cursor.fetchone()
    connection.close()
    # Every key was answered in the end, so nothing is there that was not acknowledged either.
    assert purchases == set(acknowledged.values())
    assert sorted(cause for cause, _amount in entries) == sorted(purchases)
    assert balance == (len(purchases),)
    run(postgres, "manage.py", "reconcile", "--business", shop["slug"])

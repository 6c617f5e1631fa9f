"""The walls behind PgBouncer in transaction mode, where a server connection serves one business after the other."""

import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection, connections
from django.db.utils import DatabaseError

from loyalty_saas.postgres.prepared import execute_prepared
from tenants.isolation import tenant_context
from tenants.models import Location, Tenant
from tests.cast import make_business

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
PORT = "6432"
CLIENTS = 8
# Four queries each: the setting and three questions.
TURNS = int(os.environ.get("POOLER_TURNS", "150"))

pytestmark = pytest.mark.skipif(
    PGBOUNCER is None, reason="NO POOLER: pgbouncer is missing, the walls were NOT tried behind it"
)


@pytest.fixture
def pooler(tmp_path: Path) -> Iterator[dict[str, object]]:
    """PgBouncer with three server connections for everybody; gives the settings that lead through it."""
    server = connection.settings_dict
    folder = Path(tempfile.mkdtemp(prefix="pooler-", dir="/tmp"))  # a short path, for the socket
    folder.chmod(0o777)
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n{server['NAME']} = host={server['HOST']} user={server['USER']} password={server['PASSWORD']}\n"
        f"[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\nunix_socket_dir = {folder}\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 50\nserver_reset_query =\n"
        "ignore_startup_parameters = extra_float_digits\n"
    )
    # PgBouncer refuses to be root, and the folder of PostgreSQL's socket admits nobody else: it is called otherwise.
    renamed = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    command = [*renamed, str(PGBOUNCER), "-q", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        settings = {**server, "HOST": str(folder), "PORT": PORT}
        wait_for(settings, process)
        yield settings
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder)


def wait_for(settings: dict[str, object], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg2.connect(
                host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname=settings["NAME"]
            ).close()
        except psycopg2.OperationalError as error:
            refused = error
            time.sleep(0.1)
        else:
            return
    process.terminate()
    pytest.fail(f"PgBouncer does not answer: {refused}")


def through(settings: dict[str, object], businesses: list[Tenant], seed: int, wrong: list[object]) -> None:
    """One client: turn after turn for one business or the other, and now and then for none."""
    chance = random.Random(seed)
    connections["default"].settings_dict = settings
    try:
        for _turn in range(TURNS):
            business = chance.choice(businesses)
            with tenant_context(business):
                seen = set(Location.objects.values_list("tenant_id", flat=True))
                with connection.cursor() as cursor:
                    cursor.execute("SELECT DISTINCT tenant_id FROM tenants_location")
                    seen |= {row for (row,) in cursor.fetchall()}
                    # What is prepared on one connection to the server is unknown on the next.
                    execute_prepared(cursor, "SELECT DISTINCT tenant_id FROM tenants_location WHERE name <> %s", ["-"])
                    seen |= {row for (row,) in cursor.fetchall()}
            if seen != {business.pk}:
                wrong.append((business.pk, seen))
            if chance.random() < 0.1 and not is_refused_without_a_business():
                wrong.append("rows without a business")
    finally:
        connections["default"].close()


def is_refused_without_a_business() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tenants_location")
    except DatabaseError:
        return True
    return False


def test_a_pooled_connection_never_shows_another_business(pooler: dict[str, object]) -> None:
    businesses = [make_business() for _number in range(4)]
    wrong: list[object] = []
    clients = [
        threading.Thread(target=through, args=(dict(pooler), businesses, seed, wrong)) for seed in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert wrong == []

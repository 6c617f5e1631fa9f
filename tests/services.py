"""The PostgreSQL and Valkey that the tests talk to: real ones, started once, in a directory of their own.

The process that starts pytest owns them; each of its workers makes itself a database from the template that
the first one migrated. DATABASE_URL and REDIS_URL replace them, as everywhere.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg2
from psycopg2 import sql

from loyalty_saas.embedded.postgres import EmbeddedPostgres
from loyalty_saas.embedded.valkey import EmbeddedValkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEMPLATE = "regulars_template"
OWNER = "regulars_tests_owner"


class Services:
    """Starts what the tests need, and puts where it is into the environment that settings read."""

    def __init__(self) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="regulars-tests-"))
        self.postgres = EmbeddedPostgres(self.data_dir, fast=True)
        self.valkey = EmbeddedValkey(self.data_dir)

    def start(self) -> None:
        self.data_dir.chmod(0o755)
        self.postgres.start()
        self.valkey.start()
        _as_superuser(
            self.postgres.admin_url(),
            # The owner is nobody special: what stops it in a test stops it in production.
            sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD 'owner'").format(sql.Identifier(OWNER)),
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(TEMPLATE), sql.Identifier(OWNER)),
        )
        os.environ["TEST_POSTGRES"] = str(self.postgres.socket_dir)
        os.environ["TEST_POSTGRES_ADMIN"] = self.postgres.admin_url()
        os.environ["TEST_VALKEY"] = self.valkey.url
        os.environ["DATA_DIR"] = str(self.data_dir)

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.data_dir, ignore_errors=True)


def point_settings_at(database: str) -> None:
    """Set the environment that loyalty_saas.settings reads, for the database of this process."""
    number = int(WORKER.removeprefix("gw") or 0) if WORKER else 15
    os.environ.update(
        DATABASE_URL=f"postgres://{OWNER}:owner@/{database}?host={os.environ['TEST_POSTGRES']}",
        # Databases of a worker's own: caches and queues are walls between tests too.
        REDIS_URL=f"{os.environ['TEST_VALKEY']}?db={number}",
        SECRET_KEY="tests-only-" + "x" * 40,
        SITE_URL="http://localhost:8000",
        ALLOWED_HOSTS="testserver,localhost,127.0.0.1,.localhost",
        LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="loyalty_saas.settings",
    )


def copy_template(database: str) -> None:
    """Make a database of this process's own from the migrated template."""
    _as_superuser(
        os.environ["TEST_POSTGRES_ADMIN"],
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
            sql.Identifier(database), sql.Identifier(TEMPLATE), sql.Identifier(OWNER)
        ),
    )


def _as_superuser(url: str, *statements: sql.Composed) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True  # CREATE DATABASE cannot run inside a transaction
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()

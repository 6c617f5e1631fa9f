"""The PostgreSQL and Valkey that the tests talk to: real ones, started once, in a directory of their own.

The process that starts pytest owns them; each of its workers makes itself a database from the template that
the first one migrated. DATABASE_URL and REDIS_URL replace them, as everywhere.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2
from psycopg2 import sql

from loyalty_saas.embedded.postgres import EmbeddedPostgres
from loyalty_saas.embedded.valkey import EmbeddedValkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEMPLATE = "regulars_template"
OWNER = "regulars_tests_owner"

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache" / "test-database"
# What the migrated database is made from.
MADE_FROM = (
    "*/migrations/*.py",
    "*/models/*.py",
    "loyalty_saas/postgres/*.py",
    "requirements.lock",
    "tests/services.py",
)


def fingerprint() -> str:
    """A name for the state of everything that shapes the migrated database."""
    files = sorted(path for pattern in MADE_FROM for path in ROOT.glob(pattern))
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


class Services:
    """Starts what the tests need, and puts where it is into the environment that settings read."""

    def __init__(self) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="regulars-tests-"))
        self.postgres = EmbeddedPostgres(self.data_dir, fast=True)
        self.valkey = EmbeddedValkey(self.data_dir)
        self.kept = KEPT / fingerprint()
        self.is_migrated = False

    def start(self) -> None:
        self.data_dir.chmod(0o755)
        self.is_migrated = self.kept.exists()
        if self.is_migrated:
            _copy(self.kept, self.postgres.cluster)
        self.postgres.start()
        self.valkey.start()
        if not self.is_migrated:
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

    def keep(self) -> None:
        """Keep the migrated cluster for the next runs of the same migrations: they start in a second."""
        self.postgres.stop()
        shutil.rmtree(KEPT, ignore_errors=True)
        _copy(self.postgres.cluster, self.kept)
        self.postgres.start()

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


def _copy(source: Path, target: Path) -> None:
    """A folder with its owners: PostgreSQL refuses files of somebody else."""
    beginning = target.with_name(f"{target.name}.{os.getpid()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(beginning)], check=True)
    shutil.rmtree(target, ignore_errors=True)
    beginning.rename(target)

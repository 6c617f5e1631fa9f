"""A PostgreSQL of one's own in a data directory, reached through its socket only."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

import psycopg2
from psycopg2 import sql

from loyalty_saas.embedded.errors import EmbeddedError
from loyalty_saas.embedded.identity import hand_over, postgres_identity
from loyalty_saas.embedded.paths import (
    OWNER,
    POSTGRES_PORT,
    SUPERUSER,
    make_private,
    postgres_binary,
    postgres_url,
    run_directory,
)
from loyalty_saas.embedded.processes import RunAs, clean_environment, end_of, spawn, stop, wait_until

# The superuser and the owner need no password: only this machine's user enters the socket's directory. Everyone
# else proves who they are exactly as on a server, so that the roles are tried here as they are there.
ACCESS = f"local all {SUPERUSER},{OWNER} trust\nlocal all all scram-sha-256\n"
# A statement that fails, and the row it failed at, hold names and addresses: neither belongs into a log. The
# application logs the error, by request and without them.
DISCREET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}
# For tests: a crash may lose everything, nothing waits for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class EmbeddedPostgres:
    """The PostgreSQL of one data directory: created at the first start, UTF-8, no TCP port."""

    def __init__(self, data_dir: Path, *, fast: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        self.fast = fast
        self.cluster = self.data_dir / "postgres"
        self.log = self.data_dir / "logs" / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        return run_directory(self.data_dir)

    def admin_url(self, database: str = "postgres") -> str:
        """The superuser's address of a database."""
        return postgres_url(self.data_dir, database, user=SUPERUSER)

    def start(self) -> None:
        """Create the cluster when it is new, start the server and wait until it answers.

        Raises EmbeddedError, with the end of the log, when it does not.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        make_private(self.socket_dir)
        run_as = self._create() if not (self.cluster / "PG_VERSION").exists() else self._identity(self.cluster)
        hand_over(self.socket_dir, run_as)
        self._clear_the_dead()
        settings = {
            "listen_addresses": "",
            "port": str(POSTGRES_PORT),
            "unix_socket_directories": _quoted(self.socket_dir),
            "hba_file": str(self.cluster / "pg_hba.conf"),
            "log_timezone": "UTC",
            **DISCREET,
            **(FAST if self.fast else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = spawn(
            [postgres_binary("postgres"), "-D", self.cluster, *options],
            log=self.log,
            cwd=Path("/"),
            last_wish=signal.SIGINT,  # PostgreSQL's fast shutdown; SIGTERM would wait for clients
            run_as=run_as,
        )
        try:
            wait_until(self.answers, process=self.process, name="PostgreSQL", log=self.log, seconds=60)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down cleanly; does nothing when it does not run."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, signal.SIGQUIT)
            self.process = None

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            psycopg2.connect(host=str(self.socket_dir), port=POSTGRES_PORT, user=SUPERUSER, dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def ensure_database(self, name: str) -> None:
        """Create the database and its owner unless they are there.

        The owner may create databases and roles and is otherwise nobody special: no superuser, so that what
        a server would refuse is refused here.
        """
        connection = psycopg2.connect(self.admin_url())
        connection.autocommit = True  # CREATE DATABASE cannot run inside a transaction
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(sql.Identifier(OWNER)))
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    parts = (sql.Identifier(name), sql.Identifier(OWNER))
                    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*parts))
        finally:
            connection.close()

    def _identity(self, cluster: Path) -> RunAs:
        return postgres_identity(postgres_binary("postgres"), cluster)

    def _create(self) -> RunAs:
        """initdb beside the final place, then a rename: one that was interrupted leaves no half cluster."""
        beginning = self.data_dir / "postgres.new"
        shutil.rmtree(beginning, ignore_errors=True)
        beginning.mkdir(mode=0o700)
        run_as = self._identity(beginning)
        done = subprocess.run(
            [
                *run_as.prefix,
                *map(str, [postgres_binary("initdb"), "-D", beginning, "-U", SUPERUSER, "--auth=trust"]),
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(["--no-sync"] if self.fast else []),
            ],
            cwd="/",
            env=clean_environment({"LC_ALL": "C"}),
            capture_output=True,
            text=True,
            **run_as.options(),
        )
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL's data could not be created in {beginning}\n{done.stdout}{done.stderr}")
        (beginning / "pg_hba.conf").write_text(ACCESS)
        beginning.rename(self.cluster)
        return run_as

    def _clear_the_dead(self) -> None:
        """Wait for a server that is still stopping; forget one whose number another program has now."""
        lock = self.cluster / "postmaster.pid"
        deadline = time.monotonic() + 15
        while lock.exists():
            number = int(lock.read_text().split()[0])
            if not _is_postgres(number):
                lock.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL already runs on {self.cluster} (process {number}); stop it, or set another DATA_DIR"
                    f"\n{end_of(self.log)}"
                )
            time.sleep(0.1)

    def __enter__(self) -> "EmbeddedPostgres":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _quoted(directory: Path) -> str:
    """One entry of PostgreSQL's list of directories, which is split at commas."""
    return '"{}"'.format(str(directory).replace('"', '""'))


def _is_postgres(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    command = Path(f"/proc/{number}/cmdline")
    return not command.exists() or b"postgres" in command.read_bytes()

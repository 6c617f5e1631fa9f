"""A backup holds every business's rows of one moment, and comes back whole or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connections
from psycopg2 import sql

from loyalty_saas.backups import DUMP, MANIFEST, BackupError, back_up, count_rows, restore

OWNER = "regulars_tests_owner"


def on(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@pytest.fixture
def admin() -> str:
    """The superuser's address of this process's database."""
    return on(os.environ["TEST_POSTGRES_ADMIN"], str(connections["default"].settings_dict["NAME"]))


@pytest.fixture
def empty(admin: str) -> Iterator[str]:
    """The name of a new, empty database of the owner's."""
    name = f"restored_{os.getpid()}"
    connection = psycopg2.connect(admin)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
        yield name
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    connection.close()


def rows_of(url: str) -> dict[str, int]:
    connection = psycopg2.connect(url)
    try:
        return count_rows(connection)
    finally:
        connection.close()


def test_everything_comes_back_with_its_walls(cast: Any, admin: str, empty: str, tmp_path: Path) -> None:
    media, returned = tmp_path / "media", tmp_path / "returned"
    (media / "logos").mkdir(parents=True)
    (media / "logos" / "luna.webp").write_bytes(b"picture")
    backup = tmp_path / "a shop's backup"

    saved = back_up(backup, url=admin, media=media)
    assert saved["tenants_tenant"] >= 2
    owner = on(os.environ["DATABASE_URL"], empty)
    assert restore(backup, owner_url=owner, url=on(admin, empty), media=returned) == saved

    assert rows_of(on(admin, empty)) == rows_of(admin)
    assert (returned / "logos" / "luna.webp").read_bytes() == b"picture"
    forced = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relrowsecurity"
    assert ask(on(admin, empty), forced) == ask(admin, forced) != 0
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_is_never_restored_over_something(admin: str, tmp_path: Path) -> None:
    back_up(tmp_path / "backup", url=admin, media=tmp_path / "media")
    with pytest.raises(BackupError, match="not empty"):
        restore(tmp_path / "backup", owner_url=os.environ["DATABASE_URL"], url=admin, media=tmp_path / "media")


def test_a_damaged_backup_leaves_the_database_empty(admin: str, empty: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(backup, url=admin, media=tmp_path / "media")
    whole = (backup / DUMP).read_bytes()
    (backup / DUMP).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupError, match="pg_restore failed"):
        restore(backup, owner_url=on(os.environ["DATABASE_URL"], empty), url=on(admin, empty), media=tmp_path / "m")
    assert rows_of(on(admin, empty)) == {}


def test_rows_that_are_missing_are_named(admin: str, empty: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    rows = back_up(backup, url=admin, media=tmp_path / "media")
    told = (backup / MANIFEST).read_text()
    changed = told.replace(f'"django_migrations": {rows["django_migrations"]}', '"django_migrations": 1')
    (backup / MANIFEST).write_text(changed)
    with pytest.raises(BackupError, match=r"what the backup says: django_migrations$"):
        restore(backup, owner_url=on(os.environ["DATABASE_URL"], empty), url=on(admin, empty), media=tmp_path / "m")


def test_a_role_behind_the_walls_cannot_make_a_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="sees one business at a time"):
        back_up(tmp_path / "backup", url=os.environ["DATABASE_URL"], media=tmp_path / "media")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_not_written_over_another(admin: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is there already"):
        back_up(tmp_path, url=admin, media=tmp_path / "media")


def ask(url: str, query: str) -> int:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
            assert row
            return int(row[0])
    finally:
        connection.close()

"""What has to work before anybody can be served."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache

from django.core.cache import cache as shared_cache
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from redis import RedisError

from loyalty_saas.health.heartbeat import last_seen


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it works, why not, and when it was last seen (seconds since 1970)."""

    ok: bool
    why: str = ""
    seen: float | None = None


def readiness() -> dict[str, Finding]:
    """Every part by name. Asks each in turn; one that fails hides no other."""
    return {
        "database": _database(),
        "redis": _redis(),
        "migrations": _migrations(),
        "worker": _alive("worker"),
        "scheduler": _alive("scheduler"),
    }


def as_data(findings: dict[str, Finding]) -> dict[str, object]:
    return {
        "ready": all(finding.ok for finding in findings.values()),
        "parts": {name: asdict(finding) for name, finding in findings.items()},
    }


def _guarded(check: Callable[[], Finding]) -> Callable[[], Finding]:
    """A part that cannot be asked is not ready; what the driver says may name hosts, so only its kind is told."""

    def ask() -> Finding:
        try:
            return check()
        except (DatabaseError, RedisError) as error:
            return Finding(False, type(error).__name__)

    return ask


@_guarded
def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(True)


@_guarded
def _redis() -> Finding:
    shared_cache.get("heartbeat:none")
    return Finding(True)


@_guarded
def _migrations() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = _known_migrations() - applied
    return Finding(not missing, f"{len(missing)} not applied" if missing else "")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Those in the code; it does not change while the process lives."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _alive(part: str) -> Finding:
    @_guarded
    def check() -> Finding:
        seen = last_seen(part)
        return Finding(seen is not None, "" if seen else "not seen lately", seen)

    return check()

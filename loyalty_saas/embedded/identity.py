"""PostgreSQL refuses to run as root: find out, by trying, as whom it runs here.

First choice is a user namespace (`unshare --user`): inside it the process is not root, and outside it
nothing changes hands, so that it works in /root and leaves no file of another user. Where the kernel or
the container forbids it, the user `nobody` is taken, who must be able to reach the binaries and the data.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from loyalty_saas.embedded.errors import EmbeddedError
from loyalty_saas.embedded.processes import OURSELVES, RunAs

NOBODY = "nobody"


def postgres_identity(binary: Path, cluster: Path) -> RunAs:
    """As whom to run PostgreSQL so that it may use `cluster`, an existing directory.

    Hands the directory over when that takes another user. Raises EmbeddedError when nothing works.
    """
    if os.geteuid() != 0:
        return OURSELVES
    namespace = _namespace(binary)
    nobody = RunAs(user=NOBODY)
    belongs_to_root = cluster.stat().st_uid == 0
    if namespace and belongs_to_root:
        return namespace
    if _works(nobody, [binary, "--version"]):
        hand_over(cluster, nobody)
        if _works(nobody, ["test", "-w", cluster]):
            return nobody
    if namespace:  # it was nobody's, who cannot reach it any more
        hand_over(cluster, OURSELVES)
        return namespace
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and neither a user namespace nor the user {NOBODY} can be used in "
        f"{cluster}. Start as an ordinary user, move the project out of a directory that only root may enter, "
        "or set DATABASE_URL."
    )


@cache
def _namespace(binary: Path) -> RunAs | None:
    if not (unshare := shutil.which("unshare")):
        return None
    candidate = RunAs(prefix=(unshare, "--user"))
    return candidate if _works(candidate, [binary, "--version"]) else None


def _works(run_as: RunAs, command: list[str | Path]) -> bool:
    try:
        done = subprocess.run(
            [*run_as.prefix, *map(str, command)], cwd="/", capture_output=True, timeout=20, **run_as.options()
        )
    except (OSError, LookupError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def hand_over(directory: Path, run_as: RunAs) -> None:
    """Give a directory and what is in it to the user that PostgreSQL runs as."""
    user, group = run_as.ids()
    if directory.stat().st_uid == user:
        return
    for path in [directory, *directory.rglob("*")]:
        os.chown(path, user, group, follow_symlinks=False)

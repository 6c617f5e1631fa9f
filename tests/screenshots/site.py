"""The site that is pictured: one that runs, or one started for it with the sample businesses in it."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loyalty_saas.launcher.console import say
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY = "Regulars is ready"


@dataclass(frozen=True)
class Site:
    """Addresses without a slash at the end. The inbox is where codes for members arrive."""

    url: str
    inbox: str


@contextmanager
def site(base_url: str, data_dir: Path | None) -> Iterator[Site]:
    """The running site at `base_url`, or a new one on `data_dir` (kept) or on a directory that is removed again."""
    if base_url:
        yield running(base_url.rstrip("/"))
    elif data_dir:
        with launched(data_dir.resolve()) as started:
            yield started
    else:
        with tempfile.TemporaryDirectory(prefix="regulars-pictures-") as made:
            Path(made).chmod(0o755)
            with launched(Path(made)) as started:
                yield started


def running(url: str) -> Site:
    host, _colon, port = url.rpartition(":")
    if not port.isdigit():
        raise SystemExit(f"{url} has no port: the inbox is looked for on the next one.")
    return Site(url, f"{host}:{int(port) + 1}")


@contextmanager
def launched(data_dir: Path) -> Iterator[Site]:
    port = free_port()
    told = data_dir / "launcher.out"
    data_dir.mkdir(parents=True, exist_ok=True)
    with told.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "loyalty_saas.launcher"],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(data_dir), "PORT": str(port), "DEMO": "yes"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        say(f"Starting a site with the sample businesses (it says what it does in {told})")
        while READY not in told.read_text():
            if process.poll() is not None:
                raise SystemExit(f"It did not start:\n{told.read_text()[-2000:]}")
            time.sleep(0.5)
        yield running(f"http://localhost:{port}")
    finally:
        process.terminate()
        process.wait()


def fetched(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            said: bytes = answer.read()
            return said
    except (urllib.error.URLError, OSError) as error:
        raise SystemExit(f"{url} does not answer: {error}") from error

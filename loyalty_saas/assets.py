"""Builds what browsers load: one stylesheet by the Tailwind binary, then every file with its fingerprint.

`python -m loyalty_saas.assets` builds the stylesheet; with `--collect` everything, when something changed.
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from loyalty_saas.packages import fetch_packages

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "static" / "css" / "app.css"
STYLESHEET = ROOT / "build" / "assets" / "css" / "app.css"
STAMP = ROOT / "build" / "static.stamp"


def fingerprint() -> str:
    """A digest of everything the built files depend on: our sources, the templates and the packages."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether the collected files are those of the sources as they are now."""
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def build_stylesheet(*, watch: bool = False) -> None:
    """Write build/assets/css/app.css from static/css/app.css. Raises CalledProcessError."""
    STYLESHEET.parent.mkdir(parents=True, exist_ok=True)
    binary = Path(sysconfig.get_path("scripts")) / "tailwindcss"
    options = ["--watch=always"] if watch else ["--minify"]
    subprocess.run([binary, "--input", SOURCE, "--output", STYLESHEET, *options], cwd=ROOT, check=True)


def build() -> bool:
    """Build and collect when something changed since the last time; says whether it did. Needs Django."""
    from django.core.management import call_command

    if is_current():
        return False
    made_from = fingerprint()
    if SOURCE.exists():
        build_stylesheet()
    fetch_packages()
    # The browsable API is not served, so neither are its four megabytes.
    call_command("collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=["rest_framework"])
    STAMP.write_text(made_from)
    return True


def _sources() -> Iterator[Path]:
    for folder in ("static", "templates"):
        yield from sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
    yield from (ROOT / "requirements.lock", ROOT / "package-lock.json", Path(__file__))


def main() -> None:
    if "--collect" in sys.argv[1:]:
        if is_current():
            return
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_saas.settings")
        django.setup()
        build()
    else:
        build_stylesheet(watch="--watch" in sys.argv[1:])


if __name__ == "__main__":
    main()

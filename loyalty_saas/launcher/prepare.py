"""The steps between the database and the web server, in one process, so that Django starts only once.

Run as `python -m loyalty_saas.launcher.prepare`; each step is announced on standard output, in the order
in which it is done, as a line that begins with STEP, what is to be shown to the person with SHOW, and why it cannot go
on, where that can be said in a sentence, with FAIL.
"""

import io
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import django
from django.core.management import call_command, get_commands
from django.db.utils import OperationalError

from loyalty_saas.postgres.unreachable import unreachable

STEP, SHOW, FAIL = "step: ", "show: ", "fail: "
SAMPLES = "Demo businesses"


def announce(kind: str, text: str) -> None:
    sys.stdout.write(f"{kind}{text}\n")
    sys.stdout.flush()


def main() -> int:
    try:
        prepare()
    except OperationalError as error:
        if not (sentence := unreachable(error)):
            raise
        for line in sentence.splitlines():
            announce(FAIL, line)
        return 1
    return 0


def prepare() -> None:
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, stop_all)
    announce(STEP, "Roles and tables")
    django.setup()
    from loyalty_saas import assets

    # The styles are another program's work, and need no tables.
    with ThreadPoolExecutor(1) as beside:
        building = None if assets.is_current() else beside.submit(assets.build)
        call_command("prepare_database")
        if building is not None:
            announce(STEP, "Styles and scripts")
            building.result()
    if os.environ.get("DEMO") != "no" and "demo" in get_commands():
        announce(STEP, SAMPLES)
        for line in load_demo().splitlines():
            announce(SHOW, line)


def load_demo() -> str:
    """Load the demo unless it is there; what an interrupted start left of it is removed first."""
    from django.conf import settings

    unfinished = settings.DATA_DIR / "demo.unfinished"
    told = io.StringIO()
    if unfinished.exists():
        call_command("demo", "remove", stdout=told)
    unfinished.touch()
    told = io.StringIO()
    call_command("demo", "load", stdout=told)
    unfinished.unlink()
    return told.getvalue()


def stop_all(number: int, frame: FrameType | None) -> None:
    """Take along what the steps have started: this process leads a group of its own."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.killpg(os.getpgrp(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())

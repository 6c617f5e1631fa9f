"""What a worker leaves behind when it is killed: nobody."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LEADER = """
import os, time
from celery import signals
from loyalty_saas.health.signals import let_nobody_stay_behind

let_nobody_stay_behind()
if not (child := os.fork()):
    signals.worker_process_init.send(None)
    print(os.getpid(), flush=True)
time.sleep(600)
"""


def test_processes_of_a_killed_worker_end_with_it() -> None:
    leader = subprocess.Popen([sys.executable, "-c", LEADER], stdout=subprocess.PIPE, text=True)
    assert leader.stdout
    child = int(leader.stdout.readline())
    assert lives(child)
    leader.send_signal(signal.SIGKILL)
    leader.wait(60)
    leader.stdout.close()
    deadline = time.monotonic() + 60
    while lives(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        assert not lives(child)
    finally:
        if lives(child):
            os.kill(child, signal.SIGKILL)


def lives(pid: int) -> bool:
    """Whether the process still runs; one that nobody has collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False

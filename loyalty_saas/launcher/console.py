"""What the person who typed `make run` reads: one line a part, with how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that something is being done, and then that it is done."""
    watched = sys.stdout.isatty()
    begun = time.monotonic()
    if watched:
        sys.stdout.write(f"  … {name}")
        sys.stdout.flush()
    try:
        yield
    except BaseException:
        say(f"{_again(watched)}  ✗ {name}")
        raise
    say(f"{_again(watched)}  ✓ {name:<28}{time.monotonic() - begun:5.1f} s")


def _again(watched: bool) -> str:
    return "\r\033[2K" if watched else ""

"""Ports that nobody listens at."""

import random
import socket


def free_port(in_a_row: int = 3) -> int:
    """The first of so many free ports in a row. Begins anywhere, so that two who ask at once get different ones."""
    for first in random.sample(range(20_000, 32_000, in_a_row), 500):
        try:
            for port in range(first, first + in_a_row):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("There is no free port.")

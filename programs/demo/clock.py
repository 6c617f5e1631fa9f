"""A year is played in a minute: within a block, the application's clock stands where the play is."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone


@contextmanager
def clock_at(moment: datetime.datetime) -> Iterator[None]:
    """Let `timezone.now()` answer `moment` in this process. For the sample data's own process alone."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real

"""For work that takes locks in an order that suits nobody else: it is the one that gives way."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

T = TypeVar("T")
# Far below the second after which PostgreSQL looks for a deadlock: nobody else is ever its victim.
WAITS_FOR = "150ms"
GIVES_UP_AFTER = 8.0
_NOT_AVAILABLE = "55P03"


def patiently(act: Callable[[], T], *, otherwise: type[Exception]) -> T:
    """Run `act` in a savepoint; where a lock is not to be had soon, let go of all of them and begin again.

    Raises `otherwise` when that did not help for some seconds.
    """
    end = time.monotonic() + GIVES_UP_AFTER
    while True:
        try:
            with transaction.atomic():
                before = _set_timeout(WAITS_FOR)
                done = act()
                _set_timeout(before)
                return done
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != _NOT_AVAILABLE:
                raise
            if time.monotonic() > end:
                raise otherwise from error
        time.sleep(0.02)


def _set_timeout(value: str) -> str:
    """Until the end of the transaction, or back to the savepoint; what it was before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [value])
        before: str = cursor.fetchone()[0]
    return before

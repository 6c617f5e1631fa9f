"""Readers of the backbone wait for transactions that began earlier, those of other test processes too.

Whatever the backbone's readers are expected to have read has to be settled first: another process's test, which may
be one long transaction, began when it liked.
"""

import time

import pytest
from django.db import connection


def settle() -> None:
    """Wait until every transaction that has begun is over. Not inside one's own, which would never be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        [horizon] = cursor.fetchone()
        until = time.monotonic() + 900
        while time.monotonic() < until:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= horizon:
                return
            time.sleep(0.01)
    pytest.fail("Another transaction has been open for a quarter of an hour.")

"""The worker and the scheduler say every few seconds that they live; whoever asks reads when they last did."""

import socket
import time
from contextlib import suppress

from django.core.cache import cache
from redis import RedisError

EVERY = 5.0
# Longer than a moment of load, shorter than anybody's patience.
GONE_AFTER = 45
_last: dict[str, float] = {}


def beat(part: str) -> None:
    """Say that `part` lives, at most every few seconds. A cache that is away is no reason to stop working."""
    now = time.time()
    if now - _last.get(part, 0) < EVERY:
        return
    _last[part] = now
    with suppress(RedisError):
        cache.set_many({_key(part): now, _key(part, socket.gethostname()): now}, timeout=GONE_AFTER)


def last_seen(part: str, host: str = "") -> float | None:
    """When `part` (on one host, or on any) last said so, in seconds since 1970; None when it is gone."""
    seen: float | None = cache.get(_key(part, host))
    return seen


def _key(part: str, host: str = "") -> str:
    return f"heartbeat:{part}:{host}" if host else f"heartbeat:{part}"

"""How many calls a key may make in a minute, counted where all processes see it."""

import time
from functools import lru_cache

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from tenants.api.errors import TooManyCalls
from tenants.models import ApiKey

log = structlog.get_logger(__name__)
WINDOW = 60


def throttle(key: ApiKey) -> None:
    """Count this call. Raises TooManyCalls above the limit; without Redis every call passes."""
    limit, now = settings.API_CALLS_PER_MINUTE, int(time.time())
    try:
        made = _count(f"regulars:calls:{key.pk.hex}:{now // WINDOW}")
    except RedisError as error:
        log.warning("api.not_counted", error=type(error).__name__)
        return
    if made > limit:
        raise TooManyCalls(limit, WINDOW - now % WINDOW)


def _count(name: str) -> int:
    """One more, in one round trip."""
    with _redis().pipeline(transaction=False) as pipe:
        pipe.incr(name)
        pipe.expire(name, WINDOW * 2)
        made: int = pipe.execute()[0]
        return made


@lru_cache(maxsize=1)
def _redis() -> Redis:
    """A pool of this process, safe among its threads."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)

"""The cache, in Redis or Valkey: Django's own, which would build a client anew at every call."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.cache.backends import redis
from redis import Redis


class KeptClients(redis.RedisCacheClient):
    """A client holds nothing but its pool of connections, so one serves all threads; building it is most of a call."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._client: Callable[..., Redis] = cache(Redis)


class RedisCache(redis.RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClients

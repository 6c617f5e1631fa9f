"""How often something may happen, counted in the cache that all processes share; and who is asking."""

import ipaddress

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def within_limit(what: str, *, most: int, seconds: int) -> bool:
    """Count one more of `what` and say whether it is among the first `most` of its window of `seconds`.

    These limits slow down; they do not protect by themselves. So when the cache cannot be reached, the answer
    is yes, and what must never be passed is counted in the database.
    """
    key = f"limit:{what}"
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key) <= most
    except ValueError:
        # The window ended between the two calls: this one begins the next.
        cache.set(key, 1, timeout=seconds)
        return True
    except RedisError as error:
        log.warning("limit.not_counted", error=type(error).__name__)
        return True


def client_address(request: HttpRequest) -> str:
    """The network a request comes from: an IPv4 address, or the /64 that one household has of IPv6.

    With TRUSTED_PROXIES proxies of ours in front, the address is that many steps from the right of what they
    wrote down; anything further left was written by the client.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        address = passed[-settings.TRUSTED_PROXIES] if len(passed) >= settings.TRUSTED_PROXIES else address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)

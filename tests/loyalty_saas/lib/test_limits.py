import pytest
from django.core.cache import cache
from django.test import RequestFactory, override_settings
from redis.exceptions import ConnectionError as RedisIsAway

from loyalty_saas.lib.limits import client_address, within_limit


def test_the_first_few_are_within_and_the_others_not():
    assert [within_limit("a", most=2, seconds=60) for _ in range(4)] == [True, True, False, False]
    assert within_limit("b", most=2, seconds=60)


def test_a_window_that_ends_between_two_calls_begins_again(monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *args, **kwargs: False)
    assert within_limit("c", most=1, seconds=60)


def test_without_the_cache_nobody_is_kept_out(monkeypatch):
    def away(*args, **kwargs):
        raise RedisIsAway

    monkeypatch.setattr(cache, "add", away)
    assert within_limit("d", most=1, seconds=60)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "1.2.3.4, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1", "10.0.0.1"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (0, "", "", "unknown"),
        (1, "nonsense", "10.0.0.1", "unknown"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(proxies, forwarded, remote, address):
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_address(request) == address

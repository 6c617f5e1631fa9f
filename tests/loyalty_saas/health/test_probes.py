"""/healthz, /readyz and /metrics tell what is so, to those who may know."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from loyalty_saas.health import heartbeat


@pytest.fixture(autouse=True)
def _no_heartbeat() -> Iterator[None]:
    heartbeat._last.clear()
    yield
    heartbeat._last.clear()


def test_healthz_answers_whoever_asks_and_asks_nobody(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert answer["Cache-Control"] == "no-store"


def test_readyz_is_ready_when_every_part_is(client: Client) -> None:
    heartbeat.beat("worker")
    heartbeat.beat("scheduler")
    answer = client.get("/readyz", headers={"host": "10.0.0.7"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["ready"] is True
    assert {name: part["ok"] for name, part in found["parts"].items()} == dict.fromkeys(
        ["database", "redis", "migrations", "worker", "scheduler"], True
    )


def test_readyz_names_the_part_that_is_missing(client: Client) -> None:
    heartbeat.beat("worker")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["scheduler"] == {"ok": False, "why": "not seen lately", "seen": None}
    assert answer.json()["parts"]["worker"]["ok"] is True


def test_readyz_tells_a_database_and_a_redis_that_are_away_and_no_address(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}}
    heartbeat.beat("worker")  # nor does the worker fall over it
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == {"ok": False, "why": "OperationalError", "seen": None}
    assert answer.json()["parts"]["redis"] == {"ok": False, "why": "ConnectionError", "seen": None}
    assert [name for name, part in answer.json()["parts"].items() if part["ok"]] == []
    assert "/" not in answer.content.decode()


def test_readyz_sees_a_migration_that_is_not_applied(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from loyalty_saas.health import checks

    known = checks._known_migrations()
    monkeypatch.setattr(checks, "_known_migrations", lambda: known | {("tenants", "9999_tomorrow")})
    assert client.get("/readyz").json()["parts"]["migrations"] == {"ok": False, "why": "1 not applied", "seen": None}


def test_metrics_count_requests_by_page_and_never_by_address(client: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.loyalty_saas.plain_urls"
    client.get("/plain/0192f0c1-7a3e-7d52-9c11-0a5c3c0f2b11/?q=maria")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'regulars_requests_total{method="GET",page="plain",status="200"}' in text
    assert "maria" not in text
    assert "0192f0c1" not in text


@pytest.mark.parametrize(
    ("token", "request_headers", "status"),
    [
        ("", {"REMOTE_ADDR": "127.0.0.1"}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "203.0.113.9"}, 404),
        ("", {"REMOTE_ADDR": ""}, 404),
        ("", {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404),
        ("secret", {"REMOTE_ADDR": "127.0.0.1"}, 404),
        ("secret", {"REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        ("secret", {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer secret"}, 200),
    ],
)
def test_metrics_are_shown_to_this_machine_or_to_the_bearer(
    client: Client, settings: Settings, token: str, request_headers: dict[str, Any], status: int
) -> None:
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", **request_headers).status_code == status

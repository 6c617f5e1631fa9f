"""Every address of the dashboard, for every role, for nobody, and for somebody of another business."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tenants.access import Access
from tests.cast import Cast, sign_in
from tests.routes import DASHBOARD, Route, Things
from tests.things import make_things

LETTERS = {"O": "owner", "M": "manager", "S": "staff", "A": "analyst"}
# Ours without a word about access: sign-in pages of allauth, and what a machine asks.
OTHERS = ("account_", "mfa_", "usersessions_", "health", "ready", "metrics", "design:", "api:", "media")


def routes(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


def access_of(pattern: URLPattern) -> Access | None:
    return getattr(pattern.callback, "access", None)


ROUTES = dict(routes(get_resolver().url_patterns))


@pytest.fixture(scope="module")
def cast() -> Cast:
    return Cast.make()


@pytest.fixture(scope="module")
def things(cast: Cast) -> Things:
    return make_things(cast)


@pytest.fixture(scope="module")
def browsers(cast: Cast) -> dict[str, Client]:
    people = {letter: sign_in(getattr(cast, role)) for letter, role in LETTERS.items()}
    return {**people, "stranger": sign_in(cast.stranger), "nobody": Client()}


def test_every_view_says_whom_it_lets_in():
    silent = {name for name, pattern in ROUTES.items() if access_of(pattern) is None}
    assert {name for name in silent if not name.startswith(OTHERS)} == set()


def test_every_route_of_the_dashboard_is_in_the_table():
    walled = {name for name, pattern in ROUTES.items() if (access := access_of(pattern)) and access.kind == "dashboard"}
    assert walled == set(DASHBOARD)


@pytest.mark.parametrize("name", sorted(DASHBOARD))
def test_a_route_lets_in_whom_the_table_names(name: str, things: Things, browsers: dict[str, Client]):
    route = DASHBOARD[name]
    url = address(name, route, things)
    refused = {letter: status(browsers[letter], route, url) for letter in LETTERS if letter not in route.roles}
    assert refused == dict.fromkeys(refused, 302 if name == "home" else 403)
    nobody = browsers["nobody"].post(url) if route.post else browsers["nobody"].get(url + route.query)
    assert (nobody.status_code, nobody.url.split("?")[0]) == (302, "/account/login/")
    if route.thing:
        assert status(browsers["stranger"], route, url) == 404
    if not route.post:
        allowed = {letter: status(browsers[letter], route, url) for letter in route.roles}
        assert allowed == dict.fromkeys(allowed, 200)


def address(name: str, route: Route, things: Things) -> str:
    if not route.thing:
        return reverse(name)
    [parameter] = ROUTES[name].pattern.converters
    return reverse(name, kwargs={parameter: getattr(things, route.thing).pk})


def status(browser: Client, route: Route, url: str) -> int:
    return (browser.post(url) if route.post else browser.get(url + route.query)).status_code

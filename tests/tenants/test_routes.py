"""Every address of the dashboard, for every role, for nobody, and for somebody of another business."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tenants.access import Access
from tests.cast import Cast, sign_in
from tests.routes import COUNTER, DASHBOARD, Route, Things
from tests.things import make_things

LETTERS = {"O": "owner", "M": "manager", "S": "staff", "A": "analyst"}
# Ours without a word about access: sign-in pages of allauth, and what a machine asks.
OTHERS = ("account_", "mfa_", "usersessions_", "health", "ready", "metrics", "design:", "api:", "media")


@dataclass(frozen=True)
class Found:
    access: Access | None
    holes: tuple[str, ...]


def routes(patterns: list[Any], namespace: str = "", holes: tuple[str, ...] = ()) -> Iterator[tuple[str, Found]]:
    for pattern in patterns:
        inside = (*holes, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, inner, inside)
        else:
            yield f"{namespace}{pattern.name}", Found(getattr(pattern.callback, "access", None), inside)


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
    silent = {name for name, found in ROUTES.items() if found.access is None}
    assert {name for name in silent if not name.startswith(OTHERS)} == set()


def test_every_walled_route_is_in_the_table():
    kinds = {name: found.access.kind for name, found in ROUTES.items() if found.access}
    assert {name for name, kind in kinds.items() if kind == "dashboard"} == set(DASHBOARD)
    assert {name for name, kind in kinds.items() if kind == "counter"} == set(COUNTER)


@pytest.mark.parametrize("name", sorted(DASHBOARD | COUNTER))
def test_a_route_lets_in_whom_the_table_names(name: str, things: Things, browsers: dict[str, Client]):
    route = (DASHBOARD | COUNTER)[name]
    url = address(name, route, things)
    for letter in set(LETTERS) - set(route.roles):
        if (name, letter) != ("home", "S"):  # staff who come home are shown to the counter
            assert (letter, *answers(browsers[letter], url)) in {(letter, 403), (letter, 403, 405), (letter, 405, 403)}
    assert set(answers(browsers["nobody"], url)) <= {302, 405}
    assert browsers["nobody"].get(url).headers.get("Location", "/account/login/").startswith("/account/login/")
    if route.thing:
        assert 404 in answers(browsers["stranger"], url)
        assert set(answers(browsers["stranger"], url)) <= {404, 405}
    for letter in route.roles:
        assert browsers[letter].get(url).status_code in (200, 302, 405)


def address(name: str, route: Route, things: Things) -> str:
    if not (route.thing or route.fixed):
        return reverse(name)
    [parameter] = ROUTES[name].holes
    if route.fixed:
        return reverse(name, kwargs={parameter: route.fixed})
    value = attrgetter(route.thing if "." in route.thing else f"{route.thing}.pk")(things)
    return reverse(name, kwargs={parameter: value})


def answers(browser: Client, url: str) -> tuple[int, ...]:
    """What GET and POST are answered with; one number when it is the same."""
    got, posted = browser.get(url).status_code, browser.post(url).status_code
    return (got,) if got == posted else (got, posted)

"""The palette finds pages and actions by their words, by other words for them, and with a wrong letter."""

import re
from typing import Any

import pytest

from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import make_program

HIT = re.compile(r'class="palette-item".*?href="([^"]*)".*?<span>([^<]*)</span>', re.DOTALL)


def found(cast: Cast, typed: str, role: Role = Role.OWNER) -> list[str]:
    return [label for _url, label in hits(cast, typed, role)]


def hits(cast: Cast, typed: str, role: Role) -> list[tuple[str, str]]:
    return HIT.findall(sign_in(getattr(cast, role.value)).get("/palette/", {"q": typed}).content.decode())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("imprt", "Import"),
        ("upload", "Import"),
        ("export members", "Export members"),
        ("exprot members", "Export members"),
        ("sign out", "Sign out"),
        ("log out", "Sign out"),
        ("logout", "Sign out"),
        ("singout", "Sign out"),
        ("customers", "Members"),
        ("prodcts", "Products"),
        ("setings", "Settings"),
        ("password", "Change your password"),
        ("2fa", "Sign-in safety"),
        ("logo", "Change your look"),
        ("staff", "Team"),
        ("till", "Counter"),
        ("accounting", "Books"),
    ],
)
def test_pages_and_actions_are_found_by_what_people_type(cast: Cast, typed: str, first: str) -> None:
    assert found(cast, typed)[:1] == [first]


def test_a_wrong_letter_is_forgiven_only_where_nothing_has_it_right(cast: Cast) -> None:
    assert found(cast, "rewards") == ["Rewards"]
    assert found(cast, "qqqqq") == []


def test_what_waits_to_be_asked_for_is_not_offered_at_once(cast: Cast) -> None:
    offered = found(cast, "")
    assert ("Add a member" in offered, "Sign out" in offered) == (True, False)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_finds_only_what_it_may_open(cast: Cast, role: Role) -> None:
    """Each letter as a beginning brings everything that is offered."""
    with tenant_context(cast.business):
        make_program()
    offered = {url for letter in "abcdefghijklmnopqrstuvwxyz" for url, _label in hits(cast, letter, role)}
    browser: Any = sign_in(getattr(cast, role.value))
    assert "/account/logout/" in offered
    assert {url: status for url in offered if (status := browser.get(url).status_code) not in (200, 302)} == {}

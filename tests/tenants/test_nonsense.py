"""Every form and every list of an owner, a cashier, a member and a visitor, with what no form of ours would send.

Whatever a browser's tools, an old tab or a program may write into a field is refused in words or not found: never an
error of ours. `NONSENSE=6000` tries as many, for whoever looks for more.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver

from customers.domain.portal_sessions import start_session
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.routes import COUNTER, DASHBOARD, Things
from tests.tenants.test_probes import places
from tests.tenants.test_routes import address
from tests.things import make_things

TRIES = int(os.environ.get("NONSENSE", "240"))
# What would end the walk: the session, the chosen business or the shift.
ENDINGS = (
    "logout",
    "/switch/",
    "/sign-out",
    "/leave",
    "/lock/",
    "/counter/locations/",
    "/counter/p",
    "agreements/program",
)
NONSENSE = [
    "", " ", "\x00", "a\x00b", "-1", "0", "1.5", "1,5", "1e400", "NaN", "-Infinity", "9" * 25, "٣", "½", "0x10",
    "None", "null", "true", "[]", "{}", '{"a": [1]}', '"', "'", "%", "%00", "\\", "../../etc/passwd", "<script>",
    "{{ 7 * 7 }}", "2026-02-30", "2026-13-45T99:99", "0000-00-00", "9999-12-31", "10000-01-01", "0001-01-01",
    "24:00", "12:60", "31.02.", "00000000-0000-0000-0000-000000000000", "not-an-id", "x" * 5_000, "é" * 300,
    "🧋" * 50, "\u202e", "\ufeff", "a\nb\r\nc", "a@b", "@", "+", "+49", "javascript:alert(1)",
    "//elsewhere.example/", "https://elsewhere.example/", "-0", "1 000", "∞", "9223372036854775808", "2147483648",
    "1" * 400, "0.1e-400", "1_000", "id desc", "-", "--", "page=2", "last", "all",
]  # fmt: skip


@dataclass
class Form:
    """Where it goes, and what stands in it as it came."""

    url: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page, and the queries of its links."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.forms, self.links = url, list[Form](), list[str]()
        self.open: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = "post" if has.get("method", "").lower() == "post" or "hx-post" in has else "get"
            to = has.get("action") or has.get("hx-post") or has.get("hx-get") or self.url
            self.open = Form(urljoin(self.url, to), method)
            self.forms.append(self.open)
        elif tag == "a" and "?" in has.get("href", ""):
            self.links.append(urljoin(self.url, has["href"]))
        elif (
            self.open is not None and (name := has.get("name", "")) and tag in ("input", "textarea", "button", "select")
        ):
            self.select = name if tag == "select" else ""
            chosen = has.get("type") not in ("checkbox", "radio") or "checked" in has
            known = self.open.values.setdefault(name, [])
            if chosen and tag == "input":
                known.append(has.get("value", "on" if has.get("type") in ("checkbox", "radio") else ""))
        elif tag == "option" and self.open is not None and self.select and "selected" in has:
            self.open.values[self.select].append(has.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def things(cast: Cast) -> Things:
    return make_things(cast)


@pytest.fixture
def browsers(cast: Cast, things: Things) -> dict[str, Client]:
    member = Client()
    with tenant_context(cast.business):
        _session, member.cookies[f"member-{cast.business.pk.hex}"] = start_session(things.member, device="Test")
    people = {"owner": sign_in(cast.owner), "staff": sign_in(cast.staff)}
    for till in people.values():
        till.post("/counter/locations/", {"location": cast.location.pk})
    return {**people, "member": member, "nobody": Client()}


def addresses(who: str, things: Things) -> list[str]:
    if who == "owner":
        return [address(name, route, things) for name, route in (DASHBOARD | COUNTER).items() if "O" in route.roles]
    if who == "staff":
        return [address(name, route, things) for name, route in COUNTER.items()]
    portal = [place for place in places(get_resolver().url_patterns) if place.template.startswith("<slug:business>")]
    before = ["/account/signup/", "/account/password/reset/"] if who == "nobody" else []
    whole = [place.template.replace("<slug:business>", things.slug) for place in portal if len(place.holes) == 1]
    return [*before, *(f"/{url}" for url in whole)]


def forms_of(browser: Client, urls: list[str]) -> Iterator[Form]:
    """Of all pages that open, once each, with the queries of their links as forms that are asked for."""
    seen = set()
    for url in urls:
        answer = browser.get(url)
        assert answer.status_code < 500, url
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        page = Forms(url)
        page.feed(answer.content.decode())
        asked = [Form(urlsplit(link).path, "get", parse_qs(urlsplit(link).query)) for link in page.links]
        for form in [*page.forms, *asked]:
            mark = (form.method, urlsplit(form.url).path, tuple(sorted(form.values)))
            if mark not in seen and form.values and not any(word in form.url for word in ENDINGS):
                seen.add(mark)
                yield form


def nonsense(form: Form, chance: random.Random) -> dict[str, Any]:
    """Something in one field, or in a few, or in all of them."""
    names = sorted(form.values)
    chosen = names if chance.random() < 0.25 else chance.sample(names, k=min(len(names), chance.choice((1, 1, 2, 3))))
    values: dict[str, Any] = dict(form.values)
    for name in chosen:
        values[name] = [chance.choice(NONSENSE) for _number in range(chance.choice((1, 1, 1, 2)))]
    return values


def send(browser: Client, form: Form, values: dict[str, Any], *, by_htmx: bool) -> Any:
    headers = {"HX-Request": "true"} if by_htmx else {}
    return (browser.get if form.method == "get" else browser.post)(form.url, values, headers=headers)


@pytest.mark.parametrize(("who", "least"), [("owner", 150), ("staff", 30), ("member", 8), ("nobody", 4)])
def test_nonsense_is_never_an_error_of_ours(who: str, least: int, things: Things, browsers: dict[str, Client]):
    chance, browser = random.Random(20140501), browsers[who]
    browser.raise_request_exception = False
    forms = list(forms_of(browser, addresses(who, things)))
    assert len(forms) >= least, forms
    # Each once with what no text may hold, wherever a text is taken as it comes; then as it falls.
    tries = [(form, dict.fromkeys(form.values, "a\x00b")) for form in forms]
    tries += [(form, nonsense(form, chance)) for form in chance.choices(forms, k=TRIES // 4)]
    broken = []
    for form, values in tries:
        answer = send(browser, form, values, by_htmx=chance.random() < 0.3)
        if answer.status_code >= 500:
            broken.append((form.method, form.url, values, answer.status_code))
    assert broken == []

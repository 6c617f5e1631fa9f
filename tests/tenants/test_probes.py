"""A thousand random attempts to see or touch another business, over every page and API route."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from customers.domain.portal_sessions import start_session
from tenants.domain.keys import create_key
from tenants.enums import Role, Scope
from tenants.isolation import tenant_context
from tests.cast import Cast, make_membership, sign_in
from tests.routes import Things
from tests.things import make_things

PROBES = 1000
# Sign-in pages and probes of machines hold nothing of a business; some end the session of whoever asks.
APART = ("account/", "design/", "healthz", "readyz", "metrics", "switch/")
FIELDS = ("member", "reward", "purchase", "location", "tag", "product", "category", "voucher", "code", "q", "receipt")


@dataclass(frozen=True)
class Place:
    """An address with holes: the converter of each parameter by its name."""

    template: str
    holes: dict[str, str]


def places(patterns: list[Any], prefix: str = "", holes: dict[str, str] | None = None) -> Iterator[Place]:
    for pattern in patterns:
        inner = {**(holes or {}), **{name: type(one).__name__ for name, one in pattern.pattern.converters.items()}}
        template = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from places(pattern.url_patterns, template, inner)
        elif isinstance(pattern, URLPattern) and not template.startswith(APART) and "^" not in template:
            yield Place(template, inner)


@dataclass(frozen=True)
class Attacker:
    name: str
    client: Client
    headers: dict[str, str]
    slug: str


@pytest.fixture(scope="module")
def victim() -> Things:
    return make_things(Cast.make())


@pytest.fixture(scope="module")
def attackers() -> list[Attacker]:
    """Everybody of another business, a member of it, a system of it, and nobody."""
    cast = Cast.make()
    things = make_things(cast)
    people = [(role, sign_in(getattr(cast, role)), {}) for role in ("owner", "manager", "staff", "analyst")]
    with tenant_context(cast.business):
        _key, token = create_key(name="Till", scopes=list(Scope), by=cast.owner)
        _session, cookie = start_session(things.member, device="Test")
    member = Client()
    member.cookies[f"member-{cast.business.pk.hex}"] = cookie
    machines = [
        ("member", member, {}),
        ("system", Client(), {"Authorization": f"Bearer {token}"}),
        ("nobody", Client(), {}),
        ("another owner", sign_in(make_membership(cast.other_business, Role.OWNER)), {}),
    ]
    return [Attacker(name, client, headers, things.slug) for name, client, headers in [*people, *machines]]


def test_a_thousand_probes_see_nothing_and_change_nothing(victim: Things, attackers: list[Attacker]):
    chance = random.Random(20140501)
    targets = list(places(get_resolver().url_patterns))
    before = fingerprint(victim)
    leaks, crashes = [], []
    for _number in range(PROBES):
        attacker, place = chance.choice(attackers), chance.choice(targets)
        method = chance.choice(("get", "get", "post", "post", "patch", "delete"))
        url = "/" + fill(place, victim, attacker, chance)
        answer = send(attacker, method, url, victim, chance)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if victim.canary.encode() in text or victim.canary in str(answer.headers):
            leaks.append((attacker.name, method, url, answer.status_code))
        if answer.status_code >= 500:
            crashes.append((attacker.name, method, url, answer.status_code))
    assert (leaks, crashes) == ([], [])
    assert fingerprint(victim) == before


def send(attacker: Attacker, method: str, url: str, victim: Things, chance: random.Random) -> Any:
    """Ids of the victim in the query or the body as well, where a page may look for them. Never the canary itself."""
    values = {name: str(chance.choice([*victim.ids(), victim.voucher.code, victim.canary[:6]])) for name in FIELDS}
    if method == "get":
        return attacker.client.get(url, values, headers=attacker.headers)
    if url.startswith("/api/"):
        return getattr(attacker.client, method)(
            url, values, content_type="application/json", headers={**attacker.headers, "Idempotency-Key": str(chance)}
        )
    return attacker.client.post(url, values, headers=attacker.headers)


def fill(place: Place, victim: Things, attacker: Attacker, chance: random.Random) -> str:
    url = place.template
    for name, converter in place.holes.items():
        value: str | UUID | int
        if converter == "UUIDConverter":
            value = chance.choice(victim.ids())
        elif name == "business":
            value = attacker.slug
        elif converter == "IntConverter":
            value = 1
        else:
            value = chance.choice((victim.voucher.code, victim.member.number, str(victim.member.pk)))
        hole = url[url.index("<") : url.index(">") + 1]
        assert name in hole
        url = url.replace(hole, str(value), 1)
    return url


def fingerprint(victim: Things) -> list[Any]:
    """The victim's rows, as they are in the database now."""
    with tenant_context(victim.member.tenant_id):
        things = [thing for thing in vars(victim).values() if hasattr(thing, "pk")]
        return [type(thing).objects.filter(pk=thing.pk).values().get() for thing in things]

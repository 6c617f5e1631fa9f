"""Buttons by what a screen reader calls them: no two on one page have one name and act on different things."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from customers.domain.custom_fields import add_custom_field
from customers.domain.notes import add_note
from customers.enums import Source
from customers.models import Category, Product
from programs.enums import RewardKind
from programs.models import Reward, Tier
from tenants.actors import Actor
from tenants.domain.keys import create_key
from tenants.domain.team import invite
from tenants.enums import Role, Scope
from tenants.isolation import tenant_context
from tenants.models import Domain, Location
from tests.cast import Cast, make_membership, sign_in
from tests.routes import DASHBOARD, Things
from tests.tenants.test_routes import address
from tests.things import make_things

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Where a button leads or what it does: with the form around it, all that tells it from another.
DOES = ("href", "name", "value", "form", "formaction", "hx-get", "hx-post", "popovertarget", "data-opens", "data-copy")
# Lists that leave out a part unless asked.
ALSO = {"customers:products": {"state": "all"}}


@dataclass
class Button:
    does: tuple[Any, ...]
    label: str = ""
    text: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.label or " ".join("".join(self.text).split())


class Buttons(HTMLParser):
    """The buttons of a page, and links that look like one: the frame around the page has some for wide and narrow.

    An entry of a menu is called by its menu too.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Button] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        # Of the form and of the button that are open.
        self.form: list[str | None] = []
        self.inside: Button | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag == "form":
            self.form = [of.get("action")]
        if tag == "input" and of.get("type") == "hidden" and of.get("name") != "csrfmiddlewaretoken":
            self.form.append(of.get("value"))
        if tag not in VOID:
            self.open.append((tag, of))
        is_button = tag == "button" or (tag == "a" and "btn" in (of.get("class") or "").split())
        if is_button and any(tag == "main" for tag, _of in self.open):
            menu = next((one["aria-label"] for _tag, one in self.open if one.get("role") == "menu"), "")
            # The list of the form itself, which may still grow.
            self.inside = Button((self.form, *(of.get(one) for one in DOES), menu), of.get("aria-label") or "")
            self.found.append(self.inside)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = []
        if tag in ("button", "a"):
            self.inside = None
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.inside and not any(of.get("aria-hidden") == "true" for _tag, of in self.open):
            self.inside.text.append(data)


def mistakable(page: str) -> set[str]:
    """Names that several buttons of the page have which do not do the same."""
    named: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for button in Buttons(page).found:
        acts = named.setdefault((button.name, button.does[-1]), [])
        if button.does not in acts:
            acts.append(button.does)
    return {name for (name, _menu), acts in named.items() if len(acts) > 1}


@pytest.fixture(scope="module")
def cast() -> Cast:
    return Cast.make()


@pytest.fixture(scope="module")
def things(cast: Cast) -> Things:
    """Two of everything that stands in a list."""
    things = make_things(cast)
    with tenant_context(cast.business):
        by = Actor.staff(cast.owner, cast.location.pk)
        invite(f"second.{things.canary}@example.com", role=Role.STAFF, by=cast.owner)
        create_key(name=things.api_key.name, scopes=list(Scope), by=cast.owner)
        make_membership(cast.business, Role.STAFF)
        Location.objects.create(name="Side street")
        Domain.objects.create(host=f"second.{things.canary}.example.com")
        Tier.objects.create(program=things.program, name="Silver & more", threshold=10)
        category = Category.objects.create(name="Cakes & “more”")
        product = Product.objects.create(name='Cake "of the day"', category=category, price=300)
        Product.objects.create(name="Tea", is_active=False, price=300)
        Product.objects.create(name="Milk", is_active=False, price=300)
        for name in ("Tea", "Milk"):
            Reward.objects.create(
                program=things.program, name=name, kind=RewardKind.FREE_PRODUCT, product=product, cost=1
            )
        add_custom_field(label="Roast", kind="text", by=by)
        add_note(things.member, text="Another note", by=by, source=Source.COUNTER)
    return things


@pytest.fixture(scope="module")
def owner(cast: Cast) -> Client:
    return sign_in(cast.owner)


@pytest.mark.parametrize("name", sorted(DASHBOARD))
def test_no_button_of_a_page_can_be_taken_for_another(name: str, things: Things, owner: Client) -> None:
    answer = owner.get(address(name, DASHBOARD[name], things), ALSO.get(name))
    if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
        assert mistakable(answer.content.decode()) == set()


def test_what_cannot_be_told_apart_is_found() -> None:
    remove = '<form action="/{}/"><button class="btn" type="submit">Remove{}</button></form>'
    assert mistakable("<main>" + remove.format("a", "") + remove.format("b", "")) == {"Remove"}
    assert mistakable("<main>" + remove.format("a", "") + remove.format("a", "")) == set()
    assert mistakable("<main>" + remove.format("a", " a") + remove.format("b", "<span> b</span>")) == set()

"""Which pages there are: every route that answers a GET with a whole page, found from the tables of routes.

Where an address needs the id of something, one is taken from the links of the pages that were seen before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, get_resolver, resolve, reverse

from tests.routes import COUNTER, DASHBOARD, Route
from tests.screenshots.people import PORTAL, Signed
from tests.screenshots.site import Site

# Pages that stand in no table, because everybody may open them or because they are no business's.
PUBLIC = ("account_login", "account_signup", "account_reset_password")
PERSONAL = ("account_email", "account_change_password", "mfa_index", "usersessions_list", "api:docs")
BUSINESS_HOME, BUSINESS_ROOMS = "home", ("home", "programs:program", "customers:members")
_HREF = re.compile(r'(?:href|data-href|hx-get|action)="(/[^"#?]*)')


@dataclass(frozen=True)
class Shown:
    """One page: who looks at it, and its address on the site."""

    part: str
    name: str
    path: str

    @property
    def file(self) -> str:
        return f"{self.part}-{self.name.partition(':')[2] or self.name}".replace("_", "-")


class Walker:
    """Looks for pages with the cookies of each person. `missing` are routes nothing led to; `broken` answered 5xx."""

    def __init__(self, browser: Any, site: Site, people: dict[str, Signed | None]) -> None:
        self.site = site
        self.contexts = {part: browser.new_context(storage_state=signed) for part, signed in people.items()}
        self.things: dict[str, str] = {}
        self.missing: list[str] = []
        self.broken: list[str] = []

    def pages(self) -> list[Shown]:
        found = [
            *self._plain("public", PUBLIC),
            *self._address("public", "portal-home", PORTAL),
            *self._address("public", "nothing-here", f"{PORTAL}no-such-page/", wanted=404),
            *self._plain("newcomer", ("start",)),
            *self._portal_outside(),
            *self._table("dashboard", DASHBOARD),
            *self._plain("dashboard", PERSONAL),
            *self._plain("other", BUSINESS_ROOMS),
            *self._table("counter", COUNTER),
            *self._portal(),
        ]
        for context in self.contexts.values():
            context.close()
        return found

    def _plain(self, part: str, names: tuple[str, ...]) -> Iterator[Shown]:
        for name in names:
            yield from self._address(part, name, reverse(name))

    def _table(self, part: str, table: dict[str, Route]) -> Iterator[Shown]:
        """Addresses without ids first: their links lead to the others."""
        waiting = dict(sorted(table.items(), key=lambda item: bool(item[1].thing)))
        for _round in range(3):
            for name, route in list(waiting.items()):
                if route.thing and route.thing not in self.things:
                    continue
                del waiting[name]
                yield from self._address(part, name, _filled(name, route.fixed or self.things.get(route.thing)))
        self.missing += waiting

    def _portal_outside(self) -> Iterator[Shown]:
        for name in ("join", "sign_in", "about"):
            yield from self._address("public", f"portal-{name}", _filled(f"portal:{name}", None))

    def _portal(self) -> Iterator[Shown]:
        names = [name for name, holes in _portal_routes() if holes <= {"business"}]
        for name in names:
            yield from self._address("portal", name, _filled(name, None))
        for name, holes in _portal_routes():
            if len(holes) == 2 and (thing := self.things.get(f"portal:{next(iter(holes - {'business'}))}")):
                yield from self._address("portal", name, _filled(name, thing))

    def _address(self, part: str, name: str, path: str, wanted: int = 200) -> Iterator[Shown]:
        """The page, if a GET of it gives one: not a fragment, a file, a form's target or a way to somewhere else."""
        answer = self.contexts[part].request.get(f"{self.site.url}{path}", max_redirects=0)
        if answer.status >= 500:
            self.broken.append(f"{path} answers {answer.status}")
        if answer.status != wanted or not answer.headers.get("content-type", "").startswith("text/html"):
            return
        text = answer.text()
        self._note(text)
        if "<html" in text:
            yield Shown(part, name, path)

    def _note(self, text: str) -> None:
        for path in _HREF.findall(text):
            try:
                match = resolve(path)
            except Resolver404:
                continue
            route = DASHBOARD.get(match.view_name) or COUNTER.get(match.view_name)
            if route and route.thing and match.kwargs:
                self.things.setdefault(route.thing, str(next(iter(match.kwargs.values()))))
            elif match.view_name.startswith("portal:"):
                for hole, value in match.kwargs.items():
                    self.things.setdefault(f"portal:{hole}", str(value))


def _filled(name: str, thing: str | None) -> str:
    """The address of a route whose one hole is `thing`; a portal's is the sample café's."""
    holes = dict(_holes())[name]
    slug = PORTAL.strip("/")
    return reverse(name, kwargs={hole: slug if hole == "business" else thing for hole in holes})


def _portal_routes() -> list[tuple[str, set[str]]]:
    return [(name, set(holes)) for name, holes in _holes() if name.startswith("portal:")]


def _holes() -> Iterator[tuple[str, tuple[str, ...]]]:
    from tests.tenants.test_routes import routes

    for name, found in routes(get_resolver().url_patterns):
        yield name, found.holes

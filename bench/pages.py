"""Pages over HTTP as the owner and the staff see them, with the number of queries each makes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.cookies import SimpleCookie

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.harness import Row, Scale, measure
from bench.shop import Shop, new_key
from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import Source
from customers.models import Member
from tenants.actors import Actor
from tenants.isolation import tenant_context

VISITS = 60
TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def pages(shop: Shop, scale: Scale) -> Iterator[Row]:
    """The owner's home, a member's page and the counter's, of a member who has been here often."""
    regular = _regular(shop)
    size = f"{scale.shop:,} members"
    for name, path in (
        (f"Owner’s home, {size}", reverse("home")),
        (f"A member’s page, {VISITS} purchases", reverse("customers:member", args=[regular.pk])),
        (f"Counter, where it begins, {size}", reverse("counter:home")),
        (f"Counter, a member, {VISITS} purchases", reverse("counter:member", args=[regular.pk])),
    ):
        browser = shop.browser()
        yield measure(
            shop.site,
            name,
            [_opening(browser.get, path)],
            calls=scale.calls // 2,
            remark=f"{queries(shop, path)} queries",
        )


def serving(shop: Shop, scale: Scale) -> Iterator[Row]:
    """Points given at the counter: the form is sent, and the member's page comes back with the new balance."""
    browser = shop.browser()

    def give() -> object:
        path = reverse("counter:visits", args=[shop.guest().pk])
        return browser.post_form(path, {"amount": str(shop.chance.randrange(3, 40)), "key": new_key()})

    yield measure(shop.site, "Points given at the counter", [give], calls=scale.calls // 2)


def queries(shop: Shop, path: str) -> int:
    """How many statements a page makes on all connections, transactions apart, when its caches are warm."""
    client = Client(headers={"host": "localhost"})
    client.cookies = SimpleCookie(shop.cookies)
    client.get(path)
    with ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in connections]
        assert client.get(path).status_code == 200
    said = [query["sql"] for one in captured for query in one.captured_queries]
    return sum(not sql.startswith(TRANSACTIONS) for sql in said)


def _opening(get: Callable[[str], bytes], path: str) -> Callable[[], object]:
    return lambda: get(path)


def _regular(shop: Shop) -> Member:
    """Somebody with a history: a purchase every few days."""
    member = shop.guests[0]
    with tenant_context(shop.tenant):
        for number in range(VISITS):
            moment = timezone.now() - timedelta(days=4 * (VISITS - number))
            details = PurchaseDetails(total=1_250 + number, occurred_at=moment, location=None)
            record_purchase(member, details, by=Actor.system(), source=Source.IMPORT, key=new_key())
    return member

"""The address of a portal: what was printed once never opens the portal of somebody else."""

from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from tenants.actors import Actor
from tenants.domain.businesses import (
    MOST_ADDRESSES,
    BusinessDetails,
    change_business,
    create_business,
    former_addresses,
    is_free,
)
from tenants.errors import SlugTaken, TooManyAddresses
from tenants.isolation import tenant_context
from tenants.models import PortalAddress, Tenant
from tests.cast import Cast, make_business, make_user, sign_in
from tests.customers.portal.visitor import Visitor, an_address
from tests.threads import at_once

SYSTEM = Actor.system()


def a_slug() -> str:
    return f"shop-{uuid4().hex[:12]}"


def rename(business: Tenant, slug: str) -> Tenant:
    """As the settings page does it, on the row as it is now."""
    with tenant_context(business):
        held = Tenant.objects.select_for_update(no_key=True).get(pk=business.pk)
        return change_business(held, changes={"slug": slug}, by=SYSTEM)


@pytest.fixture
def renamed(business: Tenant) -> tuple[str, Tenant]:
    former = business.slug
    return former, rename(business, a_slug())


def test_nobody_else_gets_a_former_address(renamed: tuple[str, Tenant]) -> None:
    former, _business = renamed
    another = make_business()
    with pytest.raises(SlugTaken):
        rename(another, former)
    assert not is_free(former)
    details = BusinessDetails(
        name="Later", trade="cafe", country="AT", currency="EUR", language="de", time_zone="Europe/Vienna", slug=former
    )
    with pytest.raises(SlugTaken):
        create_business(make_user(), details)


def test_the_database_refuses_it_too(renamed: tuple[str, Tenant]) -> None:
    former, _business = renamed
    another = make_business()
    with tenant_context(another), pytest.raises(IntegrityError, match="portal_address_slug"), transaction.atomic():
        Tenant.objects.filter(pk=another.pk).update(slug=former)
    with pytest.raises(IntegrityError, match="portal_address_slug"):
        make_business(slug=former)
    with tenant_context(another), pytest.raises(DatabaseError), transaction.atomic():
        PortalAddress.objects.all().delete()


def test_several_who_want_one_address_at_once_get_it_once() -> None:
    """Each has looked before any of the others had written."""
    businesses = [make_business() for _number in range(5)]
    for _round in range(4):
        wanted = a_slug()
        outcomes = at_once(partial(rename, slug=wanted), businesses)
        got = [outcome for outcome in outcomes if isinstance(outcome, Tenant)]
        assert [one.slug for one in got] == [wanted]
        assert [type(outcome) for outcome in outcomes if outcome not in got] == [SlugTaken] * 4


def test_a_business_takes_its_former_address_back(renamed: tuple[str, Tenant]) -> None:
    former, business = renamed
    between = business.slug
    with tenant_context(business):
        assert former_addresses(business) == [former]
    back = rename(business, former)
    assert back.slug == former
    with tenant_context(business):
        assert former_addresses(back) == [between]
    assert Client().get(f"/{between}/about/").headers["Location"] == f"/{former}/about/"
    assert Client().get(f"/{former}/about/").status_code == 200


def test_addresses_are_not_gathered(business: Tenant) -> None:
    first = business.slug
    for _number in range(MOST_ADDRESSES - 1):
        rename(business, a_slug())
    with pytest.raises(TooManyAddresses):
        rename(business, a_slug())
    assert rename(business, first).slug == first


def test_old_links_lead_to_the_same_page_of_now(renamed: tuple[str, Tenant]) -> None:
    former, business = renamed
    answer = Client().get(f"/{former}/sign-in/", {"next": f"/{former}/card/"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{business.slug}/sign-in/?next=%2F{former}%2Fcard%2F"
    assert "no-store" in answer.headers["Cache-Control"]
    sent = Client().post(f"/{former}/sign-in/", {"email": an_address()})
    assert (sent.status_code, sent.headers["Location"]) == (307, f"/{business.slug}/sign-in/")
    assert Client().get(f"/{a_slug()}/about/").status_code == 404


def test_a_member_stays_signed_in_when_the_business_is_renamed(business: Tenant) -> None:
    member = Visitor(business)
    member.join(an_address())
    [name] = [one for one in member.browser.cookies if one.startswith("member-")]
    now = rename(business, a_slug()).slug
    carried = member.get().cookies[name]
    # The browser of the tests sends every cookie everywhere; a real one keeps to the path.
    assert (carried["path"], carried.value) == (f"/{now}/", member.browser.cookies[name].value)
    member.at = f"/{now}/"
    assert member.is_signed_in
    member.post("sign-out/")
    assert name not in Client().get(f"/{business.slug}/", headers={"cookie": f"{name}={carried.value}"}).cookies


def test_what_a_closed_business_had_leads_nowhere_and_stays_taken(renamed: tuple[str, Tenant]) -> None:
    former, business = renamed
    with tenant_context(business):
        Tenant.objects.filter(pk=business.pk).update(closed_at=timezone.now())
    assert Client().get(f"/{former}/").status_code == 404
    assert not is_free(former)
    assert not is_free(business.slug)


def test_the_page_says_it_at_the_field_and_shows_the_former_ones(cast: Cast) -> None:
    taken = make_business()
    former_of_another = taken.slug
    rename(taken, a_slug())
    browser = sign_in(cast.owner)
    form = {
        "name": cast.business.name,
        "trade": "cafe",
        "slug": former_of_another,
        "country": "AT",
        "currency": "EUR",
        "language": "en",
        "time_zone": "Europe/Vienna",
    }
    refused = browser.post("/settings/", form)
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"slug": ["This address is taken. Try another one."]}
    former = cast.business.slug
    assert browser.post("/settings/", {**form, "slug": a_slug()}).status_code == 302
    page = browser.get("/settings/").content.decode()
    assert "Former addresses, which lead to this one:" in page
    assert f"testserver/{former}" in page


def test_every_business_there_is_has_its_address_written_down() -> None:
    with connections["platform"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM tenants_tenant t WHERE NOT EXISTS (SELECT 1 FROM tenants_portaladdress a"
            " WHERE a.tenant_id = t.id AND a.slug = t.slug)"
        )
        assert cursor.fetchone() == (0,)

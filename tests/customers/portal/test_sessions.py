"""Who is signed in where, and the walls between portals."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from customers.models import Member, PortalSession
from loyalty_saas.lib.secrets import hash_token
from tenants.isolation import tenant_context
from tenants.models import Domain
from tests.customers.people import a_member
from tests.customers.portal.visitor import Visitor, an_address


@pytest.fixture
def email(business):
    email = an_address()
    with tenant_context(business):
        a_member(email=email)
    return email


def signed_in(business, email, **headers):
    visitor = Visitor(business, **headers)
    visitor.sign_in(email)
    return visitor


def cookie_of(visitor):
    return visitor.browser.cookies[f"member-{visitor.business.pk.hex}"]


def test_the_cookie_is_the_businesss_own_and_its_token_is_kept_as_a_hash(business, email):
    cookie = cookie_of(signed_in(business, email))

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/{business.slug}/", True, "Lax")
    with tenant_context(business):
        session = PortalSession.objects.get()
    assert session.token_hash == hash_token(cookie.value)
    assert session.device == "Safari on iPhone"


def test_the_cookie_is_secure_where_the_site_is(business, email):
    with override_settings(SECURE=True):
        visitor = Visitor(business)
        visitor.sign_in(email)
        assert visitor.browser.cookies[f"__Secure-member-{business.pk.hex}"]["secure"]


def test_a_session_of_one_business_is_nothing_in_another(cast, email):
    """Also when somebody carries the token over by hand, under the other's name."""
    token = cookie_of(signed_in(cast.business, email)).value
    other = Visitor(cast.other_business)
    other.browser.cookies = SimpleCookie({f"member-{cast.other_business.pk.hex}": token})

    assert not other.is_signed_in
    assert other.get("me/").url.startswith(f"/{cast.other_business.slug}/sign-in/?next=")


@pytest.mark.parametrize("path", ["me/", "me/details/", "me/email/", "me/devices/", "me/data/", "card/", "card/code/"])
def test_a_stranger_is_asked_to_sign_in(business, path):
    answer = Visitor(business).get(path)
    assert answer.status_code == 302
    assert answer.url.startswith(f"/{business.slug}/sign-in/?next=")


def test_signing_out_ends_the_session_for_the_token_too(business, email):
    visitor = signed_in(business, email)
    token = cookie_of(visitor).value

    visitor.post("sign-out/")

    again = Visitor(business)
    again.browser.cookies = SimpleCookie({f"member-{business.pk.hex}": token})
    assert not again.is_signed_in


def test_signing_out_everywhere_ends_all(business, email):
    first, second = signed_in(business, email), signed_in(business, email)
    first.post("sign-out/everywhere/")
    assert (first.is_signed_in, second.is_signed_in) == (False, False)


def test_a_device_is_signed_out_from_another(business, email):
    here = signed_in(business, email)
    there = signed_in(business, email, **{"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    page = here.get("me/devices/").content.decode()
    with tenant_context(business):
        session = PortalSession.objects.get(device="Firefox on Windows")

    here.post(f"me/devices/{session.pk}/end/")

    assert "Firefox on Windows" in page
    assert (here.is_signed_in, there.is_signed_in) == (True, False)


def test_another_members_device_is_not_found(business, email):
    here, other = signed_in(business, email), an_address()
    with tenant_context(business):
        a_member(email=other, family_name="Other")
    there = signed_in(business, other)
    with tenant_context(business):
        session = PortalSession.objects.get(member=Member.objects.get(email=other))

    assert here.post(f"me/devices/{session.pk}/end/").status_code == 404
    assert there.is_signed_in


def test_an_idle_session_is_over(business, email):
    visitor = signed_in(business, email)
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        assert not visitor.is_signed_in


def test_at_its_own_host_the_portal_stands_at_the_root(business, email):
    host = f"card-{business.pk.hex[:12]}.example.com"
    with tenant_context(business):
        Domain.objects.create(host=host, verified_at=timezone.now())
    visitor = Visitor(business, host=host)

    visitor.sign_in(email)

    assert cookie_of(visitor)["path"] == "/"
    page = visitor.get().content.decode()
    assert "portal-member" in page
    assert f"/{business.slug}/" not in page
    assert visitor.get("manifest.webmanifest").json()["scope"] == "/"
    assert visitor.browser.get("/account/login/").status_code == 404


def test_a_host_that_was_not_proved_serves_nothing(business):
    host = f"claimed-{business.pk.hex[:12]}.example.com"
    with tenant_context(business):
        Domain.objects.create(host=host)
    assert Visitor(business, host=host).get().status_code == 400


def test_a_business_that_does_not_exist_is_not_found(business):
    assert Visitor(business).browser.get("/no-such-business-here/").status_code == 404

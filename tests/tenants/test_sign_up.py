"""A stranger becomes an owner: account, proof of the address, business."""

import re
import time
from html import unescape

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tenants import platform
from tenants.domain.businesses import RESERVED_SLUGS, BusinessDetails, create_business, is_free, propose_slug
from tenants.domain.team import invite
from tenants.enums import Role
from tenants.errors import SlugTaken
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Location, Membership, User
from tests.cast import make_user, sign_in

PASSWORD = "a long and quiet afternoon"
BUSINESS = {
    "name": "Café Mara",
    "trade": "cafe",
    "person": "Mara",
    "country": "AT",
    "currency": "EUR",
    "language": "de",
    "time_zone": "Europe/Vienna",
}


def code_in(letter) -> str:
    return re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", letter.body, re.MULTILINE)[1]


def sign_up(address: str, mailoutbox) -> Client:
    browser = Client()
    assert browser.post("/account/signup/", {"email": address, "password1": PASSWORD}).status_code == 302
    answer = browser.post("/account/confirm-email/", {"code": code_in(mailoutbox[-1])})
    assert answer.status_code == 302, answer.context["form"].errors
    return browser


@pytest.fixture
def address() -> str:
    return make_user("x").email.replace("x-", "mara-")


def test_the_letter_with_the_code_is_in_our_words(address, mailoutbox):
    Client().post("/account/signup/", {"email": address, "password1": PASSWORD})
    letter = mailoutbox[-1]
    assert letter.subject == f"{code_in(letter)} is your code for Regulars"
    assert letter.body.startswith("Hello,\n\nHere is your code.")
    assert "testserver" not in letter.body


def test_another_code_is_sent_and_a_slip_in_the_address_mended(address, mailoutbox):
    browser = Client()
    browser.post("/account/signup/", {"email": "slip-" + address, "password1": PASSWORD})
    too_quick = browser.post("/account/confirm-email/", {"action": "resend"}, follow=True)
    assert too_quick.status_code == 429
    assert "That was too often in too short a time." in too_quick.content.decode()
    cache.clear()
    browser.post("/account/confirm-email/", {"action": "resend"})
    assert [letter.to for letter in mailoutbox[-2:]] == [["slip-" + address]] * 2
    browser.post("/account/confirm-email/", {"action": "change", "email": address})
    assert mailoutbox[-1].to == [address]
    assert browser.post("/account/confirm-email/", {"code": code_in(mailoutbox[-1])}).status_code == 302
    assert User.objects.filter(email=address).exists()


def test_guessing_a_code_ends_with_what_to_do_next(address):
    browser = Client()
    browser.post("/account/signup/", {"email": address, "password1": PASSWORD})
    for guess in ("AAAA-AAAA", "BBBB-BBBB", "CCCC-CCCC", "DDDD-DDDD"):
        page = browser.post("/account/confirm-email/", {"code": guess}, follow=True).content.decode()
        if "This is not the code we sent." not in page:
            break
    assert "That was wrong too often. Wait a few minutes, then sign in again." in page


def test_whoever_has_an_account_already_is_told_by_letter(mailoutbox):
    there = make_user("there")
    Client().post("/account/signup/", {"email": there.email, "password1": PASSWORD})
    assert mailoutbox[-1].subject == "You have an account already"
    assert "/account/password/reset/" in mailoutbox[-1].body


def test_a_new_password_is_asked_for_by_letter(mailoutbox):
    there = make_user("there")
    EmailAddress.objects.get_or_create(user=there, email=there.email, verified=True, primary=True)
    Client().post("/account/password/reset/", {"email": there.email})
    assert mailoutbox[-1].subject == "Make a new password"
    assert "/account/password/reset/key/" in mailoutbox[-1].body
    Client().post("/account/password/reset/", {"email": "nobody-" + there.email})
    assert mailoutbox[-1].subject == "There is no account with this address"


def test_from_nothing_to_an_open_business(address, mailoutbox):
    browser = sign_up(address, mailoutbox)
    assert browser.get("/").url == "/start/"
    assert browser.post("/start/", BUSINESS).url == "/"
    user = User.objects.get(email=address)
    [membership] = platform.memberships_of(user)
    assert (membership.role, membership.name, user.name) == (Role.OWNER, "Mara", "Mara")
    tenant = membership.tenant
    assert (tenant.name, tenant.currency, tenant.time_zone, tenant.locale) == (
        "Café Mara",
        "EUR",
        "Europe/Vienna",
        "de_AT",
    )
    assert tenant.slug.startswith("cafe-mara")
    with tenant_context(tenant):
        assert Location.objects.get().name == "Café Mara"
        assert [event.action for event in AuditEvent.objects.all()] == ["business.created"]
    assert "Café Mara" in browser.get("/").content.decode()


def test_somebody_invited_is_greeted_as_such_and_asked_for_their_name(cast, address, mailoutbox):
    with tenant_context(cast.business):
        _invitation, token = invite(address, role=Role.STAFF, by=cast.owner)
    browser, page = Client(), f"/invitations/{token}/"
    [link] = re.findall(r'href="(/account/signup/[^"]+)"', browser.get(page).content.decode())
    shown = browser.get(unescape(link)).content.decode()
    assert f"Join {cast.business.name}" in shown
    assert "Let’s get you started" not in shown
    assert f'value="{address}"' in shown
    browser.post("/account/signup/", {"email": address, "password1": PASSWORD, "next": page})
    assert browser.post("/account/confirm-email/", {"code": code_in(mailoutbox[-1])}).url == page
    assert browser.post(page, {"person": " "}).context["form"].errors == {"person": ["Please fill this in."]}
    assert browser.post(page, {"person": "Nora"}).url == "/"
    user = User.objects.get(email=address)
    [membership] = platform.memberships_of(user)
    assert (user.name, membership.name, membership.role) == ("Nora", "Nora", Role.STAFF)


def test_an_account_made_without_an_invitation_is_greeted_as_an_owners():
    for ahead in ("", "?next=/invitations/unknown/", "?next=/start/", "?next=//elsewhere.example/"):
        assert "Let’s get you started" in Client().get(f"/account/signup/{ahead}").content.decode()


def test_an_address_that_is_not_proved_opens_nothing(address, mailoutbox):
    browser = Client()
    browser.post("/account/signup/", {"email": address, "password1": PASSWORD})
    assert browser.post("/account/confirm-email/", {"code": "WRONG1"}).status_code == 200
    assert browser.get("/").url.startswith("/account/login/")


def test_a_known_address_is_answered_like_an_unknown_one(address, mailoutbox):
    known = make_user().email
    answers = [Client().post("/account/signup/", {"email": one, "password1": PASSWORD}) for one in (address, known)]
    assert [(one.status_code, one.url) for one in answers] == [(302, "/account/confirm-email/")] * 2
    assert [letter.to for letter in mailoutbox] == [[address], [known]]


def test_a_wrong_business_form_says_so_at_the_fields_and_keeps_what_was_typed():
    browser = Client()
    browser.force_login(make_user())
    page = browser.post("/start/", {**BUSINESS, "name": "", "country": "XX", "person": "Marlene"})
    assert set(page.context["form"].errors) == {"name", "country"}
    assert "Marlene" in page.content.decode()


def test_what_a_country_implies_is_proposed():
    browser = Client(headers={"Accept-Language": "de-CH,de;q=0.8"})
    browser.force_login(make_user())
    proposed = browser.get("/start/").context["form"].initial
    assert {key: proposed[key] for key in ("country", "currency", "language", "time_zone")} == {
        "country": "CH",
        "currency": "CHF",
        "language": "de",
        "time_zone": "Europe/Zurich",
    }
    assert browser.get("/start/country/?country=JP").json() == {
        "currency": "JPY",
        "language": "ja",
        "time_zone": "Asia/Tokyo",
    }


def test_one_person_turns_between_two_businesses(cast):
    second = create_business(
        cast.owner.user,
        BusinessDetails(
            name="Second shop", trade="shop", country="GB", currency="GBP", language="en", time_zone="Europe/London"
        ),
    )
    browser = sign_in(cast.owner)
    assert cast.business.name in browser.get("/settings/").content.decode()
    assert browser.post(f"/switch/{second.tenant_id}/").url == "/"
    assert browser.get("/settings/").context["form"].initial["name"] == "Second shop"
    assert browser.post(f"/switch/{cast.other_business.pk}/").status_code == 404


def test_addresses_of_portals_are_free_valid_and_not_ours(cast):
    assert not is_free(cast.business.slug)
    assert not any(is_free(slug) for slug in (*RESERVED_SLUGS, "a", "-x", "Ünlü", "x" * 41, "login", "admin"))
    name = f"Bäckerei {cast.business.slug[-6:]}"
    first = create_business(cast.owner.user, _details(name))
    assert first.tenant.slug == f"backerei-{cast.business.slug[-6:]}"
    assert propose_slug(name) == f"{first.tenant.slug}-2"
    with pytest.raises(SlugTaken):
        create_business(cast.owner.user, _details(name, slug=first.tenant.slug))


def _details(name: str, slug: str = "") -> BusinessDetails:
    return BusinessDetails(
        name=name, trade="bakery", country="DE", currency="EUR", language="de", time_zone="Europe/Berlin", slug=slug
    )


def test_an_authenticator_is_asked_for_and_its_secret_is_not_readable(cast):
    browser = sign_in(cast.owner)
    browser.post("/account/login/", {})
    browser.post("/account/reauthenticate/", {"password": "correct horse battery"})
    page = browser.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    with time_machine.travel(timezone.now(), tick=False):  # a code counts in its half minute only
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        assert browser.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    kept = Authenticator.objects.get(user=cast.owner.user, type="totp")
    assert secret not in str(kept.data)
    assert TOTP(kept).validate_code(code) in (True, False)  # readable to the adapter that encrypted it
    stranger = Client()
    answer = stranger.post(
        "/account/login/", {"login": cast.owner.user.email, "password": "correct horse battery"}, follow=False
    )
    assert answer.url == "/account/2fa/authenticate/"


def test_an_open_device_takes_no_other_address_without_the_password(cast):
    cast.manager.user.set_password(PASSWORD)
    cast.manager.user.save()
    browser, address = sign_in(cast.manager), f"another-{cast.manager.pk.hex}@example.com"
    answer = browser.post("/account/email/", {"action_add": "", "email": address})
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not EmailAddress.objects.filter(email=address).exists()
    done = browser.post(answer["Location"], {"password": PASSWORD})
    assert done["Location"] == "/account/confirm-email/"  # what was asked for goes on


def test_the_list_of_sessions_names_this_one(cast):
    browser = sign_in(cast.owner)
    browser.get("/settings/")
    assert UserSession.objects.filter(user=cast.owner.user).count() == 1
    assert browser.get("/account/sessions/").status_code == 200


def test_a_session_is_written_down_when_its_client_is_another_not_at_every_page(cast):
    browser = sign_in(cast.owner)
    browser.get("/settings/", headers={"user-agent": "Phone"})
    [session] = UserSession.objects.filter(user=cast.owner.user)
    browser.get("/settings/", headers={"user-agent": "Phone"})
    seen = session.last_seen_at
    session.refresh_from_db()
    assert session.last_seen_at == seen
    browser.get("/settings/", headers={"user-agent": "Laptop"})
    session.refresh_from_db()
    assert (session.user_agent, session.last_seen_at > seen) == ("Laptop", True)
    browser.get("/settings/", headers={"user-agent": "Laptop"})
    before = session.last_seen_at
    session.refresh_from_db()
    assert session.last_seen_at == before
    cache.clear()
    browser.get("/settings/", headers={"user-agent": "Laptop"})
    session.refresh_from_db()
    assert session.last_seen_at > before


def test_a_membership_needs_its_business(cast):
    with tenant_context(cast.business):
        assert Membership.objects.filter(user=cast.stranger.user).count() == 0

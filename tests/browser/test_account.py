"""The pages of one's own account: they fit, they can be used by everybody, and they say it in our words.

`PICTURES=/some/folder` keeps a picture of each.
"""

import os
import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.site import CHROMIUM, grave_faults, opening, overflow

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")]
PASSWORD = "correct horse battery"
# What the sign-in library would say by itself.
FOREIGN = re.compile(r"two-factor|reauthenticat|authenticator code|sign up|verification code|deactivat|generate", re.I)
ENTRANCES = ("login/", "signup/", "password/reset/", "password/reset/done/")
OWN = (
    "email/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
    "logout/",
)
WITH_AN_APP = ("2fa/", "2fa/totp/deactivate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/")
LOOKS = [(1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")]


def look_at(page: Any, name: str, width: int, theme: str) -> None:
    """The page fits, is in our words, and axe finds nothing that would keep somebody out."""
    assert overflow(page) == 0, name
    said = page.locator("body").inner_text()
    assert FOREIGN.findall(said) == [], name
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name.strip('/').replace('/', '-')}-{width}-{theme}.png", full_page=True)
    assert grave_faults(page) == []


def sign_in(page: Any, site: str, membership: Any) -> None:
    from tests.cast import sign_in

    cookie = sign_in(membership).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": cookie, "url": site}])


def confirm_it_is_me(page: Any, site: str) -> None:
    """As somebody does who typed the password a moment ago."""
    page.goto(f"{site}/account/reauthenticate/?next=/account/2fa/")
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/account/2fa/")


def code_for(secret: str) -> str:
    """What the app shows now, and goes on showing until it is typed and sent: a code counts in its half minute only."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    if (left := 30 - time.time() % 30) < 10:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_entrances(browser: Any, site: str, width: int, theme: str) -> None:
    with opening(browser, site, width=width) as open_page:
        for address in ENTRANCES:
            look_at(open_page(f"/account/{address}", theme=theme), address, width, theme)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_pages_of_the_account(browser: Any, site: str, cast: Any, width: int, theme: str) -> None:
    with opening(browser, site, width=width) as open_page:
        page = open_page("/account/login/", theme=theme)
        sign_in(page, site, cast.owner)
        page.goto(f"{site}/account/2fa/totp/activate/")
        expect(page.locator("h1")).to_have_text("Is it you?")
        look_at(page, "reauthenticate", width, theme)
        confirm_it_is_me(page, site)
        for address in OWN:
            page.goto(f"{site}/account/{address}")
            assert page.locator(".shell-main").count() == 1, address
            look_at(page, address, width, theme)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_from_the_last_day_of_grace_to_the_app_its_codes_and_signing_in_with_it(
    browser: Any, site: str, cast: Any, width: int, theme: str
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from tenants.isolation import tenant_context
    from tenants.models import Membership

    with tenant_context(cast.business):
        Membership.objects.filter(pk=cast.owner.pk).update(joined_at=timezone.now() - timedelta(days=30))
    with opening(browser, site, width=width) as open_page:
        page = open_page("/account/login/", theme=theme)
        page.fill("[name=login]", cast.owner.user.email)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form.form [type=submit]").click()
        page.wait_for_url("**/account/2fa/")
        look_at(page, "overdue", width, theme)
        page.get_by_role("link", name="Set up the app").click()
        page.fill("[name=password]", PASSWORD)
        page.locator("main [type=submit]").click()
        page.wait_for_url("**/totp/activate/")
        page.fill("[name=code]", code_for(page.locator(".copy-field code").inner_text()))
        page.get_by_role("button", name="Turn it on").click()
        expect(page.locator(".recovery-codes li")).to_have_count(10)
        page.get_by_role("link", name="I have kept them").click()
        expect(page.locator(".shell-main")).to_contain_text(cast.owner.name)
        for address in WITH_AN_APP:
            page.goto(f"{site}/account/{address}")
            look_at(page, f"app-{address}", width, theme)
        page.context.clear_cookies()
        page.goto(f"{site}/account/login/")
        page.fill("[name=login]", cast.owner.user.email)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form.form [type=submit]").click()
        page.wait_for_url("**/account/2fa/authenticate/")
        look_at(page, "authenticate", width, theme)


def test_a_passkey_is_added_and_removed(browser: Any, site: str, cast: Any) -> None:
    """With an authenticator that the browser plays, as a laptop's fingerprint reader would answer."""
    with opening(browser, site, width=390) as open_page:
        page = open_page("/account/login/")
        sign_in(page, site, cast.manager)
        confirm_it_is_me(page, site)
        wires = page.context.new_cdp_session(page)
        wires.send("WebAuthn.enable")
        touch = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        wires.send("WebAuthn.addVirtualAuthenticator", {"options": touch})
        page.goto(f"{site}/account/2fa/webauthn/add/")
        page.fill("[name=name]", "Laptop in the back office")
        page.locator("#mfa_webauthn_add").click()
        expect(page.locator(".recovery-codes li")).to_have_count(10)
        page.goto(f"{site}/account/2fa/webauthn/")
        look_at(page, "passkeys", 390, "light")
        page.get_by_role("link", name="Rename").click()
        page.locator("[name=name]").wait_for()
        look_at(page, "passkey-rename", 390, "light")
        page.goto(f"{site}/account/2fa/webauthn/")
        page.get_by_role("link", name="Remove").click()
        page.get_by_role("button", name="Remove").wait_for()
        look_at(page, "passkey-remove", 390, "light")
        page.get_by_role("button", name="Remove").click()
        expect(page.locator("main")).to_contain_text("You have none yet.")


def test_a_passkey_that_is_not_there_is_said(browser: Any, site: str) -> None:
    with opening(browser, site, width=390) as open_page:
        page = open_page("/account/login/")
        wires = page.context.new_cdp_session(page)
        wires.send("WebAuthn.enable")
        empty = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        wires.send("WebAuthn.addVirtualAuthenticator", {"options": {**empty, "isUserVerified": True}})
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("The passkey was not used.")


def test_the_way_to_find_anything_fits_on_one_line(browser: Any, site: str, cast: Any) -> None:
    with opening(browser, site, width=1280) as open_page:
        page = open_page("/account/login/")
        sign_in(page, site, cast.manager)
        page.goto(site)
        words = page.locator(".search-button > span")
        height, line, wanted, there = words.evaluate(
            "e => [e.clientHeight, parseFloat(getComputedStyle(e).lineHeight) || 24, e.scrollWidth, e.clientWidth]"
        )
        assert height < 1.5 * line
        assert wanted <= there

"""A sign-in that ends while a form is filled in: whoever comes back finds what was typed, in a real browser."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from customers.models import Purchase
from tenants.isolation import tenant_context
from tenants.models import Membership
from tests.browser.site import CHROMIUM, grave_faults, opening, overflow
from tests.cast import Cast, sign_in
from tests.programs.counter_shop import open_shop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, nobody was signed out in one"
    ),
]
FORGIVEN = ["403", "422"]


def enter(page: Page, site: str, who: Membership) -> None:
    cookies = sign_in(who).cookies
    page.context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in cookies.items()])


def end_session(page: Page) -> None:
    """As from another device: the cookie stays, and means nothing any more."""
    from importlib import import_module

    from django.conf import settings

    [key] = [one["value"] for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
    import_module(settings.SESSION_ENGINE).SessionStore(key).delete()
    assert not Session.objects.filter(pk=key).exists()


def sign_in_again(page: Page, who: Membership) -> None:
    page.get_by_label("E-mail").fill(who.user.email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_a_long_form_comes_back_as_it_was_typed(browser: Any, site: str, cast: Cast, width: int, theme: str) -> None:
    with opening(browser, site, width=width, forgive=FORGIVEN) as open_page:
        page: Page = open_page("/account/login/", theme=theme)
        enter(page, site, cast.owner)
        page.goto(f"{site}/members/new/")
        page.get_by_label("First name").fill("Ottilie")
        page.get_by_label("Preferences").fill("Oat milk")
        end_session(page)
        page.locator("form[method=post] button[type=submit].btn-primary").last.click()
        expect(page.get_by_text("You were signed out. Sign in, and what you typed is put back.")).to_be_visible()
        assert grave_faults(page) == []
        sign_in_again(page, cast.owner)
        page.wait_for_url(f"{site}/members/new/")
        expect(page.get_by_text("What you typed is back: look it over and send it again.")).to_be_visible()
        expect(page.get_by_label("First name")).to_have_value("Ottilie")
        expect(page.get_by_label("Preferences")).to_have_value("Oat milk")
        assert overflow(page) == 0
        assert grave_faults(page) == []


def test_nobody_else_finds_what_somebody_typed(browser: Any, site: str, cast: Cast) -> None:
    with opening(browser, site, width=1280, forgive=FORGIVEN) as open_page:
        page: Page = open_page("/account/login/")
        enter(page, site, cast.owner)
        page.goto(f"{site}/members/new/")
        page.get_by_label("First name").fill("Ottilie")
        end_session(page)
        page.locator("form[method=post] button[type=submit].btn-primary").last.click()
        sign_in_again(page, cast.manager)
        page.wait_for_url(f"{site}/members/new/")
        expect(page.get_by_label("First name")).to_have_value("")
        assert page.evaluate("sessionStorage.getItem('typed')") is None


def test_a_page_that_was_too_old_leads_back_to_what_was_typed(browser: Any, site: str, cast: Cast) -> None:
    with opening(browser, site, width=1280, forgive=FORGIVEN) as open_page:
        page: Page = open_page("/account/login/")
        enter(page, site, cast.owner)
        page.goto(f"{site}/members/new/")
        page.get_by_label("First name").fill("Ottilie")
        # Another tab has signed in anew, which changes the sign that a form carries.
        page.context.clear_cookies(name="csrf")
        page.locator("form[method=post] button[type=submit].btn-primary").last.click()
        page.get_by_role("link", name="Back to the form").click()
        expect(page.get_by_label("First name")).to_have_value("Ottilie")


def test_a_sale_at_the_counter_waits_for_whoever_comes_back(browser: Any, site: str) -> None:
    shop = open_shop()
    with opening(browser, site, width=1280, forgive=FORGIVEN) as open_page:
        page: Page = open_page("/account/login/")
        enter(page, site, shop.cast.staff)
        page.goto(f"{site}{shop.url}")
        page.locator("#amount").fill("12.50")
        end_session(page)
        page.locator("form[data-act=visit] [type=submit]").first.click()
        page.wait_for_url("**/account/login/**")
        sign_in_again(page, shop.cast.staff)
        page.wait_for_url(f"{site}{shop.url}")
        bar = page.locator(".panel-resumed")
        expect(bar).to_contain_text("before this was sent: 12.50")
        assert grave_faults(page) == []
        with tenant_context(shop.cast.business):
            assert Purchase.objects.filter(total=1250).count() == 0
        bar.get_by_role("button", name="Send it now").click()
        expect(bar).to_be_hidden()
        with tenant_context(shop.cast.business):
            assert Purchase.objects.filter(total=1250).count() == 1

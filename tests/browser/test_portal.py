"""The portal on a phone, in a real browser: from joining to a voucher, under the CSP of production."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from customers.domain.cards import verify_card
from tenants.isolation import tenant_context
from tests.browser.portal_site import open_page  # noqa: F401 - a fixture
from tests.browser.site import CHROMIUM, grave_faults, overflow
from tests.customers.portal.visitor import an_address, code_in, deliver
from tests.programs.portal.guests import a_guest, a_shop, with_logo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, the portal was NOT tested"),
]
PAGES = ["", "rewards/", "vouchers/", "card/", "history/", "me/", "me/details/", "me/email/", "me/devices/", "about/"]
LOOKS = [("#a4432f", "light", 390), ("#f5b301", "dark", 390), ("#ffffff", "light", 390), ("#111111", "dark", 1280)]


def check(page: Any) -> None:
    """It fits, and everyone can read it."""
    assert overflow(page) == 0, page.url
    assert grave_faults(page) == []


def enter(page: Any, business: Any) -> None:
    """Type the code that has just arrived."""
    page.wait_for_url("**/code/")
    page.get_by_label("Code").fill(code_in(deliver(business)[-1]))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_selector(".member-card")


def test_from_joining_to_a_voucher_with_the_thumb(open_page: Any) -> None:  # noqa: F811
    shop = a_shop(name="Café Morgenrot")
    with tenant_context(shop):
        from programs.models import Program

        Program.objects.update(joining_bonus=100)
    page = open_page(f"/{shop.slug}/")
    check(page)
    page.get_by_role("link", name="Join now").first.click()
    page.get_by_label("E-mail", exact=True).fill(an_address())
    page.get_by_label("First name").fill("Ines")
    page.get_by_label("Day").fill("29")
    page.get_by_label("Month").select_option("2")
    check(page)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_text("Please tick that you want to take part")).to_be_visible()
    check(page)
    page.get_by_label("I want to take part").check()
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/code/")
    check(page)
    page.get_by_label("Code").fill("AAAA-AAAA")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("2 tries are left")).to_be_visible()
    enter(page, shop)
    expect(page.get_by_role("heading", name="Hello Ines")).to_be_visible()
    expect(page.locator(".member-card-figure")).to_have_text("100 points")
    page.locator(".reward").first.click()
    have_it = page.get_by_role("button", name="Have it for 80 points")
    expect(have_it).to_be_visible()
    check(page)
    have_it.click()
    expect(page.locator(".pass-code")).to_be_visible()
    check(page)
    page.get_by_role("button", name="I changed my mind").click()
    page.get_by_role("button", name="Give it back", exact=True).click()
    expect(page.get_by_text("You have your")).to_be_visible()
    page.goto(page.url.replace("rewards/", ""))
    expect(page.locator(".member-card-figure")).to_have_text("100 points")


@pytest.mark.parametrize(("colour", "theme", "width"), LOOKS)
def test_every_page_fits_and_can_be_read_in_any_colour(
    open_page: Any,  # noqa: F811
    colour: str,
    theme: str,
    width: int,
) -> None:
    shop, email = a_shop(brand_color=colour, name="The Harbour & Thread, makers of slow clothes"), an_address()
    if colour == "#f5b301":
        with_logo(shop)
    a_guest(shop, email)
    page = open_page(f"/{shop.slug}/", width=width, theme=theme)
    check(page)
    page.get_by_role("link", name="I have a card already").click()
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    check(page)
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    enter(page, shop)
    home = page.url
    for path in PAGES:
        page.goto(home + path)
        check(page)


def test_the_card_changes_by_itself_and_is_read_at_the_counter_once(open_page: Any) -> None:  # noqa: F811
    shop, email = a_shop(), an_address()
    member = a_guest(shop, email)
    page = open_page(f"/{shop.slug}/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    enter(page, shop)
    page.get_by_role("link", name="Show my card").click()
    drawing = page.locator("[data-card] path").last
    payload = scan(page)
    before = drawing.get_attribute("d")  # after the scan: it may have changed just now
    with tenant_context(shop):
        read = verify_card(payload)
    assert (read.member.pk, read.is_live) == (member.pk, True)

    expect(drawing).not_to_have_attribute("d", before, timeout=60_000)
    assert scan(page) != payload


def test_without_a_connection_the_portal_says_so(open_page: Any) -> None:  # noqa: F811
    shop = a_shop()
    page = open_page(f"/{shop.slug}/about/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.context.set_offline(True)
    page.goto(page.url, wait_until="domcontentloaded")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.context.set_offline(False)


def scan(page: Any) -> str:
    """What a scanner reads from the screen."""
    import io

    import zxingcpp
    from PIL import Image

    picture = Image.open(io.BytesIO(page.locator(".qr-box").screenshot()))
    return str(zxingcpp.read_barcode(picture).text)

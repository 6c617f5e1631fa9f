"""A stamp card tried on the purchases of the last months by the owner, in a real browser, before it is published."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.models import Product
from programs.models import StampCard
from tenants.isolation import tenant_context
from tests.browser.site import CHROMIUM, grave_faults, opening, overflow
from tests.cast import Cast, sign_in
from tests.programs.shop import buy, make_member, make_program

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, stamp cards were NOT tried"),
]


@pytest.fixture
def shop(cast: Cast) -> Cast:
    with tenant_context(cast.business):
        make_program()
        Product.objects.create(name="Lunch", price=960)
        ida = make_member(given_name="Ida")
        for total in (1_200, 1_500, 900):
            buy(ida, total)
    return cast


def look(page: Page) -> None:
    assert overflow(page) == 0
    assert grave_faults(page) == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_a_card_is_tried_on_what_was_bought(browser: Any, site: str, shop: Cast, width: int, theme: str) -> None:
    with opening(browser, site, width=width) as open_page:
        page: Page = open_page("/account/login/", theme=theme)
        cookies = sign_in(shop.owner).cookies
        page.context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in cookies.items()])
        page.goto(f"{site}/program/stamps/new/")
        found, button = page.locator("#rehearsal"), page.get_by_role("button", name="Try it on them")
        page.get_by_label("At most on one day").fill("")

        page.get_by_label("Stamps on a full card").fill("1")
        button.click()
        expect(found).to_contain_text("Correct the card first: Stamps on a full card.")

        page.get_by_label("Stamps on a full card").fill("2")
        page.get_by_label("Each purchase").check()
        button.press("Enter")
        expect(found).to_contain_text("1 full card")
        expect(found).to_contain_text("3 purchases of 1 member since")
        expect(found.get_by_role("link", name="Ida")).to_be_visible()
        look(page)

        page.get_by_label("Stamps on a full card").fill("3")
        page.get_by_label("From a purchase of").fill("10")
        button.click()
        expect(found).to_contain_text("0 full cards")
        expect(page.get_by_label("Stamps on a full card")).to_have_value("3")
    with tenant_context(shop.business):
        assert not StampCard.objects.exists()

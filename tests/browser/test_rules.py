"""An earning rule composed, tried and published by an owner in a real browser, and a segment kept for it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.models import Product
from tenants.isolation import tenant_context
from tests.browser.site import CHROMIUM, grave_faults, opening, overflow
from tests.cast import Cast, sign_in
from tests.programs.shop import earn, make_member, make_program, make_tier

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, rules were NOT tried in one"),
]
LOOKS = [(1280, "light"), (390, "dark")]


@pytest.fixture
def shop(cast: Cast) -> Cast:
    with tenant_context(cast.business):
        make_tier(make_program(), "Gold", 10**9, multiplier=150)
        Product.objects.create(name="Beans", sku="B", price=1200)
        earn(make_member(), 1240)
    return cast


def look(page: Page) -> None:
    assert overflow(page) == 0
    assert grave_faults(page) == []


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_from_an_empty_page_to_a_rule_that_runs(browser: Any, site: str, shop: Cast, width: int, theme: str) -> None:
    with opening(browser, site, width=width) as open_page:
        page: Page = open_page("/account/login/", theme=theme)
        cookies = sign_in(shop.owner).cookies
        page.context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in cookies.items()])

        page.goto(f"{site}/members/?status=active")
        page.get_by_role("link", name="Keep as a segment").click()
        name = page.get_by_label("What it is called")
        expect(name).to_be_visible()
        look(page)
        name.fill("Everybody here")
        page.get_by_role("button", name="Keep this segment").click()
        expect(page.locator(".tab[aria-current=page]")).to_have_text("Everybody here")
        look(page)

        page.goto(f"{site}/program/rules/")
        look(page)
        page.get_by_role("link", name="Add the first rule").click()
        expect(page.get_by_label("For every so many items")).to_be_hidden()
        page.get_by_label("What it is called").fill("Beans to take home")
        page.get_by_label("Extra points for items").check()
        expect(page.get_by_label("How many times as many")).to_be_hidden()
        page.get_by_label("How many points").fill("5")
        page.get_by_label("For every so many items").fill("2")
        page.get_by_label("Everybody here").check()
        expect(page.locator("#said")).to_contain_text(
            "5 points more for every 2 items · for members in “Everybody here”"
        )
        look(page)
        page.get_by_role("button", name="Save the draft").click()
        expect(page.locator("#rehearsal")).to_contain_text("1 purchase since")
        look(page)
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url("**/program/rules/")
        expect(page.get_by_role("heading", name="Beans to take home")).to_be_visible()
        expect(page.locator(".rule-row")).to_contain_text("Running")
        expect(page.locator("#stacked")).to_contain_text("35 points")
        look(page)


def test_a_mistake_keeps_what_was_typed(browser: Any, site: str, shop: Cast) -> None:
    with opening(browser, site, width=1280, forgive=["422"]) as open_page:
        page: Page = open_page("/account/login/")
        cookies = sign_in(shop.owner).cookies
        page.context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in cookies.items()])
        page.goto(f"{site}/program/rules/new/")
        page.get_by_label("What it is called").fill("Afternoons")
        page.get_by_label("Tuesday").check()
        page.get_by_label("From", exact=False).and_(page.locator("[name=from_time]")).fill("14:00")
        expect(page.locator("#said")).to_contain_text("Say both")
        page.get_by_role("button", name="Save the draft").click()
        expect(page.locator("#id_to_time_error, [aria-invalid=true]").first).to_be_visible()
        expect(page.locator("[name=from_time]")).to_have_value("14:00")
        expect(page.get_by_label("Tuesday")).to_be_checked()
        look(page)

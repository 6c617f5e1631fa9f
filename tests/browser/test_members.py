"""A member edited in two tabs of a real browser: the one that comes second is told where both changed the same."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenants.isolation import tenant_context
from tests.browser.site import CHROMIUM, grave_faults, opening, overflow
from tests.cast import Cast, sign_in
from tests.customers.people import a_member

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, members were NOT edited in one"
    ),
]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_what_was_refused_is_where_the_page_begins(browser: Any, site: str, cast: Cast, width: int, theme: str) -> None:
    with tenant_context(cast.business):
        member = a_member(preferences="Oat milk")
    with opening(browser, site, width=width, forgive=["422"]) as open_page:
        page: Page = open_page("/account/login/", theme=theme)
        cookies = sign_in(cast.owner).cookies
        page.context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in cookies.items()])
        edit = f"{site}/members/{member.pk}/edit/"
        page.goto(edit)
        expect(page.get_by_label("First name")).to_be_focused()
        other = page.context.new_page()
        other.goto(edit)
        other.get_by_label("Preferences").fill("Soya milk")
        other.get_by_role("button", name="Save").click()
        expect(other.get_by_text("Saved.")).to_be_visible()

        page.get_by_label("Preferences").fill("Rice milk")
        page.get_by_role("button", name="Save").click()
        field = page.get_by_label("Preferences")
        expect(page.get_by_text("changed meanwhile, to “Soya milk”")).to_be_visible()
        expect(field).to_be_focused()
        expect(field).to_be_in_viewport()
        assert overflow(page) == 0
        assert grave_faults(page) == []
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Rice milk").first).to_be_visible()

"""The look in a real browser: it fits, it reads, and the keyboard reaches everything.

Runs on the living page, which shows each element in each state, under the Content-Security-Policy of production.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import include, path
from playwright.sync_api import expect

from tests.browser.site import CHROMIUM, grave_faults, opening, overflow, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, the look was NOT tested"),
]
urlpatterns = [path("design/", include("loyalty_saas.design.urls")), path("account/", include("allauth.urls"))]

SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
PAGES = ["/design/", "/design/plain/", "/design/portal/"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(ROOT_URLCONF=__name__) as address:
        yield address


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Any]:
    with opening(browser, site, width=1280) as open_one:
        yield open_one


@pytest.mark.parametrize(("width", "theme"), SCREENS)
@pytest.mark.parametrize("address", PAGES)
def test_page_fits_and_everyone_can_read_it(open_page: Any, address: str, width: int, theme: str) -> None:
    page = open_page(address, width=width, theme=theme)
    assert overflow(page) == 0
    assert grave_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_can_be_read(open_page: Any, theme: str) -> None:
    page = open_page("/design/", theme=theme)
    for opener, shown in [
        ("#open-dialog", "#sample-dialog"),
        ("[popovertarget=sample-menu]", "#sample-menu"),
        (".search-button", "#palette"),
    ]:
        page.click(opener)
        page.wait_for_selector(shown, state="visible")
        if shown == "#palette":
            page.wait_for_selector(".palette-item")
        assert grave_faults(page, within=shown) == []
        page.keyboard.press("Escape")
        page.wait_for_selector(shown, state="hidden")


def test_keyboard_opens_and_closes_a_dialog(open_page: Any) -> None:
    page = open_page("/design/")
    page.focus("#open-dialog")
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('sample-dialog').open")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('sample-dialog').open")
    assert page.evaluate("document.activeElement.id") == "open-dialog"


def test_keyboard_walks_a_menu(open_page: Any) -> None:
    page = open_page("/design/")
    page.focus("[popovertarget=sample-menu]")
    page.keyboard.press("Enter")
    # The browser tells of the opening a moment after it shows; only then is the first item chosen.
    page.wait_for_function("document.querySelector('#sample-menu').contains(document.activeElement)")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Remove"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Add a tag"
    page.keyboard.press("Escape")
    page.wait_for_selector("#sample-menu", state="hidden")
    assert page.evaluate("document.activeElement.getAttribute('popovertarget')") == "sample-menu"


def test_keyboard_finds_and_chooses_in_a_long_list(open_page: Any) -> None:
    page = open_page("/design/")
    box = page.locator("#fields [role=combobox]")
    box.focus()
    page.keyboard.type("cote")
    assert page.locator("#fields [role=listbox]").is_visible()
    assert page.locator("#fields [role=option]").all_text_contents() == ["Côte d’Ivoire"]
    page.keyboard.press("Enter")
    assert not page.locator("#fields [role=listbox]").is_visible()
    assert page.evaluate("document.querySelector('#fields [name=country]').value") == "CI"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert box.input_value() == "Côte d’Ivoire"


def test_keyboard_searches_the_palette(open_page: Any) -> None:
    page = open_page("/design/")
    page.keyboard.press("Control+k")
    page.wait_for_selector(".palette-item.is-active")
    page.keyboard.type("lópez")
    expect(page.locator(".palette-item")).to_have_count(1)
    expect(page.locator(".palette-item.is-active")).to_contain_text("Ana María López")
    page.keyboard.press("Escape")
    page.wait_for_selector("#palette", state="hidden")


def test_question_is_asked_before_an_act_and_no_means_no(open_page: Any) -> None:
    page = open_page("/design/")
    page.click("[data-ask]")
    page.wait_for_selector("#confirm[open]")
    assert page.inner_text("#confirm-title") == "Void this voucher?"
    assert page.inner_text("#confirm-text") == "The points go back to the card."
    assert page.inner_text("#confirm-yes") == "Ask first"
    page.keyboard.press("Escape")
    page.wait_for_selector("#confirm", state="hidden")
    assert page.locator("#toasts .toast").count() == 0
    page.click("[data-ask]")
    page.click("#confirm-yes")
    page.wait_for_selector("#toasts .toast")
    assert page.locator("#toasts .toast-undo").get_attribute("data-undo") == "/design/toast/"


def test_filters_wait_on_a_phone_behind_a_button_that_counts_them(open_page: Any) -> None:
    wide = open_page("/design/")
    assert not wide.locator("[data-filters]").first.is_visible()
    assert wide.locator("#tier").is_visible()
    page = open_page("/design/", width=390)
    opener, tier = page.locator(".filter-bar:has(#tier) [data-filters]"), page.locator("#tier")
    assert page.locator(".filter-bar #q").is_visible()
    assert not tier.is_visible()
    assert opener.inner_text() == "Filter"
    opener.focus()
    page.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    tier.select_option(index=1)
    expect(opener).to_have_text("Filter1")
    opener.click()
    assert not tier.is_visible()


def test_rows_chosen_show_what_can_be_done_with_them(open_page: Any) -> None:
    page = open_page("/design/")
    assert not page.locator("#members [data-bulk]").is_visible()
    page.check("#members [data-select-all]")
    assert page.inner_text("#members [data-bulk-count]") == "5 selected"
    page.uncheck("#members .row-check >> nth=0")
    assert page.inner_text("#members [data-bulk-count]") == "4 selected"
    page.click("#members [data-bulk-clear]")
    assert not page.locator("#members [data-bulk]").is_visible()


def test_columns_chosen_are_remembered(open_page: Any) -> None:
    page = open_page("/design/")
    assert not page.locator("#members th[data-col=joined]").is_visible()
    page.click("[data-table=members] button[aria-label='Choose columns']")
    page.click("[data-column=joined]")
    assert page.locator("#members th[data-col=joined]").is_visible()
    page.reload()
    expect(page.locator("#members th[data-col=joined]")).to_be_visible()


def test_chosen_theme_holds_from_the_first_paint(open_page: Any) -> None:
    page = open_page("/design/", theme="light")
    page.click("[popovertarget=side-person]")
    page.click("#side-person [data-theme-choice=dark]")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(24, 21, 18)"


def test_phone_reads_rows_as_cards_with_labels(open_page: Any) -> None:
    page = open_page("/design/", width=390)
    cell = page.locator("#members tbody tr >> nth=0").locator("td[data-col=balance]")
    assert cell.get_attribute("data-label") == "Balance"
    assert page.locator(".bottom-bar").is_visible()
    page.click(".bottom-bar button")
    assert page.locator("#places .nav-item").count() == 9

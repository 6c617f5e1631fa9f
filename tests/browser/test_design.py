"""The look in a real browser: it fits, it reads, and the keyboard reaches everything.

Runs on the living page, which shows each element in each state, under the Content-Security-Policy of production.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import include, path
from playwright.sync_api import expect

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, the look was NOT tested"),
]
urlpatterns = [path("design/", include("loyalty_saas.design.urls")), path("account/", include("allauth.urls"))]

SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
PAGES = ["/design/", "/design/plain/", "/design/portal/"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    subprocess.run(
        [sys.executable, "-m", "loyalty_saas.assets"], cwd=settings.BASE_DIR, check=True, capture_output=True
    )

    class Quiet(WSGIRequestHandler):
        def log_message(self, *said: Any) -> None:
            pass

    without_collected = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    with override_settings(ROOT_URLCONF=__name__, STORAGES=STORAGES, MIDDLEWARE=without_collected):
        server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        server.daemon_threads = True
        server.set_app(StaticFilesHandler(WSGIHandler()))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Any]:
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_one(address: str, *, width: int = 1280, theme: str = "light") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=theme,
            is_mobile=width < 600,
            has_touch=width < 600,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(site + address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize(("width", "theme"), SCREENS)
@pytest.mark.parametrize("address", PAGES)
def test_page_fits_and_everyone_can_read_it(open_page: Any, address: str, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(address, width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    found = Axe().run(page).response["violations"]
    grave = [
        (one["id"], [node["target"] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_can_be_read(open_page: Any, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

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
        grave = [
            (one["id"], [node["target"] for node in one["nodes"]])
            for one in Axe().run(page, context=shown).response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert grave == []
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
    page.wait_for_selector("#sample-menu", state="visible")
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
    assert page.inner_text("#confirm-text") == "Void this voucher? The points go back to the card."
    page.keyboard.press("Escape")
    page.wait_for_selector("#confirm", state="hidden")
    assert page.locator("#toasts .toast").count() == 0
    page.click("[data-ask]")
    page.click("#confirm-yes")
    page.wait_for_selector("#toasts .toast")
    assert page.locator("#toasts .toast-undo").get_attribute("data-undo") == "/design/toast/"


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

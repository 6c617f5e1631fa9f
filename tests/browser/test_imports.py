"""A file on its way, in a real browser: how far it is while it is sent, and an import that survives a reload."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.enums import ImportStatus
from customers.imports.flow import begin_import
from customers.imports.jobs import FIRST_LINES
from customers.imports.overdue import work_on
from customers.imports.purchase_job import PurchaseJob
from customers.models import Import
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.browser.site import CHROMIUM, browsing, opening
from tests.cast import Cast, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, uploads were NOT tested"),
]
SALES = "Receipt;Date;Item;Price\n1;03.03.2026;Melange;4,20\n2;14.03.2026;Torte;5,60\n"


@pytest.fixture
def page(site: str, cast: Cast) -> Iterator[Page]:
    with browsing() as chromium, opening(chromium, site, width=1280, forgive=["Failed to load resource"]) as open_page:
        page = open_page("/account/login/")
        cookies = sign_in(cast.owner).cookies
        page.context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in cookies.items()])
        page.goto(f"{site}/imports/?kind=purchases")
        yield page


def test_the_bar_shows_how_far_the_file_is(page: Page) -> None:
    page.evaluate(WATCH)
    choose(page, SALES + "".join(f"{n};03.03.2026;Espresso;2,80\n" for n in range(3, 60_000)))
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/imports/*-*/")
    expect(page.get_by_role("heading", name="What is in each column?")).to_be_visible()
    seen = page.evaluate("JSON.parse(sessionStorage.seen)")
    assert [name for name in ("sending", "reading") if name in seen] == ["sending", "reading"]
    assert seen[-1] == "reading"


def test_a_refusal_is_shown_in_the_form_and_the_next_file_is_taken(page: Page) -> None:
    choose(page, "")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("This file is empty.").first).to_be_visible()
    expect(page.get_by_text("Sending the file")).to_be_hidden()
    choose(page, SALES)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="What is in each column?")).to_be_visible()


def test_a_file_that_does_not_arrive_can_be_sent_again(page: Page) -> None:
    page.route("**/imports/", lambda route: route.abort("connectionreset"))
    choose(page, SALES)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("The file did not arrive.")).to_be_visible()
    page.unroute("**/imports/")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="What is in each column?")).to_be_visible()


def test_without_scripts_the_browser_sends_it(page: Page, site: str) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"{site}/imports/?kind=purchases")
    choose(plain, SALES)
    plain.get_by_role("button", name="Read the file").click()
    expect(plain.get_by_role("heading", name="What is in each column?")).to_be_visible()
    context.close()


def test_an_import_survives_a_reload(page: Page, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is closed and opened in the middle of it: the bar stands where the import is, and ends in its report."""
    choose(page, SALES + "".join(f"{n};03.03.2026;Espresso;2,80\n" for n in range(3, 2 * FIRST_LINES)))
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check what would happen").click()
    expect(page.get_by_text("Checking every row")).to_be_visible()
    record = the_import(cast)
    work_on(cast.business.pk, record.pk)
    expect(page.get_by_role("button", name="Import 1,999 receipts")).to_be_visible()
    with tenant_context(cast.business):
        begin_import(the_import(cast), by=Actor.importing(None))
    whole = PurchaseJob.write
    monkeypatch.setattr(PurchaseJob, "write", dying_at_the_second_batch(whole))
    with pytest.raises(KeyboardInterrupt):
        work_on(cast.business.pk, record.pk)
    monkeypatch.setattr(PurchaseJob, "write", whole)
    for _time in range(2):
        page.reload()
        expect(page.get_by_text("1,000 of 1,999 rows")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    with tenant_context(cast.business):
        Import.objects.update(leased_until=None)
    work_on(cast.business.pk, record.pk)
    expect(page.get_by_text("Every row was taken.")).to_be_visible()
    assert the_import(cast).counts["purchases"] == 1_999


WATCH = """
const seen = [];
new MutationObserver(() => {
  const now = document.querySelector("[data-upload]:not([hidden])")?.dataset.upload;
  if (now && now !== seen.at(-1)) seen.push(now);
  sessionStorage.seen = JSON.stringify(seen);
}).observe(document.body, { subtree: true, attributes: true });
"""


def choose(page: Page, text: str) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "sales.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )


def the_import(cast: Cast) -> Import:
    with tenant_context(cast.business):
        record = Import.objects.get()
        assert record.status in ImportStatus
        return record


def dying_at_the_second_batch(write: Any) -> Any:
    batches: list[int] = []

    def dying(self: Any, units: Any) -> Any:
        batches.append(len(units))
        if len(batches) == 2:
            raise KeyboardInterrupt
        return write(self, units)

    return dying

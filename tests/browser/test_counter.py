"""The counter in a real browser: a sale by keyboard alone, answers that get lost, the camera, everyone can read it."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from tests.browser.site import CHROMIUM, browsing, grave_faults, overflow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, the counter was NOT tested"),
]


@pytest.fixture(scope="module")
def film(tmp_path_factory: Any) -> Path:
    """What the camera sees; read when a page opens it."""
    return tmp_path_factory.mktemp("camera") / "card.mjpeg"


@pytest.fixture(scope="module")
def browser(film: Path) -> Iterator[Any]:
    camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    with browsing(*camera, f"--use-file-for-fake-video-capture={film}") as chromium:
        yield chromium


@pytest.fixture
def shop() -> Any:
    from tests.programs.counter_shop import open_shop

    return open_shop()


@pytest.fixture
def till(browser: Any, site: str, shop: Any) -> Iterator[Any]:
    """Opens pages in a browser in which staff are signed in; nothing may be complained about in its console."""
    from tests.cast import sign_in

    cookie = sign_in(shop.cast.staff).cookies["session"].value
    contexts, complaints = [], []

    def open_one(address: str = "/counter/", *, width: int = 1280, theme: str = "light", **options: Any) -> Any:
        small = width < 600
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=theme,
            is_mobile=small,
            has_touch=small,
            reduced_motion="reduce",
            **{"service_workers": "block", **options},
        )
        contexts.append(context)
        context.add_cookies([{"name": "session", "value": cookie, "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(site + address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def payload_of(shop: Any) -> str:
    """What the QR on Anna's phone says now."""
    from customers.domain.cards import card_payload
    from customers.models import Member
    from tenants.isolation import tenant_context

    with tenant_context(shop.cast.business):
        return card_payload(Member.objects.get(pk=shop.anna.pk))


def entries(shop: Any) -> list[tuple[int, int]]:
    """Amount and balance of every entry after the first, as the ledger has them."""
    from programs.models import Entry
    from tenants.isolation import tenant_context

    with tenant_context(shop.cast.business):
        return list(Entry.objects.order_by("seq").values_list("amount", "balance_after"))[1:]


def test_a_sale_by_keyboard_alone(till: Any, shop: Any) -> None:
    page = till()
    page.keyboard.press("/")
    page.keyboard.type("anna")
    page.keyboard.press("Enter")
    expect(page.locator("#amount")).to_be_focused()
    page.keyboard.type("12,40")
    expect(page.locator(".commit .sum-after dd")).to_have_text("252")
    page.keyboard.press("Enter")
    expect(page.locator(".done-title")).to_have_text("12 points given")
    expect(page.locator("[data-next]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_be_focused()
    assert page.url.endswith("/counter/")
    assert entries(shop) == [(12, 252)]


def test_alt_n_enrols_from_the_search_and_from_a_sale(till: Any, shop: Any) -> None:
    for address in ("/counter/", shop.url):
        page = till(address)
        page.locator("#results .hit").first.wait_for()
        page.keyboard.press("Alt+n")
        expect(page.locator("[name=contact]")).to_be_focused()


def test_arrows_choose_and_escape_goes_back(till: Any) -> None:
    page = till()
    page.locator("#results .hit").wait_for()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#results .hit").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#amount")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()


def test_redeeming_takes_two_taps_once_their_phone_was_scanned(till: Any, shop: Any) -> None:
    page = till(width=390)
    page.evaluate(
        """async ([url, payload]) => {
            const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
            await fetch(url, { method: "POST", headers, body: new URLSearchParams({ payload }) });
        }""",
        ["/counter/scans/", payload_of(shop)],
    )
    page.goto(page.url.split("/counter/")[0] + shop.url)
    page.locator(".tile", has_text="Free coffee").tap()
    expect(page.locator("[data-presence]")).to_have_text("Their phone was scanned: you can redeem.")
    expect(page.locator(".commit .sum-after dd")).to_have_text("140")
    page.locator(".till-button", has_text="Redeem").tap()
    expect(page.locator(".done-hand")).to_contain_text("Hand over: Free coffee")
    assert entries(shop) == [(-100, 140)]
    page.locator(".done-undo button[type=submit]").tap()
    expect(page.locator(".m-number")).to_have_text("240")


def test_redeeming_takes_two_taps_from_the_search(till: Any, shop: Any) -> None:
    from tests.programs.counter_shop import PIN

    page = till(width=390)
    page.locator("#q").fill("anna")
    expect(page.locator("#results")).to_have_attribute("data-of", "anna")
    page.locator("[data-hit]", has_text="Anna Berger").tap()
    expect(page.locator(".m-name")).to_have_text("Anna Berger")
    page.get_by_role("button", name="Redeem: Free coffee").tap()
    # Nobody showed that she is there: the PIN is asked for, and Enter on it is all that is left to do.
    expect(page.locator("#visit-pin")).to_be_focused()
    assert overflow(page) == 0
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".done-hand")).to_contain_text("Hand over: Free coffee")
    assert entries(shop) == [(-100, 140)]


# A scanner types faster than any hand, and so does this: everything within one moment.
SCANNER = """(text) => {
    const field = document.activeElement;
    for (const key of [...text, "Enter"]) {
        const press = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        const typed = field.dispatchEvent(press) && key.length === 1 && "value" in field;
        if (typed) field.value = (field.value + key).slice(0, field.maxLength);
    }
}"""


def test_a_card_scanned_into_the_amount_is_read_as_a_card_and_nothing_typed_is_lost(till: Any, shop: Any) -> None:
    page = till(shop.url, width=390)
    page.locator("#amount").fill("12,40")
    page.locator(".tile", has_text="Free coffee").tap()
    page.locator("#amount").focus()
    page.evaluate(SCANNER, payload_of(shop))
    expect(page.locator("[data-presence]")).to_have_text("Their phone was scanned: you can redeem.")
    expect(page.locator("#amount")).to_have_value("12,40")
    expect(page.locator(".tile-check[name=reward]")).to_be_checked()
    page.locator(".till-button", has_text="Give points and redeem").tap()
    expect(page.locator(".done-hand")).to_contain_text("Hand over: Free coffee")
    assert entries(shop) == [(12, 252), (-100, 152)]


def test_the_number_of_a_card_scanned_into_the_amount_is_no_amount(till: Any, shop: Any) -> None:
    from customers.models import Member
    from tenants.isolation import tenant_context
    from tests.programs.counter_shop import enrol

    with tenant_context(shop.cast.business):
        other = Member.objects.get(pk=enrol(shop.cast, "Bea", "Novak", email="bea@example.com").pk)
    page = till(shop.url)
    expect(page.locator("#amount")).to_be_focused()
    page.evaluate(SCANNER, other.number)
    expect(page.locator(".m-name")).to_have_text("Bea Novak")
    assert entries(shop) == []
    # And after a sale, while "Next customer" waits to be pressed.
    page.locator("#amount").fill("10")
    page.locator("#amount").press("Enter")
    expect(page.locator("[data-next]")).to_be_focused()
    page.evaluate(SCANNER, payload_of(shop))
    expect(page.locator(".m-name")).to_have_text("Anna Berger")


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_without_their_phone_the_pin_of_whoever_serves_redeems(till: Any, shop: Any, width: int, theme: str) -> None:
    from tests.programs.counter_shop import PIN

    page = till(shop.url, width=width, theme=theme)
    expect(page.locator("[data-presence]")).to_be_hidden()
    page.locator(".tile", has_text="Free coffee").click()
    page.locator(".till-button").click()
    expect(page.locator(".till-refusal").first).to_contain_text("scan the code on their phone, or enter your PIN")
    expect(page.locator("#visit-pin")).to_be_focused()
    assert overflow(page) == 0
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/presence-{width}-{theme}.png")
    page.keyboard.type(PIN)
    kept = page.evaluate(
        """() => new Promise((resolve) => {
            const set = Storage.prototype.setItem;
            Storage.prototype.setItem = function (name, value) { set.call(this, name, value); resolve(value); };
            document.querySelector(".till-button").click();
        })"""
    )
    assert {"reward", "key"} <= set(act := parse_qs(json.loads(kept)["body"]))
    assert "pin" not in act
    expect(page.locator(".done-hand")).to_contain_text("Hand over: Free coffee")
    assert entries(shop) == [(-100, 140)]


def test_a_lost_answer_is_asked_for_again_and_counts_once(till: Any, shop: Any) -> None:
    page = till(shop.url)
    tries, later, seen = [], [], []

    def lose_the_first(route: Any) -> None:
        tries.append(route.request.post_data)
        if len(tries) == 1:
            # The server does it; the answer never arrives.
            route.fetch()
            route.abort()
        elif seen:
            route.continue_()
        else:
            later.append(route)

    page.route("**/visits/", lose_the_first)
    page.fill("#amount", "12.40")
    page.keyboard.press("Enter")
    # What is said between two tries is read before the second one is let go.
    expect(page.locator("[data-act-state]").first).to_contain_text("will not count twice")
    seen.append(True)
    for route in later:
        route.continue_()
    expect(page.locator(".done-title")).to_have_text("12 points given")
    assert len(set(tries)) == 2  # the second and any later one say that they are another try
    assert entries(shop) == [(12, 252)]


def test_pressing_again_and_again_without_an_answer_counts_once(till: Any, shop: Any) -> None:
    page = till(shop.url)
    tries = []

    def lose_three(route: Any) -> None:
        tries.append(1)
        if len(tries) <= 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/visits/", lose_three)
    page.fill("#amount", "30")
    page.keyboard.press("Enter")
    # Pressed in the page itself, as soon as it can be: the page tries again by itself, too, after a second and two.
    page.wait_for_function("""() => {
        const [again] = document.querySelectorAll(".till-button:not([aria-busy])");
        if (again?.textContent.includes("Try again now")) {
            window.presses = (window.presses ?? 0) + 1;
            again.click();
        }
        return document.querySelector(".done-title");
    }""")
    assert page.evaluate("window.presses") >= 2
    assert len(tries) == 4
    expect(page.locator(".done-title")).to_have_text("30 points given")
    assert entries(shop) == [(30, 270)]


def test_offline_it_is_not_sent_and_goes_out_by_itself_later(till: Any, shop: Any) -> None:
    page = till(shop.url)
    page.context.set_offline(True)
    page.fill("#amount", "12.40")
    page.keyboard.press("Enter")
    expect(page.locator("[data-act-state]").first).to_contain_text("No connection: it was not sent")
    expect(page.locator("#net")).to_have_text("No connection")
    assert entries(shop) == []
    page.context.set_offline(False)
    expect(page.locator(".done-title")).to_have_text("12 points given")
    assert entries(shop) == [(12, 252)]


def test_a_reload_before_the_answer_finishes_the_act_once(till: Any, shop: Any) -> None:
    page = till(shop.url)

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/visits/", lose)
    page.fill("#amount", "12.40")
    page.keyboard.press("Enter")
    expect(page.locator("[data-act-state]").first).to_be_visible()
    page.unroute("**/visits/")
    page.goto(page.url.replace(shop.url, "/counter/"))
    expect(page.locator(".done-title")).to_have_text("12 points given")
    assert page.url.endswith(shop.url)
    expect(page.locator("#results .hit-balance")).to_have_text("252")
    assert entries(shop) == [(12, 252)]


def test_a_refusal_says_what_to_do_and_keeps_what_was_typed(till: Any, shop: Any) -> None:
    page = till(shop.url)
    page.fill("#amount", "abc")
    page.locator(".till-button").click()
    expect(page.locator("[data-act-refusal]").first).to_contain_text("Write only the amount")
    expect(page.locator("#amount")).to_have_value("abc")
    page.fill("#amount", "10")
    page.locator(".till-button").click()
    expect(page.locator(".done-title")).to_have_text("10 points given")


def test_a_refused_receipt_is_foreseen_said_once_and_has_the_focus(till: Any, shop: Any) -> None:
    page = till(shop.url)
    page.fill("#amount", "12,40")
    page.fill("#receipt_number", "R-1")
    page.keyboard.press("Enter")
    expect(page.locator(".done-title")).to_have_text("12 points given")
    page.goto(page.url)
    page.fill("#receipt_number", "R-1")
    page.fill("#amount", "12,40")
    expect(page.locator(".till-known")).to_have_text("Receipt R-1 was recorded already: nothing is added for it.")
    page.fill("#amount", "13,40")
    said = "Receipt R-1 was already recorded with other details. Look at the number again."
    expect(page.locator("[data-foreseen]")).to_have_text(said)
    page.keyboard.press("Enter")
    expect(page.locator("#receipt_number")).to_be_focused()
    expect(page.locator(".till-refusal:visible")).to_have_text([said])
    page.keyboard.type("0")
    expect(page.locator(".commit .sum-after dd")).to_have_text("265")
    expect(page.locator(".till-refusal:visible")).to_have_count(0)


def test_making_it_right_takes_two_taps_to_the_form_and_a_pin_beyond_the_budget(till: Any, shop: Any) -> None:
    from programs.models import Program
    from tenants.isolation import tenant_context
    from tests.programs.counter_shop import PIN
    from tests.programs.shop import make_reward

    with tenant_context(shop.cast.business):
        Program.objects.update(gesture_limit=500, gesture_staff_budget=1000, gesture_location_budget=5000)
        make_reward(shop.program, 50, kind="amount_off", value=500)
    page = till(shop.url)
    page.get_by_role("link", name="Make it right").click()
    page.get_by_label("Wrong order").check()
    page.fill("#points", "20")
    expect(page.locator(".sum-after dd")).to_have_text("260")
    expect(page.locator("#approval-pin")).to_be_hidden()
    page.fill("#points", "60")
    expect(page.locator("[data-beyond]")).to_contain_text("by yourself you may give up to €5.00")
    expect(page.locator("#approval-pin")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".till-refusal:visible")).to_contain_text("A manager can approve it with their PIN.")
    expect(page.locator("#approval-pin")).to_be_focused()
    page.keyboard.type("9999")
    page.keyboard.press("Enter")
    expect(page.locator(".till-refusal:visible")).to_have_text("That is not the PIN. 4 tries are left.")
    expect(page.locator("#approval-pin")).to_be_focused()
    expect(page.locator("#approval-pin")).to_have_value("")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".done-title")).to_have_text("60 points given")
    assert entries(shop) == [(60, 300)]
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".done-title")).to_have_text("Undone. Everything is as it was before.")
    assert entries(shop) == [(60, 300), (-60, 240)]


def test_enrolling_somebody_from_a_search_in_vain(till: Any, shop: Any) -> None:
    page = till(width=390)
    page.fill("#q", "0664 5550199")
    page.locator(".finder-none .btn").tap()
    expect(page.locator("[name=contact]")).to_have_value("0664 5550199")
    assert page.locator(".ask input:checked").count() == 0
    page.fill("[name=name]", "Ben Maier")
    page.locator(".ask", has_text="I want to take part").tap()
    page.locator(".enrol button[type=submit]").tap()
    expect(page.locator(".done-title")).to_contain_text("Welcome, Ben!")
    expect(page.locator(".m-name")).to_have_text("Ben Maier")


def test_the_pin_pad_hands_over(till: Any, shop: Any) -> None:
    from tests.programs.counter_shop import PIN

    page = till(f"/counter/people/{shop.cast.owner.pk}/", width=390)
    for digit in PIN:
        page.locator(f"[data-digit='{digit}']").tap()
    page.locator(".pad-key-go").tap()
    expect(page.locator(".counter-staff-name")).to_have_text("Owner")


def test_the_page_for_no_connection_comes_from_the_device(till: Any, shop: Any) -> None:
    page = till(service_workers="allow")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.keys().then((names) => names.some((name) => name.startsWith('counter-')))")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto(page.url)
    expect(page.locator("h1")).to_have_text("No connection")
    assert overflow(page) <= 0
    page.get_by_label("Card, phone or e-mail").fill("0664 1234567")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Write what was paid.")).to_be_visible()
    page.get_by_label("Amount paid").fill("12.40")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept. The next one, please.")).to_be_visible()
    expect(page.locator(".late-item")).to_contain_text("0664 1234567")
    assert entries(shop) == []
    page.context.set_offline(False)
    expect(page.locator("#q")).to_be_visible(timeout=10000)
    expect(page.locator(".toast")).to_contain_text("Anna Berger")
    expect(page.locator("#late-badge")).to_be_hidden()
    assert entries(shop) == [(12, 252)]


def test_what_waits_for_a_connection_is_kept_and_the_next_one_is_served(till: Any, shop: Any) -> None:
    page = till(shop.url)
    page.context.set_offline(True)
    page.fill("#amount", "12.40")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep it here and serve the next").click()
    page.get_by_label("Card, phone or e-mail").fill("nobody@example.com")
    page.get_by_label("Amount paid").fill("5")
    page.keyboard.press("Enter")
    expect(page.locator(".late-item")).to_have_count(2)
    expect(page.locator("#late-badge")).to_contain_text("2 waiting")
    page.context.set_offline(False)
    # One of them is done; the other one says why it is not, and can be corrected.
    expect(page.locator("#late-badge")).to_contain_text("1 waiting")
    assert entries(shop) == [(12, 252)]
    page.locator("#late-badge").click()
    expect(page.locator(".late-says")).to_contain_text("No member has this card, phone or e-mail")
    page.get_by_role("button", name="Correct").click()
    page.get_by_label("Card, phone or e-mail").fill(shop.anna.number)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Nothing waits on this device")).to_be_visible(timeout=15000)
    assert entries(shop) == [(12, 252), (5, 257)]
    assert grave_faults(page) == []


def test_a_phone_without_a_connection_fits_and_what_waits_can_be_read(till: Any, shop: Any) -> None:
    page = till(shop.url, width=390)
    page.context.set_offline(True)
    page.fill("#amount", "12.40")
    page.locator(".till-button").click()
    page.get_by_role("button", name="Keep it here and serve the next").wait_for()
    assert (overflow(page), grave_faults(page)) == (0, [])
    page.get_by_role("button", name="Keep it here and serve the next").click()
    expect(page.locator("#late-badge")).to_be_visible()
    assert (overflow(page), grave_faults(page)) == (0, [])
    assert entries(shop) == []


def test_a_return_in_parts_says_what_is_left_and_refuses_once(till: Any, shop: Any) -> None:
    page = till(shop.url, width=390)
    home = page.url.split("/counter/")[0]
    page.fill("#amount", "24")
    page.locator(".till-button").click()
    page.locator(".done-title").wait_for()

    def begin(amount: str) -> None:
        page.goto(f"{home}/counter/members/{shop.anna.pk}/returns/")
        page.locator("[data-view=return] a.hit").first.wait_for()
        assert grave_faults(page) == []
        page.locator("[data-view=return] a.hit").first.click()
        page.get_by_role("radio", name="An amount").check()
        expect(page.locator(".till-refusal:visible")).to_have_count(0)
        page.fill("#return-amount", amount)

    begin("9.50")
    expect(page.locator(".effect")).to_contain_text("You pay back €9.50")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".done-title")).to_have_text("Pay back €9.50")
    assert (overflow(page), grave_faults(page)) == (0, [])
    begin("20")
    expect(page.locator("[data-foreseen]")).to_contain_text("Only €14.50 of it can still be returned")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("[data-act-refusal]")).to_contain_text("Only €14.50")
    expect(page.locator(".till-refusal:visible")).to_have_count(1)
    expect(page.locator("#return-amount")).to_be_focused()
    assert (overflow(page), grave_faults(page)) == (0, [])
    page.fill("#return-amount", "14.50")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".done-title")).to_have_text("Pay back €14.50")
    assert entries(shop) == [(24, 264), (-10, 254), (-14, 240)]


def test_what_somebody_else_keyed_waits_for_them_or_for_a_look(till: Any, shop: Any) -> None:
    page = till()
    page.evaluate("""() => {
      const kept = { key: crypto.randomUUID(), at: Date.now(), amount: "4", receipt: "", who: "0664 1234567" };
      const { business } = document.getElementById("counter").dataset;
      localStorage.setItem("counter-late", JSON.stringify([
        { ...kept, business, by: "00000000-0000-7000-8000-000000000000" },
        { ...kept, key: crypto.randomUUID(), business: "another", by: "" },
      ]));
    }""")
    page.goto(page.url + "late/")
    expect(page.locator(".late-item")).to_have_count(1)
    expect(page.locator(".late-says")).to_contain_text("Keyed by somebody else")
    assert entries(shop) == []
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Nothing waits on this device")).to_be_visible(timeout=15000)
    assert entries(shop) == [(4, 244)]


def test_the_camera_reads_a_card(till: Any, shop: Any, film: Path) -> None:
    """Chromium here has no reader of its own: what reads is jsQR, under our Content-Security-Policy."""
    from loyalty_saas.packages import fetch_packages

    if not fetch_packages():
        pytest.skip("neither node nor its wheel is here: the decoder could not be fetched")
    draw_card(shop.anna.number, film)
    page = till(permissions=["camera"])
    page.locator(".finder-scan").click()
    expect(page.locator(".m-name")).to_have_text("Anna Berger")
    assert page.evaluate("document.querySelector('#scanner').open") is False


def test_the_camera_reads_a_voucher_which_is_then_used(till: Any, shop: Any, film: Path) -> None:
    from loyalty_saas.packages import fetch_packages
    from programs.domain.redemptions import redeem_reward
    from programs.models import Voucher
    from tenants.actors import Actor
    from tenants.isolation import tenant_context

    if not fetch_packages():
        pytest.skip("neither node nor its wheel is here: the decoder could not be fetched")
    with tenant_context(shop.cast.business):
        voucher = redeem_reward(shop.anna, reward=shop.coffee, by=Actor.system(), key="gift").vouchers.get()
    draw_card(voucher.code, film)
    page = till(permissions=["camera"])
    page.locator(".finder-scan").click()
    expect(page.locator(".m-name")).to_have_text("Anna Berger")
    expect(page.locator(".tile-voucher input")).to_be_checked()
    page.locator(".till-button", has_text="Use the voucher").click()
    expect(page.locator(".done-hand")).to_contain_text("Free coffee")
    with tenant_context(shop.cast.business):
        assert Voucher.objects.get(pk=voucher.pk).status == "used"


def draw_card(payload: str, film: Path) -> None:
    """Hold a card with this code in front of the camera."""
    drawn, frame = io.BytesIO(), io.BytesIO()
    segno.make_qr(payload).save(drawn, kind="png", scale=9, border=4)
    picture = Image.new("RGB", (640, 480), "white")
    picture.paste(Image.open(drawn).convert("RGB"), (180, 90))
    picture.save(frame, "JPEG", quality=95)
    film.write_bytes(frame.getvalue() * 10)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_every_state_fits_and_everyone_can_read_it(till: Any, shop: Any, width: int, theme: str) -> None:
    from tests.programs.counter_shop import PIN, furnish

    more = furnish(shop)
    page = till(width=width, theme=theme)
    found: list[Any] = []

    def check(state: str) -> None:
        page.wait_for_timeout(250)
        assert overflow(page) == 0, state
        found.extend((state, *fault) for fault in grave_faults(page))

    page.locator("#results .hit").first.wait_for()
    check("home")
    page.fill("#q", "nobody at all")
    page.locator(".finder-none").wait_for()
    check("none found")
    page.locator(".finder-none .btn").click()
    page.locator("[name=contact]").fill("0664 1234567")
    page.locator("#duplicates .hit").wait_for()
    check("enrol")
    page.goto(page.url.split("/counter/")[0] + f"/counter/members/{more['birthday'].pk}/")
    page.locator("#amount").fill("12.40")
    page.locator(".tile", has_text="Birthday cake").locator("input").check()
    page.locator(".sum-spent").wait_for()
    page.locator("#visit-pin").fill(PIN)
    check("sale")
    page.locator(".till-button").click()
    page.locator(".done-title").wait_for()
    check("done")
    page.locator("text=Return").first.click()
    page.locator("[data-view=return] a.hit").last.click()
    page.locator(".effect").wait_for()
    check("return")
    for address in (
        f"members/{shop.anna.pk}/adjustments/",
        f"members/{shop.anna.pk}/gestures/",
        "people/",
        f"people/{shop.cast.owner.pk}/",
        "pin/",
    ):
        page.goto(page.url.split("/counter/")[0] + f"/counter/{address}")
        check(address)
    assert found == []

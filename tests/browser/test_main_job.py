"""The main job, in a real browser: sign up, set a program up, import, serve; and the customer looks at her balance."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from playwright.sync_api import Locator, Page, expect

from customers.imports.tasks import work_on_import
from customers.models import Import, Member
from programs.models import Account
from tenants import platform
from tenants.isolation import tenant_context
from tenants.models import Tenant, User
from tests.browser.site import CHROMIUM, browsing
from tests.customers.portal.visitor import code_in, deliver

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, the main job was NOT tested"),
]
SALES = """receipt;date;customer;e-mail;item;quantity;price
A1;03.03.2026 09:15;C-1;ida@example.com;Melange;2;4,20
A1;03.03.2026 09:15;C-1;ida@example.com;Croissant;1;2,90
A2;14.03.2026 10:40;C-2;otto@example.com;Torte;1;5,60
A3;15.03.2026 11:05;;;Espresso;1;2,80
"""


@pytest.fixture
def page(site: str) -> Iterator[Page]:
    with browsing() as chromium:
        context = chromium.new_context(base_url=site, locale="de-AT", reduced_motion="reduce", service_workers="block")
        complaints: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        yield page
        assert complaints == []


def is_complaint(said: Any) -> bool:
    """An error in the console; but htmx says as one, too, that a newer question has replaced an older one."""
    return bool(said.type == "error" and not said.text.startswith(("htmx:sendAbort", "htmx:afterRequest")))


def test_from_sign_up_to_a_member_who_sees_her_balance(page: Page, tmp_path: Path) -> None:
    business = sign_up(page, f"mara-{uuid4().hex[:10]}@example.com")
    publish_a_program(page)
    import_last_years_sales(page, business, tmp_path)
    customer = f"nora-{uuid4().hex[:10]}@example.com"
    serve(page, business, customer)
    look_at_the_portal(page, business, customer)


def test_from_sign_up_to_the_first_points_in_few_steps(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every click, every field and every page opened is a step; 24 when this was written."""
    steps = counted(monkeypatch)
    business = sign_up(page, f"mara-{uuid4().hex[:10]}@example.com")
    publish_a_program(page)
    serve(page, business, f"nora-{uuid4().hex[:10]}@example.com")
    assert len(steps) < 60


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person does from now on, one after the other."""
    steps: list[str] = []

    def count(thing: type, name: str) -> None:
        original = getattr(thing, name)

        def act(self: Any, *args: Any, **kwargs: Any) -> Any:
            steps.append(name)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(thing, name, act)

    for name in ("click", "fill", "check", "select_option", "press"):
        count(Locator, name)
    count(Page, "goto")
    return steps


def sign_up(page: Page, address: str) -> Tenant:
    page.goto("/account/signup/")
    page.locator("input[name=email]").fill(address)
    page.locator("input[name=password1]").fill("a long and quiet afternoon")
    page.locator("main button[type=submit]").first.click()
    page.locator("input[name=code]").wait_for()
    letter = next(one for one in reversed(mail.outbox) if one.to == [address])
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", letter.body, re.MULTILINE)
    assert code
    page.locator("input[name=code]").fill(code[1])
    page.locator("main button[type=submit]").first.click()
    page.get_by_label("Name of the business").fill("Café Mara")
    page.get_by_label("Your name").fill("Mara")
    page.get_by_role("button", name="Open my dashboard").click()
    expect(page.get_by_role("heading", name="Mara")).to_be_visible()
    expect(page.get_by_role("heading", name="Set up your program")).to_be_visible()
    [membership] = platform.memberships_of(User.objects.get(email=address))
    assert (membership.tenant.currency, membership.tenant.time_zone) == ("EUR", "Europe/Vienna")
    return membership.tenant


def publish_a_program(page: Page) -> None:
    page.goto("/program/")
    page.get_by_role("link", name="Look closer: Plain and simple").click()
    page.get_by_role("button", name="Begin with this one").click()
    page.locator("[name=example_amount]").fill("12,40")
    expect(page.locator("#worked")).to_contain_text("12")
    page.locator("[name=joining_bonus]").fill("25")
    page.get_by_role("button", name="Save and publish").click()
    page.locator("#confirm").get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Running", exact=True)).to_be_visible()


def import_last_years_sales(page: Page, business: Tenant, folder: Path) -> None:
    file = folder / "sales.csv"
    file.write_text(SALES)
    page.goto("/imports/")
    page.get_by_label("Purchases").check()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check what would happen").click()
    work(business)
    page.reload()
    page.get_by_role("button", name="Import 3 receipts").click()
    work(business)
    page.reload()
    expect(page.get_by_text("Every row was taken.")).to_be_visible()
    with tenant_context(business):
        assert sorted(Member.objects.values_list("email", flat=True)) == ["ida@example.com", "otto@example.com"]


def work(business: Tenant) -> None:
    """What the worker does in the background."""
    with tenant_context(business):
        record = Import.objects.latest("id")
    work_on_import(str(business.pk), str(record.pk))


def serve(page: Page, business: Tenant, customer: str) -> None:
    page.goto("/counter/")
    page.locator("#q").fill(customer)
    page.get_by_role("link", name=re.compile("New member|Enrol", re.IGNORECASE)).first.click()
    page.get_by_label("Name", exact=True).fill("Nora Adler")
    page.locator(".ask input").first.check()
    page.get_by_role("button", name="Enrol").click()
    page.locator("#amount").fill("12,40")
    expect(page.locator(".commit .sum-after dd")).to_have_text("37")
    page.locator(".commit button[type=submit]").click()
    expect(page.locator(".done-title")).to_have_text("12 points given")
    with tenant_context(business):
        assert Account.objects.get(member__email=customer).balance == 37


def look_at_the_portal(page: Page, business: Tenant, customer: str) -> None:
    page.context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/{business.slug}/sign-in/")
    page.get_by_label("E-mail").fill(customer)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/code/")
    page.get_by_label("Code").fill(code_in(deliver(business)[-1]))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Hello Nora")).to_be_visible()
    expect(page.locator(".member-card-figure")).to_contain_text("37")

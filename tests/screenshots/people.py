"""Who looks at the pages: the people of the samples, each signed in once, by the form, as a person would."""

import json
import re
import time
from typing import Any

from programs.demo.boutique import BOUTIQUE
from programs.demo.cafe import CAFE
from programs.demo.load import NEWCOMER
from programs.demo.script import Person
from programs.demo.stage import PASSWORD
from tests.screenshots.site import Site, fetched

OWNER = CAFE.people[0]
STAFF = next(person for person in CAFE.people if person.role == "staff")
OTHER_OWNER = BOUTIQUE.people[0]
PORTAL = f"/{CAFE.slug}/"
_ADDRESS = re.compile(r"mailto:([^\"]+)")
_MEMBER = re.compile(r"/members/[0-9a-f-]{36}/")

Signed = dict[str, Any]


def sign_in(browser: Any, site: Site, person: Person) -> Signed:
    """The cookies of somebody who works in a business."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/account/login/")
    page.locator("#id_login").fill(person.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)
    signed: Signed = context.storage_state()
    context.close()
    return signed


def sign_in_staff(browser: Any, site: Site) -> Signed:
    """At the counter of the first shop."""
    context = browser.new_context(storage_state=sign_in(browser, site, STAFF))
    page = context.new_page()
    page.goto(f"{site.url}/counter/locations/")
    page.locator("button[name=location]").first.click()
    page.wait_for_url("**/counter/")
    signed: Signed = context.storage_state()
    context.close()
    return signed


def sign_in_member(browser: Any, site: Site, owner: Signed) -> Signed:
    """The member with the most visits, by the code that comes to their address."""
    email = _regular(browser, site, owner)
    context = browser.new_context()
    page = context.new_page()
    before = {mail["id"] for mail in _mails(site)}
    page.goto(f"{site.url}{PORTAL}sign-in/")
    page.locator("#id_email").fill(email)
    page.locator("#id_email").press("Enter")
    page.wait_for_url("**/code/")
    page.locator("#id_code").fill(_code(site, before, email))
    page.locator("#id_code").press("Enter")
    page.wait_for_selector(".member-card")
    signed: Signed = context.storage_state()
    context.close()
    return signed


def signed_in(browser: Any, site: Site) -> dict[str, Signed | None]:
    """Everybody who looks at pages, by the name of the part they look at."""
    owner = sign_in(browser, site, OWNER)
    return {
        "public": None,
        "dashboard": owner,
        "other": sign_in(browser, site, OTHER_OWNER),
        "newcomer": sign_in(browser, site, NEWCOMER),
        "counter": sign_in_staff(browser, site),
        "portal": sign_in_member(browser, site, owner),
    }


def regulars(browser: Any, site: Site, owner: Signed) -> list[str]:
    """The addresses of the pages of members, those with the most visits first."""
    context = browser.new_context(storage_state=owner)
    text = context.request.get(f"{site.url}/members/?sort=-visits").text()
    context.close()
    return list(dict.fromkeys(_MEMBER.findall(text)))


def _regular(browser: Any, site: Site, owner: Signed) -> str:
    """The e-mail address of somebody who comes often and has one."""
    context = browser.new_context(storage_state=owner)
    for path in regulars(browser, site, owner):
        if found := _ADDRESS.search(context.request.get(f"{site.url}{path}").text()):
            context.close()
            return found[1]
    raise SystemExit("No member of the sample has an e-mail address.")


def _mails(site: Site) -> list[dict[str, Any]]:
    mails: list[dict[str, Any]] = json.loads(fetched(f"{site.inbox}/api/messages"))
    return mails


def _code(site: Site, before: set[str], email: str) -> str:
    for _try in range(120):
        for mail in _mails(site):
            if mail["id"] not in before and email in mail["to"] and mail["codes"]:
                return str(mail["codes"][0])
        time.sleep(0.5)
    raise SystemExit(f"No code came for {email}: does the worker run?")

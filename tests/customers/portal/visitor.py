"""A person at a business's portal, with a browser of their own, and their mailbox."""

import re
from typing import Any
from uuid import uuid4

from django.core import mail
from django.test import Client

from customers.models import SignInCode
from customers.portal.tasks import send_code, tell_email_changed
from tenants.isolation import tenant_context
from tenants.models import Tenant

CODE = re.compile(r"\b([0-9A-Z]{4})-([0-9A-Z]{4})\b")
JOINING = {"given_name": "Ines", "family_name": "Köhler", "agree_program": "on"}


def an_address() -> str:
    """Of letters alone, and so many that no two are like each other: that would look like one person with two cards."""
    letters = uuid4().hex[:16].translate(str.maketrans("0123456789", "ghijklmnop"))
    return f"ines{letters}@example.com"


def deliver(business: Tenant) -> list[Any]:
    """What a worker does after commit: sends what is owed to this business's people; returns the new mails."""
    before = len(mail.outbox)
    with tenant_context(business):
        waiting = list(SignInCode.objects.exclude(details="").order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        send_code(str(business.pk), str(pk))
        tell_email_changed(str(business.pk), str(pk))
    return mail.outbox[before:]


def code_in(message: Any) -> str:
    match = CODE.search(message.body)
    assert match
    return match[0]


class Visitor:
    """`at` is the portal's address: below the business's name, or the root of its own host."""

    def __init__(self, business: Tenant, *, host: str = "", **headers: Any) -> None:
        self.business = business
        self.at = "/" if host else f"/{business.slug}/"
        self.browser = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/604.1", **headers})
        if host:
            self.browser.defaults["HTTP_HOST"] = host

    def get(self, path: str = "", **query: Any) -> Any:
        return self.browser.get(f"{self.at}{path}", query)

    def post(self, path: str, **data: Any) -> Any:
        return self.browser.post(f"{self.at}{path}", data)

    def ask(self, email: str) -> Any:
        return self.post("sign-in/", email=email)

    def code(self) -> str:
        """The newest code that arrived."""
        return code_in(deliver(self.business)[-1])

    def sign_in(self, email: str) -> Any:
        self.ask(email)
        return self.post("code/", code=self.code())

    def join(self, email: str, **details: Any) -> Any:
        answer = self.post("join/", **{**JOINING, "email": email, **details})
        assert answer.status_code == 302, answer.content.decode()
        return self.post("code/", code=self.code())

    @property
    def is_signed_in(self) -> bool:
        return "portal-member" in self.get().content.decode()

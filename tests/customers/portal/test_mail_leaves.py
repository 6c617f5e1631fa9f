"""Codes reach a real mail server: after commit, by a task the workers know, and again when the server was away."""

from collections.abc import Iterator
from smtplib import SMTPException

import pytest
from celery.exceptions import Retry

from customers.domain.portal_access import ask_for_code, told
from customers.enums import CodePurpose
from customers.models import SignInCode
from customers.portal.tasks import send_code
from loyalty_saas.celery import app
from tenants.isolation import tenant_context
from tests.customers.portal.visitor import CODE, Visitor, an_address
from tests.mailbox import Mailbox, no_mail_server, open_mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        yield box


def asked(business, to):
    with tenant_context(business):
        return ask_for_code(to, purpose=CodePurpose.SIGN_IN, address="192.0.2.1").code


def test_workers_know_the_tasks():
    app.loader.import_default_modules()
    assert {"customers.portal.tasks.send_code", "customers.portal.tasks.tell_email_changed"} <= set(app.tasks)


def test_a_code_arrives_in_text_and_html(business, mailbox):
    to = an_address()
    code = asked(business, to)

    assert send_code(str(business.pk), str(code.pk))

    (message,) = mailbox.messages
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert message["To"] == to
    assert business.name in message["From"]
    assert CODE.search(plain)[0] in html
    assert CODE.search(plain)[0] in message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_code_is_sent_once(business, mailbox):
    code = asked(business, an_address())
    assert [send_code(str(business.pk), str(code.pk)) for _time in range(2)] == [True, False]
    assert len(mailbox.messages) == 1


def test_a_server_that_is_away_is_asked_again_and_the_code_is_kept(business):
    code = asked(business, an_address())
    with no_mail_server(), pytest.raises((Retry, OSError, SMTPException)):
        send_code(str(business.pk), str(code.pk))
    with tenant_context(business):
        assert "code" in told(SignInCode.objects.get(pk=code.pk))


def test_what_is_refused_sends_nothing(business, mailbox):
    Visitor(business).post("sign-in/", email="not an address")
    with tenant_context(business):
        assert not SignInCode.objects.exists()


def test_a_queue_that_is_away_does_not_break_the_page(business, monkeypatch):
    from celery import current_app
    from kombu.exceptions import OperationalError

    def away(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(current_app._get_current_object(), "send_task", away)
    assert Visitor(business).ask(an_address()).status_code == 302

"""A mail server of our own that keeps what it takes, and can make whoever sends wait."""

import email
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from django.test import override_settings

from tests.ports import free_port

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class Mailbox:
    """`refuses` is the answer to addresses; `holds` ("RCPT" or "DATA") never answers there, and sets `held` once."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.port = 0
        self.refuses = ""
        self.holds = ""
        self.held = threading.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        await self._hold("RCPT")
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(email.message_from_bytes(envelope.content, policy=default))
        await self._hold("DATA")
        return "250 OK"

    async def _hold(self, where: str) -> None:
        import asyncio

        if self.holds == where:
            self.held.set()
            await asyncio.sleep(3600)


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.port = free_port(1)
    server = Controller(box, hostname="127.0.0.1", port=box.port, ready_timeout=60)
    server.start()
    try:
        with override_settings(EMAIL_BACKEND=BACKEND, EMAIL_HOST="127.0.0.1", EMAIL_PORT=box.port):
            yield box
    finally:
        server.stop()


@contextmanager
def no_mail_server() -> Iterator[None]:
    with override_settings(EMAIL_BACKEND=BACKEND, EMAIL_HOST="127.0.0.1", EMAIL_PORT=free_port(1)):
        yield

"""The local inbox takes mail over SMTP and shows it, whatever is in it, to this machine only."""

import json
import smtplib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from loyalty_saas.inbox.store import KEEP, Store
from tests.ports import free_port


@dataclass(frozen=True)
class Inbox:
    """A running inbox."""

    smtp_port: int
    port: int

    def send(self, subject: str, text: str, *, html: str = "", to: str = "maria@example.com") -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Café Luna <hello@luna.example>", to, subject
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
            message.add_attachment(b"a;b", maintype="text", subtype="csv", filename="räport.csv")
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as client:
            client.send_message(message, to_addrs=[to])

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        return self._open(request)

    def post(self, path: str, **headers: str) -> int:
        return self._open(
            urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=b"", headers=headers, method="POST")
        )[0]

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.get(f"/api/messages?to={to}")[2])
        return found

    @staticmethod
    def _open(request: urllib.request.Request) -> tuple[int, dict[str, str], str]:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read().decode()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    running = Inbox(first := free_port(2), first + 1)
    command = [sys.executable, "-m", "loyalty_saas.inbox", "--directory", tmp_path / "mail"]
    ports = ["--smtp-port", str(running.smtp_port), "--port", str(running.port)]
    with subprocess.Popen([*map(str, command), *ports]) as process:
        try:
            deadline = time.monotonic() + 60
            while not _listens(running.smtp_port):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield running
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def test_a_message_is_read_with_its_codes_and_links(inbox: Inbox) -> None:
    inbox.send("Your code", "Hello MARIA,\n\nQ7KD-2WXM\n\nor http://localhost:8000/c/?a=1&b=2.\n\nWELCOME\n482913\n")
    inbox.send("For somebody else", "Hello", to="ben@example.com")
    (message,) = inbox.messages(to="MARIA@")
    assert (message["subject"], message["to"]) == ("Your code", "maria@example.com")
    assert message["codes"] == ["Q7KD-2WXM", "482913"]
    assert message["links"] == ["http://localhost:8000/c/?a=1&b=2"]
    page = inbox.get(f"/messages/{message['id']}")[2]
    assert '<a href="http://localhost:8000/c/?a=1&amp;b=2" target="_blank"' in page
    assert '<button type="button" data-copy="482913">' in page


def test_what_a_message_contains_cannot_act(inbox: Inbox) -> None:
    inbox.send("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", html="<h1>Hi</h1><script>alert(1)</script>")
    (message,) = inbox.messages()
    status, headers, page = inbox.get(f"/messages/{message['id']}")
    assert status == 200
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    headers = inbox.get(f"/messages/{message['id']}/html")[1]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in headers["Content-Security-Policy"]
    _, headers, content = inbox.get(f"/messages/{message['id']}/attachments/0")
    assert (headers["Content-Disposition"], content) == ("attachment", "a;b")


def test_a_page_of_another_name_reads_nothing(inbox: Inbox) -> None:
    inbox.send("Your code", "482913")
    assert inbox.get("/", Host="evil.example")[0] == 403
    assert inbox.get("/api/messages", Host="evil.example")[0] == 403
    assert inbox.post("/clear", Host="evil.example") == 403
    assert inbox.post("/clear", **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert len(inbox.messages()) == 1
    assert inbox.post("/clear", **{"Sec-Fetch-Site": "same-origin"}) == 200
    assert inbox.messages() == []


@pytest.mark.parametrize("path", ["/messages/..%2f..%2fsecret_key", "/messages/x", "/nothing", "/../secret_key"])
def test_there_is_nothing_but_messages(inbox: Inbox, path: str) -> None:
    assert inbox.get(path)[0] == 404


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(KEEP + 3):
        store.add(f"Subject: {number}\r\n\r\n".encode(), ["maria@example.com"])
    kept = [message.subject for message in store.all()]
    assert (len(kept), kept[0], kept[-1]) == (KEEP, str(KEEP + 2), "3")


def test_unknown_character_sets_and_broken_mail_are_shown(tmp_path: Path) -> None:
    store = Store(tmp_path)
    identifier = store.add(
        b"Content-Type: text/plain; charset=klingon\r\n\r\nna\xc3\xafve", ["x@example.com\r\nBcc: y"]
    )
    message = store.get(identifier)
    assert message
    assert message.text == "naïve"
    assert message.to == "x@example.comBcc: y"
    assert message.subject == "(no subject)"
    assert store.get(store.add(b"\xff\xfe\x00", [])) is not None

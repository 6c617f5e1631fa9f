"""The inbox over HTTP, for this machine only."""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from loyalty_saas.inbox import pages
from loyalty_saas.inbox.store import Message, Store

FILES = Path(__file__).parent
OWN_FILES = {"/inbox.css": "text/css; charset=utf-8", "/inbox.js": "text/javascript; charset=utf-8"}
HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Somebody else's HTML: no script, no form, nothing loaded from anywhere, and shown in our frame only.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
NEW_WINDOW = '<base target="_blank">'


class Server(ThreadingHTTPServer):
    """Serves one store on a loopback port."""

    daemon_threads = True

    def __init__(self, port: int, store: Store) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store = store


class Handler(BaseHTTPRequestHandler):
    """Pages for people and JSON for tests, behind a check of the host that was asked for."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._from_this_machine():
            self._send(HTTPStatus.FORBIDDEN, "This inbox is read on its own machine only.", PLAIN)
            return
        url = urlsplit(self.path)
        match url.path.strip("/").split("/"):
            case [""]:
                self._send(HTTPStatus.OK, pages.page(self.server.store), HTML)
            case ["healthz"]:
                self._send(HTTPStatus.OK, "ok", PLAIN)
            case ["inbox.css" | "inbox.js" as name]:
                self._send(HTTPStatus.OK, (FILES / name).read_bytes(), OWN_FILES[f"/{name}"])
            case ["api", "newest"]:
                newest = next(self.server.store.all(), None)
                self._send_data({"id": newest.id if newest else ""})
            case ["api", "messages"]:
                to = parse_qs(url.query).get("to", [""])[0]
                self._send_data([pages.as_data(message) for message in self.server.store.all(to=to)])
            case ["messages", identifier, *rest] if message := self.server.store.get(unquote(identifier)):
                self._message(message, rest)
            case _:
                self._send(HTTPStatus.NOT_FOUND, "There is no such message.", PLAIN)

    def do_POST(self) -> None:
        own_page = self.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if self.path != "/clear" or not own_page or not self._from_this_machine():
            self._send(HTTPStatus.FORBIDDEN, "Only the inbox's own button does this.", PLAIN)
            return
        self.server.store.clear()
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _message(self, message: Message, rest: list[str]) -> None:
        match rest:
            case []:
                self._send(HTTPStatus.OK, pages.page(self.server.store, message), HTML)
            case ["html"]:
                self._send(HTTPStatus.OK, NEW_WINDOW + message.html, HTML, policy=MAIL_POLICY)
            case ["source"]:
                self._send(HTTPStatus.OK, message.raw, PLAIN)
            case ["attachments", number] if number.isdigit() and int(number) < len(message.attachments):
                self._send(
                    HTTPStatus.OK, message.attachments[int(number)].content, "application/octet-stream", download=True
                )
            case _:
                self._send(HTTPStatus.NOT_FOUND, "There is no such part.", PLAIN)

    def _from_this_machine(self) -> bool:
        """A page elsewhere whose name was pointed at us would carry its own name as the host."""
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        return host in {"localhost", "127.0.0.1"}

    def _send_data(self, data: object) -> None:
        self._send(HTTPStatus.OK, json.dumps(data, ensure_ascii=False), "application/json")

    def _send(
        self, status: int, body: str | bytes, kind: str, *, policy: str = PAGE_POLICY, download: bool = False
    ) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        if download:
            self.send_header("Content-Disposition", "attachment")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the name is the base class's)
        """Silent: the page asks every two seconds."""

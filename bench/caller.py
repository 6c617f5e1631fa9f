"""A client with one kept connection, so that what is measured is the server and not the client."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode


class WrongAnswerError(RuntimeError):
    """The site answered something else than what is being measured."""


class Caller:
    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Host": f"localhost:{port}", **headers}

    def get(self, path: str, want: int = 200) -> bytes:
        return self._send("GET", path, None, {}, want)

    def post_json(self, path: str, body: Any, key: str, want: int = 201) -> bytes:
        """An act of the API, under an Idempotency-Key."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._send("POST", path, json.dumps(body).encode(), headers, want)

    def post_form(self, path: str, fields: Mapping[str, str], want: int = 200) -> bytes:
        """A form as htmx sends it."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        return self._send("POST", path, urlencode(fields).encode(), headers, want)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str], want: int) -> bytes:
        self._connection.request(method, path, body, {**self._headers, **headers})
        response = self._connection.getresponse()
        content = response.read()
        if response.status != want:
            raise WrongAnswerError(f"{method} {path}: {response.status} instead of {want}\n{content[:600]!r}")
        return content

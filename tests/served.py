"""The web server itself, in processes of its own, for tests of what many do at once over HTTP."""

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(log: Path, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """Gunicorn as in production, on the database of this process or of `environment`. Gives its port."""
    port = free_port(1)
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "loyalty_saas.settings",
        "LOG_LEVEL": "ERROR",
        "API_CALLS_PER_MINUTE": "100000000",
        "BIND": f"127.0.0.1:{port}",
        **(_same_database() if environment is None else environment),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:loyalty_saas.server"]
    with log.open("wb") as output, subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output) as server:
        try:
            _wait_for(port, server, log)
            yield port
        finally:
            server.terminate()
            server.wait(120)


class Client:
    """A shop's till with one kept connection. Opens another one when the server has closed it."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: Any, key: str = "") -> tuple[int, dict[str, Any]]:
        """The status and the answer. Raises OSError or HTTPException when there was none."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {
            "Host": "localhost",
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key or uuid4().hex,
        }
        try:
            self._connection.request("POST", f"/api/v1/{path}", json.dumps(body).encode(), headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _same_database() -> dict[str, str]:
    """The addresses of the roles as this process signs in."""
    from django.db import connections

    names = {"default": "DATABASE_APP_URL", "platform": "DATABASE_PLATFORM_URL", "readonly": "DATABASE_READONLY_URL"}
    settings = {variable: connections[alias].settings_dict for alias, variable in names.items()}
    return {
        variable: f"postgres://{one['USER']}:{one['PASSWORD']}@/{one['NAME']}?host={one['HOST']}"
        for variable, one in settings.items()
    }


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 180
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "localhost"})
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())

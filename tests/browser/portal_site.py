"""The whole site, served to a real browser, and pages of it that remember what the browser complained about."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    subprocess.run(
        [sys.executable, "-m", "loyalty_saas.assets"], cwd=settings.BASE_DIR, check=True, capture_output=True
    )

    class Quiet(WSGIRequestHandler):
        def log_message(self, *said: Any) -> None:
            pass

    without_collected = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    with override_settings(MIDDLEWARE=without_collected):
        server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        server.daemon_threads = True
        server.set_app(StaticFilesHandler(WSGIHandler()))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Any]:
    """Opens pages; afterwards no console error, script error or violation of the CSP may have been told."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_one(address: str, *, width: int = 390, theme: str = "light") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=theme,
            is_mobile=width < 600,
            has_touch=width < 600,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(site + address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [one for one in complaints if "422" not in one] == []

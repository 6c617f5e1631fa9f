"""The whole site behind a real server, for tests that drive a browser."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import override_settings

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@contextmanager
def serving(**settings_of_its_own: Any) -> Iterator[str]:
    """Serve the site of this process's database on a free port; gives its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    build = [sys.executable, "-m", "loyalty_saas.assets"]
    subprocess.run(build, cwd=settings.BASE_DIR, check=True, capture_output=True)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *said: Any) -> None:
            pass

    without_collected = [name for name in settings.MIDDLEWARE if not name.endswith(".StaticFilesMiddleware")]
    with override_settings(STORAGES=_STORAGES, MIDDLEWARE=without_collected, **settings_of_its_own):
        server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        server.daemon_threads = True
        server.set_app(StaticFilesHandler(WSGIHandler()))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browsing(*flags: str) -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    # How long a busy machine may take is not what is tried; what never comes fails all the same.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *flags])
        yield chromium
        chromium.close()


@contextmanager
def opening(browser: Any, site: str, *, width: int, forgive: Sequence[str] = ()) -> Iterator[Callable[..., Any]]:
    """Opens pages, this wide unless told otherwise; afterwards no console error, script error or violation of the
    CSP may have been told, but for those that say one of `forgive`."""
    contexts: list[Any] = []
    complaints: list[str] = []
    usual_width = width

    def open_one(address: str, *, width: int = usual_width, theme: str = "light") -> Any:
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
    assert [one for one in complaints if not any(text in one for text in forgive)] == []


def overflow(page: Any) -> int:
    """How many pixels the page is wider than its window, once it is there: between two pages there is none to ask."""
    page.locator("body").wait_for()
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def grave_faults(page: Any, *, within: str | None = None) -> list[Any]:
    """What keeps somebody from reading or using the page, or a part of it, by axe: the rule and where."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        (page.url, one["id"], [node["target"] for node in one["nodes"]])
        for one in Axe().run(page, context=within).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]

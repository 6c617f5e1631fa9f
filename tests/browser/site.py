"""The whole site behind a real server, for tests that drive a browser."""

import subprocess
import sys
import threading
from collections.abc import Iterator
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
def serving() -> Iterator[str]:
    """Serve the site of this process's database on a free port; gives its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    build = [sys.executable, "-m", "loyalty_saas.assets"]
    subprocess.run(build, cwd=settings.BASE_DIR, check=True, capture_output=True)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *said: Any) -> None:
            pass

    without_collected = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    with override_settings(STORAGES=_STORAGES, MIDDLEWARE=without_collected):
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
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *flags])
        yield chromium
        chromium.close()

"""What makes the counter an app on the home screen: manifest, worker, and the page for when there is no connection."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from tenants.access import public_page

WORKER = Path(settings.BASE_DIR) / "static" / "js" / "counter-worker.js"
# Files without which the page for "no connection" cannot be drawn; nothing of a business and nobody's data.
SHELL_FILES = ("css/app.css", "js/theme.js", "js/counter-offline.js", "js/counter-late.js", "favicon.svg")
ICON_SIZES = (192, 512)


@public_page
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    content = {
        "name": _("Regulars counter"),
        "short_name": _("Counter"),
        "id": "/counter/",
        "start_url": reverse("counter:home"),
        "scope": reverse("counter:home"),
        "display": "standalone",
        "background_color": "#faf7f1",
        "theme_color": "#1d5547",
        "icons": [
            {"src": static(f"icons/counter-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": use}
            for size in ICON_SIZES
            for use in ("any", "maskable")
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@public_page
@cache_control(max_age=0, must_revalidate=True, public=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with the addresses it keeps; another content is another version."""
    files = [reverse("counter:offline"), *(static(name) for name in SHELL_FILES)]
    version = hashlib.sha256(_content_of(files).encode()).hexdigest()[:12]
    source = WORKER.read_text()
    text = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(files)};\n{source}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@public_page
@cache_control(max_age=0, must_revalidate=True, public=True)
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "counter/offline.html")


def _content_of(files: list[str]) -> str:
    """Names and sizes: with fingerprints in the names (production) the names say it all."""
    found = [finders.find(name) for name in SHELL_FILES]
    return "".join([*files, *(str(Path(path).stat().st_size) for path in found if path)])

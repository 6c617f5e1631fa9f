"""A static file that is missing is not found; it never makes a page fail."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import storage
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from structlog.testing import capture_logs

from loyalty_saas.static_files import FingerprintedStorage, StaticFilesMiddleware


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One file, with its fingerprint, as collecting leaves it."""
    (tmp_path / "app.0123456789ab.js").write_text("1;")
    manifest = '{"version": "1.1", "hash": "", "paths": {"app.js": "app.0123456789ab.js"}}'
    (tmp_path / "staticfiles.json").write_text(manifest)
    monkeypatch.setattr(storage, "staticfiles_storage", FingerprintedStorage(tmp_path, "/static/"))
    return tmp_path


def served(folder: Path) -> StaticFilesMiddleware:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("a page", status=404)

    with override_settings(STATIC_ROOT=str(folder), WHITENOISE_AUTOREFRESH=False, WHITENOISE_USE_FINDERS=False):
        return StaticFilesMiddleware(page)


def test_a_file_that_is_gone_since_the_start_is_not_found(collected: Path) -> None:
    site = served(collected)
    request = RequestFactory().get("/static/app.0123456789ab.js")
    found = site(request)
    assert found.status_code == 200
    found.close()
    (collected / "app.0123456789ab.js").unlink()
    with capture_logs() as told:
        answer = site(request)
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
    assert [one["file"] for one in told] == ["/static/app.0123456789ab.js"]


def test_a_page_that_names_a_file_nobody_collected_is_shown(collected: Path) -> None:
    page = Template("{% load static %}{% static 'app.js' %} {% static 'other.js' %}")
    with capture_logs() as told:
        shown = page.render(Context())
    assert shown == "/static/app.0123456789ab.js /static/other.js"
    assert [one["file"] for one in told] == ["other.js"]


def test_nothing_collected_at_all_still_shows_pages(tmp_path: Path) -> None:
    assert FingerprintedStorage(tmp_path, "/static/").url("css/app.css") == "/static/css/app.css"

"""Collected files carry a fingerprint in their names and lie compressed beside themselves.

A file that is missing is answered with 404, wherever it got lost: it never turns a page into a fault.
"""

from collections.abc import Iterator
from typing import Any

import structlog
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = structlog.get_logger(__name__)

# Scripts of the API's documentation: megabytes that take most of a minute to compress and that few people load.
SELDOM_LOADED = ("drf_spectacular_sidecar/",)


class FingerprintedStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, compressing what people load; our modules import each other by their fingerprinted names.

    Django can do that for every script, but trips over examples in the comments of packages: only ours are read.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((r'(?P<matched>(?P<what>import\s[^"\';]*?)"(?P<url>\./[^"]+)";)', '%(what)s"%(url)s";'),)),
    )

    def compress_files(self, paths: list[str]) -> Iterator[tuple[str, str]]:
        yield from super().compress_files([path for path in paths if not path.startswith(SELDOM_LOADED)])

    def stored_name(self, name: str) -> str:
        """The fingerprinted name; for a file that was not collected its plain one, so that the page is shown anyway.

        Collecting itself still fails at whatever a script or stylesheet names and nobody has.
        """
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            logger.error("static file was not collected", file=name)
            return name
        return stored


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise knows the files that were there at the start; one that is gone since is not found, and no fault."""

    def get_static_url(self, name: str) -> str | None:
        """Asked at the start about every name that might be one with its fingerprint taken off; most are not."""
        collected = staticfiles_storage
        if isinstance(collected, FingerprintedStorage) and collected.hash_key(name) not in collected.hashed_files:
            return None
        url: str | None = super().get_static_url(name)
        return url

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        try:
            response: HttpResponseBase = WhiteNoiseMiddleware.serve(static_file, request)
        except FileNotFoundError:
            logger.error("static file is gone since the start", file=request.path)
            response = HttpResponseNotFound("Not found.\n", content_type="text/plain")
            response["Cache-Control"] = "no-store"
        return response

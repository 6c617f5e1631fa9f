"""Collected files carry a fingerprint in their names and lie compressed beside themselves."""

from collections.abc import Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage

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

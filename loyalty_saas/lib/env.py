"""Settings come from the environment alone, through readers that refuse a bad value by name."""

import os
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


class Env:
    """Reads typed values out of a mapping of strings, and remembers which names were asked for."""

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self._source = os.environ if source is None else source
        self.asked: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        self.asked.add(name)
        return self._source.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        def parse(value: str) -> bool:
            if value.lower() in TRUE_WORDS:
                return True
            if value.lower() in FALSE_WORDS:
                return False
            raise ValueError("write yes or no")

        return self._parsed(name, default, parse)

    def integer(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        def parse(value: str) -> int:
            meant = f"write a whole number from {least}" + ("" if most is None else f" to {most}")
            try:
                number = int(value)
            except ValueError as error:
                raise ValueError(meant) from error
            if number < least or (most is not None and number > most):
                raise ValueError(meant)
            return number

        return self._parsed(name, default, parse)

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """A list written with commas."""
        return _words(self.text(name, ",".join(default)))

    def addresses(self, name: str) -> list[str]:
        """IP addresses, with commas."""
        return self._parsed(name, [], lambda value: [str(ip_address(word)) for word in _words(value)])

    def servers(self, name: str, *, port: int) -> list[tuple[str, int]]:
        """Servers by their address, with commas; `port` where none is given: "192.0.2.1, 192.0.2.2:5353, [::1]:53"."""

        def parse(word: str) -> tuple[str, int]:
            parts = urlsplit(f"//{word}")
            return str(ip_address(parts.hostname or "")), parts.port or port

        return self._parsed(name, [], lambda value: [parse(word) for word in _words(value)])

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name, str(default))).expanduser().resolve()

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        def parse(value: str) -> str:
            if value not in choices:
                raise ValueError(f"write one of {', '.join(choices)}")
            return value

        return self._parsed(name, default, parse)

    def _parsed(self, name: str, default: T, parse: Callable[[str], T]) -> T:
        value = self.text(name)
        if not value:
            return default
        try:
            return parse(value)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}={value!r} is not usable: {error}") from error


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def postgres_from_url(name: str, url: str) -> dict[str, object]:
    """Django's connection settings for `postgres://user:password@host:port/database?option=value`.

    A socket directory is written as the query option `host`. Raises ImproperlyConfigured, naming the
    variable but never printing the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgres://user:password@host:port/database")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def mail_from_url(name: str, url: str) -> dict[str, object]:
    """Django's e-mail settings for `smtp://`, `smtps://` (TLS) or `smtp+tls://` (STARTTLS) addresses."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must look like smtp://user:password@host:port")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }

"""Host names as people type them and as the DNS knows them."""

import ipaddress
import re

import idna
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid

# Names that no public DNS answers for (RFC 6761, 6762, 7686, 8375, 9476).
_NEVER_PUBLIC = frozenset({"alt", "arpa", "internal", "invalid", "lan", "local", "localhost", "onion", "test"})
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def tidy_host(text: str, *, field: str = "host") -> str:
    """What a person typed as the DNS writes it: "https://Café-Linden.at/" is "xn--caf-linden-g7a.at".

    Raises Invalid, saying what to write, for an address of numbers, a name without a dot, one with a port or signs
    that no host name has, and names that are not public.
    """
    bare = _SCHEME.sub("", text.strip()).split("/")[0].split("?")[0].strip().rstrip(".")
    try:
        ipaddress.ip_address(bare.strip("[]"))
    except ValueError:
        pass
    else:
        raise Invalid(_("Write a name such as card.example.com, not numbers."), code="host_is_address", field=field)
    try:
        host = idna.encode(bare, uts46=True, std3_rules=True).decode().lower()
    except idna.IDNAError as error:
        raise _not_a_host(field) from error
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        raise _not_a_host(field)
    if labels[-1] in _NEVER_PUBLIC:
        raise Invalid(_("Nobody outside can reach a name like this one."), code="host_not_public", field=field)
    return host


def show_host(host: str) -> str:
    """As people read it: with its accents."""
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host


def is_below(host: str, parent: str) -> bool:
    """Whether a host is another or stands below it."""
    return host == parent or host.endswith(f".{parent}")


def _not_a_host(field: str) -> Invalid:
    return Invalid(_("Write the whole name, such as card.example.com."), code="not_a_host", field=field)

"""What the DNS says about a name. Slow: never inside a transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, Answer, Resolver

SECONDS = 4.0


class DnsSilent(Exception):
    """The DNS could not be asked or gave no clear answer: that says nothing about the name."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The addresses a name leads to, and the other names on the way there, in small letters without the last dot."""

    addresses: frozenset[str]
    names: tuple[str, ...]


def texts_of(name: str) -> tuple[str, ...]:
    """The texts (TXT) of a name; none where there is no such name. Raises DnsSilent."""
    answer = _ask(name, RdataType.TXT)
    if answer is None or answer.rrset is None:
        return ()
    return tuple(b"".join(one.strings).decode("utf-8", "replace") for one in answer)


def whereabouts_of(name: str) -> Whereabouts:
    """Where a name leads, aliases followed; empty where there is no such name. Raises DnsSilent."""
    answers = [answer for kind in (RdataType.A, RdataType.AAAA) if (answer := _ask(name, kind)) is not None]
    found = (one.address for answer in answers if answer.rrset is not None for one in answer)
    return Whereabouts(frozenset(found), tuple(dict.fromkeys(_aliases(answers))))


def _aliases(answers: Iterable[Answer]) -> Iterable[str]:
    for answer in answers:
        for alias in answer.chaining_result.cnames:
            for one in alias:
                yield one.target.to_text(omit_final_dot=True).lower()


def _ask(name: str, kind: RdataType) -> Answer | None:
    try:
        return _resolver().resolve(f"{name}.", kind, raise_on_no_answer=False, lifetime=SECONDS)
    except NXDOMAIN:
        return None
    except (DNSException, OSError) as error:
        raise DnsSilent(type(error).__name__) from error


def _resolver() -> Resolver:
    """The machine's own, or the servers that the settings name."""
    if not settings.DNS_SERVERS:
        return Resolver()
    resolver = Resolver(configure=False)
    resolver.nameservers = [Do53Nameserver(address, port) for address, port in settings.DNS_SERVERS]
    return resolver

from collections.abc import Iterator
from typing import Any

import pytest

from tests.tenants.domains.nameserver import NameServer

TARGET, ADDRESS = "portals.regulars.example", "192.0.2.10"


@pytest.fixture
def dns(settings: Any) -> Iterator[NameServer]:
    """The DNS as this test says it is, with the name that businesses point at."""
    with NameServer() as server:
        settings.DNS_SERVERS = [server.address]
        settings.DOMAIN_TARGET, settings.DOMAIN_ADDRESSES = TARGET, []
        settings.OUR_HOSTS = ["localhost", "testserver", ".regulars.example"]
        server.say(TARGET, "A", ADDRESS)
        yield server

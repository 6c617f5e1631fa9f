"""What the tests of the portal drive: the whole site, and a browser whose pages may complain about nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.site import opening


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Any]:
    # Chromium writes the refusal of a form (422), which is meant, to its console.
    # The last is said of what was still on its way when the network went.
    with opening(browser, site, width=390, forgive=["422", "ERR_INTERNET_DISCONNECTED"]) as open_one:
        yield open_one

"""The site and the browser that one file of tests drives; whoever needs other ones has fixtures of these names."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.site import browsing, serving


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as chromium:
        yield chromium

"""How a page shows times."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tenants.isolation import tenant_context
from tenants.templatetags.show import moment


@pytest.mark.parametrize(
    ("language", "country", "zone", "shown"),
    [
        ("en", "GB", "Europe/London", "3 Mar 2026, 23:30"),
        ("de", "AT", "Europe/Vienna", "04.03.2026, 00:30"),
    ],
)
def test_a_moment_has_no_seconds(
    make_business: Callable[..., Any], language: str, country: str, zone: str, shown: str
) -> None:
    business = make_business(language=language, country=country, time_zone=zone)
    with tenant_context(business):
        assert moment(datetime(2026, 3, 3, 23, 30, 15, tzinfo=UTC)) == shown

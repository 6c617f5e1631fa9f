from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def shop() -> Any:
    from tests.programs.counter_shop import open_shop

    return open_shop()


@pytest.fixture
def till(shop: Any) -> Any:
    """A device at which somebody of the role staff is signed in."""
    from tests.cast import sign_in

    return sign_in(shop.cast.staff)


@pytest.fixture
def ledger(shop: Any) -> Callable[[], int]:
    """What Anna's account holds, read anew each time."""
    from programs.models import Account
    from tenants.isolation import tenant_context

    def read() -> int:
        with tenant_context(shop.cast.business):
            return Account.objects.get(member=shop.anna).balance

    return read

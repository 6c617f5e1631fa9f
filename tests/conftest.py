"""What every test stands on: real servers, one migrated database a process, and a cast.

Nothing is rolled back or cleaned between tests. Each test makes a business of its own, and the walls that keep
businesses apart in production keep the tests apart too; so what a test commits is committed, and threads, workers
and browsers see it.
"""

import io
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests.services import TEMPLATE, WORKER, Services, copy_template, point_settings_at

# The same random histories every time, so that a run that fails was broken by the change at hand. What has never been
# tried is looked for by `make bars`, and with `--hypothesis-profile=search`.
hypothesis_settings.register_profile("same", derandomize=True)
hypothesis_settings.register_profile("search", derandomize=False, print_blob=True)
hypothesis_settings.load_profile("same")

DATABASE = f"regulars_{WORKER or 'alone'}"
_services: Services | None = None

if not WORKER:
    _services = Services()
    _services.start()
point_settings_at(TEMPLATE if not WORKER else DATABASE)


def pytest_configure(config: pytest.Config) -> None:
    """The first process migrates the template; every process then works on a copy."""
    import django
    from django.conf import settings

    django.setup()
    # Hashing a password as slowly as a server should takes longer than all the rest of a test.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Static files come from where they are written, without a build of their manifest.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    if _services is not None and not _services.is_migrated:
        from django.core.management import call_command
        from django.db import connections

        call_command("prepare_database", verbosity=0, stdout=io.StringIO())
        connections.close_all()
        _services.keep()
    copy_template(DATABASE)
    _serve_from(DATABASE)
    # The workers that start from here read their own settings, once they know which database is theirs.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def _serve_from(database: str) -> None:
    """Point the four connections at this process's copy, with roles that sign in to it."""
    from django.conf import settings
    from django.db import connections

    from loyalty_saas.postgres.roles import prepare_roles

    point_settings_at(database)
    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
        settings.DATABASES[alias]["NAME"] = database
    prepare_roles()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser is tried once more where the browser itself gave up: on a busy machine it loses a page
    between two, or its time. What a test asserts is asserted once; the summary counts every second try."""
    browsing = [item for item in items if item.get_closest_marker("browser")]
    if browsing:
        from playwright.sync_api import Error

        for item in browsing:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[Error]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _services is not None:
        _services.stop()


@pytest.fixture(autouse=True, scope="session")
def _database_is_open(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """A test ends outside of every business and transaction."""
    from django.core import mail
    from django.core.cache import cache
    from django.db import connection

    from tenants.isolation import in_tenant_context

    mail.outbox = []  # type: ignore[attr-defined]
    cache.clear()
    yield
    assert not in_tenant_context()
    if connection.connection is not None:
        assert not connection.in_atomic_block


@pytest.fixture
def make_business() -> Callable[..., Any]:
    from tests.cast import make_business

    return make_business


@pytest.fixture
def cast() -> Any:
    """Owner, manager, staff and analyst of one business, and the owner of another."""
    from tests.cast import Cast

    return Cast.make()


@pytest.fixture
def business(cast: Any) -> Any:
    return cast.business


@pytest.fixture
def inside(business: Any) -> Iterator[Any]:
    """The test runs inside its business, in one transaction."""
    from tenants.isolation import tenant_context

    with tenant_context(business):
        yield business


os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

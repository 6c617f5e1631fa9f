"""Walls between businesses: which business this code is working for, and nothing outside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.db import connections, transaction

if TYPE_CHECKING:
    from tenants.models import Tenant

_current: ContextVar["Tenant | None"] = ContextVar("current_tenant", default=None)
Work = Callable[[], object]
# What waits, and for which business.
_afterwards: ContextVar["list[tuple[Tenant, Work]] | None"] = ContextVar("afterwards", default=None)
log = structlog.get_logger(__name__)


class IsolationError(RuntimeError):
    """Code touched a business's rows outside its context, or tried to be in two businesses at once."""


@contextmanager
def tenant_context(tenant: "Tenant | UUID") -> Iterator["Tenant"]:
    """Work for one business: opens the transaction and raises the wall inside it.

    The setting that row-level security reads is local to the transaction, so nothing is left on a
    pooled connection. Entering the same business again is a savepoint; entering another one raises
    IsolationError. Slow work (calls to providers) belongs outside. Takes the business or its id;
    raises Tenant.DoesNotExist for an id of none.
    """
    tenant_id = tenant if isinstance(tenant, UUID) else tenant.pk
    current = _current.get()
    if current is not None:
        if current.pk != tenant_id:
            raise IsolationError("Already working for another business: finish that first.")
        with transaction.atomic():
            yield current
        return
    if connections["default"].in_atomic_block:
        raise IsolationError("tenant_context opens the transaction itself: enter it first.")
    waiting: list[tuple[Tenant, Work]] = []
    afterwards_token = _afterwards.set(waiting)
    try:
        with _open(tenant, tenant_id) as business:
            yield business
    finally:
        _afterwards.reset(afterwards_token)
        for of, work in waiting:
            _do_afterwards(of, work)


def afterwards(work: Work) -> None:
    """Do `work` for the same business when the outermost context has ended, in a transaction of its own.

    It is done whether what happened here was kept or undone, so it reads for itself what there is to do: for what must
    be written down of something that was refused, and for what would need locks in another order. What it raises is
    logged, for nobody is there any more to be told. Raises IsolationError outside of `tenant_context`.
    """
    waiting = _afterwards.get()
    if waiting is None:
        raise IsolationError("No business: enter tenant_context(business) first.")
    waiting.append((current_tenant(), work))


def _do_afterwards(tenant: "Tenant", work: Work) -> None:
    try:
        with tenant_context(tenant):
            work()
    except Exception:
        log.exception("afterwards.failed", work=getattr(work, "__qualname__", repr(work)))


@contextmanager
def stepping_into(partner: UUID) -> Iterator["Tenant"]:
    """Work for another business in the same transaction, and for the one before when it ends, however it ends.

    It opens no wall: inside of it stand the walls of the other business, as they stand anywhere. But whoever calls it
    acts for somebody who did not ask, so there is one caller: `tenants.crossing`, which proves that the two belong
    together. Raises IsolationError outside of `tenant_context`, Tenant.DoesNotExist for an id of none.
    """
    here = current_tenant()
    with transaction.atomic():
        with _open(partner, partner) as business:
            yield business
        # On an error the savepoint takes the setting back with everything else.
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(here.pk)])


@contextmanager
def _open(tenant: "Tenant | UUID", tenant_id: UUID) -> Iterator["Tenant"]:
    with transaction.atomic():
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
        business = _load(tenant_id) if isinstance(tenant, UUID) else tenant
        token = _current.set(business)
        try:
            with structlog.contextvars.bound_contextvars(business=str(tenant_id)):
                yield business
        finally:
            _current.reset(token)


def _load(tenant_id: UUID) -> "Tenant":
    from tenants.models import Tenant

    return Tenant.objects.get(pk=tenant_id)


def current_tenant() -> "Tenant":
    """The business being worked for. Raises IsolationError outside of `tenant_context`."""
    tenant = _current.get()
    if tenant is None:
        raise IsolationError("No business: enter tenant_context(business) first.")
    return tenant


def current_tenant_id() -> UUID:
    return current_tenant().pk


def in_tenant_context() -> bool:
    return _current.get() is not None

"""The one way from one business into another: for those who sit in one network, in one transaction, on the record.

Nothing else works for two businesses at once. What is done inside stands behind the walls of the other business, which
stay up; what this adds is the proof that the other one agreed to it, by a seat in the same network.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.db import connection

from loyalty_saas.postgres.prepared import execute_prepared
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind, SeatState
from tenants.errors import NotInNetwork
from tenants.isolation import current_tenant, stepping_into
from tenants.models import NetworkSeat, Tenant
from tenants.rows import columns_of, made_of

log = structlog.get_logger(__name__)
_SEAT = (
    f"SELECT {', '.join(columns_of(NetworkSeat))} FROM tenants_networkseat"  # noqa: S608 - names of columns
    " WHERE tenant_id = %s AND network_id = %s AND state = ANY(%s) ORDER BY id DESC LIMIT 1 FOR SHARE"
)


@contextmanager
def cross_into(partner: UUID, *, network: UUID, why: str, audit: str = "", settling: bool = False) -> Iterator[Tenant]:
    """Work inside `partner`, another business of the network in which the current one sits.

    Both seats are read behind their own walls and held until the transaction ends, so that nobody leaves meanwhile.
    A business that has left is entered only for `settling` what happened before. With `audit` (a topic) the other
    business finds in its audit log who came in; whoever only reads leaves none. Raises NotInNetwork, with nothing said
    about which of the two has no seat.
    """
    here = current_tenant()
    if partner == here.pk:
        raise NotInNetwork
    _hold_seat(network, settling=settling)
    with stepping_into(partner) as other:
        seat = _hold_seat(network, settling=settling)
        if other.currency != seat.currency or (other.closed_at is not None and not settling):
            raise NotInNetwork
        log.debug("network.crossing", into=str(partner), network=str(network), why=why)
        if audit:
            record_audit(audit, by=visitor(here), subject=seat, business=str(here.pk), why=why)
        yield other


def visitor(business: Tenant) -> Actor:
    """Who acts in the books of a partner: the other business, never a person of it."""
    return Actor(ActorKind.SYSTEM, business.name)


def lock_network(network: UUID, *, alone: bool) -> None:
    """Hold the network until the transaction ends: together with others who cross, or `alone` to close a month.

    Whoever waits for it holds no seat yet. Within one transaction it is asked for once.
    """
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 7))", [str(network)])


def _hold_seat(network: UUID, *, settling: bool) -> NetworkSeat:
    """The current business's seat, which nobody gives up before this transaction ends. Raises NotInNetwork."""
    states = [SeatState.ACTIVE, SeatState.LEAVING, *([SeatState.LEFT] if settling else [])]
    with connection.cursor() as cursor:
        execute_prepared(cursor, _SEAT, [current_tenant().pk, network, states])
        row = cursor.fetchone()
    if row is None:
        raise NotInNetwork
    seat: NetworkSeat = made_of(NetworkSeat, row, "default")
    return seat

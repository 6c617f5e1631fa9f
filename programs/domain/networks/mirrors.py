"""Proof that both sides of every crossing agree: what this business has booked with each other, and they with it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from programs.domain.networks.closing import NOTHING, Side, sides_of
from programs.domain.networks.payments import marks_of
from programs.models import NetworkCrossing
from tenants import platform
from tenants.crossing import cross_into, lock_network
from tenants.isolation import current_tenant_id
from tenants.models import NetworkSeat

RULES = ("both sides of a network have booked the same", "both sides of a network know what is paid")
_EVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def differences() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each business with which this one does not agree. Holds its networks, so that nothing crosses meanwhile."""
    here = current_tenant_id()
    networks = set(NetworkSeat.objects.values_list("network_id", flat=True))
    networks |= set(NetworkCrossing.objects.values_list("network_id", flat=True))
    for network in sorted(networks):
        lock_network(network, alone=True)
        own = sides_of(network, *_EVER)
        partners = {seat.tenant.pk for seat in platform.seats_of_network(network)} - {here}
        for partner in sorted(partners | own.keys()):
            theirs, their_marks = _theirs(partner, network, here)
            if (marks := marks_of(partner, network)) != their_marks:
                yield RULES[1], str(partner), {"ours": str(sorted(marks)), "theirs": str(sorted(their_marks))}
            if not own.get(partner, NOTHING).mirrors(theirs):
                found = {"ours": str(own.get(partner, NOTHING)), "theirs": str(theirs)}
                yield RULES[0], str(partner), found


def _theirs(partner: UUID, network: UUID, here: UUID) -> tuple[Side, set[tuple[date, UUID]]]:
    with cross_into(partner, network=network, why="reconcile", settling=True):
        return sides_of(network, *_EVER).get(here, NOTHING), marks_of(here, network)

"""A network begins with one business, which writes its rules; they stay as they are once others have agreed."""

from django.db import transaction
from django.utils import timezone

from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor
from tenants.crossing import lock_network
from tenants.domain.audit import record_audit
from tenants.domain.networks.reading import own_seat, partners_of
from tenants.domain.networks.terms import Terms, check_terms
from tenants.errors import InNetworkAlready, NotInNetwork, RulesAgreed
from tenants.isolation import current_tenant, current_tenant_id
from tenants.models import NetworkSeat, Tenant


@transaction.atomic
def found_network(*, name: str, terms: Terms, by: Actor) -> NetworkSeat:
    """Found a network in the business's currency and time zone, and take its first seat. Locks the business.

    Raises InNetworkAlready, Invalid.
    """
    tidy = tidy_text(name, field="name", longest=80, required=True)
    check_terms(terms)
    refuse_second_seat()
    here = current_tenant()
    seat: NetworkSeat = NetworkSeat.objects.create(
        name=tidy,
        currency=here.currency,
        time_zone=here.time_zone,
        terms=terms.as_json(),
        is_founder=True,
        joined_at=timezone.now(),
    )
    record_audit("network.founded", by=by, subject=seat, **terms.as_json())
    return seat


@transaction.atomic
def change_rules(*, name: str, terms: Terms, by: Actor) -> NetworkSeat:
    """Write other rules while nobody has agreed to the old ones. Raises NotInNetwork, RulesAgreed, Invalid."""
    tidy = tidy_text(name, field="name", longest=80, required=True)
    check_terms(terms)
    seat = own_seat()
    if seat is None:
        raise NotInNetwork
    # Whoever is about to agree holds the network too.
    lock_network(seat.network_id, alone=True)
    if not seat.is_founder or partners_of(seat, and_left=True):
        raise RulesAgreed
    seat.name, seat.terms = tidy, terms.as_json()
    seat.save(update_fields=["name", "terms"])
    record_audit("network.rules_changed", by=by, subject=seat, **terms.as_json())
    return seat


def refuse_second_seat() -> None:
    """Raises InNetworkAlready. Locks the business, so that nobody takes two seats at once."""
    Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant_id())
    if own_seat() is not None:
        raise InNetworkAlready

"""Businesses in one network, for tests."""

from dataclasses import dataclass

from tenants.actors import Actor
from tenants.domain.networks.founding import found_network
from tenants.domain.networks.inviting import accept_network_invitation, invite_business
from tenants.domain.networks.terms import Terms
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.models import Membership, NetworkSeat, Tenant
from tests.cast import make_business, make_membership

TERMS = Terms(value=500, share=80)


@dataclass(frozen=True)
class Circle:
    """`businesses`: the founder first. `owners` and `seats` in the same order."""

    businesses: list[Tenant]
    owners: list[Membership]
    seats: list[NetworkSeat]

    @property
    def network(self):
        return self.seats[0].network_id


def make_circle(count: int = 2, *, terms: Terms = TERMS, businesses: list[Tenant] | None = None) -> Circle:
    """A network of so many cafés, all of which agreed to the same rules."""
    made = businesses or [make_business() for _number in range(count)]
    owners = [make_membership(one, Role.OWNER) for one in made]
    with tenant_context(made[0]):
        seats = [found_network(name="Good Street", terms=terms, by=Actor.staff(owners[0]))]
    for business, owner in zip(made[1:], owners[1:], strict=True):
        with tenant_context(made[0]):
            _invitation, token = invite_business(by=owners[0])
        with tenant_context(business):
            seats.append(accept_network_invitation(token, agreed_to=terms.as_json(), by=Actor.staff(owner)))
    return Circle(made, owners, seats)

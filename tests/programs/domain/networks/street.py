"""A street of shops in one network, and somebody who is a member of several of them."""

from dataclasses import dataclass, field
from typing import Any

from customers.enums import Source
from customers.models import Member
from programs.domain.networks.people import join_network
from programs.domain.networks.proofs import join_by_proof, proof_for
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.models import NetworkCrossing, Program, Redemption, Reward
from programs.queries import account_of
from tenants.domain.networks.terms import Terms
from tenants.isolation import tenant_context
from tenants.models import NetworkSeat, Tenant
from tests.programs.shop import SYSTEM, balance, buy, key, make_member, make_program, make_reward
from tests.tenants.networks.circle import TERMS, Circle, make_circle


@dataclass
class Shop:
    business: Tenant
    program: Program
    reward: Reward
    member: Member


@dataclass
class Street:
    """`shops` in the order in which they joined; each has one member, all of them the same person once `link`ed."""

    circle: Circle
    shops: list[Shop] = field(default_factory=list)

    @property
    def network(self):
        return self.circle.network

    def points(self) -> list[int]:
        """What is owed to the person in points at each shop."""
        found = []
        for shop in self.shops:
            with tenant_context(shop.business):
                found.append(balance(shop.member)[0] if account_of(shop.member) else 0)
        return found

    def crossings(self, number: int) -> list[tuple[str, int, int]]:
        with tenant_context(self.shops[number].business):
            return list(NetworkCrossing.objects.order_by("id").values_list("kind", "points", "amount"))

    def earn(self, number: int, points: int) -> Any:
        with tenant_context(self.shops[number].business):
            return buy(self.shops[number].member, points * 100)

    def redeem(self, number: int, by_key: str = "") -> Redemption:
        shop = self.shops[number]
        with tenant_context(shop.business):
            return redeem_reward(shop.member, reward=shop.reward, by=SYSTEM, key=by_key or key())

    def check(self) -> None:
        """Every invariant, in every shop."""
        for shop in self.shops:
            with tenant_context(shop.business):
                assert [str(one) for one in reconcile().differences] == []


def make_street(
    count: int = 2, *, terms: Terms = TERMS, cost: int = 100, linked: bool = True, **program: Any
) -> Street:
    street = Street(make_circle(count, terms=terms))
    for business in street.circle.businesses:
        with tenant_context(business):
            NetworkSeat.objects.update(joined_at="2026-01-05T10:00:00Z")
            made = make_program(**program)
            street.shops.append(Shop(business, made, make_reward(made, cost), make_member()))
    if linked:
        for number in range(1, count):
            link(street, number)
    return street


def join(street: Street, number: int) -> None:
    shop = street.shops[number]
    with tenant_context(shop.business):
        join_network(shop.member, agreed=True, by=SYSTEM, source=Source.PORTAL)


def link(street: Street, to: int, *, of: int = 0) -> None:
    """The person proves at one shop, signed in at another, who they are there."""
    first, second = street.shops[of], street.shops[to]
    with tenant_context(first.business):
        sealed = proof_for(first.member, second.business.pk)
    with tenant_context(second.business):
        join_by_proof(second.member, sealed, agreed=True, by=SYSTEM, source=Source.PORTAL)

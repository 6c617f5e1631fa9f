"""Steps of the ledger's machine in a network: the same three people are members of another business as well."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from customers.domain.identity import present_member
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import DomainError
from programs.domain.expiry import expire_due
from programs.domain.networks.balance import elsewhere_of
from programs.domain.networks.homecoming import send_home_due
from programs.domain.networks.people import leave_network
from programs.domain.networks.proofs import join_by_proof, proof_for
from programs.domain.reconcile import reconcile
from programs.models import Account, NetworkCrossing, Program
from tenants.crossing import cross_into
from tenants.domain.networks.terms import Terms
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.cast import make_business
from tests.programs.shop import SYSTEM, buy, make_member, make_program
from tests.tenants.networks.circle import make_circle


class Abroad:
    """Mixed into the machine, which has `members` and works inside of `business`; `circled` once it is in a network."""

    members: list[Member]
    program: Program
    circled = False

    def join_network(self, business: Tenant, *, day_limit: int | None) -> None:
        """Found a network with another business. Call outside of both."""
        self.business, self.partner = business, make_business()
        terms = Terms(value=333, share=77, day_limit=day_limit)
        self.network: UUID = make_circle(terms=terms, businesses=[business, self.partner]).network
        with tenant_context(self.partner):
            make_program(expiry_months=1, expires_at_month_end=False)
            self.abroad = [make_member(given_name=name) for name in ("Ines", "Jonas", "Jo")]
        self.circled = True

    def elsewhere(self, account: Account | None) -> int:
        """What can be spent of somebody's points in the other business."""
        found = elsewhere_of(account) if account else None
        return found.total if found else 0

    @precondition(lambda self: self.circled)
    @rule(who=st.integers(0, 2), points=st.integers(1, 60))
    def earn_elsewhere(self, who: int, points: int) -> None:
        with cross_into(self.partner.pk, network=self.network, why="test"):
            buy(self.abroad[who], points * 100)

    @precondition(lambda self: self.circled)
    @rule(who=st.integers(0, 2), card=st.integers(0, 2))
    def link(self, who: int, card: int) -> None:
        member = present_member(Member.objects.get(pk=self.members[who].pk))
        with suppress(DomainError):
            with cross_into(self.partner.pk, network=self.network, why="test"):
                sealed = proof_for(self.abroad[card], self.business.pk)
            join_by_proof(member, sealed, agreed=True, by=SYSTEM, source=Source.PORTAL)

    @precondition(lambda self: self.circled)
    @rule(who=st.integers(0, 2))
    def unlink(self, who: int) -> None:
        leave_network(self.members[who], by=SYSTEM, source=Source.PORTAL)

    @precondition(lambda self: self.circled)
    @rule(expire=st.booleans())
    def go_home(self, expire: bool) -> None:
        """What the daily job does: rewards that were undone send home what came for them."""
        send_home_due()
        assert send_home_due() == 0
        if expire:
            with cross_into(self.partner.pk, network=self.network, why="test"):
                expire_due(datetime.now(UTC))

    @invariant()
    def the_other_business_agrees(self) -> None:
        if self.circled and NetworkCrossing.objects.exists():
            with cross_into(self.partner.pk, network=self.network, why="test"):
                assert [str(one) for one in reconcile().differences] == []

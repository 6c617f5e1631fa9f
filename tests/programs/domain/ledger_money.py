"""What random histories do with money: credit by hand and brought along, and paid memberships."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from customers.domain.identity import present_member
from customers.models import Member
from loyalty_saas.lib.errors import DomainError
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.credit.opening import open_credit
from programs.domain.credit.reading import credit_of
from programs.domain.memberships.ending import cancel, refund, take_cancellation_back
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import membership_of, renew, subscribe, wish_for, withdraw_wish
from programs.enums import MembershipState
from programs.errors import HasMembership, NotEnoughCredit
from programs.models import MembershipPayment, MembershipPlan, Program, Tier
from tests.programs.shop import SYSTEM, key


class MoneyRules:
    """Mixed into a machine that has `members` and `credit`, the program of store credit or None."""

    members: list[Member]
    credit: Program | None
    plans: list[MembershipPlan]

    def offer_memberships(self, tier: Tier) -> None:
        """One by the month with a gift, one by the year without days of grace, both in the same tier."""
        monthly = PlanDetails(name="Monthly", tier=tier, price=900, welcome_kind="amount_off", welcome_value=300)
        yearly = PlanDetails(name="Yearly", tier=tier, price=9_000, period="year", grace_days=0)
        self.plans = [add_plan(details, by=SYSTEM) for details in (monthly, yearly)]

    @precondition(lambda self: self.credit)
    @rule(who=st.integers(0, 2), amount=st.integers(-900, 1_500).filter(bool))
    def credit_by_hand(self, who: int, amount: int) -> None:
        there = credit_of(present_member(Member.objects.get(pk=self.members[who].pk)))
        assert there is not None
        try:
            adjust_credit(self.members[who], amount=amount, reason="Sorry", by=SYSTEM, key=key())
        except NotEnoughCredit:
            assert amount < 0
            assert there.balance < -amount

    @precondition(lambda self: self.credit)
    @rule(who=st.integers(0, 2), amount=st.integers(1, 2_000), days=st.sampled_from([None, 0, 20]))
    def bring_credit_along(self, who: int, amount: int, days: int | None) -> None:
        last = None if days is None else (datetime.now(UTC) + timedelta(days=days)).date()
        open_credit(self.members[who], amount=amount, by=SYSTEM, key=key(), last_day=last)

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def sell_membership(self, who: int, which: int) -> None:
        with suppress(HasMembership):
            payment = subscribe(self.members[who], self.plans[which], by=SYSTEM, key=key())
            found = membership_of(present_member(Member.objects.get(pk=self.members[who].pk)))
            assert found is not None
            assert (found.state, found.paid_until) == (MembershipState.ACTIVE, payment.last)

    @rule(who=st.integers(0, 2), which=st.integers(0, 1), back=st.booleans())
    def wish_for_membership(self, who: int, which: int, back: bool) -> None:
        with suppress(HasMembership):
            wish_for(self.members[who], self.plans[which], by=SYSTEM)
            if back:
                withdraw_wish(self.members[who], by=SYSTEM)

    @rule(who=st.integers(0, 2), twice=st.booleans())
    def renew_membership(self, who: int, twice: bool) -> None:
        """Sent twice it is paid once."""
        with suppress(DomainError):
            act = key()
            first = renew(self.members[who], by=SYSTEM, key=act)
            if twice:
                assert renew(self.members[who], by=SYSTEM, key=act) == first

    @rule(who=st.integers(0, 2), back=st.booleans())
    def cancel_membership(self, who: int, back: bool) -> None:
        with suppress(DomainError):
            cancel(self.members[who], by=SYSTEM)
            if back:
                take_cancellation_back(self.members[who], by=SYSTEM)

    @rule(which=st.integers(0, 20), part=st.sampled_from([None, 1]))
    def pay_membership_back(self, which: int, part: int | None) -> None:
        self._try(
            lambda found: refund(found, by=SYSTEM, reason="Moved away", amount=part, key=key()),
            MembershipPayment,
            which,
        )

    def _try(self, act: Any, model: Any, which: int) -> None:
        raise NotImplementedError

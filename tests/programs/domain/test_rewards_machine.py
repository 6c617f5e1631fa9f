"""Random histories with every kind of reward on top of those of the ledger, with every invariant after every step.

`LEDGER_SEQUENCES=1000 … --hypothesis-profile=search` runs the long form, of histories that were never tried.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from customers.models import Member, Purchase
from loyalty_saas.lib.errors import DomainError
from programs.domain.catalog import RewardDetails, create_reward
from programs.domain.gifts import open_gift, unwrap_voucher, wrap_voucher
from programs.domain.holds import hold_voucher, redeem_hold, release_hold
from programs.domain.own_codes import add_codes
from programs.domain.places import leave_line, pass_on_due, wait_for_place
from programs.domain.prizes import PrizeDetails
from programs.domain.redemptions import redeem_reward, use_voucher
from programs.domain.vouchers import Using
from programs.enums import RewardKind
from programs.models import Gift, Reward, Voucher, VoucherHold, WaitingPlace
from tests.programs.domain.test_ledger_machine import SEQUENCES, START, Ledger
from tests.programs.shop import SYSTEM, key

KINDS: tuple[dict[str, Any], ...] = (
    {"kind": RewardKind.AMOUNT_OFF, "value": 700, "is_partial": True},
    {"kind": RewardKind.PERCENT_OFF, "value": 15, "cap": 400},
    {
        "kind": RewardKind.EXPERIENCE,
        "stock": 1,
        "has_waiting_list": True,
        "take_hours": 30,
        "happens_at": START + timedelta(days=50),
    },
    {
        "kind": RewardKind.MYSTERY,
        "prizes": (
            PrizeDetails("Tea", RewardKind.FREE_PRODUCT, weight=3),
            PrizeDetails("Two off", RewardKind.AMOUNT_OFF, value=200, stock=2),
        ),
    },
    {"kind": RewardKind.FREE_PRODUCT, "uses_own_codes": True},
    {"kind": RewardKind.CONTENT, "content": "Six sour apples"},
)


class Rewards(Ledger):
    """The members of the ledger's histories, and what they do with rewards and vouchers."""

    @initialize()
    def offer(self) -> None:
        self.offered: list[Reward] = []

    @precondition(lambda self: hasattr(self, "offered") and hasattr(self, "program") and not self.offered)
    @rule()
    def set_out(self) -> None:
        for number, fields in enumerate(KINDS):
            details = RewardDetails(name=f"Reward {number}", cost=3 + number, **fields)
            self.offered.append(create_reward(self.program, details, by=SYSTEM))
        coded = next(one for one in self.offered if one.uses_own_codes)
        add_codes(coded, [f"C-{number}" for number in range(4)], by=SYSTEM)

    @precondition(lambda self: self.offered)
    @rule(who=st.integers(0, 2), which=st.integers(0, len(KINDS) - 1))
    def have(self, who: int, which: int) -> None:
        with suppress(DomainError):
            redeem_reward(self._member(who), reward=self.offered[which], by=SYSTEM, key=key())

    @rule(which=st.integers(0, 50), amount=st.sampled_from([None, 150, 700]), bought=st.integers(0, 50))
    def use_on(self, which: int, amount: int | None, bought: int) -> None:
        purchase = None
        if self.purchases:
            purchase = Purchase.objects.get(pk=self.purchases[bought % len(self.purchases)].pk)
        using = Using(amount=amount, basket=purchase.total if purchase else None)
        self._try(lambda found: use_voucher(found, by=SYSTEM, purchase=purchase, using=using), Voucher, which)

    @precondition(lambda self: self.offered)
    @rule(who=st.integers(0, 2))
    def queue(self, who: int) -> None:
        event = next(one for one in self.offered if one.kind == RewardKind.EXPERIENCE)
        with suppress(DomainError):
            wait_for_place(self._member(who), reward=event, by=SYSTEM)

    @rule(which=st.integers(0, 20))
    def leave(self, which: int) -> None:
        self._try(lambda found: leave_line(found, by=SYSTEM), WaitingPlace, which)

    @rule()
    def pass_places_on(self) -> None:
        from django.utils import timezone

        pass_on_due(timezone.now())

    @rule(which=st.integers(0, 50), minutes=st.sampled_from([5, 600]))
    def hold(self, which: int, minutes: int) -> None:
        self._try(lambda one: hold_voucher(one, using=Using(basket=500), minutes=minutes, by=SYSTEM), Voucher, which)

    @rule(which=st.integers(0, 20), used=st.booleans())
    def end_hold(self, which: int, used: bool) -> None:
        act = (lambda one: redeem_hold(one, by=SYSTEM)) if used else release_hold
        self._try(act, VoucherHold, which)

    @rule(which=st.integers(0, 50), kept=st.booleans())
    def wrap(self, which: int, kept: bool) -> None:
        act = unwrap_voucher if kept else wrap_voucher
        self._try(lambda one: act(one, by=SYSTEM), Voucher, which)

    @rule(which=st.integers(0, 20), who=st.integers(0, 2))
    def open(self, which: int, who: int) -> None:
        self._try(lambda one: open_gift(one, member=self._member(who), by=SYSTEM), Gift, which)

    def _member(self, who: int) -> Member:
        found: Member = Member.objects.get(pk=self.members[who].pk)
        return found


Rewards.TestCase.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestRewards = Rewards.TestCase

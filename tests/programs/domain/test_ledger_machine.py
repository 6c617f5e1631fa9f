"""Random histories of members, with every invariant asked after every step.

`LEDGER_SEQUENCES=1000 … --hypothesis-profile=search` runs the long form, of histories that were never tried.
"""

import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from customers.domain.identity import present_member
from customers.domain.merging import merge_members, undo_merge
from customers.enums import Source
from customers.errors import MergedElsewhere, MergeTooOld, SameRecord
from customers.models import Member, Merge, Purchase
from loyalty_saas.lib.errors import DomainError
from programs.domain.adjustments import adjust_points
from programs.domain.benefits import BenefitDetails, set_benefits
from programs.domain.challenges.definition import Definition
from programs.domain.challenges.publishing import compose_challenge, publish_challenge
from programs.domain.credit.reading import credit_of
from programs.domain.earning import FINEST
from programs.domain.events.undoing import undo_event
from programs.domain.expiry import confirm_due, expire_due, expire_vouchers
from programs.domain.goodwill.undoing import undo_gesture
from programs.domain.memberships.ending import settle_memberships
from programs.domain.placements import place_member, undo_placement
from programs.domain.polls.answering import answer_poll, withdraw_answer
from programs.domain.posting import account_carry
from programs.domain.presents import give_presents
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, use_voucher, void_redemption
from programs.domain.reviews.deciding import release_review, reverse_review
from programs.domain.sharing.families import dissolve_family, found_family, join_family, leave_family
from programs.domain.sharing.transfers import undo_transfer
from programs.domain.stamps.giving import give_stamps
from programs.domain.stamps.publishing import publish_card, redraft_card
from programs.domain.stamps.terms import Terms
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.publishing import compose_surprise, publish_surprise
from programs.domain.tier_notices import tell_of_endings
from programs.domain.tiers import evaluate_tiers
from programs.domain.undo import undo_entry
from programs.enums import BenefitKind, FamilyWay, LimitPeriod, Rounding, RuleEffect, RuleOccasion, Stacking, StampsFor
from programs.errors import GiveToOneself, NotEnoughCredit, NotEnoughPoints, OwesForFamily
from programs.models import (
    Account,
    Entry,
    Event,
    Family,
    Gesture,
    PointTransfer,
    PollAnswer,
    Program,
    Redemption,
    Review,
    StampCard,
    TierPlacement,
    Voucher,
)
from programs.queries import account_of, spendable_of, standing_of
from tenants.actors import Actor
from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import make_business, make_membership
from tests.programs.credit import make_credit
from tests.programs.domain.abroad import Abroad
from tests.programs.domain.ledger_money import MoneyRules
from tests.programs.events import FIELDS, event_rule, happen, make_type
from tests.programs.gestures import gift, give, money_off
from tests.programs.polls import GOOD, make_poll
from tests.programs.rules import make_rule
from tests.programs.sharing import allow, give_points
from tests.programs.shop import SYSTEM, bring_back, buy, key, make_member, make_program, make_reward, make_tier
from tests.programs.stamps import make_card

SEQUENCES = int(os.environ.get("LEDGER_SEQUENCES", "12"))
START = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
RULES = (
    {"amount": 150, "minimum": 1_000},
    {"amount": 333, "weekdays": (0, 3, 5), "most_in_day": 40},
    {"effect": RuleEffect.FIXED, "amount": 7, "occasion": RuleOccasion.VISIT, "nth": 2, "budget": 15},
    {"effect": RuleEffect.SPEND, "amount": 2, "every": 700, "minimum": 3_000, "most_for_member": 20},
)
CARDS = (
    None,
    {"slots": 3, "most_in_day": 2, "expiry_months": 1},
    {"slots": 4, "counts": StampsFor.SPEND, "every": 900, "most_in_day": None},
)
CREDIT = (
    None,
    {"rate": 2_000, "expiry_months": 1, "expires_at_month_end": False},
    {"rate": 777, "pending_days": 2, "minimum": 1_500, "on_tax": False},
)

CHALLENGES = {
    "Two days": Definition("times", goal=2, last_day=START.date() + timedelta(days=60), points=11),
    "Two weeks": Definition("streak", goal=2, gift_kind="amount_off", value=200, minimum=500),
}
PRESENT = BenefitDetails(BenefitKind.BIRTHDAY, gift_kind="percent_off", value=10, days=20)


class Ledger(MoneyRules, Abroad, RuleBasedStateMachine):
    """Three members of one program, who may turn out to be one person; the clock only goes forward."""

    @initialize(
        rounding=st.sampled_from(list(Rounding)),
        pending_days=st.sampled_from([0, 0, 2]),
        expiry_months=st.sampled_from([None, 1, 2]),
        rate=st.sampled_from([(1, 100), (3, 100), (1, 70), (10, 333)]),
        rules=st.lists(st.sampled_from(RULES), max_size=3),
        stacking=st.sampled_from(list(Stacking)),
        card=st.sampled_from(CARDS),
        credit=st.sampled_from(CREDIT),
        network=st.sampled_from([None, {"day_limit": None}, {"day_limit": 50}]),
    )
    def open_shop(
        self,
        rounding: str,
        pending_days: int,
        expiry_months: int | None,
        rate: tuple[int, int],
        rules: list[dict[str, Any]],
        stacking: str,
        card: dict[str, Any] | None,
        credit: dict[str, Any] | None,
        network: dict[str, int | None] | None,
    ) -> None:
        self.traveller = time_machine.travel(START, tick=False)
        self.clock = self.traveller.start()
        business = make_business()
        self.manager = Actor.staff(make_membership(business, Role.MANAGER))
        if network:
            self.join_network(business, **network)
        self.context = tenant_context(business)
        self.context.__enter__()
        self.program: Program = make_program(
            rounding=rounding,
            pending_days=pending_days,
            expiry_months=expiry_months,
            expires_at_month_end=False,
            earn_points=rate[0],
            earn_amount=rate[1],
            joining_bonus=5,
        )
        make_tier(self.program, "Silver", 8_000, multiplier=125)
        self.house = make_tier(self.program, "House", 20_000, by_invitation=True)
        set_benefits(self.house, [PRESENT], by=SYSTEM)
        self.program.tier_grace_days = 3
        self.program.stacking = stacking
        self.program.save()
        for number, fields in enumerate(rules):
            make_rule(self.program, f"Rule {number}", **fields)
        for name, definition in CHALLENGES.items():
            challenge = compose_challenge(self.program, name=name, definition=definition, by=SYSTEM)
            publish_challenge(challenge, by=SYSTEM)
        self.offer_memberships(make_tier(self.program, "Club", 30_000, by_invitation=True))
        self.card = make_card(**card) if card else None
        self.credit = make_credit(**credit) if credit else None
        self.kind = make_type("Cup", fields=FIELDS[:1], most=2, period=LimitPeriod.MONTH)
        event_rule(self.program, self.kind, effect=RuleEffect.ITEMS, amount=3, per="stars", budget=90)
        self.poll = make_poll(self.program, period=LimitPeriod.WEEK, points=6, budget=40)
        self.members = [
            make_member(birth_month=2, birth_day=1),
            make_member(given_name="Jonas"),
            make_member(given_name="Jo"),
        ]
        self.purchases: list[Purchase] = []
        self.partings = 0
        lucky = SurpriseTerms("visit", one_in=2, points=9, minimum=400, budget_points=40, rest_days=3)
        publish_surprise(compose_surprise(self.program, name="Lucky", terms=lucky, by=SYSTEM), by=SYSTEM)
        allow(head_spends=rounding == Rounding.UP, watch_feeders=1, most_members=2 if pending_days else 6)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)
            self.traveller.stop()

    @rule(who=st.integers(0, 2), total=st.integers(0, 9_000), tax=st.integers(0, 20))
    def earn(self, who: int, total: int, tax: int) -> None:
        self.purchases.append(buy(self.members[who], total, tax=total * tax // 100))

    @precondition(lambda self: self.purchases)
    @rule(which=st.integers(0, 50), part=st.integers(1, 4))
    def bring_back(self, which: int, part: int) -> None:
        purchase = Purchase.objects.get(pk=self.purchases[which % len(self.purchases)].pk)
        if purchase.kept:
            bring_back(purchase, -(-purchase.kept // part))

    @rule(who=st.integers(0, 2), cost=st.integers(1, 60), stock=st.sampled_from([None, 1]))
    def redeem(self, who: int, cost: int, stock: int | None) -> None:
        account = account_of(present_member(Member.objects.get(pk=self.members[who].pk)))
        spendable = standing_of(account).spendable if account else 0
        elsewhere = self.elsewhere(account)
        try:
            redeem_reward(self.members[who], reward=make_reward(self.program, cost, stock=stock), by=SYSTEM, key=key())
            missing = 0
        except NotEnoughPoints as refusal:
            missing = refusal.missing
        except OwesForFamily:
            missing = max(0, cost - spendable)
        # What is missing here comes from the other business, all of it or nothing.
        assert missing == (0 if cost - spendable <= elsewhere else cost - spendable)

    @rule(giver=st.integers(0, 2), to=st.integers(0, 2), points=st.integers(1, 40))
    def give_points(self, giver: int, to: int, points: int) -> None:
        with suppress(GiveToOneself, NotEnoughPoints):
            give_points(self.members[giver], self.members[to], points)

    @rule(which=st.integers(0, 50))
    def undo_transfer(self, which: int) -> None:
        self._try(lambda found: undo_transfer(found, by=SYSTEM, reason="Oops", key=key()), PointTransfer, which)

    @rule(which=st.integers(0, 20), back=st.booleans())
    def decide(self, which: int, back: bool) -> None:
        decide = reverse_review if back else release_review
        self._try(lambda found: decide(found, by=self.manager), Review, which)

    @rule(who=st.integers(0, 2))
    def found_family(self, who: int) -> None:
        with suppress(DomainError):
            found_family(self.members[who], name="Gruber", by=SYSTEM)

    @rule(who=st.integers(0, 2), which=st.integers(0, 5))
    def join_family(self, who: int, which: int) -> None:
        self._try(
            lambda family: join_family(self.members[who], family, way=FamilyWay.COUNTER, by=SYSTEM), Family, which
        )

    @rule(who=st.integers(0, 2))
    def leave_family(self, who: int) -> None:
        leave_family(self.members[who], by=SYSTEM)

    @rule(which=st.integers(0, 5))
    def dissolve_family(self, which: int) -> None:
        self._try(lambda family: dissolve_family(family, by=SYSTEM), Family, which)

    @rule(which=st.integers(0, 50))
    def void(self, which: int) -> None:
        self._try(lambda found: void_redemption(found, by=SYSTEM, reason="Oops", key=key()), Redemption, which)

    @rule(which=st.integers(0, 50))
    def use(self, which: int) -> None:
        self._try(lambda found: use_voucher(found, by=SYSTEM), Voucher, which)

    @precondition(lambda self: self.credit)
    @rule(who=st.integers(0, 2), total=st.integers(1, 9_000), part=st.integers(1, 4))
    def pay_from_credit(self, who: int, total: int, part: int) -> None:
        member = present_member(Member.objects.get(pk=self.members[who].pk))
        there = credit_of(member)
        assert there is not None
        amount = -(-total // part)
        try:
            self.purchases.append(buy(self.members[who], total, credit=amount))
            assert there.balance >= amount
        except NotEnoughCredit:
            assert there.balance < amount

    @precondition(lambda self: self.card)
    @rule(who=st.integers(0, 2), stamps=st.integers(1, 4))
    def stamp(self, who: int, stamps: int) -> None:
        give_stamps(self.members[who], self.card, stamps=stamps, by=SYSTEM, key=key())

    @precondition(lambda self: self.card)
    @rule(slots=st.integers(2, 6))
    def change_card(self, slots: int) -> None:
        """Cards that were begun are finished as they were promised; the next ones are other cards."""
        card = StampCard.objects.get(program=self.card)
        last = card.versions.order_by("number").last()
        redraft_card(card, terms=replace(Terms.from_json(last.terms), slots=slots), by=SYSTEM)
        publish_card(card, by=SYSTEM)

    @rule(who=st.integers(0, 2), points=st.integers(-40, 40).filter(bool))
    def adjust(self, who: int, points: int) -> None:
        try:
            adjust_points(self.members[who], points=points, reason="Sorry", by=SYSTEM, key=key())
        except NotEnoughPoints:
            assert points < 0

    @rule(who=st.integers(0, 2), points=st.integers(0, 40), at_once=st.booleans())
    def make_right(self, who: int, points: int, at_once: bool) -> None:
        details = gift(points) if points else money_off(300, at_once=at_once)
        give(self.members[who], details, by=self.manager)

    @rule(which=st.integers(0, 50))
    def take_gesture_back(self, which: int) -> None:
        self._try(lambda found: undo_gesture(found, by=SYSTEM, key=key()), Gesture, which)

    @rule(who=st.integers(0, 2), days=st.integers(0, 40))
    def place(self, who: int, days: int) -> None:
        """In the tier by invitation; without days there is no end."""
        until = (datetime.now(UTC) + timedelta(days=days)).date() if days else None
        place_member(self.members[who], tier=self.house, reason="Guest", until=until, by=SYSTEM, key=key())

    @rule(which=st.integers(0, 20))
    def take_placement_back(self, which: int) -> None:
        self._try(lambda found: undo_placement(found, by=SYSTEM), TierPlacement, which)

    @rule(which=st.integers(0, 80))
    def undo(self, which: int) -> None:
        self._try(lambda found: undo_entry(found, by=SYSTEM, key=key()), Entry, which)

    @rule(who=st.integers(0, 2), stars=st.integers(0, 5))
    def happen(self, who: int, stars: int) -> None:
        happen(self.members[who], self.kind, payload={"stars": stars})

    @rule(which=st.integers(0, 20))
    def take_event_back(self, which: int) -> None:
        self._try(lambda found: undo_event(found, by=SYSTEM), Event, which)

    @rule(who=st.integers(0, 2))
    def answer(self, who: int) -> None:
        answer_poll(self.members[who], poll=self.poll, answers=GOOD, by=SYSTEM)

    @rule(which=st.integers(0, 20))
    def take_answer_back(self, which: int) -> None:
        self._try(lambda found: withdraw_answer(found, by=SYSTEM), PollAnswer, which)

    @rule(kept=st.integers(0, 2), absorbed=st.integers(0, 2))
    def merge(self, kept: int, absorbed: int) -> None:
        with suppress(SameRecord, MergedElsewhere):
            merge_members(self.members[kept], self.members[absorbed], by=SYSTEM, source=Source.DASHBOARD)

    @rule()
    def part(self) -> None:
        last = Merge.objects.filter(undone_at=None).last()
        if last is not None:
            with suppress(MergeTooOld):
                undo_merge(last, by=SYSTEM, source=Source.DASHBOARD)
                self.partings += 1

    @rule(days=st.integers(1, 45), jobs=st.booleans())
    def wait(self, days: int, jobs: bool) -> None:
        self.clock.shift(timedelta(days=days))
        if jobs:
            now = datetime.now(UTC)
            confirm_due(now)
            expire_due(now)
            expire_vouchers(now)
            settle_memberships(now.date())
            evaluate_tiers(now.date())
            tell_of_endings(now.date())
            give_presents(now.date())
            assert give_presents(now.date()) == 0
            assert settle_memberships(now.date()) == 0
            assert (confirm_due(now), expire_due(now), expire_vouchers(now)) == (0, 0, 0)

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "members"):
            return
        report = reconcile()
        assert report.differences == []

    @invariant()
    def what_can_be_spent_is_said_alike(self) -> None:
        """At a glance on the pages, and by itself where a reward is asked for: two queries of their own."""
        if not hasattr(self, "members"):
            return
        for account in Account.objects.select_related("program", "tier", "tier_placement", "member"):
            assert standing_of(account).spendable == spendable_of(account)

    @invariant()
    def nothing_is_lost_by_rounding(self) -> None:
        """Where the rest is carried, points of purchases and carry together are what was earned exactly.

        Only a carry whose denominator does not fit loses less than a billionth of a point, at each posting.
        """
        if not hasattr(self, "members") or self.program.rounding != Rounding.CARRY:
            return
        exact, points, postings = Fraction(0), 0, 0
        for entry in Entry.objects.filter(cause__in=("purchase", "return", "merge")):
            if entry.cause == "merge":
                points += entry.amount if entry.kind == "adjust" else 0
            elif entry.kind == "accrue":
                last = Entry.objects.filter(reverses_id=entry.pk, kind="reverse").order_by("pk").last()
                exact += Fraction((last or entry).snapshot["value"])
                points += entry.snapshot["points"]
            else:
                points -= entry.snapshot["taken_back"]
            postings += 1
        dropped = exact - points - sum(account_carry(account) for account in Account.objects.all())
        # Who has no point left to break when records are parted keeps the part of one that was theirs.
        assert -self.partings <= dropped < Fraction(postings + 1, FINEST)

    def _try(self, act: Any, model: Any, which: int) -> None:
        found = list(model.objects.order_by("pk"))
        if found:
            with suppress(DomainError):
                act(found[which % len(found)])


Ledger.TestCase.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestLedger = Ledger.TestCase

"""Paid memberships: begun, renewed, cancelled, lapsed, paid back; the days of a month, and two tills at once."""

from datetime import date
from typing import Any

import pytest

from customers.domain.merging import merge_members, undo_merge
from customers.enums import ActivityKind, Source
from customers.models import Activity, Member
from loyalty_saas.lib.errors import Forbidden, Invalid
from programs.domain.memberships.ending import cancel, refund, settle_memberships, take_cancellation_back
from programs.domain.memberships.figures import figures_of
from programs.domain.memberships.periods import first_of, last_of
from programs.domain.memberships.plans import PlanDetails, add_plan, change_plan, offer_plan
from programs.domain.memberships.selling import membership_of, renew, subscribe, wish_for, withdraw_wish
from programs.domain.placements import place_member
from programs.domain.reconcile import reconcile
from programs.domain.tiers import evaluate_tiers
from programs.domain.vouchers import use_voucher
from programs.errors import (
    AlreadyUndone,
    HasMembership,
    IdempotencyConflict,
    NoMembership,
    OwnAccount,
    PaidEnough,
    PlanNotOffered,
)
from programs.models import MembershipPayment, MembershipPlan, PaidMembership, Voucher
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast
from tests.programs.shop import SYSTEM, at, balance, buy, key, make_member, make_program, make_tier
from tests.threads import at_once


def _agrees() -> None:
    report = reconcile()
    assert [str(one) for one in report.differences] == []


def _plan(**fields: Any) -> MembershipPlan:
    """€9.00 a month for the tier "Club", by invitation, twice the points; unless told otherwise."""
    program = make_program()
    make_tier(program, "Silver", 10_000)
    club = make_tier(program, "Club", 50_000, multiplier=200, by_invitation=True)
    return add_plan(PlanDetails(**{"name": "Club card", "tier": club, "price": 900, **fields}), by=SYSTEM)


def _begin(member: Member, plan: MembershipPlan, **fields: Any) -> MembershipPayment:
    return subscribe(member, plan, **{"by": SYSTEM, "key": key(), **fields})


def _tier(member: Member) -> str:
    account = account_of(member)
    return account.tier.name if account and account.tier else ""


def _until(member: Member) -> date | None:
    found = membership_of(member)
    return found.paid_until if found else None


def _told(member: Member) -> list[str]:
    rows = Activity.objects.filter(member=member, kind__startswith="membership.").order_by("pk")
    return [kind.removeprefix("membership.") for kind in rows.values_list("kind", flat=True)]


class TestDays:
    def test_a_month_from_the_31st_comes_back_to_it(self) -> None:
        begun = date(2026, 1, 31)
        assert [first_of(begun, "month", n) for n in range(4)] == [
            date(2026, 1, 31),
            date(2026, 2, 28),
            date(2026, 3, 31),
            date(2026, 4, 30),
        ]
        assert [last_of(begun, "month", n) for n in range(3)] == [
            date(2026, 2, 27),
            date(2026, 3, 30),
            date(2026, 4, 29),
        ]

    def test_a_year_from_29_february(self) -> None:
        begun = date(2024, 2, 29)
        assert [first_of(begun, "year", n) for n in (0, 1, 4)] == [
            date(2024, 2, 29),
            date(2025, 2, 28),
            date(2028, 2, 29),
        ]
        assert last_of(begun, "year", 0) == date(2025, 2, 27)

    def test_it_begins_on_the_day_there(self, cast: Cast) -> None:
        with tenant_context(cast.business) as business:
            business.time_zone = "Europe/Vienna"
            business.save(update_fields=["time_zone"])
        with tenant_context(cast.business), at("2026-01-30 23:30"):
            member = make_member()
            payment = _begin(member, _plan())
            assert (payment.first, payment.last) == (date(2026, 1, 31), date(2026, 2, 27))


class TestBeginning:
    def test_the_tier_of_the_plan_and_the_welcome_gift_come_with_the_first_payment(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            member = make_member()
            _begin(member, _plan(welcome_kind="amount_off", welcome_value=500))
            assert (_tier(member), Voucher.objects.get(account__member=member).name) == ("Club", "€5.00 off")
            buy(member, 1000)
            assert balance(member)[0] == 20
            assert _told(member) == ["begun"]
            _agrees()

    def test_a_wish_begins_when_it_is_paid_and_can_be_taken_back(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            plan, member = _plan(), make_member()
            by = Actor.member(member.pk)
            wish_for(member, plan, by=by)
            wish_for(member, plan, by=by)
            assert (_tier(member), PaidMembership.objects.count()) == ("", 1)
            assert withdraw_wish(member, by=by) is True
            assert membership_of(member) is None
            wish_for(member, plan, by=by)
            payment = _begin(member, plan, by=Actor.staff(cast.staff))
            assert (payment.actor_label, _tier(member)) == (cast.staff.name, "Club")
            with pytest.raises(HasMembership):
                wish_for(member, plan, by=by)

    def test_it_is_sold_once_for_a_key_and_to_nobody_twice(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            plan, member, name = _plan(), make_member(), key()
            first = _begin(member, plan, key=name)
            assert _begin(member, plan, key=name) == first
            with pytest.raises(HasMembership):
                _begin(member, plan)
            with pytest.raises(IdempotencyConflict):
                renew(member, by=SYSTEM, key=name)

    def test_two_tills_at_once_sell_it_once(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            plan, member = _plan(), make_member()

        def sell(name: str) -> str:
            with tenant_context(cast.business):
                return str(_begin(Member.objects.get(pk=member.pk), plan, key=name).number)

        outcomes = at_once(sell, [key(), key(), key()])
        assert sorted(str(getattr(one, "code", one)) for one in outcomes) == ["0", "has_membership", "has_membership"]
        with tenant_context(cast.business):
            assert MembershipPayment.objects.count() == 1
            _agrees()

    def test_who_may_sell(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            plan, member = _plan(), make_member()
            own = make_member(email=cast.staff.user.email)
            with pytest.raises(Forbidden):
                _begin(member, plan, by=Actor.member(member.pk))
            with pytest.raises(OwnAccount):
                _begin(own, plan, by=Actor.staff(cast.staff))
            offer_plan(plan, offered=False, by=SYSTEM)
            with pytest.raises(PlanNotOffered):
                _begin(member, plan)

    def test_a_new_price_is_for_those_who_come_later(self, cast: Cast) -> None:
        with tenant_context(cast.business), at("2026-03-10 10:00"):
            plan, early, late = _plan(), make_member(), make_member()
            _begin(early, plan)
            change_plan(plan, PlanDetails(name="Club card", tier=plan.tier, price=1200), by=SYSTEM)
            assert (renew(early, by=SYSTEM, key=key()).amount, _begin(late, plan).amount) == (900, 1200)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("price", 0), ("name", ""), ("grace_days", 61), ("welcome_kind", "donation"), ("period", "week")],
    )
    def test_a_plan_that_makes_no_sense_is_refused_at_its_field(self, cast: Cast, field: str, value: object) -> None:
        with tenant_context(cast.business):
            with pytest.raises(Invalid) as refused:
                _plan(**{field: value})
            assert refused.value.field == field


class TestRenewing:
    def test_the_next_period_begins_where_the_paid_one_ends(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-01-31 10:00"):
                plan, member = _plan(), make_member()
                _begin(member, plan)
            with at("2026-02-20 10:00"):
                assert renew(member, by=SYSTEM, key=key()).first == date(2026, 2, 28)
                assert _until(member) == date(2026, 3, 30)
                with pytest.raises(PaidEnough):
                    renew(member, by=SYSTEM, key=key())
            with at("2026-04-02 10:00") as now:
                settle_memberships(now.date())
                assert (_tier(member), _until(member)) == ("Club", date(2026, 3, 30))
                late = renew(member, by=SYSTEM, key=key())
                assert (late.first, late.last) == (date(2026, 3, 31), date(2026, 4, 29))
            _agrees()

    def test_two_tills_at_once_take_one_period(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            plan, member = _plan(), make_member()
            _begin(member, plan)

        def pay(name: str) -> str:
            with tenant_context(cast.business):
                return str(renew(Member.objects.get(pk=member.pk), by=SYSTEM, key=name).number)

        outcomes = at_once(pay, [key(), key()])
        assert sorted(str(getattr(one, "code", one)) for one in outcomes) == ["1", "paid_enough"]

    def test_members_are_reminded_once_for_each_end(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-03-10 10:00"):
                member = make_member()
                _begin(member, _plan(reminder_days=7))
            for day in ("2026-04-01", "2026-04-02", "2026-04-03"):
                with at(f"{day} 01:00") as now:
                    settle_memberships(now.date())
                    settle_memberships(now.date())
            assert _told(member) == ["begun", "due"]
            assert Activity.objects.get(kind=ActivityKind.MEMBERSHIP_DUE).payload["until"] == "2026-04-09"

    def test_after_the_days_of_grace_it_lapses_and_own_spending_decides(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-03-10 10:00"):
                plan = _plan(grace_days=3)
                member, spender = make_member(), make_member()
                _begin(member, plan)
                _begin(spender, plan)
                buy(spender, 12_000)
            with at("2026-04-12 10:00") as now:
                settle_memberships(now.date())
                evaluate_tiers(now.date())
                assert (_tier(member), _tier(spender)) == ("Club", "Club")
            with at("2026-04-13 10:00") as now:
                assert settle_memberships(now.date()) == 2
                assert settle_memberships(now.date()) == 0
                evaluate_tiers(now.date())
                assert (_tier(member), _tier(spender)) == ("", "Silver")
                assert (membership_of(member), _told(member)[-1]) == (None, "ended")
                with pytest.raises(NoMembership):
                    renew(member, by=SYSTEM, key=key())
                assert _begin(member, plan).first == date(2026, 4, 13)
            _agrees()

    @pytest.mark.parametrize("first", [settle_memberships, evaluate_tiers])
    def test_the_order_of_the_nightly_work_does_not_matter(self, cast: Cast, first: Any) -> None:
        with tenant_context(cast.business):
            with at("2026-03-10 10:00"):
                member = make_member()
                _begin(member, _plan(grace_days=0))
            with at("2026-04-10 01:00") as now:
                first(now.date())
                settle_memberships(now.date())
                evaluate_tiers(now.date())
                assert (_tier(member), membership_of(member)) == ("", None)
            _agrees()

    def test_a_tier_given_by_hand_stays_and_the_membership_comes_back_after_it(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-03-10 10:00"):
                plan, member = _plan(), make_member()
                gold = make_tier(plan.tier.program, "Gold", 90_000, by_invitation=True)
                _begin(member, plan)
                place_member(member, tier=gold, reason="Jubilee", until=date(2026, 3, 12), by=SYSTEM, key=key())
            with at("2026-03-11 10:00") as now:
                settle_memberships(now.date())
                assert _tier(member) == "Gold"
            with at("2026-03-13 10:00") as now:
                evaluate_tiers(now.date())
                settle_memberships(now.date())
                assert _tier(member) == "Club"
            _agrees()


class TestEnding:
    def test_cancelled_it_runs_to_its_last_day_and_not_longer(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-03-10 10:00"):
                plan, member = _plan(), make_member()
                _begin(member, plan)
                cancel(member, by=Actor.member(member.pk))
                cancel(member, by=Actor.member(member.pk))
            with at("2026-04-09 20:00") as now:
                settle_memberships(now.date())
                assert _tier(member) == "Club"
            with at("2026-04-10 01:00") as now:
                settle_memberships(now.date())
                assert (_tier(member), membership_of(member)) == ("", None)
            assert _told(member) == ["begun", "cancelled", "ended"]
            assert PaidMembership.objects.get().end == "cancelled"
            _agrees()

    def test_a_cancellation_can_be_taken_back(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-03-10 10:00"):
                plan, member = _plan(), make_member()
                _begin(member, plan)
                cancel(member, by=SYSTEM)
                take_cancellation_back(member, by=SYSTEM)
            with at("2026-04-12 10:00") as now:
                settle_memberships(now.date())
                assert _tier(member) == "Club"
            assert "due" in _told(member)

    def test_nobody_cancels_for_somebody_else(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            plan, member, other = _plan(), make_member(), make_member()
            _begin(member, plan)
            with pytest.raises(Forbidden):
                cancel(member, by=Actor.member(other.pk))
            with pytest.raises(NoMembership):
                cancel(other, by=Actor.member(other.pk))

    def test_paying_the_first_period_back_ends_it_at_once_with_its_gift(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            member = make_member()
            payment = _begin(member, _plan(welcome_kind="percent_off", welcome_value=10))
            with pytest.raises(Forbidden):
                refund(payment, by=Actor.staff(cast.staff), reason="Sorry", key=key())
            refund(payment, by=Actor.staff(cast.manager), reason="Changed their mind", key=key())
            assert (_tier(member), membership_of(member)) == ("", None)
            assert Voucher.objects.get(account__member=member).status == "voided"
            with pytest.raises(AlreadyUndone):
                refund(payment, by=SYSTEM, reason="Again", key=key())
            _agrees()

    def test_a_gift_that_was_used_stays_used(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            member = make_member()
            payment = _begin(member, _plan(welcome_kind="percent_off", welcome_value=10))
            use_voucher(Voucher.objects.get(account__member=member), by=SYSTEM)
            refund(payment, by=SYSTEM, reason="", key=key())
            assert Voucher.objects.get(account__member=member).status == "used"

    def test_paying_a_renewal_back_takes_its_days_and_a_part_takes_none(self, cast: Cast) -> None:
        with tenant_context(cast.business), at("2026-03-10 10:00"):
            plan, member = _plan(), make_member()
            _begin(member, plan)
            again = renew(member, by=SYSTEM, key=key())
            refund(again, by=SYSTEM, reason="Double", key=key())
            assert (_until(member), _tier(member)) == (date(2026, 4, 9), "Club")
            once_more = renew(member, by=SYSTEM, key=key())
            refund(once_more, by=SYSTEM, reason="Closed for a week", amount=200, key=key())
            assert _until(member) == date(2026, 5, 9)
            first = MembershipPayment.objects.get(number=0)
            with pytest.raises(NoMembership):
                refund(first, by=SYSTEM, reason="Too late", key=key())
            assert figures_of(date(2026, 3, 1)).income == 900 + 900 - 200
            _agrees()


def test_the_figures_say_who_runs_is_due_and_has_lapsed(cast: Cast) -> None:
    with tenant_context(cast.business):
        with at("2026-03-10 10:00"):
            plan = _plan()
            runs, due, lapsed = make_member(), make_member(), make_member()
            for member in (due, lapsed):
                _begin(member, plan)
        with at("2026-04-05 10:00"):
            _begin(runs, plan)
            found = figures_of(date(2026, 4, 5))
            assert (found.active, found.due, found.late, found.lapsed, found.income) == (3, 2, 0, 0, 900)
            renew(due, by=SYSTEM, key=key())
        with at("2026-04-18 10:00") as now:
            settle_memberships(now.date())
            found = figures_of(now.date())
            assert (found.active, found.due, found.late, found.lapsed, found.income) == (2, 0, 0, 1, 1800)
            assert [month.money for month in found.months[-2:]] == [1800, 1800]


def test_merging_keeps_the_membership_that_is_paid_longer_and_can_be_undone(cast: Cast) -> None:
    with tenant_context(cast.business):
        with at("2026-03-10 10:00"):
            plan, kept, absorbed, third = _plan(), make_member(), make_member(), make_member()
            _begin(kept, plan)
        with at("2026-03-20 10:00"):
            _begin(absorbed, plan)
            merge = merge_members(kept, absorbed, by=Actor.staff(cast.owner), source=Source.DASHBOARD)
            assert (_until(kept), _tier(kept)) == (date(2026, 4, 19), "Club")
            _agrees()
            undo_merge(merge, by=Actor.staff(cast.owner), source=Source.DASHBOARD)
            assert (_until(kept), _until(absorbed)) == (date(2026, 4, 9), date(2026, 4, 19))
            second = merge_members(third, absorbed, by=Actor.staff(cast.owner), source=Source.DASHBOARD)
            assert (_until(third), membership_of(absorbed)) == (date(2026, 4, 19), None)
            assert second.kept_id == third.pk
            _agrees()

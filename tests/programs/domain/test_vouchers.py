"""Vouchers with money on them, on purchases from a sum, several together, held for orders, handed on, and returned."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from customers.domain.purchases import ReturnDetails
from customers.enums import ActivityKind
from customers.models import Activity
from programs.domain.catalog import RewardDetails, choose_voucher_rule, create_reward
from programs.domain.gifts import find_gift, open_gift, unwrap_voucher, wrap_voucher
from programs.domain.holds import close_run_out, hold_voucher, redeem_hold, release_hold, state_of
from programs.domain.own_codes import add_codes
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, use_voucher, void_redemption
from programs.domain.reversals import preview_return
from programs.domain.voucher_returns import VoucherBack
from programs.domain.vouchers import Using
from programs.enums import HoldStatus, RedemptionStatus, RewardKind, VoucherRule
from programs.errors import VoucherExpired, VoucherUsed
from programs.models import Account, Gift, OwnCode, Redemption, Voucher, VoucherHold, VoucherUse
from programs.voucher_errors import (
    CannotGive,
    GiftForOthers,
    GiftGone,
    HoldOver,
    NotEnoughLeft,
    PurchaseTooSmall,
    VoucherHeld,
    VoucherPartlyUsed,
    VouchersTogether,
    VoucherWrapped,
)
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.shop import SYSTEM, at, balance, bring_back, buy, key, make_member, make_program
from tests.threads import at_once


def member_with(points=1000):
    member = make_member()
    buy(member, points * 100)
    return member


def offer(program, kind=RewardKind.AMOUNT_OFF, cost=10, **fields):
    worth = {"value": 2000} if kind == RewardKind.AMOUNT_OFF else {"value": 10} if kind == "percent_off" else {}
    return create_reward(
        program, RewardDetails(name=f"A {kind}", kind=kind, cost=cost, **{**worth, **fields}), by=SYSTEM
    )


def voucher_for(member, reward):
    return redeem_reward(member, reward=reward, by=SYSTEM, key=key()).vouchers.get()


def new_voucher(**fields):
    program = make_program()
    return voucher_for(member_with(), offer(program, **fields))


def use(voucher, **fields):
    return use_voucher(voucher, by=SYSTEM, using=Using(**fields))


@pytest.mark.usefixtures("inside")
class TestMoneyOnAVoucher:
    def test_it_is_used_in_parts_to_the_last_cent(self):
        voucher = new_voucher(is_partial=True)
        assert (voucher.left, use(voucher, amount=750).left) == (2000, 1250)
        assert use(voucher, basket=1000).left == 250
        with pytest.raises(NotEnoughLeft) as refusal:
            use(voucher, amount=251)
        assert "2.50" in str(refusal.value)
        with pytest.raises(VoucherPartlyUsed):
            void_redemption(voucher.redemption, by=SYSTEM, reason="No", key=key())
        done = use(voucher)
        assert (done.left, done.status, done.redemption.status) == (0, RedemptionStatus.USED, RedemptionStatus.USED)
        assert [one.amount for one in VoucherUse.objects.filter(voucher=voucher)] == [750, 1000, 250]
        with pytest.raises(VoucherUsed):
            use(voucher, amount=1)
        assert reconcile().differences == []

    def test_it_asks_for_its_smallest_purchase(self):
        voucher = new_voucher(minimum=3000)
        for basket in (None, 2999):
            with pytest.raises(PurchaseTooSmall):
                use(voucher, basket=basket)
        assert use(voucher, basket=3000).status == RedemptionStatus.USED


@pytest.mark.usefixtures("inside")
class TestSeveralTogether:
    @pytest.mark.parametrize(
        ("rule", "second", "refused"),
        [
            (VoucherRule.ALL, RewardKind.PERCENT_OFF, False),
            (VoucherRule.ONE_DISCOUNT, RewardKind.PERCENT_OFF, True),
            (VoucherRule.ONE_DISCOUNT, RewardKind.FREE_PRODUCT, False),
            (VoucherRule.ONE, RewardKind.FREE_PRODUCT, True),
        ],
    )
    def test_the_owners_rule_holds_for_a_purchase_and_for_an_order(self, rule, second, refused):
        program = make_program()
        choose_voucher_rule(program, rule, by=SYSTEM)
        member = member_with()
        rewards = [offer(program), offer(program, second)]
        purchase = buy(member, 5000)
        first, other = (voucher_for(member, reward) for reward in rewards)
        use_voucher(first, by=SYSTEM, purchase=purchase)
        hold_voucher(voucher_for(member, rewards[0]), using=Using(reference="W-1"), minutes=15, by=SYSTEM)
        if refused:
            with pytest.raises(VouchersTogether):
                use_voucher(other, by=SYSTEM, purchase=purchase)
            with pytest.raises(VouchersTogether):
                hold_voucher(other, using=Using(reference="W-1"), minutes=15, by=SYSTEM)
        else:
            hold_voucher(voucher_for(member, rewards[1]), using=Using(reference="W-1"), minutes=15, by=SYSTEM)
            use_voucher(other, by=SYSTEM, purchase=purchase)


@pytest.mark.usefixtures("inside")
class TestHolds:
    def test_what_is_reserved_is_nobody_elses_until_it_runs_out(self):
        with at("2026-03-01 10:00"):
            voucher = new_voucher()
            hold = hold_voucher(voucher, using=Using(basket=1500, reference="W-7"), minutes=15, by=SYSTEM)
            assert (hold.amount, hold.reference) == (1500, "W-7")
            for act in (
                lambda: use(voucher),
                lambda: hold_voucher(voucher, using=Using(), minutes=1, by=SYSTEM),
                lambda: void_redemption(voucher.redemption, by=SYSTEM, reason="No", key=key()),
                lambda: wrap_voucher(voucher, by=SYSTEM),
            ):
                with pytest.raises(VoucherHeld):
                    act()
        with at("2026-03-01 10:15"):
            assert state_of(VoucherHold.objects.get(pk=hold.pk)) == HoldStatus.EXPIRED
            with pytest.raises(HoldOver):
                redeem_hold(hold, by=SYSTEM)
            assert use(voucher).status == RedemptionStatus.USED
            assert (close_run_out(), close_run_out()) == (1, 0)

    def test_it_is_used_for_what_was_said_or_released(self):
        program, member = make_program(), member_with()
        voucher = voucher_for(member, offer(program, is_partial=True))
        first = hold_voucher(voucher, using=Using(amount=1200), minutes=15, by=SYSTEM)
        second = hold_voucher(voucher, using=Using(amount=800), minutes=15, by=SYSTEM)
        with pytest.raises(VoucherHeld):
            use(voucher, amount=1)
        assert redeem_hold(first, by=SYSTEM).left == 800
        release_hold(second)
        release_hold(second)
        with pytest.raises(HoldOver):
            redeem_hold(second, by=SYSTEM)
        with pytest.raises(HoldOver):
            release_hold(first)
        assert use(voucher, amount=800).status == RedemptionStatus.USED


@pytest.mark.usefixtures("inside")
class TestGifts:
    def test_whoever_opens_it_holds_it_and_that_is_on_the_record(self):
        program, giver, taker = make_program(), member_with(), make_member(given_name="Tom")
        voucher = voucher_for(giver, offer(program))
        gift = wrap_voucher(voucher, message="For your birthday", by=Actor.member(giver.pk))
        assert wrap_voucher(voucher, by=SYSTEM) == gift
        with pytest.raises(VoucherWrapped):
            use(voucher)
        with pytest.raises(GiftForOthers):
            open_gift(gift, member=giver, by=SYSTEM)
        typed = f"{gift.code[:4].lower()}-{gift.code[4:8]}-{gift.code[8:]}"
        held = open_gift(find_gift(typed), member=taker, by=Actor.member(taker.pk))
        assert held.account == Account.objects.get(member=taker)
        assert open_gift(gift, member=taker, by=SYSTEM) == held
        with pytest.raises(GiftGone):
            open_gift(gift, member=make_member(), by=SYSTEM)
        kinds = (ActivityKind.VOUCHER_HANDED_ON, ActivityKind.VOUCHER_RECEIVED)
        assert [Activity.objects.get(kind=kind).member for kind in kinds] == [giver, taker]
        assert reconcile().differences == []
        # Undone by the team, the points go back to whoever gave them.
        before = balance(giver)[0]
        void_redemption(voucher.redemption, by=SYSTEM, reason="Wrong", key=key())
        assert balance(giver)[0] == before + 10

    def test_it_can_be_taken_back_until_it_is_opened(self):
        program, giver = make_program(), member_with()
        voucher = voucher_for(giver, offer(program))
        gift = wrap_voucher(voucher, by=SYSTEM)
        unwrap_voucher(voucher, by=Actor.member(giver.pk))
        with pytest.raises(GiftGone):
            open_gift(gift, member=make_member(), by=SYSTEM)
        assert use(voucher).status == RedemptionStatus.USED

    def test_what_has_run_out_or_been_begun_is_not_given(self):
        program, giver = make_program(voucher_days=1), member_with()
        with at("2026-03-01 10:00"):
            parts = voucher_for(giver, offer(program, is_partial=True))
            use(parts, amount=1)
            with pytest.raises(VoucherPartlyUsed):
                wrap_voucher(parts, by=SYSTEM)
            early = offer(program, RewardKind.EARLY_ACCESS, public_at=datetime(2026, 4, 1, tzinfo=UTC))
            with pytest.raises(CannotGive):
                wrap_voucher(voucher_for(giver, early), by=SYSTEM)
            gift = wrap_voucher(voucher_for(giver, offer(program)), by=SYSTEM)
        with at("2026-03-05 10:00"), pytest.raises(VoucherExpired):
            open_gift(gift, member=make_member(), by=SYSTEM)


@pytest.mark.usefixtures("inside")
class TestReturns:
    def test_what_was_taken_off_comes_back_when_all_of_it_does(self):
        program, member = make_program(), member_with()
        money = voucher_for(member, offer(program, is_partial=True))
        cake = voucher_for(member, offer(program, RewardKind.FREE_PRODUCT))
        purchase = buy(member, 5000)
        use_voucher(money, by=SYSTEM, purchase=purchase, using=Using(amount=700))
        use_voucher(cake, by=SYSTEM, purchase=purchase)
        assert preview_return(purchase, ReturnDetails(amount=4000)).vouchers == []
        bring_back(purchase, 4000)
        money.refresh_from_db()
        assert money.left == 1300
        assert preview_return(purchase, ReturnDetails()).vouchers == [VoucherBack("A amount_off", 700)]
        bring_back(purchase)
        money.refresh_from_db()
        cake.refresh_from_db()
        assert (money.left, money.status, cake.status) == (2000, RedemptionStatus.OPEN, RedemptionStatus.USED)
        assert Activity.objects.filter(kind=ActivityKind.VOUCHER_RETURNED).count() == 1
        assert reconcile().differences == []

    def test_one_whose_days_are_over_gives_its_points_back_to_their_lots(self):
        with at("2026-03-01 10:00"):
            program, member = make_program(voucher_days=1, expiry_months=12), member_with()
            voucher = voucher_for(member, offer(program))
            purchase = buy(member, 5000)
            use_voucher(voucher, by=SYSTEM, purchase=purchase)
        with at("2026-03-10 10:00"):
            assert preview_return(purchase, ReturnDetails()).vouchers == [VoucherBack("A amount_off", 2000, 10)]
            bring_back(purchase)
            voucher.refresh_from_db()
            assert (voucher.status, balance(member)) == (RedemptionStatus.VOIDED, (1000, 0, 0))
            assert Redemption.objects.get(pk=voucher.redemption_id).status == RedemptionStatus.VOIDED
            assert reconcile().differences == []


class TestAtOnce:
    def test_two_tills_use_one_voucher_once(self, business):
        with tenant_context(business):
            voucher = new_voucher()

        def act(_till):
            with tenant_context(business):
                return use(Voucher.objects.get(pk=voucher.pk))

        assert Counter(type(one) for one in at_once(act, range(6))) == {Voucher: 1, VoucherUsed: 5}

    def test_parts_taken_at_once_never_take_more_than_there_is(self, business):
        with tenant_context(business):
            voucher = new_voucher(is_partial=True)

        def act(_till):
            with tenant_context(business):
                return use(Voucher.objects.get(pk=voucher.pk), amount=700)

        assert Counter(type(one) for one in at_once(act, range(6))) == {Voucher: 2, NotEnoughLeft: 4}
        with tenant_context(business):
            voucher.refresh_from_db()
            assert (voucher.left, reconcile().differences) == (600, [])

    def test_two_orders_hold_one_voucher_once(self, business):
        with tenant_context(business):
            voucher = new_voucher()

        def act(number):
            with tenant_context(business):
                return hold_voucher(voucher, using=Using(reference=f"W-{number}"), minutes=5, by=SYSTEM)

        assert Counter(type(one) for one in at_once(act, range(6))) == {VoucherHold: 1, VoucherHeld: 5}

    def test_an_order_has_as_many_vouchers_as_the_rule_lets_it(self, business):
        with tenant_context(business):
            program, member = make_program(), member_with()
            choose_voucher_rule(program, VoucherRule.ONE, by=SYSTEM)
            reward = offer(program)
            vouchers = [voucher_for(member, reward) for _number in range(5)]

        def act(voucher):
            with tenant_context(business):
                return hold_voucher(voucher, using=Using(reference="W-1"), minutes=5, by=SYSTEM)

        assert Counter(type(one) for one in at_once(act, vouchers)) == {VoucherHold: 1, VouchersTogether: 4}

    def test_the_last_codes_are_given_once_each(self, business):
        with tenant_context(business):
            reward = offer(make_program(), uses_own_codes=True)
            add_codes(reward, ["A1", "A2", "A3"], by=SYSTEM)
            people = [member_with() for _number in range(6)]

        def act(member):
            with tenant_context(business):
                return voucher_for(member, reward).own_code

        given = [one for one in at_once(act, people) if isinstance(one, str)]
        assert sorted(given) == ["A1", "A2", "A3"]
        with tenant_context(business):
            assert OwnCode.objects.filter(given_at__isnull=True).count() == 0
            assert reconcile().differences == []

    def test_a_present_is_opened_by_one(self, business):
        with tenant_context(business):
            gift = wrap_voucher(new_voucher(), by=SYSTEM)
            people = [member_with() for _number in range(6)]

        def act(member):
            with tenant_context(business):
                return open_gift(Gift.objects.select_related("voucher").get(pk=gift.pk), member=member, by=SYSTEM)

        assert Counter(type(one) for one in at_once(act, people)) == {Voucher: 1, GiftGone: 5}
        with tenant_context(business):
            assert reconcile().differences == []

"""What a gesture gives, what it counts as, and what it leaves on the record."""

from datetime import UTC, datetime

import pytest

from customers.enums import ActivityKind
from customers.models import Activity, Product
from loyalty_saas.lib.errors import Forbidden, Invalid
from programs.domain.expiry import expire_vouchers
from programs.domain.goodwill.making import GestureDetails
from programs.domain.goodwill.reasons import archive_reason
from programs.domain.goodwill.undoing import undo_gesture
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.vouchers import find_voucher, use_voucher
from programs.enums import Cause, EntryKind, GestureKind, ProgramStatus, RedemptionStatus
from programs.errors import (
    IdempotencyConflict,
    NotEnoughPoints,
    OwnAccount,
    ProgramNotLive,
    ReasonMissing,
    WithoutPrice,
)
from programs.models import Entry, Gesture, Lot, Qualification, Voucher
from programs.queries import account_of
from tenants.actors import Actor
from tests.programs.gestures import gift, give, goodwill_program, money_off, on_the_house, reason
from tests.programs.shop import SYSTEM, at, balance, bring_back, buy, key, make_member, make_program, make_reward

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def by(cast) -> Actor:
    return Actor.staff(cast.staff, cast.location.pk)


def test_points_come_with_the_reason_and_count_for_no_tier(cast, by):
    goodwill_program(expiry_months=6)
    member = make_member()
    with at("2026-03-10 10:00"):
        gesture = give(member, gift(30, note=" cold soup "), by=by)
    entry = Entry.objects.get(cause=Cause.GOODWILL)
    assert (entry.kind, entry.amount, entry.reason, entry.cause_id) == (EntryKind.ADJUST, 30, "Long wait", gesture.pk)
    assert gesture.entry == entry
    assert (gesture.cost, gesture.said, gesture.note, gesture.reason_said) == (
        300,
        "30 points",
        "cold soup",
        "Long wait",
    )
    assert (gesture.staff, gesture.location, gesture.approved_by) == (cast.staff, cast.location, None)
    assert Lot.objects.get().expires_at == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert account_of(member).lifetime == 0
    assert not Qualification.objects.exists()
    told = Activity.objects.get(kind=ActivityKind.GOODWILL_GIVEN)
    assert (told.payload["points"], told.payload["reason"], told.payload["cost"]) == (30, "Long wait", 300)
    assert reconcile().differences == []


def test_points_repay_first_what_is_owed(by):
    program = goodwill_program()
    member, coffee = make_member(), make_reward(program, 20)
    purchase = buy(member, 2_000)
    redeem_reward(member, reward=coffee, by=SYSTEM, key=key())
    bring_back(purchase)
    assert balance(member) == (0, 0, 20)
    give(member, gift(30), by=by)
    assert balance(member) == (10, 0, 0)
    assert reconcile().differences == []


def test_a_point_counts_as_the_reward_that_gives_most_for_it_rounded_up(by):
    program = make_program(gesture_limit=None, gesture_staff_budget=None, gesture_location_budget=None)
    member = make_member()
    assert give(member, gift(3), by=by).cost == 300  # nothing has a worth: what a member spends to earn them
    make_reward(program, 30, kind="amount_off", value=100)
    make_reward(program, 100, kind="amount_off", value=1000, is_active=False)
    assert give(member, gift(1), by=by).cost == 4
    assert give(member, gift(30), by=by).cost == 100


def test_money_off_is_a_voucher_with_a_last_day(by):
    goodwill_program(gesture_days=14)
    member = make_member()
    with at("2026-03-10 23:30"):  # the 11th in Vienna
        gesture = give(member, money_off(450), by=by)
        voucher = find_voucher(gesture.vouchers.get().code)
        assert (voucher.name, voucher.kind, voucher.value) == ("€4.50 off", "amount_off", 450)
        assert voucher.valid_until == datetime(2026, 3, 25, 23, tzinfo=UTC)
        use_voucher(voucher, by=by)
    assert Voucher.objects.get().status == RedemptionStatus.USED
    assert not Entry.objects.exists()
    assert (gesture.cost, gesture.entry) == (450, None)
    assert reconcile().differences == []


def test_a_voucher_nobody_uses_runs_out(by):
    goodwill_program(gesture_days=1)
    with at("2026-03-10 10:00"):
        give(make_member(), on_the_house(), by=by)
    with at("2026-03-12 10:00") as now:
        assert expire_vouchers(now) == 1
    assert Voucher.objects.get().status == RedemptionStatus.EXPIRED
    assert Activity.objects.filter(kind=ActivityKind.VOUCHER_EXPIRED).count() == 1
    assert reconcile().differences == []


def test_what_is_handed_over_at_once_is_used(by):
    goodwill_program()
    gesture = give(make_member(), on_the_house(at_once=True), by=by)
    voucher = gesture.vouchers.get()
    assert (voucher.status, voucher.name, voucher.used_by_id) == (RedemptionStatus.USED, "Carrot cake", by.id)
    assert (gesture.cost, gesture.handed_over) == (420, True)


def test_the_same_key_gives_the_first_gesture_again(by):
    goodwill_program()
    member, again = make_member(), key()
    first = give(member, gift(10), by=by, key=again)
    assert give(member, gift(10), by=by, key=again) == first
    assert (Gesture.objects.count(), balance(member)) == (1, (10, 0, 0))
    for other in (gift(11), gift(10, reason=reason("Quality")), money_off(10)):
        with pytest.raises(IdempotencyConflict):
            give(member, other, by=by, key=again)
    with pytest.raises(IdempotencyConflict):
        give(make_member(), gift(10), by=by, key=again)
    assert Gesture.objects.count() == 1


@pytest.mark.parametrize(
    ("details", "error", "field"),
    [
        ({"kind": GestureKind.POINTS, "points": 0}, Invalid, "points"),
        ({"kind": GestureKind.POINTS, "points": 10**7}, Invalid, "points"),
        ({"kind": GestureKind.AMOUNT_OFF}, Invalid, "amount"),
        ({"kind": GestureKind.FREE_PRODUCT}, Invalid, "product"),
    ],
)
def test_what_is_missing_is_said_at_its_field(by, details, error, field):
    goodwill_program()
    with pytest.raises(error) as refusal:
        give(make_member(), GestureDetails(reason=reason(), **details), by=by)
    assert refusal.value.field == field


def test_there_is_always_a_reason_in_use(by):
    goodwill_program()
    member, gone = make_member(), reason("Thank you")
    with pytest.raises(ReasonMissing):
        give(member, gift(reason=None), by=by)
    archive_reason(gone, by=SYSTEM)
    with pytest.raises(ReasonMissing):
        give(member, gift(reason=gone), by=by)


def test_a_product_without_a_price_is_refused(by):
    goodwill_program()
    with pytest.raises(WithoutPrice):
        give(make_member(), on_the_house(Product.objects.create(name="Something")), by=by)


def test_only_people_of_the_team_and_not_analysts_make_gestures(cast):
    goodwill_program()
    member = make_member()
    for actor in (SYSTEM, Actor.member(member.pk), Actor.staff(cast.analyst)):
        with pytest.raises(Forbidden):
            give(member, gift(), by=actor)
    assert not Gesture.objects.exists()


def test_nobody_at_work_gives_to_their_own_card(cast, by):
    goodwill_program()
    with pytest.raises(OwnAccount):
        give(make_member(email=cast.staff.user.email), gift(), by=by)


def test_a_paused_program_gives_nothing(by):
    goodwill_program(status=ProgramStatus.PAUSED)
    with pytest.raises(ProgramNotLive):
        give(make_member(), gift(), by=by)


def test_not_enough_is_said_when_points_were_spent_before_it_is_undone(by):
    program = goodwill_program()
    member = make_member()
    gesture = give(member, gift(30), by=by)
    redeem_reward(member, reward=make_reward(program, 20), by=SYSTEM, key=key())
    with pytest.raises(NotEnoughPoints):
        undo_gesture(gesture, by=by, key=key())

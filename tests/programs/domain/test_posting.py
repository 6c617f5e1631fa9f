import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.domain.adjustments import adjust_points
from programs.domain.awards import award_opening, award_purchase
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.errors import IdempotencyConflict, NotEnoughPoints
from programs.models import Entry, Lot
from programs.queries import account_of, rewards_for, standing_of
from tests.programs.shop import SYSTEM, balance, buy, earn, key, make_member, make_program, make_reward

pytestmark = pytest.mark.usefixtures("inside")


def test_a_purchase_gives_whole_points_and_carries_the_rest():
    make_program()
    member = make_member()
    first = earn(member, 1240)
    assert (first.amount, first.snapshot["carry_after"]) == (12, "2/5")
    second = earn(member, 360)
    assert (second.amount, second.snapshot["carry_before"], second.snapshot["carry_after"]) == (4, "2/5", "0")
    assert balance(member) == (16, 0, 0)


def test_the_same_purchase_is_awarded_once():
    make_program()
    member = make_member()
    purchase = buy(member, 1240, effects=False)
    first = award_purchase(purchase, by=SYSTEM)
    again = award_purchase(purchase, by=SYSTEM)
    assert first.pk == again.pk
    assert balance(member) == (12, 0, 0)


def test_the_same_key_for_other_parameters_is_refused_and_writes_nothing():
    make_program()
    member, other = make_member(), make_member()
    one = key()
    entry = award_opening(member, points=5, by=SYSTEM, key=one)
    assert award_opening(member, points=5, by=SYSTEM, key=one).pk == entry.pk
    with pytest.raises(IdempotencyConflict):
        award_opening(member, points=6, by=SYSTEM, key=one)
    with pytest.raises(IdempotencyConflict):
        award_opening(other, points=5, by=SYSTEM, key=one)
    with pytest.raises(IdempotencyConflict):
        adjust_points(member, points=5, reason="Sorry", by=SYSTEM, key=one)
    assert Entry.objects.count() == 1
    assert Lot.objects.count() == 1
    assert balance(member) == (5, 0, 0)


def test_a_reward_is_paid_from_the_oldest_points_and_undone_to_the_same():
    program = make_program()
    member = make_member()
    earn(member, 700)
    earn(member, 700)
    reward = make_reward(program, cost=10)
    redemption = redeem_reward(member, reward=reward, by=SYSTEM, key=key())
    assert [lot.remaining for lot in Lot.objects.order_by("id")] == [0, 4]
    assert balance(member) == (4, 0, 0)
    void_redemption(redemption, by=SYSTEM, reason="Wrong one", key=key())
    assert [lot.remaining for lot in Lot.objects.order_by("id")] == [7, 7]
    assert balance(member) == (14, 0, 0)


def test_more_than_there_is_cannot_be_spent():
    program = make_program()
    member = make_member()
    earn(member, 700)
    with pytest.raises(NotEnoughPoints) as refusal:
        redeem_reward(member, reward=make_reward(program, cost=10), by=SYSTEM, key=key())
    assert refusal.value.missing == 3
    assert str(refusal.value) == "3 points are missing."


def test_a_retry_of_a_redemption_gives_the_first_one_though_nothing_is_left():
    program = make_program()
    member = make_member()
    earn(member, 1000)
    reward, one = make_reward(program, cost=10), key()
    first = redeem_reward(member, reward=reward, by=SYSTEM, key=one)
    assert redeem_reward(member, reward=reward, by=SYSTEM, key=one).pk == first.pk
    with pytest.raises(IdempotencyConflict):
        redeem_reward(member, reward=make_reward(program, cost=1), by=SYSTEM, key=one)


def test_the_queries_of_an_award_and_of_a_redemption_are_few():
    program = make_program()
    member = make_member()
    earn(member, 5000)
    purchase = buy(member, 1240, effects=False)
    with CaptureQueriesContext(
        connection,
    ) as award:
        award_purchase(purchase, by=SYSTEM)
    reward, account = make_reward(program, cost=10), account_of(member)
    with CaptureQueriesContext(connection) as redemption:
        redeem_reward(account, reward=reward, by=SYSTEM, key=key())
    # One of a redemption asks whether the person is in a network, before anything is locked.
    assert (_statements(award), _statements(redemption)) == (4, 9)


def test_a_standing_says_what_is_there_and_what_is_missing():
    program = make_program()
    member = make_member()
    earn(member, 1240)
    make_reward(program, cost=10)
    make_reward(program, cost=20)
    standing = standing_of(account_of(member))
    assert (standing.balance, standing.pending, standing.owed, standing.to_next_point) == (12, 0, 0, 60)
    offers = rewards_for(account_of(member))
    assert [(offer.available, offer.missing, offer.reason) for offer in offers] == [
        (True, 0, ""),
        (False, 8, "8 points are missing."),
    ]


def _statements(captured: CaptureQueriesContext) -> int:
    # A statement is prepared once for a connection, whichever test comes first.
    around = ("SAVEPOINT", "RELEASE", "PREPARE")
    return sum(not query["sql"].startswith(around) for query in captured.captured_queries)

"""Points that one member gives to another: their days, the owner's rules, returns, undoing, two at once."""

import pytest
from django.utils import timezone

from customers.domain.members import pause_member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Forbidden
from programs.books.rollforward import books_of
from programs.domain.adjustments import adjust_points
from programs.domain.expiry import expire_due
from programs.domain.goodwill.approvals import Approval
from programs.domain.reconcile import reconcile
from programs.domain.reviews.deciding import release_review, reverse_review
from programs.domain.sharing.transfers import transfer_points, undo_transfer
from programs.enums import Cause, EntryKind, ReviewState, Suspicion
from programs.errors import (
    GiveToOneself,
    IdempotencyConflict,
    MemberNotActive,
    NotEnoughPoints,
    NotInFamily,
    OwnAccount,
    SharingOff,
    TooNewToGive,
    TransferMonthFull,
    TransferNeedsManager,
    TransferSpent,
    TransferTooSmall,
)
from programs.models import Entry, Lot, PointTransfer, Review
from programs.queries import account_of
from tenants.actors import Actor
from tenants.domain.pins import set_pin
from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import make_business, make_membership
from tests.programs.sharing import allow, give_points, make_family
from tests.programs.shop import (
    SYSTEM,
    at,
    balance,
    bring_back,
    buy,
    earn,
    key,
    make_member,
    make_program,
    make_reward,
)
from tests.threads import at_once


@pytest.fixture
def shop():
    business = make_business()
    with tenant_context(business):
        yield business


def _pair(**program):
    make_program(**program)
    allow()
    return make_member(given_name="Ana"), make_member(given_name="Ben")


def test_points_move_with_the_days_they_have(shop):
    with at("2026-03-01 10:00"):
        ana, ben = _pair(expiry_months=2, expires_at_month_end=False)
        earn(ana, 5_000)
    with at("2026-04-10 10:00"):
        give_points(ana, ben, 30)
        assert (balance(ana), balance(ben)) == ((20, 0, 0), (30, 0, 0))
        lots = Lot.objects.filter(remaining__gt=0).values_list("expires_at", "available_from")
        assert len(set(lots)) == 1
        assert reconcile().differences == []
    with at("2026-05-02 10:00") as moment:
        expire_due(moment)
        assert (balance(ana), balance(ben)) == ((0, 0, 0), (0, 0, 0))
        assert reconcile().differences == []


def test_what_was_ever_earned_stays_with_the_one_who_earned_it(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    give_points(ana, ben, 30)
    assert (account_of(ana).lifetime, account_of(ben).lifetime) == (50, 0)


def test_transfers_are_nothing_in_sum_in_the_books(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    give_points(ana, ben, 30)
    today = local_day(timezone.now(), shop.zone)
    whole = books_of(today, today).sum
    assert (whole.moved["issued"], whole.moved["transferred"], whole.closing) == (50, 0, 50)
    out, come = Entry.objects.filter(cause=Cause.TRANSFER).order_by("amount")
    assert (out.kind, out.amount, come.kind, come.amount) == (EntryKind.TRANSFER, -30, EntryKind.TRANSFER, 30)


def test_the_same_key_gives_once_and_nothing_else(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    first = give_points(ana, ben, 30, key="same")
    assert give_points(ana, ben, 30, key="same").pk == first.pk
    assert balance(ben) == (30, 0, 0)
    with pytest.raises(IdempotencyConflict):
        give_points(ana, ben, 31, key="same")


def test_two_at_once_never_overspend():
    business = make_business()
    with tenant_context(business):
        ana, ben = _pair()
        cleo = make_member(given_name="Cleo")
        earn(ana, 1_000)

    def give(to):
        with tenant_context(business):
            return give_points(ana, to, 10)

    outcomes = at_once(give, [ben, cleo, ben, cleo])
    assert sorted(type(one).__name__ for one in outcomes) == ["NotEnoughPoints"] * 3 + ["PointTransfer"]
    with tenant_context(business):
        assert balance(ana) == (0, 0, 0)
        assert reconcile().differences == []


def test_giving_to_and_fro_at_once_blocks_nobody():
    business = make_business()
    with tenant_context(business):
        ana, ben = _pair()
        earn(ana, 5_000)
        earn(ben, 5_000)

    def give(pair):
        with tenant_context(business):
            return give_points(*pair, 5)

    outcomes = at_once(give, [(ana, ben), (ben, ana)] * 4)
    assert {type(one) for one in outcomes} == {PointTransfer}
    with tenant_context(business):
        assert (balance(ana), balance(ben)) == ((50, 0, 0), (50, 0, 0))
        assert reconcile().differences == []


def test_a_return_after_the_points_have_moved_is_owed_by_the_one_who_earned(shop):
    ana, ben = _pair()
    purchase = buy(ana, 5_000)
    give_points(ana, ben, 50)
    bring_back(purchase)
    assert (balance(ana), balance(ben)) == ((0, 0, 50), (50, 0, 0))
    assert reconcile().differences == []


def test_what_is_given_to_somebody_who_owes_repays_it_first(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    purchase = buy(ben, 2_000)
    give_points(ben, ana, 20)
    bring_back(purchase)
    give_points(ana, ben, 30)
    assert (balance(ana), balance(ben)) == ((40, 0, 0), (10, 0, 0))
    assert reconcile().differences == []


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"may_give": False}, SharingOff),
        ({"minimum": 31}, TransferTooSmall),
        ({"month_most": 29}, TransferMonthFull),
        ({"wait_days": 5}, TooNewToGive),
        ({"only_family": True}, NotInFamily),
    ],
)
def test_the_owners_rules_are_kept(shop, terms, refusal):
    ana, ben = _pair()
    allow(**terms)
    earn(ana, 5_000)
    with pytest.raises(refusal):
        give_points(ana, ben, 30)
    assert balance(ana) == (50, 0, 0)


def test_a_month_ends_in_the_business_s_own_time(shop):
    """Vienna: the first of February begins at 23:00 UTC of 31 January."""
    with at("2026-01-31 22:30"):
        ana, ben = _pair()
        allow(month_most=30)
        earn(ana, 9_000)
        give_points(ana, ben, 30)
        with pytest.raises(TransferMonthFull):
            give_points(ana, ben, 1)
    with at("2026-01-31 23:30"):
        give_points(ana, ben, 30)
    assert balance(ben) == (60, 0, 0)


def test_only_within_the_family(shop):
    ana, ben = _pair()
    allow(only_family=True)
    cleo = make_member(given_name="Cleo")
    make_family(ana, ben)
    earn(ana, 5_000)
    give_points(ana, ben, 10)
    with pytest.raises(NotInFamily):
        give_points(ana, cleo, 10)


def test_nobody_gives_to_themselves_nor_more_than_there_is_nor_while_resting(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    with pytest.raises(GiveToOneself):
        give_points(ana, ana, 10)
    with pytest.raises(NotEnoughPoints):
        give_points(ana, ben, 51)
    ben = pause_member(ben, by=SYSTEM, source="dashboard")
    with pytest.raises(MemberNotActive):
        give_points(ana, ben, 10)


def test_a_member_gives_only_what_is_theirs(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    with pytest.raises(Forbidden):
        give_points(ana, ben, 10, by=Actor.member(ben.pk))
    give_points(ana, ben, 10, by=Actor.member(ana.pk))
    assert balance(ben) == (10, 0, 0)


# --- the team --------------------------------------------------------------------------------------


def test_staff_give_up_to_their_limit_and_more_with_a_managers_pin(shop):
    ana, ben = _pair(adjustment_limit=20)
    earn(ana, 5_000)
    staff, manager = make_membership(shop, Role.STAFF), make_membership(shop, Role.MANAGER)
    set_pin(manager, pin="1357", by=Actor.staff(manager))
    by = Actor.staff(staff)
    give_points(ana, ben, 20, by=by)
    with pytest.raises(TransferNeedsManager):
        give_points(ana, ben, 21, by=by)
    give_points(ana, ben, 21, by=by, approval=Approval(manager.pk, "1357"))
    assert balance(ben) == (41, 0, 0)


def test_staff_who_give_to_their_own_card_are_refused_and_looked_at(shop):
    ana, _ben = _pair()
    earn(ana, 5_000)
    staff = make_membership(shop, Role.STAFF)
    own = make_member(given_name="Tom", email=staff.user.email)
    with pytest.raises(OwnAccount):
        give_points(ana, own, 5, by=Actor.staff(staff))
    # What was refused is noted when the transaction has ended.
    assert balance(ana) == (50, 0, 0)


def test_the_refusal_is_among_what_is_to_be_looked_at():
    business = make_business()
    with tenant_context(business):
        ana, _ben = _pair()
        earn(ana, 5_000)
        staff = make_membership(business, Role.STAFF)
        own = make_member(given_name="Tom", email=staff.user.email)
    with pytest.raises(OwnAccount), tenant_context(business):
        give_points(ana, own, 5, by=Actor.staff(staff))
    with tenant_context(business):
        review = Review.objects.get()
        assert (review.reasons, review.staff_id) == ([Suspicion.OWN_CARD], staff.pk)


def _fed(shop, feeders=4):
    _pair()
    allow(watch_feeders=3)
    boss = make_membership(shop, Role.MANAGER)
    target = make_member(given_name="Target")
    givers = [make_member(given_name=f"G{number}") for number in range(feeders)]
    for giver in givers:
        adjust_points(giver, points=10, reason="x", by=SYSTEM, key=key())
        give_points(giver, target, 10)
    return givers, target, Actor.staff(boss)


def test_many_small_cards_that_feed_one_are_held_for_a_look(shop):
    givers, target, boss = _fed(shop)
    assert balance(target) == (30, 10, 0)
    review = Review.objects.get()
    assert (review.reasons, review.is_held, review.points) == ([Suspicion.FEEDING], True, 10)
    assert reconcile().differences == []
    release_review(review, by=boss)
    assert balance(target) == (40, 0, 0)
    assert reconcile().differences == []
    assert balance(givers[3]) == (0, 0, 0)


def test_what_is_found_wrong_goes_back_to_the_giver(shop):
    givers, target, boss = _fed(shop)
    review = reverse_review(Review.objects.get(), by=boss, note="One person with five cards")
    assert (balance(target), balance(givers[3])) == ((30, 0, 0), (10, 0, 0))
    assert review.state == ReviewState.REVERSED
    assert reconcile().differences == []


def test_three_who_give_are_nothing_to_look_at(shop):
    _givers, target, _boss = _fed(shop, feeders=3)
    assert (balance(target), Review.objects.count()) == ((30, 0, 0), 0)


# --- undone ----------------------------------------------------------------------------------------


def test_undone_what_is_left_goes_back_to_its_lots(shop):
    with at("2026-03-01 10:00"):
        ana, ben = _pair(expiry_months=2, expires_at_month_end=False)
        earn(ana, 5_000)
        transfer = give_points(ana, ben, 30)
        adjust_points(ben, points=-10, reason="x", by=SYSTEM, key=key())
        done = undo_transfer(transfer, by=SYSTEM, reason="A mistake", key=key())
        assert (done.back_points, balance(ana), balance(ben)) == (20, (40, 0, 0), (0, 0, 0))
        assert Lot.objects.filter(account=account_of(ana)).count() == 1
        assert undo_transfer(transfer, by=SYSTEM, reason="A mistake", key=key()).back_points == 20
        assert reconcile().differences == []


def test_what_is_spent_cannot_be_undone(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    transfer = give_points(ana, ben, 30)
    adjust_points(ben, points=-30, reason="x", by=SYSTEM, key=key())
    with pytest.raises(TransferSpent):
        undo_transfer(transfer, by=SYSTEM, reason="A mistake", key=key())


def test_staff_and_members_undo_nothing(shop):
    ana, ben = _pair()
    earn(ana, 5_000)
    transfer = give_points(ana, ben, 30)
    for by in (Actor.member(ana.pk), Actor.staff(make_membership(shop, Role.STAFF))):
        with pytest.raises(Forbidden):
            undo_transfer(transfer, by=by, reason="A mistake", key=key())


def test_an_undone_transfer_leaves_room_in_the_month(shop):
    ana, ben = _pair()
    allow(month_most=30)
    earn(ana, 5_000)
    undo_transfer(give_points(ana, ben, 30), by=SYSTEM, reason="A mistake", key=key())
    give_points(ana, ben, 30)
    assert balance(ben) == (30, 0, 0)


def test_a_reward_bought_with_received_points_and_undone_gives_them_back_to_the_receiver(shop):
    from programs.domain.redemptions import redeem_reward, void_redemption

    ana, ben = _pair()
    earn(ana, 5_000)
    give_points(ana, ben, 30)
    done = redeem_reward(ben, reward=make_reward(account_of(ben).program, 25), by=SYSTEM, key=key())
    void_redemption(done, by=SYSTEM, reason="Oops", key=key())
    assert (balance(ana), balance(ben)) == ((20, 0, 0), (30, 0, 0))
    assert reconcile().differences == []


def test_transfer_needs_a_key(shop):
    ana, ben = _pair()
    with pytest.raises(Exception, match="100"):
        transfer_points(ana, to=ben, points=5, by=SYSTEM, key="")

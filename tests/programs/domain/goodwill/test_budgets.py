"""How much staff may give by themselves, and what a manager's PIN adds to it."""

import pytest
from django.utils import timezone

from programs.domain.goodwill.approvals import Approval, approvers
from programs.domain.goodwill.budgets import budget_today
from programs.domain.goodwill.making import make_right
from programs.domain.goodwill.undoing import undo_gesture
from programs.domain.reconcile import reconcile
from programs.errors import (
    BudgetSpent,
    GestureTooLarge,
    LocationBudgetSpent,
    NotAnApprover,
    OneTimePin,
    OwnAccount,
    StaffBudgetSpent,
)
from programs.models import Gesture
from programs.queries import points_program
from tenants.actors import Actor
from tenants.domain.pins import NoPin, PinBlocked, WrongPin, reset_pin
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.models import Location, Membership
from tests.cast import make_membership
from tests.programs.gestures import PIN, gift, give, goodwill_program, money_off, with_pin
from tests.programs.shop import at, balance, key, make_member, make_program
from tests.threads import at_once


@pytest.fixture
def by(cast) -> Actor:
    return Actor.staff(cast.staff, cast.location.pk)


def left(membership: Membership, location: Location) -> int | None:
    return budget_today(points_program(), membership=membership, location_id=location.pk).left


@pytest.mark.usefixtures("inside")
def test_one_gesture_counts_as_much_as_the_limit_and_a_cent_more_is_refused(by):
    goodwill_program()
    member = make_member()
    give(member, money_off(500), by=by)
    with pytest.raises(GestureTooLarge) as refusal:
        give(member, money_off(501), by=by)
    assert str(refusal.value) == (
        "This counts as €5.01; by yourself you may give up to €5.00 at a time. A manager can approve it with their PIN."
    )
    assert (refusal.value.field, refusal.value.status) == ("pin", 403)


@pytest.mark.usefixtures("inside")
def test_a_day_of_one_person_is_spent_and_a_colleague_goes_on(cast, by):
    goodwill_program()
    give(make_member(), money_off(500), by=by)
    give(make_member(), gift(40), by=by)
    with pytest.raises(StaffBudgetSpent) as refusal:
        give(make_member(), money_off(101), by=by)
    assert "you have €1.00 left to give today" in str(refusal.value)
    give(make_member(), money_off(100), by=by)
    give(make_member(), money_off(500), by=Actor.staff(make_membership(cast.business, Role.STAFF), cast.location.pk))


@pytest.mark.usefixtures("inside")
def test_a_day_at_one_location_is_spent_by_all_and_another_goes_on(cast, by):
    goodwill_program(gesture_limit=None, gesture_staff_budget=None)
    give(make_member(), money_off(1500), by=Actor.staff(cast.manager, cast.location.pk))
    with pytest.raises(LocationBudgetSpent) as refusal:
        give(make_member(), money_off(501), by=by)
    assert "€5.00 is left to be given here today" in str(refusal.value)
    harbour = Location.objects.create(name="Harbour")
    give(make_member(), money_off(501), by=Actor.staff(cast.staff, harbour.pk))
    give(make_member(), money_off(2000), by=Actor.staff(cast.staff))  # nowhere is a place of its own
    with pytest.raises(LocationBudgetSpent):
        give(make_member(), money_off(1), by=Actor.staff(cast.staff))


@pytest.mark.usefixtures("inside")
def test_managers_and_owners_give_without_limit(cast):
    goodwill_program(gesture_limit=0, gesture_staff_budget=0, gesture_location_budget=0)
    for person in (cast.manager, cast.owner):
        gesture = give(make_member(), money_off(50_000), by=Actor.staff(person, cast.location.pk))
        assert gesture.approved_by is None


@pytest.mark.usefixtures("inside")
def test_a_program_from_before_asks_for_a_manager_every_time(by):
    make_program()
    with pytest.raises(BudgetSpent):
        give(make_member(), money_off(1), by=by)


@pytest.mark.usefixtures("inside")
def test_the_day_is_the_shops_own(by):
    goodwill_program()  # in Vienna, an hour before UTC in winter
    with at("2026-03-10 22:55"):
        for _number in range(2):
            give(make_member(), money_off(500), by=by)
        with pytest.raises(StaffBudgetSpent):
            give(make_member(), money_off(1), by=by)
    with at("2026-03-10 23:05"):
        give(make_member(), money_off(500), by=by)


@pytest.mark.usefixtures("inside")
def test_a_manager_approves_with_their_pin_and_it_uses_up_nothing_of_the_persons_day(cast, by):
    goodwill_program()
    manager, member = with_pin(cast.manager), make_member()
    give(make_member(), money_off(500), by=by)
    gesture = give(member, gift(80), by=by, approval=Approval(manager.pk, PIN))
    assert (gesture.approved_by, gesture.staff, gesture.cost) == (manager, cast.staff, 800)
    assert balance(member) == (80, 0, 0)
    assert left(cast.staff, cast.location) == 500
    assert give(member, gift(1), by=by, approval=Approval(manager.pk, PIN)).approved_by is None  # not needed


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("who", ["staff", "themselves", "analyst", "removed", "stranger"])
def test_nobody_else_can_approve(cast, by, who):
    goodwill_program()
    colleague = with_pin(make_membership(cast.business, Role.STAFF))
    gone = with_pin(make_membership(cast.business, Role.MANAGER))
    Membership.objects.filter(pk=gone.pk).update(removed_at=timezone.now())
    people = {
        "staff": colleague.pk,
        "themselves": with_pin(cast.staff).pk,
        "analyst": with_pin(cast.analyst).pk,
        "removed": gone.pk,
        "stranger": cast.stranger.pk,
    }
    with pytest.raises(NotAnApprover):
        give(make_member(), money_off(600), by=by, approval=Approval(people[who], PIN))
    assert not Gesture.objects.exists()


@pytest.mark.usefixtures("inside")
def test_the_owner_of_another_business_approves_nothing_here(cast, by):
    """Also when they have a PIN there."""
    goodwill_program()
    with pytest.raises(NotAnApprover):
        give(make_member(), money_off(600), by=by, approval=Approval(cast.stranger.pk, PIN))


def test_wrong_pins_are_counted_and_block(cast, by):
    with tenant_context(cast.business):
        goodwill_program()
        member, manager = make_member(), with_pin(cast.manager)
    approval = Approval(manager.pk, "9999")
    for number in range(5):
        with tenant_context(cast.business), pytest.raises(WrongPin if number < 4 else PinBlocked) as refusal:
            give(member, money_off(600), by=by, approval=approval)
        assert refusal.value.field == "pin"
    with tenant_context(cast.business):
        with pytest.raises(PinBlocked):
            give(member, money_off(600), by=by, approval=Approval(manager.pk, PIN))
        assert not Gesture.objects.exists()


@pytest.mark.usefixtures("inside")
def test_a_pin_of_ones_own_is_needed_to_approve(cast, by):
    goodwill_program()
    with pytest.raises(NoPin):
        give(make_member(), money_off(600), by=by, approval=Approval(cast.manager.pk, PIN))
    once = reset_pin(cast.manager, by=cast.owner)
    with pytest.raises(OneTimePin):
        give(make_member(), money_off(600), by=by, approval=Approval(cast.manager.pk, once))
    assert approvers(besides=cast.staff) == []
    with_pin(cast.owner)
    assert approvers(besides=cast.staff) == [cast.owner]
    assert approvers(besides=cast.owner) == []


@pytest.mark.usefixtures("inside")
def test_a_manager_does_not_approve_for_their_own_card(cast, by):
    goodwill_program()
    manager = with_pin(cast.manager)
    with pytest.raises(OwnAccount):
        give(make_member(email=manager.user.email), money_off(600), by=by, approval=Approval(manager.pk, PIN))


@pytest.mark.usefixtures("inside")
def test_what_was_undone_may_be_given_again(by):
    goodwill_program()
    wrong = give(make_member(), money_off(500), by=by)
    give(make_member(), gift(50), by=by)
    with pytest.raises(StaffBudgetSpent):
        give(make_member(), money_off(500), by=by)
    undo_gesture(wrong, by=by, key=key())
    give(make_member(), money_off(500), by=by)


@pytest.mark.usefixtures("inside")
def test_undoing_what_is_older_frees_nothing(by):
    goodwill_program(undo_minutes=1440)
    with at("2026-03-10 20:00"):
        old = give(make_member(), money_off(500), by=by)
    with at("2026-03-11 10:00"):
        give(make_member(), money_off(500), by=by)
        give(make_member(), money_off(500), by=by)
        undo_gesture(old, by=by, key=key())
        with pytest.raises(StaffBudgetSpent):
            give(make_member(), money_off(1), by=by)


def test_two_tills_at_once_cannot_overspend_what_one_person_may_give(cast, by):
    with tenant_context(cast.business):
        goodwill_program()
        members = [make_member() for _number in range(4)]

    def act(member):
        with tenant_context(cast.business):
            return give(member, money_off(500), by=by)

    outcomes = at_once(act, members)
    assert sum(isinstance(one, Gesture) for one in outcomes) == 2
    assert sum(isinstance(one, StaffBudgetSpent) for one in outcomes) == 2
    with tenant_context(cast.business):
        assert sum(Gesture.objects.values_list("cost", flat=True)) == 1000
        assert reconcile().differences == []


def test_two_people_at_once_cannot_overspend_what_a_location_may_give(cast):
    people = [make_membership(cast.business, Role.STAFF) for _number in range(6)]
    with tenant_context(cast.business):
        goodwill_program()
        work = [(make_member(), Actor.staff(person, cast.location.pk)) for person in people]

    def act(item):
        member, actor = item
        with tenant_context(cast.business):
            return give(member, money_off(500), by=actor)

    outcomes = at_once(act, work)
    assert sum(isinstance(one, Gesture) for one in outcomes) == 4
    assert sum(isinstance(one, LocationBudgetSpent) for one in outcomes) == 2


def test_approvals_by_one_manager_and_their_own_gestures_do_not_wait_for_each_other_for_ever(cast):
    people = [make_membership(cast.business, Role.STAFF) for _number in range(4)]
    with tenant_context(cast.business):
        goodwill_program()
        manager = with_pin(cast.manager)
        own = Actor.staff(manager, cast.location.pk)
        work = [(make_member(), Actor.staff(one, cast.location.pk), Approval(manager.pk, PIN)) for one in people]
        work += [(make_member(), own, None) for _number in range(4)]

    def act(item):
        member, actor, approval = item
        with tenant_context(cast.business):
            return make_right(member, money_off(900), by=actor, key=key(), approval=approval)

    assert all(isinstance(one, Gesture) for one in at_once(act, work))


def test_the_same_gesture_sent_several_times_at_once_is_made_once(cast, by):
    with tenant_context(cast.business):
        goodwill_program()
        member, once = make_member(), key()

    def act(_number):
        with tenant_context(cast.business):
            return give(member, gift(10), by=by, key=once)

    outcomes = at_once(act, range(4))
    assert len({one.pk for one in outcomes}) == 1
    with tenant_context(cast.business):
        assert balance(member) == (10, 0, 0)

"""Taking a gesture back, whatever it gave, and whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from customers.domain.merging import merge_members
from customers.enums import ActivityKind, Source
from customers.models import Activity
from programs.domain.goodwill.undoing import undo_gesture
from programs.domain.reconcile import reconcile
from programs.domain.serving import undo_visit
from programs.domain.undo import undo_entry
from programs.domain.vouchers import use_voucher
from programs.enums import EntryKind, RedemptionStatus
from programs.errors import AlreadyUndone, CannotUndo, OwnAccount, UndoTooLate, VoucherUsed, VoucherVoided
from programs.goodwill import given_lately
from programs.models import Entry, Gesture, GestureUndo, Voucher
from programs.queries import account_of
from tenants.actors import Actor
from tests.programs.gestures import gift, give, goodwill_program, money_off, on_the_house
from tests.programs.shop import SYSTEM, at, balance, key, make_member

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def by(cast) -> Actor:
    return Actor.staff(cast.staff, cast.location.pk)


def test_points_go_back_and_it_stays_on_the_record(by):
    goodwill_program()
    member = make_member()
    gesture = give(member, gift(30), by=by)
    undone = undo_gesture(gesture, by=by, key=key(), reason="Wrong card")
    assert (undone.reason, undone.actor_id) == ("Wrong card", by.id)
    assert Entry.objects.get(reverses=gesture.entry).kind == EntryKind.REVERSE
    assert balance(member) == (0, 0, 0)
    assert undo_gesture(gesture, by=by, key=key()) == undone
    assert reconcile().differences == []


def test_undoing_the_entry_undoes_the_gesture(by):
    """As the list of the latest entries at the counter does."""
    goodwill_program()
    gesture = give(make_member(), gift(30), by=by)
    undo_entry(gesture.entry, by=by, key=key())
    assert GestureUndo.objects.get().gesture == gesture
    with pytest.raises(AlreadyUndone):
        undo_entry(gesture.entry, by=by, key=key())
    assert reconcile().differences == []


def test_a_voucher_that_waits_stops_working(by):
    goodwill_program()
    gesture = give(make_member(), money_off(300), by=by)
    undo_gesture(gesture, by=by, key=key())
    with pytest.raises(VoucherVoided):
        use_voucher(gesture.vouchers.get(), by=by)
    assert Activity.objects.filter(kind=ActivityKind.GOODWILL_UNDONE).count() == 1
    assert reconcile().differences == []


def test_a_voucher_used_later_stays_used(by):
    goodwill_program()
    gesture = give(make_member(), money_off(300), by=by)
    use_voucher(gesture.vouchers.get(), by=by)
    with pytest.raises(VoucherUsed):
        undo_gesture(gesture, by=by, key=key())


def test_what_was_handed_over_is_undone_whole_and_never_opened_again(by):
    goodwill_program()
    member = make_member()
    gesture = give(member, on_the_house(at_once=True), by=by)
    with pytest.raises(CannotUndo):
        undo_visit(member, entries=[], vouchers=[gesture.vouchers.get()], by=by, key=key())
    undo_gesture(gesture, by=by, key=key())
    assert Voucher.objects.get().status == RedemptionStatus.VOIDED
    assert reconcile().differences == []


def test_a_voucher_used_in_a_visit_is_opened_again_with_it(by):
    goodwill_program()
    member = make_member()
    voucher = use_voucher(give(member, money_off(300), by=by).vouchers.get(), by=by)
    undo_visit(member, entries=[], vouchers=[voucher], by=by, key=key())
    assert Voucher.objects.get().status == RedemptionStatus.OPEN


@pytest.mark.parametrize("details", [gift, money_off])
def test_staff_may_for_a_while_and_managers_at_any_time(cast, by, details):
    goodwill_program(undo_minutes=30)
    with at("2026-03-10 10:00"):
        gesture = give(make_member(), details(20), by=by)
    with at("2026-03-10 10:31"):
        with pytest.raises(UndoTooLate):
            undo_gesture(gesture, by=by, key=key())
        undo_gesture(gesture, by=Actor.staff(cast.manager), key=key())


@pytest.mark.parametrize("details", [gift, money_off])
def test_nobody_undoes_on_their_own_card(cast, by, details):
    goodwill_program()
    gesture = give(make_member(email=cast.manager.user.email), details(20), by=by)
    with pytest.raises(OwnAccount):
        undo_gesture(gesture, by=Actor.staff(cast.manager), key=key())


def test_a_gesture_is_never_changed_and_undone_once(by):
    goodwill_program()
    gesture = give(make_member(), money_off(20), by=by)
    undo_gesture(gesture, by=SYSTEM, key=key())
    with pytest.raises(Exception, match=r"permission denied|append-only"), transaction.atomic():
        Gesture.objects.filter(pk=gesture.pk).update(cost=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        GestureUndo.objects.create(gesture=gesture, actor_kind="system")


def test_reconcile_finds_what_does_not_agree(by):
    goodwill_program()
    with transaction.atomic():
        gesture = give(make_member(), money_off(20), by=by)
        undone = give(make_member(), on_the_house(), by=by)
        Voucher.objects.filter(gesture=gesture).update(value=2000)
        Voucher.objects.filter(gesture=undone).update(status=RedemptionStatus.VOIDED)
        found = {(one.rule, one.row) for one in reconcile().differences}
        assert found == {
            ("a gesture of anything else is given by its voucher", str(gesture.pk)),
            ("a gesture was taken back when it says so", str(undone.pk)),
        }
        connection.set_rollback(True)


@pytest.mark.parametrize("details", [gift, money_off, on_the_house])
def test_a_gesture_is_undone_and_remembered_after_the_records_were_merged(by, details):
    goodwill_program()
    kept, absorbed = make_member(), make_member()
    again = key()
    gesture = give(absorbed, details(), by=by, key=again)
    merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)
    assert given_lately(account_of(kept)).last == gesture
    if details is not on_the_house:
        assert give(kept, details(), by=by, key=again) == gesture
    undo_gesture(Gesture.objects.get(), by=by, key=key())
    assert given_lately(account_of(kept)) is None
    assert balance(kept) == (0, 0, 0)
    assert reconcile().differences == []

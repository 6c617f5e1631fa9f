"""Store credit by hand: what people may do, on whose card, once, and back again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.enums import ActivityKind
from customers.models import Activity
from loyalty_saas.lib.days import end_of_day
from loyalty_saas.lib.errors import Forbidden, Invalid
from programs.books.rollforward import books_of
from programs.domain.adjustments import adjust_points
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.credit.publishing import cash_back_of_business, limit_credit_by_hand, pause_cash_back
from programs.domain.reconcile import reconcile
from programs.domain.undo import undo_entry
from programs.enums import Cause, EntryKind
from programs.errors import (
    AdjustmentTooLarge,
    AlreadyUndone,
    IdempotencyConflict,
    MemberDayLimit,
    NoCredit,
    NotEnoughCredit,
    OwnAccount,
    ProgramNotLive,
    ReasonMissing,
    StaffDayLimit,
    UndoTooLate,
)
from programs.models import Entry, Lot
from tenants.actors import Actor
from tenants.models import AuditEvent
from tests.programs.credit import credit, make_credit
from tests.programs.shop import SYSTEM, at, buy, key, make_member, make_program

pytestmark = pytest.mark.usefixtures("inside")


def give(member: Any, amount: int, by: Actor = SYSTEM, **fields: Any) -> Entry:
    return adjust_credit(member, amount=amount, by=by, **{"reason": "Old gift card", "key": key(), **fields})


def limit(**limits: int | None) -> None:
    found = cash_back_of_business()
    assert found is not None
    limit_credit_by_hand(found, limits, by=SYSTEM)


def test_it_has_a_reason_and_is_on_the_record_and_can_be_spent() -> None:
    make_credit(expiry_months=12, pending_days=7)
    member = make_member()
    entry = give(member, 1_500, reason=" Old gift card ")
    assert (entry.kind, entry.cause, entry.amount, entry.reason) == ("adjust", "by_hand", 1_500, "Old gift card")
    # What is given by hand waits for nothing, and keeps as long as cash-back.
    assert credit(member) == (1_500, 0, 0)
    assert Lot.objects.get(entry=entry).expires_at is not None
    give(member, -400)
    assert credit(member) == (1_100, 0, 0)
    told = Activity.objects.filter(kind=ActivityKind.CREDIT_ADJUSTED).order_by("id").first()
    assert (told.payload["credit"], told.payload["reason"]) == (1_500, "Old gift card")
    buy(member, 2_000, credit=1_100)
    assert credit(member) == (0, 90, 0)
    assert reconcile().agrees


def test_the_books_have_it_in_a_column_of_its_own(cast: Any) -> None:
    program = make_credit()
    with at("2026-03-10 12:00"):
        member = make_member()
        give(member, 1_500)
        undo_entry(give(member, 300), by=SYSTEM, key=key())
        day = datetime(2026, 3, 10, tzinfo=UTC).date()
    whole = books_of(day, day, program=program).sum
    assert (whole.moved["adjusted"], whole.moved["reversed"], whole.closing) == (1_800, -300, 1_500)


def test_there_is_no_debt_by_hand() -> None:
    make_credit()
    member = make_member()
    give(member, 1_000)
    with pytest.raises(NotEnoughCredit) as refusal:
        give(member, -1_001)
    assert refusal.value.facts == {"available": 1_000}


def test_what_is_missing_is_said() -> None:
    member = make_member()
    with pytest.raises(NoCredit):
        give(member, 100)
    make_credit()
    with pytest.raises(ReasonMissing):
        give(member, 100, reason=" ")
    with pytest.raises(Invalid):
        give(member, 0)
    found = cash_back_of_business()
    assert found is not None
    pause_cash_back(found, by=SYSTEM)
    with pytest.raises(ProgramNotLive):
        give(member, 100)


def test_the_same_key_gives_once_and_nothing_else() -> None:
    make_credit()
    member = make_member()
    first = give(member, 500, key="k")
    assert give(member, 500, key="k") == first
    with pytest.raises(IdempotencyConflict):
        give(member, 600, key="k")
    assert credit(member) == (500, 0, 0)


def test_staff_have_limits_and_managers_none(cast: Any) -> None:
    make_credit()
    limit(adjustment_limit=1_000, member_day_limit=1_500, staff_day_limit=2_500)
    staff, manager = Actor.staff(cast.staff), Actor.staff(cast.manager)
    ida, otto, eva = make_member(), make_member(), make_member()
    with pytest.raises(AdjustmentTooLarge, match=r"€10.00"):
        give(ida, 1_001, by=staff)
    give(ida, 1_000, by=staff)
    with pytest.raises(MemberDayLimit, match=r"up to €15.00"):
        give(ida, 501, by=staff)
    give(otto, 1_000, by=staff)
    with pytest.raises(StaffDayLimit, match=r"up to €25.00"):
        give(eva, 600, by=staff)
    give(eva, 50_000, by=manager)
    # What a manager gave does not use up what staff may give.
    give(eva, 500, by=staff)
    assert credit(eva)[0] == 50_500


def test_taking_is_limited_and_undoing_frees_the_day(cast: Any) -> None:
    make_credit()
    limit(adjustment_limit=1_000, member_day_limit=1_000, staff_day_limit=1_000)
    staff, member = Actor.staff(cast.staff), make_member()
    mistake = give(member, 1_000, by=staff)
    with pytest.raises(MemberDayLimit):
        give(member, 1, by=staff)
    undo_entry(mistake, by=staff, key=key())
    give(member, 1_000, by=staff)
    with pytest.raises(AdjustmentTooLarge):
        give(member, -1_001, by=staff)


def test_credit_and_points_by_hand_are_counted_apart(cast: Any) -> None:
    make_program(adjustment_limit=5_000, member_day_limit=5_000)
    make_credit()
    limit(member_day_limit=1_000)
    staff, member = Actor.staff(cast.staff), make_member()
    adjust_points(member, points=50, reason="Sorry", by=staff, key=key())
    give(member, 1_000, by=staff)
    # 5,000 cents of spending are 50 points here, and all of them are given.
    with pytest.raises(MemberDayLimit):
        adjust_points(member, points=1, reason="Sorry", by=staff, key=key())


def test_nobody_serves_their_own_card(cast: Any) -> None:
    make_credit()
    own = make_member(email=cast.staff.user.email)
    with pytest.raises(OwnAccount):
        give(own, 100, by=Actor.staff(cast.staff))
    with pytest.raises(Forbidden):
        give(make_member(), 100, by=Actor.member(own.pk))


def test_undoing_takes_it_back_or_gives_it_back_to_its_lots() -> None:
    make_credit(expiry_months=12)
    member = make_member()
    given = give(member, 1_000)
    last = Lot.objects.get(entry=given).expires_at
    taken = give(member, -600)
    back = undo_entry(taken, by=SYSTEM, key=key(), reason="Wrong member")
    assert back is not None
    assert (back.kind, back.cause) == (EntryKind.RESTORE, Cause.BY_HAND)
    assert Lot.objects.get(entry=given).remaining == 1_000
    assert Lot.objects.get(entry=given).expires_at == last
    undo_entry(given, by=SYSTEM, key=key())
    assert credit(member) == (0, 0, 0)
    with pytest.raises(AlreadyUndone):
        undo_entry(given, by=SYSTEM, key=key())
    told = Activity.objects.filter(kind=ActivityKind.CREDIT_ADJUSTED).order_by("id").last()
    assert told.payload["credit"] == -1_000
    assert not Activity.objects.filter(kind=ActivityKind.POINTS_ADJUSTED).exists()
    assert reconcile().agrees


def test_what_was_spent_is_not_undone() -> None:
    make_credit()
    member = make_member()
    given = give(member, 1_000)
    buy(member, 700, credit=700)
    with pytest.raises(NotEnoughCredit, match=r"€3.00"):
        undo_entry(given, by=SYSTEM, key=key())


def test_staff_undo_within_the_minutes_alone(cast: Any) -> None:
    make_credit()
    member = make_member()
    given = give(member, 100, by=Actor.staff(cast.staff))
    with at(given.recorded_at + timedelta(minutes=31)), pytest.raises(UndoTooLate):
        undo_entry(given, by=Actor.staff(cast.staff), key=key())


def test_the_limits_are_on_the_record_and_say_what_makes_no_sense() -> None:
    make_credit()
    limit(adjustment_limit=500, member_day_limit=None)
    [event] = AuditEvent.objects.filter(action="cash_back.limited")
    assert event.details["adjustment_limit"] == [1_000, 500]
    for wrong in ({"adjustment_limit": None}, {"staff_day_limit": -1}, {"undo_minutes": 5}):
        with pytest.raises(Invalid):
            limit(**wrong)


def test_a_day_ends_at_midnight_of_the_business(cast: Any) -> None:
    make_credit()
    limit(staff_day_limit=1_000)
    member = make_member()
    night = end_of_day(datetime(2026, 10, 25, tzinfo=UTC).date(), cast.business.zone)
    # The day of the change to winter time is an hour longer, and one day all the same.
    with at(night - timedelta(hours=24, minutes=30)):
        give(member, 1_000, by=Actor.staff(cast.staff))
    with at(night - timedelta(minutes=1)), pytest.raises(StaffDayLimit):
        give(member, 1, by=Actor.staff(cast.staff))
    with at(night + timedelta(minutes=1)):
        give(member, 1_000, by=Actor.staff(cast.staff))

"""Adjustments and undoing: what people may do, and whose card they may do it on."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from customers.domain.members import MemberDetails, enrol_member
from customers.enums import ActivityKind, Source
from customers.models import Activity, Purchase
from loyalty_saas.lib.errors import Forbidden, Invalid
from programs.domain.adjustments import adjust_points
from programs.domain.awards import award_joining, award_opening
from programs.domain.redemptions import redeem_reward
from programs.domain.undo import undo_entry
from programs.enums import EntryKind
from programs.errors import (
    AdjustmentTooLarge,
    AlreadyUndone,
    CannotUndo,
    IdempotencyConflict,
    KeyTooLong,
    NotEnoughPoints,
    OwnAccount,
    ReasonMissing,
    UndoTooLate,
)
from programs.models import Entry, Redemption
from programs.queries import account_of
from tenants.actors import Actor
from tenants.models import AuditEvent
from tests.programs.shop import (
    SYSTEM,
    accrual_of,
    at,
    balance,
    buy,
    earn,
    key,
    make_member,
    make_program,
    make_reward,
)

pytestmark = pytest.mark.usefixtures("inside")


def adjust(member, points, by=SYSTEM, **fields):
    return adjust_points(member, points=points, by=by, **{"reason": "Sorry", "key": key(), **fields})


def test_points_by_hand_have_a_reason_and_are_on_the_record():
    make_program()
    member = make_member()
    entry = adjust(member, 50, reason=" Long wait ")
    assert (entry.kind, entry.amount, entry.reason) == (EntryKind.ADJUST, 50, "Long wait")
    adjust(member, -20)
    assert balance(member) == (30, 0, 0)
    assert account_of(member).lifetime == 0
    told = Activity.objects.filter(kind=ActivityKind.POINTS_ADJUSTED).order_by("id").first()
    assert (told.payload["points"], told.payload["reason"]) == (50, "Long wait")


def test_there_is_no_debt_by_hand():
    make_program()
    member = make_member()
    adjust(member, 10)
    with pytest.raises(NotEnoughPoints) as refusal:
        adjust(member, -11)
    assert refusal.value.missing == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"reason": " "}, ReasonMissing), ({"key": "k" * 101}, KeyTooLong), ({"key": "k\x00"}, Invalid)],
)
def test_what_is_missing_is_said(fields, error):
    make_program()
    with pytest.raises(error):
        adjust(make_member(), 1, **fields)
    with pytest.raises(Invalid):
        adjust(make_member(), 0)


def test_the_limit_is_for_staff(cast):
    make_program(adjustment_limit=100)
    member = make_member()
    adjust(member, 100, by=Actor.staff(cast.staff))
    with pytest.raises(AdjustmentTooLarge) as refusal:
        adjust(member, 101, by=Actor.staff(cast.staff))
    assert str(refusal.value) == "You may give or take up to 100 points at a time. Ask a manager for more."
    with pytest.raises(AdjustmentTooLarge):
        adjust(member, 51, by=Actor.staff(cast.staff), limit=50)
    adjust(member, 5000, by=Actor.staff(cast.manager))
    adjust(member, 5000, by=Actor.staff(cast.owner))
    for nobody in (Actor.staff(cast.analyst), Actor.member(member.pk)):
        with pytest.raises(Forbidden):
            adjust(member, 1, by=nobody)


def test_somebody_removed_moves_nothing(cast):
    make_program()
    cast.staff.removed_at = timezone.now()
    cast.staff.save()
    with pytest.raises(Forbidden):
        adjust(make_member(), 1, by=Actor.staff(cast.staff))


@pytest.mark.parametrize("how", ["label", "another proved address", "dots at Google"])
def test_their_card_is_known_in_every_mailbox_that_is_theirs(cast, how):
    make_program()
    user = cast.staff.user
    local, _at, domain = user.email.partition("@")
    if how == "label":
        own = f"{local}+card@{domain}"
    elif how == "dots at Google":
        unique = user.pk.hex
        EmailAddress.objects.create(user=user, email=f"{unique}@gmail.com", verified=True)
        own = f"{unique[:5]}.{unique[5:]}@googlemail.com"
    else:
        own = f"private-{local}@example.org"
        EmailAddress.objects.create(user=user, email=own, verified=True)
    with pytest.raises(OwnAccount):
        buy(make_member(email=own), 1000, by=Actor.staff(cast.staff))


def test_an_address_that_they_did_not_prove_makes_no_card_theirs(cast):
    make_program()
    claimed = f"claimed-{cast.staff.user.pk.hex}@example.org"
    EmailAddress.objects.create(user=cast.staff.user, email=claimed, verified=False)
    buy(make_member(email=claimed), 1000, by=Actor.staff(cast.staff))


def test_a_card_with_their_own_name_is_served_and_written_down_once(cast):
    make_program()
    cast.staff.name = "Léna Huber"
    cast.staff.save(update_fields=["name"])
    by, how = Actor.staff(cast.staff), {"source": Source.COUNTER}
    met = make_member(given_name="Lena", family_name="Huber")
    own = enrol_member(MemberDetails(given_name="lena", family_name="huber"), by=by, **how)
    for member in (met, own, met, make_member(given_name="Lena", family_name="Hofer")):
        buy(member, 1000, by=by)
    adjust(own, 5, by=by)
    buy(met, 1000, by=Actor.staff(cast.manager))
    noted = AuditEvent.objects.filter(action__startswith="card.").order_by("pk")
    assert list(noted.values_list("action", "subject_id", "actor_id")) == [
        ("card.namesake", met.pk, cast.staff.pk),
        ("card.namesake_signed_up", own.pk, cast.staff.pk),
    ]


def test_staff_do_not_serve_their_own_card(cast):
    program = make_program()
    own = make_member(email=cast.staff.user.email.lower())
    by = Actor.staff(cast.staff)
    with pytest.raises(OwnAccount):
        buy(own, 1000, by=by)
    assert not Purchase.objects.exists()
    with pytest.raises(OwnAccount):
        adjust(own, 5, by=by)
    buy(own, 1000, by=Actor.staff(cast.manager))
    with pytest.raises(OwnAccount):
        redeem_reward(own, reward=make_reward(program), by=by, key=key())
    with pytest.raises(OwnAccount):
        undo_entry(Entry.objects.get(), by=by, key=key())
    buy(make_member(email=cast.owner.user.email.lower()), 1000, by=Actor.staff(cast.owner))


def test_undoing_an_award_returns_the_purchase():
    make_program()
    member = make_member()
    purchase = buy(member, 1240)
    one = key()
    undone = undo_entry(accrual_of(purchase), by=SYSTEM, key=one, reason="Typed 12.40 for 1.24")
    assert undo_entry(accrual_of(purchase), by=SYSTEM, key=one).pk == undone.pk
    purchase.refresh_from_db()
    assert (purchase.kept, undone.reverses, undone.amount) == (0, accrual_of(purchase), -12)
    assert balance(member) == (0, 0, 0)


def test_undoing_a_redemption_voids_it():
    program = make_program()
    member = make_member()
    buy(member, 1000)
    redemption = redeem_reward(member, reward=make_reward(program), by=SYSTEM, key=key())
    restored = undo_entry(redemption.entry, by=SYSTEM, key=key())
    assert (restored.kind, restored.amount) == (EntryKind.RESTORE, 10)
    assert Redemption.objects.get().status == "voided"
    assert balance(member) == (10, 0, 0)


@pytest.mark.parametrize("points", [30, -30])
def test_undoing_an_adjustment(points):
    make_program()
    member = make_member()
    buy(member, 5000)
    entry = adjust(member, points)
    one = key()
    undone = undo_entry(entry, by=SYSTEM, key=one)
    assert (undone.amount, undone.reverses_id) == (-points, entry.pk)
    assert undo_entry(entry, by=SYSTEM, key=one).pk == undone.pk
    assert balance(member) == (50, 0, 0)
    with pytest.raises(AlreadyUndone):
        undo_entry(entry, by=SYSTEM, key=key())
    with pytest.raises(CannotUndo):
        undo_entry(undone, by=SYSTEM, key=key())
    with pytest.raises(IdempotencyConflict):
        undo_entry(adjust(member, 1), by=SYSTEM, key=one)


def test_what_was_given_and_spent_cannot_be_undone():
    program = make_program(joining_bonus=20)
    member = make_member()
    bonus, opening = award_joining(member, by=SYSTEM), award_opening(member, points=5, by=SYSTEM, key=key())
    redeem_reward(member, reward=make_reward(program, cost=21), by=SYSTEM, key=key())
    with pytest.raises(NotEnoughPoints):
        undo_entry(bonus, by=SYSTEM, key=key())
    with pytest.raises(NotEnoughPoints):
        undo_entry(opening, by=SYSTEM, key=key())
    earn(member, 1600)
    undo_entry(bonus, by=SYSTEM, key=key())
    assert (balance(member), account_of(member).lifetime) == ((0, 0, 0), 21)


def test_staff_may_undo_for_a_while_and_managers_always(cast):
    make_program(undo_minutes=30)
    member = make_member()
    with at("2026-01-10 10:00"):
        first, second = earn(member, 500), earn(member, 500)
    with at("2026-01-10 10:30"):
        undo_entry(first, by=Actor.staff(cast.staff), key=key())
    with at("2026-01-10 10:31"):
        with pytest.raises(UndoTooLate) as refusal:
            undo_entry(second, by=Actor.staff(cast.staff), key=key())
        assert str(refusal.value) == "This can be undone for 30 minutes. Ask a manager to put it right."
        with pytest.raises(Forbidden):
            undo_entry(second, by=Actor.member(member.pk), key=key())
        undo_entry(second, by=Actor.staff(cast.manager), key=key())
    assert balance(member) == (0, 0, 0)

"""Events of a business's own: what they hold, what rules give for them, how often they count, and undoing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.domain.merging import merge_members
from customers.models import Activity
from loyalty_saas.lib.errors import Forbidden, Invalid
from loyalty_saas.lib.ids import uuid7
from programs.domain.adjustments import adjust_points
from programs.domain.bookkeeping import BookkeepingDetails, set_bookkeeping
from programs.domain.events.fields import PayloadField, troubles
from programs.domain.events.types import TypeDetails, archive_event_type, change_event_type, define_event_type
from programs.domain.events.undoing import undo_event
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.rules.conditions import Condition
from programs.domain.rules.definition import Definition
from programs.domain.rules.judging import Standing
from programs.domain.rules.replay import replay
from programs.domain.undo import undo_entry
from programs.enums import Cause, Comparison, EntryKind, FieldKind, LimitPeriod, ProgramStatus, RuleEffect, RuleOccasion
from programs.errors import (
    EventNotByHand,
    EventTypeGone,
    EventTypeInUse,
    IdempotencyConflict,
    MemberDayLimit,
    OwnAccount,
    UndoTooLate,
)
from programs.models import Entry, Event, RuleAward
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.events import FIELDS, event_rule, happen, make_type
from tests.programs.rules import defined, make_rule
from tests.programs.shop import SYSTEM, at, balance, earn, key, make_member, make_program, make_reward
from tests.threads import at_once


@pytest.fixture
def program(inside):
    return make_program()


def missing(event, name="Feedback"):
    (found,) = [one for one in event.reasons if one["name"] == name]
    return found["missing"]


def test_an_event_gives_what_the_rule_says_and_stands_on_the_backbone(program):
    kind, member = make_type(), make_member()
    rule = event_rule(program, kind)
    event = happen(member, kind, payload={"stars": 5, "said": "Ask for Ines", "course": "Cupping"})
    assert balance(member) == (10, 0, 0)
    entry = Entry.objects.get(cause=Cause.EVENT)
    assert (entry.kind, entry.cause_id, event.entry_id) == (EntryKind.ACCRUE, event.pk, entry.pk)
    activity = Activity.objects.get(kind="event.recorded")
    assert activity.payload["values"] == {"stars": "5", "course": "Cupping"}
    assert activity.payload["points"] == 10
    assert RuleAward.objects.get(rule=rule).cause_id == event.pk
    assert reconcile().agrees


def test_a_purchase_knows_nothing_of_rules_for_events(program):
    event_rule(program, make_type())
    entry = earn(make_member(), 1000)
    assert entry.amount == 10
    assert [one for one in entry.snapshot["reasons"] if one["what"] == "rule"] == []


@pytest.mark.parametrize(
    ("key_", "value", "code"),
    [
        ("stars", "five", "invalid"),
        ("stars", True, "invalid"),
        ("stars", "0.1234567", "invalid"),
        ("stars", None, "required"),
        ("order", "12.50", "invalid"),
        ("order", -1, "invalid"),
        ("order", True, "invalid"),
        ("course", "Baking", "invalid_choice"),
        ("day", "2026-02-30", "invalid"),
        ("day", "29.2.2028", "invalid"),
        ("first", "yes", "invalid"),
        ("first", 1, "invalid"),
        ("said", 5, "invalid"),
        ("said", "x" * 301, "too_long"),
        ("said", "a\x00b", "no_text"),
        ("other", 1, "unknown_field"),
    ],
)
def test_a_value_that_is_not_of_its_kind_is_named(program, key_, value, code):
    payload = {"stars": 1, key_: value}
    (trouble,) = troubles(FIELDS, payload)
    assert (trouble.key, trouble.code) == (key_, code)
    with pytest.raises(Invalid) as refused:
        happen(make_member(), make_type(), payload=payload)
    assert (refused.value.field, refused.value.code) == (f"payload.{key_}", code)
    assert not Event.objects.exists()


def test_values_are_kept_in_one_way_of_writing(program):
    payload = {"stars": 4.50, "order": 1250, "day": "2028-02-29", "first": False, "said": "  so good  "}
    event = happen(make_member(), make_type(), payload=payload)
    assert event.payload == {"stars": "4.5", "order": 1250, "day": "2028-02-29", "first": False, "said": "so good"}


@pytest.mark.parametrize(
    ("field", "how", "values", "fits", "fails"),
    [
        ("stars", Comparison.LEAST, ("4",), {"stars": 4}, {"stars": "3.999"}),
        ("stars", Comparison.MOST, ("2",), {"stars": 2}, {"stars": "10"}),
        ("stars", Comparison.IS, ("5.0",), {"stars": 5}, {"stars": "5.1"}),
        ("order", Comparison.LEAST, ("1000",), {"stars": 1, "order": 1000}, {"stars": 1, "order": 999}),
        ("course", Comparison.ONE_OF, ("Cupping",), {"course": "Cupping"}, {"course": "Latte art"}),
        ("day", Comparison.LEAST, ("2026-03-01",), {"day": "2026-03-01"}, {"day": "2026-02-28"}),
        ("first", Comparison.IS, ("yes",), {"stars": 1, "first": True}, {"stars": 1, "first": False}),
        ("said", Comparison.CONTAINS, ("strudel",), {"stars": 1, "said": "The STRUDEL!"}, {"stars": 1, "said": "Cake"}),
        ("said", Comparison.IS, ("good",), {"stars": 1, "said": "Good"}, {"stars": 1, "said": "goods"}),
        ("said", Comparison.ONE_OF, ("Cake", "apple  strudel"), {"said": "APPLE strudel"}, {"said": "apple cake"}),
        ("order", Comparison.MOST, ("1000",), {"stars": 1, "order": 0}, {"stars": 1}),
    ],
)  # fmt: skip
def test_conditions_look_at_fields_by_their_kind(program, field, how, values, fits, fails):
    kind = make_type()
    known = {one.key: one for one in FIELDS}[field]
    event_rule(program, kind, conditions=(Condition(field, known.name, known.kind, how, values),))
    assert happen(make_member(), kind, payload={"stars": 1} | fits).entry.amount == 10
    refused = happen(make_member(), kind, payload={"stars": 1} | fails)
    assert refused.entry is None
    assert [one["what"] for one in missing(refused)] == ["payload"]


def test_points_for_what_a_field_holds(program):
    kind, member = make_type(), make_member()
    event_rule(program, kind, "Stars", effect=RuleEffect.ITEMS, amount=3, every=2, per="stars")
    event_rule(program, kind, "Order", effect=RuleEffect.SPEND, amount=1, every=100, per="order")
    event = happen(member, kind, payload={"stars": "5.5", "order": 1299})
    assert event.entry.amount == 2 * 3 + 12
    none = happen(member, kind, payload={"stars": 1})
    assert [one["what"] for one in missing(none, "Stars")] == ["counted_field"]
    assert [one["what"] for one in missing(none, "Order")] == ["counted_field"]


def test_windows_and_caps_hold_as_for_purchases(program):
    """Twenty past midnight in Vienna is Wednesday."""
    kind, member = make_type(), make_member()
    event_rule(program, kind, weekdays=(1,), most_in_day=15)
    with at("2026-11-24 23:20"):
        assert [one["what"] for one in missing(happen(member, kind))] == ["weekday"]
    with at("2026-11-24 10:00"):
        assert happen(member, kind).entry.amount == 10
        assert happen(member, kind).entry.amount == 5
        assert [one["what"] for one in missing(happen(member, kind))] == ["day_cap"]


def test_it_counts_as_often_as_the_owner_says(program):
    kind, member = make_type(most=2, period=LimitPeriod.WEEK), make_member()
    event_rule(program, kind)
    with at("2026-11-23 09:00"):
        assert [happen(member, kind).counts for _time in range(3)] == [True, True, False]
    assert [one["what"] for one in missing(Event.objects.filter(counts=False).get())] == ["event_limit"]
    with at("2026-11-29 22:30"):
        assert not happen(member, kind).counts
    with at("2026-11-29 23:30"):
        assert happen(member, kind).counts, "Monday has begun in Vienna"
    assert balance(member) == (30, 0, 0)


def test_one_that_is_undone_makes_room_for_another(program):
    kind, member = make_type(most=1), make_member()
    event_rule(program, kind)
    undo_event(happen(member, kind), by=SYSTEM)
    assert happen(member, kind).counts
    assert not happen(member, kind).counts
    assert balance(member) == (10, 0, 0)


def test_undoing_takes_the_points_back_and_what_was_spent_is_owed(program):
    kind, member = make_type(), make_member()
    rule = event_rule(program, kind)
    event = happen(member, kind)
    redeem_reward(member, reward=make_reward(program, 8), by=SYSTEM, key=key())
    undone = undo_event(event, by=SYSTEM, reason="A mistake")
    assert balance(member) == (0, 0, 8)
    assert undo_event(event, by=SYSTEM).undone_at == undone.undone_at
    assert sum(RuleAward.objects.filter(rule=rule).values_list("points", flat=True)) == 0
    assert Activity.objects.get(kind="event.undone").payload["points"] == 10
    assert reconcile().agrees


def test_undoing_the_entry_undoes_the_event(program):
    kind, member = make_type(), make_member()
    event_rule(program, kind)
    event = happen(member, kind)
    undo_entry(event.entry, by=SYSTEM, key=key())
    event.refresh_from_db()
    assert event.undone_at is not None
    assert balance(member) == (0, 0, 0)


def test_the_same_key_records_once_and_another_event_is_refused(program):
    kind, member, same = make_type(), make_member(), key()
    event_rule(program, kind)
    first = happen(member, kind, key=same)
    assert happen(member, kind, key=same) == first
    with pytest.raises(IdempotencyConflict):
        happen(member, kind, key=same, payload={"stars": 4})
    assert balance(member) == (10, 0, 0)


def test_it_is_written_down_where_nothing_can_be_given(program):
    kind = make_type()
    event_rule(program, kind)
    program.status = ProgramStatus.PAUSED
    program.save()
    event = happen(make_member(), kind)
    assert (event.entry, event.reasons) == (None, [])
    assert Activity.objects.filter(kind="event.recorded").count() == 1


def test_moments_that_cannot_be_meant(program):
    kind, now = make_type(), timezone.now()
    with pytest.raises(Invalid) as early:
        happen(make_member(), kind, occurred_at=now + timedelta(hours=1))
    with pytest.raises(Invalid) as late:
        happen(make_member(), kind, occurred_at=now - timedelta(days=400))
    assert (early.value.field, late.value.field) == ("occurred_at", "occurred_at")


def test_the_rules_of_the_moment_it_happened_count(program):
    kind = make_type()
    with at("2026-11-20 10:00"):
        pass
    event_rule(program, kind, since="2026-11-20 10:00")
    with at("2026-11-23 10:00"):
        before = happen(make_member(), kind, occurred_at=timezone.now() - timedelta(days=4))
        after = happen(make_member(), kind, occurred_at=timezone.now() - timedelta(days=2))
    assert (before.entry, after.entry.amount) == (None, 10)


def test_a_merged_members_events_count_together(program):
    kind, one, other = make_type(most=1), make_member(), make_member()
    event_rule(program, kind, most_for_member=15)
    happen(other, kind)
    merge_members(one, other, by=SYSTEM, source="dashboard")
    assert not happen(one, kind).counts
    event = happen(other, kind)
    assert event.member_id == one.pk
    undo_event(Event.objects.filter(entry__isnull=False).get(), by=SYSTEM)
    assert balance(one) == (0, 0, 0)
    assert reconcile().agrees


def test_a_kind_of_event_is_defined_and_changed_with_care(program):
    kind = make_type()
    assert kind.key == "feedback_left"
    event_rule(program, kind, conditions=(Condition("stars", "Stars", FieldKind.NUMBER, Comparison.LEAST, ("4",)),))
    without = TypeDetails("Feedback", fields=FIELDS[1:])
    with pytest.raises(EventTypeInUse):
        change_event_type(kind, without, by=SYSTEM)
    other_kind = (PayloadField("stars", "Stars", FieldKind.TEXT), *FIELDS[1:])
    with pytest.raises(Invalid) as refused:
        change_event_type(kind, TypeDetails("Feedback", fields=other_kind), by=SYSTEM)
    assert refused.value.field == "fields"
    with pytest.raises(Invalid) as taken:
        define_event_type(TypeDetails("FEEDBACK left", key="more"), by=SYSTEM)
    assert taken.value.field == "name"
    archive_event_type(kind, by=SYSTEM)
    with pytest.raises(EventTypeGone):
        happen(make_member(), kind)


@pytest.mark.parametrize(
    ("field", "where"),
    [
        (PayloadField("Stars", "Stars", FieldKind.NUMBER), "fields.0.key"),
        (PayloadField("stars", " ", FieldKind.NUMBER), "fields.0.name"),
        (PayloadField("stars", "Stars", "stars"), "fields.0.kind"),
        (PayloadField("course", "Course", FieldKind.CHOICE, choices=("One",)), "fields.0.choices"),
        (PayloadField("course", "Course", FieldKind.CHOICE, choices=("One", "One")), "fields.0.choices"),
    ],
)
def test_a_field_that_makes_no_sense_is_named(inside, field, where):
    with pytest.raises(Invalid) as refused:
        make_type(fields=(field,))
    assert refused.value.field == where


def test_staff_record_what_they_may(cast, business):
    by = Actor.staff(cast.staff)
    with tenant_context(business):
        program = make_program(member_day_limit=1500, undo_minutes=10)
        kind, foreign = make_type(), make_type("From the till", by_staff=False)
        event_rule(program, kind)
        member, own = make_member(), make_member(email=cast.staff.user.email)
        with at("2026-11-24 10:00"):
            event = happen(member, kind, by=by)
        assert event.entry.actor_id == cast.staff.pk
        with pytest.raises(EventNotByHand):
            happen(member, foreign, by=by)
        with pytest.raises(OwnAccount):
            happen(own, kind, by=by)
        with pytest.raises(Forbidden):
            happen(member, kind, by=Actor.member(member.pk))
        with at("2026-11-24 10:11"), pytest.raises(UndoTooLate):
            undo_event(event, by=by)
        undo_event(event, by=Actor.staff(cast.manager))
        with at("2026-11-24 12:00"), pytest.raises(MemberDayLimit):
            happen(member, kind, by=by)


def test_two_at_once_share_what_counts_and_the_budget(business):
    with tenant_context(business):
        program = make_program()
        kind = make_type(most=1)
        event_rule(program, kind, budget=25)
        one, others = make_member(), [make_member() for _each in range(5)]

    def act(member):
        with tenant_context(business):
            return happen(member, kind)

    at_once(act, [one, one, one, *others])
    with tenant_context(business):
        assert Event.objects.filter(member=one, counts=True).count() == 1
        assert Event.objects.count() == 8
        assert sum(RuleAward.objects.values_list("points", flat=True)) == 25
        assert reconcile().agrees


def test_by_hand_it_is_not_confused_with_adjusting(program):
    kind, member = make_type(), make_member()
    event_rule(program, kind)
    happen(member, kind)
    adjust_points(member, points=5, reason="Sorry", by=SYSTEM, key=key())
    assert reconcile().agrees


def test_a_budget_in_money_is_kept_in_points_too_and_never_exceeded(business):
    with tenant_context(business):
        program = make_program()
        set_bookkeeping(program, BookkeepingDetails(cost_of_hundred=300), by=SYSTEM)
        kind = make_type()
        rule = event_rule(program, kind, budget_in_money=True, budget_money=100)
        definition = Definition.from_json(rule.versions.get().definition)
        assert (definition.budget, definition.budget_money, definition.budget_cost) == (33, 100, 300)
        members = [make_member() for _each in range(5)]

    def act(member):
        with tenant_context(business):
            return happen(member, kind)

    at_once(act, members)
    with tenant_context(business):
        given = sum(RuleAward.objects.values_list("points", flat=True))
        assert given == 33
        assert given * 300 <= 100 * 100
        with pytest.raises(Invalid) as refused:
            event_rule(program, kind, "Too little", budget_in_money=True, budget_money=2)
        assert refused.value.field == "budget_money"


def test_a_budget_in_points_says_what_it_costs(program):
    set_bookkeeping(program, BookkeepingDetails(cost_of_hundred=300), by=SYSTEM)
    rule = make_rule(program, budget=1000)
    definition = Definition.from_json(rule.versions.get().definition)
    assert (definition.budget, definition.budget_money) == (1000, 3000)


def test_a_budget_in_money_needs_to_know_what_a_point_costs(program):
    with pytest.raises(Invalid) as refused:
        make_rule(program, budget_in_money=True, budget_money=5000)
    assert refused.value.code == "no_cost"


def test_a_draft_is_tried_on_what_has_happened(program):
    kind, member = make_type(most=3), make_member()
    with at("2026-11-10 10:00"):
        for stars in (5, 3, 4, 5):
            happen(member, kind, payload={"stars": stars})
        undo_event(happen(make_member(), kind), by=SYSTEM)
        earn(make_member(), 500)
    with at("2026-11-20 10:00") as now:
        asks = (Condition("stars", "Stars", FieldKind.NUMBER, Comparison.LEAST, ("4",)),)
        definition = defined(
            RuleEffect.FIXED, 10, occasion=RuleOccasion.EVENT, subject=str(kind.pk), conditions=asks, budget=15
        )
        draft = Standing(uuid7(), 0, "Tried", definition)
        done = replay(program, now, before=[], after=[draft])
    assert (done.purchases, done.events, done.before, done.after) == (1, 3, 5, 20)
    (given,) = done.rules
    assert (given.points, given.times, given.members) == (15, 2, 1)
    assert [(one.member.pk, one.by) for one in done.furthest] == [(member.pk, 15)]
    assert not RuleAward.objects.exists()

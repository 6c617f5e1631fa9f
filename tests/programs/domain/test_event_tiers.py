"""Where a tier counts points, those of events count: they were earned."""

from datetime import UTC, datetime

import pytest

from customers.domain.merging import merge_members, undo_merge
from customers.enums import Source
from customers.models import Member
from programs.domain.events.undoing import undo_event
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.tiers import progress_of
from programs.enums import TierBasis, TierWindow
from programs.models import Program
from programs.queries import account_of
from tests.programs.events import event_rule, happen, make_type
from tests.programs.shop import SYSTEM, at, buy, key, make_member, make_program, make_reward, make_tier


@pytest.fixture
def program(inside):
    return make_program()


def _tiers(program, basis):
    Program.objects.filter(pk=program.pk).update(tier_basis=basis, tier_window=TierWindow.CALENDAR_YEAR)
    make_tier(program, "Silver", 25)
    kind = make_type()
    event_rule(program, kind)
    return kind


def test_points_of_events_lift_at_once_together_with_those_of_purchases(program):
    kind, member = _tiers(program, TierBasis.POINTS), make_member()
    happen(member, kind)
    happen(member, kind)
    assert account_of(member).tier is None
    assert progress_of(account_of(member)).missing == 5
    buy(member, 400)
    happen(member, kind)
    assert account_of(member).tier.name == "Silver"
    assert reconcile().agrees


@pytest.mark.parametrize("basis", [TierBasis.SPEND, TierBasis.VISITS])
def test_they_count_for_no_other_measure(program, basis):
    kind, member = _tiers(program, basis), make_member()
    for _time in range(4):
        happen(member, kind)
    assert account_of(member).tier is None
    assert progress_of(account_of(member)).gathered == 0


def test_one_that_is_undone_counts_no_longer_even_where_its_points_were_spent(program):
    kind, member = _tiers(program, TierBasis.POINTS), make_member()
    events = [happen(member, kind) for _time in range(2)]
    redeem_reward(member, reward=make_reward(program, 15), by=SYSTEM, key=key())
    undo_event(events[0], by=SYSTEM)
    undo_event(events[0], by=SYSTEM)
    assert progress_of(account_of(member)).gathered == 10
    assert reconcile().agrees


def test_they_count_in_the_year_in_which_they_happened(program):
    kind, member = _tiers(program, TierBasis.POINTS), make_member()
    with at("2026-01-10 10:00"):
        happen(member, kind, occurred_at=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
        happen(member, kind, occurred_at=datetime(2025, 12, 31, 23, 1, tzinfo=UTC))
        # In Vienna the second one was in the new year.
        assert progress_of(account_of(member)).gathered == 10


def test_they_go_with_a_merge_and_come_back_without_what_was_undone_since(program):
    kind = _tiers(program, TierBasis.POINTS)
    kept, absorbed = make_member(), make_member(given_name="Jo")
    happen(kept, kind)
    first, _second = happen(absorbed, kind), happen(absorbed, kind)
    merge = merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)
    assert account_of(kept).tier.name == "Silver"
    undo_event(first, by=SYSTEM)
    assert progress_of(account_of(kept)).gathered == 20
    undo_merge(merge, by=SYSTEM, source=Source.DASHBOARD)
    assert progress_of(account_of(kept)).gathered == 10
    assert progress_of(account_of(Member.objects.get(pk=absorbed.pk))).gathered == 10
    assert reconcile().agrees

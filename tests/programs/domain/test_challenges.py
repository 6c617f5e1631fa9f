"""Challenges: judged by what was bought and kept, rewarded once, rolled back with a return."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from customers.domain.merging import merge_members, undo_merge
from customers.domain.purchases import LineDetails, ReturnDetails, ReturnLineDetails
from customers.enums import ActivityKind, Source
from customers.models import Activity, Category, Product
from loyalty_saas.lib.errors import Invalid
from programs.domain.adjustments import adjust_points
from programs.domain.challenges.definition import Definition
from programs.domain.challenges.progress import Bought, progress_in
from programs.domain.challenges.publishing import (
    compose_challenge,
    copy_challenge,
    end_challenge,
    publish_challenge,
    redraft_challenge,
)
from programs.domain.challenges.reading import trials_of
from programs.domain.reconcile import reconcile
from programs.domain.reversals import preview_return
from programs.domain.undo import undo_entry
from programs.domain.vouchers import use_voucher
from programs.enums import ChallengeKind, RewardKind
from programs.errors import CannotUndo, ChallengePublished
from programs.models import Challenge, ChallengeResult, Entry, Voucher
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.programs.shop import SYSTEM, at, balance, bring_back, buy, key, make_member, make_program
from tests.threads import at_once

THREE = Definition(ChallengeKind.TIMES, goal=3, last_day=date(2026, 3, 31), points=50)
MONDAY = date(2026, 3, 2)


def run(program: Any, definition: Definition = THREE, name: str = "Three in March") -> Challenge:
    return publish_challenge(compose_challenge(program, name=name, definition=definition, by=SYSTEM), by=SYSTEM)


def weeks(*visited: int, goal: int = 4, today: int) -> Any:
    """Progress of a streak with a visit in these weeks, asked in week `today`."""
    definition = Definition(ChallengeKind.STREAK, goal=goal, points=1)
    bought = [Bought(MONDAY + timedelta(weeks=one, days=2), 100) for one in visited]
    return progress_in(definition, bought, since=MONDAY, today=MONDAY + timedelta(weeks=today, days=3))


@pytest.mark.parametrize(
    ("visited", "today", "done", "forgiven"),
    [
        ((0, 1, 2, 3), 3, 4, False),
        ((0, 1, 3, 4), 4, 4, True),
        # The present week is not missed yet.
        ((0, 1), 2, 2, False),
        # Two weeks in a row are too many.
        ((0, 1, 4), 4, 1, False),
        # A second missed week begins with what came after the first one.
        ((0, 2, 4), 4, 2, True),
        ((0, 1, 3, 5, 6), 6, 3, True),
        ((), 3, 0, False),
    ],
)
def test_a_streak_forgives_one_week(visited, today, done, forgiven):
    progress = weeks(*visited, today=today)
    assert (progress.done, progress.forgiven) == (done, forgiven)


def test_a_week_begins_on_monday_in_the_zone_of_the_business(inside):
    program = make_program()
    member = make_member()
    with at("2026-03-02 10:00"):
        run(program, Definition(ChallengeKind.STREAK, goal=2, points=5), "Every week")
        buy(member, 300)
    with at("2026-03-08 22:59"):
        # Still Sunday in Vienna.
        buy(member, 300)
        assert balance(member) == (6, 0, 0)
    with at("2026-03-08 23:01"):
        buy(member, 300)
        assert balance(member) == (14, 0, 0)


def test_times_count_days_and_end_at_midnight(inside):
    program = make_program()
    member, late = make_member(), make_member()
    with at("2026-03-28 10:00"):
        run(program)
        for one in (member, late):
            buy(one, 300)
            buy(one, 300)
    with at("2026-03-30 10:00"):
        for one in (member, late):
            buy(one, 300)
        assert trials_of(account_of(member))[0].progress.done == 2
    with at("2026-03-31 21:59"):
        buy(member, 300)
        assert balance(member)[0] == 12 + 50
    with at("2026-03-31 22:01"):
        buy(late, 300)
        assert balance(late)[0] == 12
        assert trials_of(account_of(late)) == []


def test_it_is_rewarded_once_and_explained(inside):
    program = make_program()
    member = make_member()
    challenge = None
    for day in range(1, 6):
        with at(f"2026-03-0{day} 10:00"):
            challenge = challenge or run(program)
            buy(member, 300)
    result = ChallengeResult.objects.get()
    assert (result.points, result.entry.snapshot["name"], result.entry.cause) == (50, "Three in March", "challenge")
    assert Activity.objects.get(kind=ActivityKind.CHALLENGE_DONE).payload["name"] == "Three in March"
    assert account_of(member).lifetime == 15
    assert reconcile().agrees
    with pytest.raises(CannotUndo):
        undo_entry(result.entry, by=SYSTEM, key=key())


def test_a_minimum_is_compared_with_what_is_kept_at_the_cent(inside):
    program = make_program()
    member = make_member()
    with at("2026-03-01 10:00"):
        run(program, replace(THREE, goal=2, minimum=500))
        buy(member, 499)
        assert trials_of(account_of(member))[0].progress.done == 0
        purchase = buy(member, 500)
        assert trials_of(account_of(member))[0].progress.done == 1
        bring_back(purchase, 1)
        assert trials_of(account_of(member))[0].progress.done == 0


def test_a_return_takes_it_back_and_it_can_be_done_again(inside):
    program = make_program()
    member = make_member()
    with at("2026-03-01 10:00"):
        run(program)
        buy(member, 300)
    with at("2026-03-02 10:00"):
        buy(member, 300)
    with at("2026-03-03 10:00"):
        purchase = buy(member, 300)
        assert balance(member) == (59, 0, 0)
        adjust_points(member, points=-59, reason="Spent", by=SYSTEM, key=key())
        entries = Entry.objects.count()
        effect = preview_return(purchase, ReturnDetails())
        assert [(one.name, one.points) for one in effect.challenges] == [("Three in March", 50)]
        assert (effect.points, effect.owed_after) == (3, 53)
        assert Entry.objects.count() == entries
        bring_back(purchase)
        assert balance(member) == (0, 0, 53)
        told = Activity.objects.get(kind=ActivityKind.CHALLENGE_UNDONE)
        assert (told.payload["name"], told.payload["points"]) == ("Three in March", -50)
    with at("2026-03-04 10:00"):
        buy(member, 300)
        assert balance(member) == (0, 0, 0)
        assert ChallengeResult.objects.count() == 2
    assert reconcile().agrees


def test_what_has_expired_of_it_is_not_taken_back_once_more(inside):
    program = make_program(expiry_months=1)
    member = make_member()
    for day in range(1, 4):
        with at(f"2026-03-0{day} 10:00"):
            if day == 1:
                run(program)
            purchase = buy(member, 300)
    with at("2026-03-04 10:00"):
        adjust_points(member, points=-29, reason="Spent", by=SYSTEM, key=key())
        assert balance(member) == (30, 0, 0)
    with at("2026-06-01 10:00"):
        bring_back(purchase)
        # Of the 53 that go, 23 had been spent; the other 30 have expired, and nobody owes what is gone.
        assert balance(member) == (0, 0, 23)
    assert reconcile().agrees


def test_what_has_expired_whole_is_not_taken_back_at_all(inside):
    program = make_program(expiry_months=1)
    member = make_member()
    for day in range(1, 4):
        with at(f"2026-03-0{day} 10:00"):
            if day == 1:
                run(program)
            purchase = buy(member, 300)
    with at("2026-06-01 10:00"):
        bring_back(purchase)
        assert balance(member) == (0, 0, 0)
        assert ChallengeResult.objects.get().taken_back_at is not None
    assert reconcile().agrees


def test_another_visit_stands_in_for_what_came_back(inside):
    program = make_program()
    member = make_member()
    for day in range(1, 5):
        with at(f"2026-03-0{day} 10:00"):
            if day == 1:
                run(program)
            purchase = buy(member, 300)
    with at("2026-03-04 11:00"):
        bring_back(purchase)
        assert balance(member) == (59, 0, 0)
        assert ChallengeResult.objects.get().taken_back_at is None


def test_a_set_is_collected_by_products_and_categories_and_lost_by_a_line(inside):
    program = make_program()
    member = make_member()
    cakes = Category.objects.create(name="Cakes")
    coffee = Product.objects.create(name="Melange", sku="M", price=420)
    strudel = Product.objects.create(name="Strudel", sku="S", category=cakes, price=540)
    definition = Definition(
        ChallengeKind.COLLECT,
        categories=(str(cakes.pk),),
        products=(str(coffee.pk),),
        gift_kind=RewardKind.PERCENT_OFF,
        value=20,
        days=10,
    )
    with at("2026-03-01 10:00"):
        run(program, definition, "Coffee and cake")
        buy(member, lines=(LineDetails(unit_price=420, product=coffee, description="Melange"),))
        trial = trials_of(account_of(member))[0]
        assert (trial.progress.done, trial.progress.goal) == (1, 2)
        assert trial.progress.collected == {str(coffee.pk)}
        purchase = buy(
            member,
            lines=(
                LineDetails(unit_price=540, product=strudel, description="Strudel"),
                LineDetails(unit_price=300, description="Water"),
            ),
        )
        voucher = Voucher.objects.get()
        assert (voucher.kind, voucher.value, voucher.present.because) == ("percent_off", 20, "Coffee and cake")
        line = purchase.lines.get(product=strudel)
        effect = preview_return(purchase, ReturnDetails(lines=(ReturnLineDetails(line),)))
        assert [one.voucher for one in effect.challenges] == ["20% off"]
        bring_back(purchase, lines=(ReturnLineDetails(line),))
        voucher.refresh_from_db()
        assert voucher.status == "voided"
        assert reconcile().agrees


def test_a_used_voucher_stays_used(inside):
    program = make_program()
    member = make_member()
    definition = replace(THREE, goal=2, points=0, gift_kind=RewardKind.AMOUNT_OFF, value=300)
    with at("2026-03-01 10:00"):
        run(program, definition)
        buy(member, 300)
    with at("2026-03-02 10:00"):
        purchase = buy(member, 300)
        use_voucher(Voucher.objects.get(), by=SYSTEM)
        effect = preview_return(purchase, ReturnDetails())
        assert [one.was_used for one in effect.challenges] == [True]
        bring_back(purchase)
        assert Voucher.objects.get().status == "used"


def test_two_at_once_are_rewarded_together_and_apart(inside):
    program = make_program()
    member = make_member()
    with at("2026-03-01 10:00"):
        run(program, replace(THREE, goal=2, points=10), "Two")
        run(program, replace(THREE, goal=2, points=20, minimum=1000), "Two large")
        buy(member, 1000)
    with at("2026-03-02 10:00"):
        small = buy(member, 500)
        assert balance(member)[0] == 15 + 10
        large = buy(member, 1000)
        assert balance(member)[0] == 25 + 10 + 20
        bring_back(large)
        assert balance(member)[0] == 15 + 10
        bring_back(small)
        assert balance(member)[0] == 10
    assert reconcile().agrees


def test_two_tills_at_once_reward_it_once(business):
    with tenant_context(business), at("2026-03-01 10:00"):
        program = make_program()
        member = make_member()
        run(program, replace(THREE, goal=2))
        buy(member, 300)

    def sell(number: int) -> None:
        with tenant_context(business):
            buy(member, 300)

    with at("2026-03-02 10:00"):
        at_once(sell, [1, 2, 3, 4])
        with tenant_context(business):
            assert ChallengeResult.objects.count() == 1
            assert balance(member) == (15 + 50, 0, 0)


def test_what_is_published_is_never_changed(inside):
    program = make_program()
    with at("2026-03-01 10:00"):
        challenge = run(program)
        with pytest.raises(ChallengePublished):
            redraft_challenge(challenge, name="Other", definition=THREE, by=SYSTEM)
        copy = copy_challenge(challenge, by=SYSTEM)
        assert (copy.published_at, Definition.from_json(copy.definition).last_day) == (None, None)
        end_challenge(challenge, by=SYSTEM)
        member = make_member()
        buy(member, 300)
        assert trials_of(account_of(member)) == []


def test_what_was_bought_before_it_began_counts_not(inside):
    program = make_program()
    member = make_member()
    with at("2026-02-27 10:00"):
        buy(member, 300)
    with at("2026-03-01 10:00"):
        run(program)
        buy(member, 300, occurred_at=None)
        assert trials_of(account_of(member))[0].progress.done == 1


@pytest.mark.parametrize(
    "wrong",
    [
        replace(THREE, goal=1),
        replace(THREE, last_day=None),
        replace(THREE, points=0),
        replace(THREE, first_day=date(2026, 4, 1)),
        Definition(ChallengeKind.COLLECT, points=10),
        replace(THREE, gift_kind=RewardKind.PERCENT_OFF, value=101),
    ],
)
def test_what_makes_no_sense_is_refused(inside, wrong):
    with pytest.raises(Invalid):
        compose_challenge(make_program(), name="Odd", definition=wrong, by=SYSTEM)


def test_merged_records_do_it_together_and_once(inside):
    program = make_program()
    one, other = make_member(), make_member()
    with at("2026-03-01 10:00"):
        run(program, replace(THREE, goal=2))
        buy(one, 300)
    with at("2026-03-02 10:00"):
        buy(other, 300)
        merge = merge_members(one, other, by=SYSTEM, source=Source.DASHBOARD)
        buy(one, 300)
        assert balance(one) == (59, 0, 0)
        assert len(trials_of(account_of(one))) == 1
        undo_merge(merge, by=SYSTEM, source=Source.DASHBOARD)
        assert reconcile().agrees

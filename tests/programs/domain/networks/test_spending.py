"""Earned in one business, spent in another."""

import threading

import pytest
from django.db import connection, connections

from customers.domain.consents import current_consents
from customers.domain.members import leave_program, pause_member
from customers.enums import ActivityKind, Source
from customers.models import Activity
from programs.domain.networks import spending
from programs.domain.networks.people import leave_network
from programs.domain.redemptions import redeem_reward
from programs.enums import EntryKind, ProgramStatus, RewardKind
from programs.errors import IdempotencyConflict, NotEnoughPoints
from programs.models import Entry, Lot, NetworkCrossing, Program
from tenants.domain.networks.leaving import give_notice, leave_if_due
from tenants.domain.networks.terms import Terms
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.programs.domain.networks.street import join, link, make_street
from tests.programs.shop import SYSTEM, at, balance, bring_back, buy, make_member, make_reward
from tests.threads import at_once


def test_what_is_missing_comes_from_where_it_was_earned():
    street = make_street(2)
    street.earn(0, 300)
    street.earn(1, 40)
    redemption = street.redeem(1)
    assert street.points() == [240, 0]
    # 60 points at 5.00 for a hundred, of which 80 percent are paid.
    assert street.crossings(0) == [("spent", -60, -240)]
    assert street.crossings(1) == [("spent", 60, 240)]
    assert (redemption.points, redemption.entry.snapshot["network"]) == (100, 60)
    street.check()


def test_own_points_go_first_and_nothing_crosses_while_they_are_enough():
    street = make_street(2)
    street.earn(0, 300)
    street.earn(1, 100)
    street.redeem(1)
    assert (street.points(), street.crossings(0)) == ([300, 0], [])


def test_both_sides_name_each_other_and_never_the_member_of_the_other():
    street = make_street(2)
    street.earn(0, 100)
    street.redeem(1)
    first, second = street.shops
    with tenant_context(first.business):
        entry = Entry.objects.get(kind=EntryKind.TRANSFER)
        assert (entry.actor_kind, entry.actor_label, entry.actor_id) == ("system", second.business.name, None)
        assert entry.snapshot == {"partner": second.business.name, "way": "out"}
        told = Activity.objects.get(kind=ActivityKind.POINTS_CROSSED)
        assert (told.member_id, told.payload["points"]) == (first.member.pk, -100)
        assert AuditEvent.objects.filter(action="network.points_spent").count() == 1
        out = NetworkCrossing.objects.get()
    with tenant_context(second.business):
        came = NetworkCrossing.objects.get()
        assert (out.crossing_id, out.person_id, out.occurred_at) == (came.crossing_id, came.person_id, came.occurred_at)
        assert (out.partner_id, came.partner_id) == (second.business.pk, first.business.pk)
        assert (out.redemption_id, came.redemption.reward_id) == (None, second.reward.pk)
        for model in (Entry, Activity, AuditEvent, NetworkCrossing):
            assert str(first.member.pk) not in str(list(model.objects.values()))


def test_the_same_key_again_is_the_same_redemption_and_takes_nothing():
    street = make_street(2)
    street.earn(0, 300)
    first = street.redeem(1, "again")
    again = street.redeem(1, "again")
    assert (first.pk, street.points()) == (again.pk, [200, 0])
    with tenant_context(street.shops[1].business), pytest.raises(IdempotencyConflict):
        redeem_reward(make_member(), reward=street.shops[1].reward, by=SYSTEM, key="again")


def test_points_of_several_go_by_their_dates_whoever_gave_them():
    street = make_street(3, expiry_months=1, expires_at_month_end=False, cost=100)
    with at("2026-03-02 10:00"):
        street.earn(0, 70)
    with at("2026-03-01 10:00"):
        street.earn(1, 60)
    with at("2026-03-10 10:00"):
        street.earn(0, 50)
        street.redeem(2)
        assert street.points() == [80, 0, 0]
        street.check()


def test_points_come_with_the_dates_they_have_at_home():
    street = make_street(2, expiry_months=2, expires_at_month_end=False)
    with at("2026-03-02 10:00"):
        street.earn(0, 300)
    with at("2026-04-10 10:00"):
        street.redeem(1)
    ends = []
    for shop in street.shops:
        with tenant_context(shop.business):
            ends.append(Lot.objects.values_list("expires_at", flat=True).get())
    assert ends[0] == ends[1]


def test_what_lapsed_at_home_is_not_there_to_be_spent():
    street = make_street(2, expiry_months=1, expires_at_month_end=False)
    with at("2026-03-02 10:00"):
        street.earn(0, 300)
    with at("2026-04-20 10:00"):
        with pytest.raises(NotEnoughPoints):
            street.redeem(1)
        street.check()


def test_nothing_of_it_happens_when_there_is_not_enough():
    street = make_street(3)
    street.earn(0, 40)
    street.earn(1, 50)
    with pytest.raises(NotEnoughPoints):
        street.redeem(2)
    assert (street.points(), street.crossings(0), street.crossings(2)) == ([40, 50, 0], [], [])


@pytest.mark.parametrize("linked", ["neither", "only at home", "unlinked"])
def test_nobody_spends_elsewhere_without_their_own_word_and_a_proof(linked):
    street = make_street(2, linked=False)
    street.earn(0, 300)
    street.earn(1, 1)
    if linked != "neither":
        join(street, 0)
    if linked == "unlinked":
        join(street, 1)
    with pytest.raises(NotEnoughPoints):
        street.redeem(1)
    assert street.points() == [300, 1]


@pytest.mark.parametrize("where", [0, 1])
def test_who_takes_it_back_on_either_side_spends_only_at_home(where):
    street = make_street(2)
    street.earn(0, 300)
    street.earn(1, 1)
    shop = street.shops[where]
    with tenant_context(shop.business):
        leave_network(shop.member, by=SYSTEM, source=Source.PORTAL)
        assert current_consents(shop.member)["network", "any"].given is False
    with pytest.raises(NotEnoughPoints):
        street.redeem(1)
    link(street, 1)
    street.redeem(1)
    street.check()


@pytest.mark.parametrize("end", [pause_member, leave_program])
def test_who_is_paused_or_has_left_at_home_spends_nothing_of_it(end):
    street = make_street(2)
    street.earn(0, 300)
    street.earn(1, 1)
    with tenant_context(street.shops[0].business):
        end(street.shops[0].member, by=SYSTEM, source=Source.DASHBOARD)
    with pytest.raises(NotEnoughPoints):
        street.redeem(1)


def test_a_program_that_is_paused_lets_nothing_go():
    street = make_street(2)
    street.earn(0, 300)
    street.earn(1, 1)
    with tenant_context(street.shops[0].business):
        Program.objects.update(status=ProgramStatus.PAUSED)
    with pytest.raises(NotEnoughPoints):
        street.redeem(1)


def test_only_the_kinds_of_reward_that_were_agreed_count():
    street = make_street(2, terms=Terms(value=500, kinds=(RewardKind.AMOUNT_OFF,)))
    street.earn(0, 300)
    street.earn(1, 1)
    with pytest.raises(NotEnoughPoints):
        street.redeem(1)
    shop = street.shops[1]
    with tenant_context(shop.business):
        shop.reward = make_reward(shop.program, 100, kind=RewardKind.AMOUNT_OFF, value=500)
    street.redeem(1)
    assert street.points() == [201, 0]


def test_a_day_has_a_limit_in_the_time_zone_of_the_network():
    street = make_street(3, terms=Terms(value=500, day_limit=150))
    street.earn(0, 500)
    with at("2026-03-02 22:30"):
        street.redeem(1)
        with pytest.raises(NotEnoughPoints):
            street.redeem(2)
    with at("2026-03-02 23:00"):
        # Midnight in Vienna.
        street.redeem(2)
    assert street.points() == [300, 0, 0]


def test_who_owes_points_here_brings_none():
    street = make_street(2)
    street.earn(0, 300)
    purchase = street.earn(1, 100)
    street.redeem(1)
    with tenant_context(street.shops[1].business):
        bring_back(purchase)
        assert balance(street.shops[1].member) == (0, 0, 100)
    with pytest.raises(NotEnoughPoints):
        street.redeem(1)


def test_a_purchase_that_comes_back_after_its_points_were_spent_elsewhere_is_owed_at_home():
    street = make_street(2)
    purchase = street.earn(0, 100)
    street.redeem(1)
    first = street.shops[0]
    with tenant_context(first.business):
        bring_back(purchase)
        assert balance(first.member) == (0, 0, 100)
    assert street.crossings(1) == [("spent", 100, 400)]
    street.earn(0, 130)
    assert street.points() == [30, 0]
    street.check()


def test_a_business_that_left_is_spent_from_no_more_and_keeps_what_its_members_have():
    street = make_street(2)
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.earn(1, 10)
        with tenant_context(street.shops[0].business):
            give_notice(by=SYSTEM)
        street.redeem(1)
    with at("2026-05-01 10:00"):
        # Before the daily job has run as well as after it.
        with pytest.raises(NotEnoughPoints):
            street.redeem(1)
        with tenant_context(street.shops[0].business):
            leave_if_due()
        with pytest.raises(NotEnoughPoints):
            street.redeem(1)
    assert street.points() == [210, 0]


def test_two_tills_in_two_businesses_at_the_same_moment_do_not_spend_twice():
    street = make_street(3)
    street.earn(0, 250)
    outcomes = at_once(street.redeem, [1, 2, 1, 2, 1, 2])
    assert sorted(type(one).__name__ for one in outcomes) == ["NotEnoughPoints"] * 4 + ["Redemption"] * 2
    assert street.points() == [50, 0, 0]
    street.check()


def test_each_spends_the_other_at_once_and_nobody_waits_for_ever():
    street = make_street(2)
    street.earn(0, 150)
    street.earn(1, 150)
    # At both, 100 own points are there and 50 are left for whoever asks: three rewards in all.
    outcomes = at_once(street.redeem, [0, 1] * 4)
    assert sorted(type(one).__name__ for one in outcomes) == ["NotEnoughPoints"] * 5 + ["Redemption"] * 3
    assert sum(street.points()) == 0
    street.check()


def test_many_people_cross_both_ways_while_others_buy():
    street = make_street(2)
    street.earn(0, 400)
    street.earn(1, 400)
    acts = [lambda: street.redeem(0), lambda: street.redeem(1), lambda: street.earn(0, 10), lambda: street.earn(1, 10)]
    outcomes = at_once(lambda act: act(), acts * 3)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    street.check()


def test_the_same_request_from_two_tills_is_one_redemption():
    street = make_street(2)
    street.earn(0, 500)
    outcomes = at_once(lambda one: street.redeem(1, one), ["same"] * 5)
    assert len({one.pk for one in outcomes}) == 1
    assert street.points() == [400, 0]


def test_a_worker_killed_between_the_two_sides_leaves_nothing_half(monkeypatch):
    """The connection is cut by the server after the points left one side and before they came in at the other."""
    street = make_street(2)
    street.earn(0, 300)

    def die(*_args, **_fields):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def work():
        try:
            street.redeem(1)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    failures = []
    with monkeypatch.context() as patched:
        patched.setattr(spending, "_take_in", die)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(failures) == 1
    with tenant_context(street.shops[1].business):
        buy(street.shops[1].member, 100)
    assert (street.points(), street.crossings(0), street.crossings(1)) == ([300, 1], [], [])
    street.redeem(1)
    street.check()

"""Rewards undone, months closed, and both sides that agree."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connections, transaction

from programs.domain.networks.closing import close_due, close_month
from programs.domain.networks.homecoming import send_home, send_home_due
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.errors import NotEnoughPoints
from programs.jobs import settle_network
from programs.models import Account, NetworkCrossing, NetworkPerson, NetworkStatement, Redemption
from programs.network_errors import MonthOpen, SidesDiffer
from tenants.domain.networks.leaving import give_notice
from tenants.domain.networks.terms import Terms
from tenants.errors import NotInNetwork
from tenants.isolation import tenant_context
from tests.programs.domain.networks.street import link, make_street
from tests.programs.shop import SYSTEM, at, key, make_member
from tests.threads import at_once

MARCH = date(2026, 3, 1)


def void(street, number, redemption):
    with tenant_context(street.shops[number].business):
        return void_redemption(
            Redemption.objects.get(pk=redemption.pk), by=SYSTEM, reason="Changed their mind", key=key()
        )


def close(street, number=0, month=MARCH):
    with tenant_context(street.shops[number].business):
        return close_month(street.network, month)


def statements(street, month=MARCH):
    found = []
    for shop in street.shops:
        with tenant_context(shop.business):
            one = NetworkStatement.objects.filter(month=month).first()
            found.append((one.owed_to_us, one.owed_by_us, one.entries) if one else None)
    return found


def test_an_undone_reward_sends_the_points_home_and_what_was_owed_with_them():
    street = make_street(2, expiry_months=6)
    street.earn(0, 300)
    street.earn(1, 40)
    redemption = street.redeem(1)
    void(street, 1, redemption)
    assert street.points() == [300, 40]
    assert street.crossings(0) == [("spent", -60, -240), ("home", 60, 240)]
    assert street.crossings(1) == [("spent", 60, 240), ("home", -60, -240)]
    street.check()


def test_undone_twice_goes_home_once():
    street = make_street(2)
    street.earn(0, 300)
    redemption = street.redeem(1)
    at_once(lambda _number: void(street, 1, redemption), range(3))
    with tenant_context(street.shops[1].business):
        assert (send_home(redemption.pk), send_home_due()) == (False, 0)
    assert street.points() == [300, 0]
    street.check()


def test_what_was_interrupted_goes_home_with_the_daily_job(monkeypatch):
    street = make_street(2)
    street.earn(0, 300)
    redemption = street.redeem(1)
    with monkeypatch.context() as patched:
        patched.setattr("programs.domain.redemptions.send_home_afterwards", lambda _redemption: None)
        void(street, 1, redemption)
    assert street.points() == [200, 100]
    street.check()
    with tenant_context(street.shops[1].business):
        settle_network(MARCH)
    assert street.points() == [300, 0]
    street.check()


def test_what_was_spent_again_before_it_went_home_stays_owed(monkeypatch):
    street = make_street(2)
    street.earn(0, 100)
    redemption = street.redeem(1)
    with monkeypatch.context() as patched:
        patched.setattr("programs.domain.redemptions.send_home_afterwards", lambda _redemption: None)
        void(street, 1, redemption)
    street.redeem(1)
    with tenant_context(street.shops[1].business):
        send_home_due()
    assert (street.points(), street.crossings(1)) == ([0, 0], [("spent", 100, 400)])
    street.check()


def test_points_that_lapsed_meanwhile_have_lapsed_and_nobody_pays_for_them():
    street = make_street(2, expiry_months=1, expires_at_month_end=False)
    with at("2026-03-02 10:00"):
        street.earn(0, 100)
    with at("2026-03-20 10:00"):
        redemption = street.redeem(1)
    with at("2026-04-10 10:00"):
        void(street, 1, redemption)
        assert street.points() == [0, 0]
        assert street.crossings(0) == [("spent", -100, -400), ("home", 0, 400)]
        street.check()


def test_points_go_home_to_a_business_that_has_left_meanwhile():
    street = make_street(2)
    with at("2026-03-10 10:00"):
        street.earn(0, 100)
        redemption = street.redeem(1)
        with tenant_context(street.shops[0].business):
            give_notice(by=SYSTEM)
    with at("2026-05-02 10:00"):
        with tenant_context(street.shops[0].business):
            settle_network(date(2026, 5, 2))
            assert not NetworkPerson.objects.filter(ended_at=None).exists()
        void(street, 1, redemption)
        assert street.points() == [100, 0]
        street.check()
    with at("2026-06-02 10:00"):
        # The last settlement: what came later than the leaving is settled too.
        close(street, 1, date(2026, 5, 1))
        assert statements(street, date(2026, 5, 1)) == [(400, 0, 1), (0, 400, 1)]


def test_a_month_is_netted_between_each_two_and_adds_up_to_zero():
    street = make_street(3)
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
        street.redeem(2)
        street.earn(1, 300)
        street.redeem(0, "a")
    with at("2026-04-01 09:00"):
        mine = close(street, 0)
        assert [one and one[0] - one[1] for one in statements(street)].count(None) == 0
        assert sum(plus - minus for plus, minus, _entries in statements(street)) == 0
        with tenant_context(street.shops[0].business):
            assert mine.net == sum(line.net for line in mine.lines.all())
        street.check()


def test_a_month_is_closed_once_by_whoever_comes_first():
    street = make_street(3)
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
    with at("2026-04-01 09:00"):
        found = at_once(lambda number: close(street, number), [0, 1, 2, 0, 1, 2])
        assert [one for one in found if isinstance(one, Exception)] == []
        assert len({one.pk for one in found}) == 3
        assert statements(street) == [(0, 400, 1), (400, 0, 1), (0, 0, 0)]


def test_a_month_ends_at_midnight_where_the_network_is():
    street = make_street(2)
    with at(datetime(2026, 3, 31, 21, 59, tzinfo=UTC)):
        street.earn(0, 300)
        street.redeem(1)
    # Summer time began on the 29th: midnight in Vienna is 22:00.
    with at(datetime(2026, 3, 31, 22, 0, tzinfo=UTC)):
        street.redeem(1)
        close(street)
        assert statements(street) == [(0, 400, 1), (400, 0, 1)]


def test_a_month_that_runs_stays_open():
    street = make_street(2)
    with at("2026-03-31 21:00"), pytest.raises(MonthOpen):
        close(street)


def test_what_is_undone_later_stands_in_the_next_statement_and_changes_no_closed_one():
    street = make_street(2)
    with at("2026-03-20 10:00"):
        street.earn(0, 300)
        redemption = street.redeem(1)
    with at("2026-04-01 09:00"):
        close(street)
        void(street, 1, redemption)
    with at("2026-05-01 09:00"):
        with tenant_context(street.shops[1].business):
            # January and February, and April.
            assert close_due() == 3
        assert statements(street) == [(0, 400, 1), (400, 0, 1)]
        assert statements(street, date(2026, 4, 1)) == [(400, 0, 1), (0, 400, 1)]
        street.check()


def test_months_that_were_missed_are_closed_in_one_go():
    street = make_street(2)
    with at("2026-04-10 10:00"), tenant_context(street.shops[1].business):
        assert close_due() == 3
        assert close_due() == 0
        assert list(NetworkStatement.objects.values_list("month", flat=True)) == [
            date(2026, 3, 1),
            date(2026, 2, 1),
            date(2026, 1, 1),
        ]


@pytest.mark.parametrize("table", ["networkstatement", "networkstatementline", "networkcrossing"])
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_what_is_closed_cannot_be_changed_by_anybody(table, alias):
    street = make_street(2)
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
    with at("2026-04-01 09:00"):
        close(street)
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        _change(table, alias, street.shops[0].business)


def _change(table, alias, business):
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(business.pk)])
        cursor.execute(f"UPDATE programs_{table} SET id = id")


def forge(street):
    """A business writes down a claim that the other never agreed to."""
    shop = street.shops[1]
    with tenant_context(shop.business):
        NetworkCrossing.objects.create(
            crossing_id=key(),
            network_id=street.network,
            partner_id=street.shops[0].business.pk,
            person_id=key(),
            kind="spent",
            account=Account.objects.first(),
            points=1000,
            amount=1_000_000,
            occurred_at=datetime(2026, 3, 5, tzinfo=UTC),
        )


def test_a_claim_that_one_side_made_up_is_found_and_never_closed():
    street = make_street(2)
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
    forge(street)
    with at("2026-04-01 09:00"):
        with pytest.raises(SidesDiffer):
            close(street)
        assert statements(street) == [None, None]
    for shop in street.shops:
        with tenant_context(shop.business):
            found = {one.rule for one in reconcile().differences}
            assert "both sides of a network have booked the same" in found


def test_a_stranger_closes_nothing():
    street = make_street(2)
    other = make_street(2)
    with at("2027-01-01 09:00"), tenant_context(other.shops[0].business), pytest.raises(NotInNetwork):
        close_month(street.network, MARCH)


def test_rounding_is_the_same_on_both_sides_and_whole():
    street = make_street(2, terms=Terms(value=333, share=77), cost=7)
    with at("2026-03-10 10:00"):
        street.earn(0, 70)
        for _number in range(10):
            street.redeem(1)
    with at("2026-04-01 09:00"):
        close(street)
        # 7 × 3.33 × 77 % = 17.9487, each of them rounded to 18.
        assert statements(street) == [(0, 180, 10), (180, 0, 10)]


def test_another_member_of_the_business_has_nothing_of_it():
    street = make_street(2)
    street.earn(0, 300)
    shop = street.shops[1]
    with tenant_context(shop.business):
        stranger = make_member()
        with pytest.raises(NotEnoughPoints):
            redeem_reward(stranger, reward=shop.reward, by=SYSTEM, key=key())
    link(street, 1)
    assert street.points()[0] == 300

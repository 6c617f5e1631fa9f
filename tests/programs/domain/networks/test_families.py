"""Somebody of a family spends its pool, and then what they have themselves in other businesses."""

import threading
import time

import pytest
from django.db import connections, transaction

from programs.domain.redemptions import redeem_reward, void_redemption
from programs.domain.sharing.families import dissolve_family
from programs.errors import NotEnoughPoints
from programs.models import Account, NetworkPerson, PointTransfer, Redemption
from tenants.isolation import tenant_context
from tests.programs.domain.networks.street import link, make_street
from tests.programs.sharing import allow, make_family
from tests.programs.shop import SYSTEM, balance, buy, key, make_member, make_reward
from tests.threads import at_once


@pytest.fixture
def street():
    """The same two people in both shops; at the second they are a family: 30 of one and 20 of the other there.

    Elsewhere the redeemer has 100 and the other one 500.
    """
    street = make_street(2)
    street.earn(0, 100)
    street.earn(1, 30)
    street.others = []
    for number, points in ((0, 500), (1, 20)):
        with tenant_context(street.shops[number].business):
            other = make_member(given_name="Otto")
            buy(other, points * 100)
            street.others.append(other)
            if number:
                allow()
                make_family(street.shops[number].member, other)
    _link_others(street)
    return street


def _link_others(street):
    mine = [shop.member for shop in street.shops]
    for shop, other in zip(street.shops, street.others, strict=True):
        shop.member = other
    link(street, 1)
    for shop, member in zip(street.shops, mine, strict=True):
        shop.member = member


def others(street):
    found = []
    for shop, other in zip(street.shops, street.others, strict=True):
        with tenant_context(shop.business):
            found.append(balance(other)[0])
    return found


def redeem(street, cost, number=1, member=None):
    shop = street.shops[number]
    with tenant_context(shop.business):
        return redeem_reward(member or shop.member, reward=make_reward(shop.program, cost), by=SYSTEM, key=key())


def test_the_pool_is_spent_and_then_what_the_redeemer_has_elsewhere(street):
    redeem(street, 120)
    assert (street.points(), others(street)) == ([30, 0], [500, 0])
    assert street.crossings(1) == [("spent", 70, 280)]
    with tenant_context(street.shops[1].business):
        assert PointTransfer.objects.get().points == 20
    street.check()


def test_what_the_others_have_elsewhere_is_nobodys_pool(street):
    with pytest.raises(NotEnoughPoints):
        redeem(street, 151)
    assert (street.points(), others(street)) == ([100, 30], [500, 20])
    street.check()


def test_undone_everybody_has_their_own_back(street):
    redemption = redeem(street, 120)
    with tenant_context(street.shops[1].business):
        found = Redemption.objects.get(pk=redemption.pk)
        void_redemption(found, by=SYSTEM, reason="Changed their mind", key=key())
    assert (street.points(), others(street)) == ([100, 30], [500, 20])
    street.check()


def test_where_only_the_head_spends_the_others_have_their_own_and_what_is_elsewhere(street):
    with tenant_context(street.shops[1].business):
        allow(head_spends=True)
    other = street.others[1]
    redeem(street, 50, member=other)
    assert (street.points(), others(street)) == ([100, 30], [470, 0])
    street.check()


def test_two_of_a_family_at_two_businesses_at_once_never_wait_for_each_other(street):
    """A family in both: each redeems elsewhere what needs the account that the other one's redemption has locked."""
    with tenant_context(street.shops[0].business):
        allow()
        make_family(street.shops[0].member, street.others[0])
    members = [(1, street.shops[1].member), (0, street.others[0]), (1, street.others[1]), (0, street.shops[0].member)]
    for shop in street.shops:
        with tenant_context(shop.business):
            make_reward(shop.program, 7)
    found = at_once(lambda pair: redeem(street, 160, pair[0], pair[1]), members * 2)
    assert {type(one).__name__ for one in found} <= {"Redemption", "NotEnoughPoints"}
    assert any(isinstance(one, Redemption) for one in found)
    street.check()


def test_who_came_to_the_family_unheld_is_not_waited_for(street):
    """Between holding the persons and locking the accounts another one came: all is let go of, and begun anew."""
    shop, other = street.shops[1], street.others[1]
    with tenant_context(shop.business):
        dissolve_family(Account.objects.filter(family__isnull=False)[0].family, by=SYSTEM)
        make_reward(shop.program, 7)
        person = NetworkPerson.objects.get(member=shop.member, ended_at=None)
    outcomes = []

    def act():
        outcomes.extend(at_once(lambda cost: redeem(street, cost), [120]))

    # The redeemer waits for their own person, having seen no family; then there is one.
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 8))", [str(person.person_id)])
        redeeming = threading.Thread(target=act)
        redeeming.start()
        while not waits_for_an_advisory_lock(cursor):
            time.sleep(0.01)
        with tenant_context(shop.business):
            make_family(shop.member, other)
    redeeming.join()
    assert [type(one).__name__ for one in outcomes] == ["Redemption"]
    street.check()
    with tenant_context(shop.business):
        assert Redemption.objects.count() == 1
        assert NetworkPerson.objects.filter(ended_at=None).count() == Account.objects.count() == 2


def waits_for_an_advisory_lock(cursor):
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    return cursor.fetchone()[0]

"""Who somebody is in several businesses: merged records, a second number, a business that leaves."""

import pytest

from customers.domain.merging import merge_members, undo_merge
from customers.enums import Source
from customers.models import Merge
from programs.domain.networks.people import join_network, person_of
from programs.errors import NotEnoughPoints
from programs.models import NetworkPerson
from tenants.errors import NotInNetwork, RulesNotAgreed
from tenants.isolation import tenant_context
from tests.cast import make_business
from tests.programs.domain.networks.street import join, link, make_street
from tests.programs.shop import SYSTEM, make_member, make_program


def merge(kept, absorbed):
    return merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)


def test_a_merged_record_takes_the_link_along_and_gives_it_back_when_parted():
    street = make_street(2)
    street.earn(0, 300)
    shop = street.shops[1]
    with tenant_context(shop.business):
        linked, other = shop.member, make_member()
        done = merge(other, linked)
        assert person_of(other).source == Source.PORTAL
    shop.member = other
    street.redeem(1)
    with tenant_context(shop.business):
        undo_merge(Merge.objects.get(pk=done.pk), by=SYSTEM, source=Source.DASHBOARD)
        assert person_of(other) is None
        assert person_of(linked) is not None
    assert street.points()[0] == 200
    street.check()


def test_of_two_who_take_part_the_kept_ones_own_word_counts():
    shop = make_street(2).shops[1]
    with tenant_context(shop.business):
        second = make_member()
        mine = join_network(second, agreed=True, by=SYSTEM, source=Source.COUNTER)
        done = merge(second, shop.member)
        assert person_of(second).pk == mine.pk
        assert NetworkPerson.objects.get(member=shop.member).ended_by == "merged"
        undo_merge(Merge.objects.get(pk=done.pk), by=SYSTEM, source=Source.DASHBOARD)
        assert person_of(shop.member) is not None


def test_who_took_part_under_two_numbers_is_one_everywhere_once_it_is_proved():
    street = make_street(3, linked=False)
    join(street, 0)
    join(street, 1)
    link(street, 2, of=1)
    street.earn(0, 300)
    with pytest.raises(NotEnoughPoints):
        street.redeem(2)
    link(street, 1, of=0)
    street.redeem(2)
    numbers = set()
    for shop in street.shops:
        with tenant_context(shop.business):
            numbers.add(person_of(shop.member).person_id)
    assert (len(numbers), street.points()) == (1, [200, 0, 0])


def test_nobody_joins_without_a_yes_or_without_a_network():
    street = make_street(2, linked=False)
    shop = street.shops[0]
    with tenant_context(shop.business), pytest.raises(RulesNotAgreed):
        join_network(shop.member, agreed=False, by=SYSTEM, source=Source.PORTAL)
    with tenant_context(make_business()):
        make_program()
        member = make_member()
        with pytest.raises(NotInNetwork):
            join_network(member, agreed=True, by=SYSTEM, source=Source.PORTAL)

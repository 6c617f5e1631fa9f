"""Random histories of one person in three businesses, with every invariant asked of all of them after every step."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from customers.enums import Source
from customers.models import Purchase
from loyalty_saas.lib.errors import DomainError
from programs.domain.expiry import expire_due
from programs.domain.networks.closing import close_due
from programs.domain.networks.people import join_network, leave_network
from programs.domain.redemptions import void_redemption
from programs.enums import RedemptionStatus
from programs.models import NetworkStatement, Redemption
from tenants.domain.networks.terms import Terms
from tenants.isolation import tenant_context
from tests.programs.domain.networks.street import link, make_street
from tests.programs.shop import SYSTEM, at, bring_back, key

START = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)


def void(shop, chance):
    with tenant_context(shop.business):
        open_ones = list(Redemption.objects.filter(status=RedemptionStatus.OPEN).order_by("id"))
        if open_ones:
            void_redemption(chance.choice(open_ones), by=SYSTEM, reason="Changed their mind", key=key())


def give_back(shop, chance):
    with tenant_context(shop.business):
        kept = [one for one in Purchase.objects.order_by("id") if one.returned < one.total]
        if kept:
            bought = chance.choice(kept)
            bring_back(bought, chance.choice([None, (bought.total - bought.returned + 1) // 2]))


def stop_or_start(street, number, chance):
    shop = street.shops[number]
    with tenant_context(shop.business):
        if chance.random() < 0.5:
            leave_network(shop.member, by=SYSTEM, source=Source.PORTAL)
        else:
            join_network(shop.member, agreed=True, by=SYSTEM, source=Source.PORTAL)
    if chance.random() < 0.8:
        link(street, number, of=(number + 1) % 3)


def clock(shop, now):
    with tenant_context(shop.business):
        expire_due(now)
        close_due()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_both_sides_agree_and_the_network_is_zero(seed):
    chance = random.Random(seed)
    terms = Terms(value=chance.choice([500, 333]), share=chance.choice([100, 77]), day_limit=chance.choice([None, 150]))
    street = make_street(3, terms=terms, cost=60, expiry_months=1, expires_at_month_end=False)
    now = START
    with at(now):
        street.earn(0, 200)
        street.redeem(1)
    for _step in range(22):
        now += timedelta(hours=chance.choice([1, 7, 30, 200]))
        number = chance.randrange(3)
        shop = street.shops[number]
        acts = [
            lambda number=number: street.earn(number, chance.randrange(10, 120)),
            lambda number=number: street.redeem(number),
            lambda number=number: street.redeem(number),
            lambda shop=shop: void(shop, chance),
            lambda shop=shop: give_back(shop, chance),
            lambda number=number: stop_or_start(street, number, chance),
            lambda shop=shop, now=now: clock(shop, now),
        ]
        with at(now):
            with suppress(DomainError):
                chance.choices(acts, weights=[5, 4, 3, 2, 2, 1, 2])[0]()
            street.check()
    with at(now + timedelta(days=40)):
        clock(street.shops[0], now + timedelta(days=40))
        street.check()
    nets: dict[object, int] = {}
    crossed = 0
    for shop in street.shops:
        with tenant_context(shop.business):
            for one in NetworkStatement.objects.all():
                nets[one.month] = nets.get(one.month, 0) + one.net
                crossed += one.entries
    assert crossed
    assert set(nets.values()) == {0}

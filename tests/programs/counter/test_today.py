"""Today's list at the counter: whole acts, of this place, since midnight there."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.enums import Source
from programs.counter.today import today_at
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Location
from tests.cast import sign_in
from tests.programs.counter_shop import PIN, Shop, enrol, key


def _serve(till: Client, shop: Shop, **values: Any) -> None:
    answer = till.post(f"{shop.url}visits/", {"key": key(), **values}, headers={"HX-Request": "true"})
    assert answer.status_code == 200


def test_one_line_says_everything_an_act_led_to(shop: Shop, till: Client) -> None:
    _serve(till, shop, amount="12.40", reward=str(shop.coffee.pk), pin=PIN)
    with tenant_context(shop.cast.business):
        act = today_at(shop.cast.location).acts[0]
    assert act.member == shop.anna
    assert [told.sentence for told in act.told] == [
        "Bought for €12.40",
        "Earned 12 points",
        "Redeemed “Free coffee”",
        "Used the voucher for “Free coffee”",
    ]
    page = till.get("/counter/today/").content.decode()
    assert "Bought for €12.40" in page
    assert shop.url in page


def test_its_sums_are_of_the_day_without_what_came_back(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        before = today_at(shop.cast.location)
    _serve(till, shop, amount="10.00", reward=str(shop.coffee.pk), pin=PIN)
    with tenant_context(shop.cast.business):
        after = today_at(shop.cast.location)
        assert (after.purchases, after.sales, after.rewards) == (
            before.purchases + 1,
            before.sales + 1000,
            before.rewards + 1,
        )
        enrol(shop.cast, "Nora")
        assert today_at(shop.cast.location).joined == before.joined + 1


def test_another_place_another_day_and_another_person_are_not_in_it(shop: Shop, till: Client) -> None:
    cast = shop.cast
    with tenant_context(cast.business):
        ben = enrol(cast, "Ben")
        other = Location.objects.create(name="Harbour")
        there = Actor.staff(cast.owner, other.pk)
        record_purchase(ben, PurchaseDetails(total=700, location=other), by=there, source=Source.COUNTER, key=key())
        yesterday = timezone.now() - timedelta(days=1)
        here = Actor.staff(cast.owner, cast.location.pk)
        record_purchase(ben, PurchaseDetails(total=900, occurred_at=yesterday), by=here, source=Source.COUNTER)
        sentences = [told.sentence for act in today_at(cast.location).acts for told in act.told]
        assert "Bought for €7.00" not in sentences
        assert "Bought for €9.00" not in sentences
        assert "Bought for €7.00" in [told.sentence for act in today_at(other).acts for told in act.told]
        assert today_at(cast.location, of=cast.staff).acts == []
    waiter = sign_in(cast.staff)
    waiter.post("/counter/locations/", {"location": str(cast.location.pk)})
    assert "Nothing yet today" in waiter.get("/counter/today/?who=mine").content.decode()


def test_a_long_day_is_read_page_by_page_and_no_act_is_cut_or_told_twice(shop: Shop, till: Client) -> None:
    for amount in range(1, 7):
        _serve(till, shop, amount=f"{amount}.00")
    found, before = [], None
    with tenant_context(shop.cast.business):
        while True:
            page = today_at(shop.cast.location, before=before, most=5)
            found += [act.told[0].sentence for act in page.acts]
            before = page.before
            if before is None:
                break
    assert [one for one in found if one.startswith("Bought")][:6] == [f"Bought for €{n}.00" for n in range(6, 0, -1)]
    assert till.get("/counter/today/?before=nonsense").status_code == 200

"""What twenty earning rules add to a sale: a basket of ten lines through the API, without them and with them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from bench.harness import Row, Scale, measure
from bench.shop import Shop, named, new_key
from customers.models import Category, Product
from programs.domain.rules.definition import Definition
from programs.domain.rules.publishing import compose_rule, end_rule, publish_rule
from programs.enums import RuleEffect, RuleOccasion
from programs.models import EarningRule, Program
from tenants.actors import Actor
from tenants.isolation import tenant_context

LINES = 10
ALL_DAYS = tuple(range(7))


def rules(shop: Shop, scale: Scale) -> Iterator[Row]:
    products = _products(shop)
    client = _baskets(shop, products)
    without = measure(shop.site, f"Sale of {LINES} lines, API, no rules", [client], calls=scale.calls)
    yield without
    published = _publish(shop, products)
    try:
        with_rules = measure(
            shop.site,
            f"Sale of {LINES} lines, API, {len(published)} rules",
            [client],
            calls=scale.calls,
            reference=without,
            remark="7 multiply, 9 add points, 4 do not match; 4 have caps",
        )
    finally:
        with tenant_context(shop.tenant):
            for rule in published:
                end_rule(rule, by=Actor.system())
    yield with_rules


def _baskets(shop: Shop, products: list[Product]) -> Callable[[], object]:
    till = shop.till()

    def buy() -> object:
        lines = [{"sku": one.sku, "quantity": "2", "unit_price": 350} for one in products]
        body = {"member": named(shop.guest()), "lines": lines, "receipt_number": uuid4().hex}
        return till.post_json("/api/v1/purchases/", body, new_key())

    return buy


def _products(shop: Shop) -> list[Product]:
    with tenant_context(shop.tenant):
        categories = [Category.objects.create(name=f"Shelf {number}") for number in range(2)]
        return [
            Product.objects.create(name=f"Thing {number}", sku=f"THING-{number}", category=categories[number % 2])
            for number in range(LINES)
        ]


def _publish(shop: Shop, products: list[Product]) -> list[EarningRule]:
    with tenant_context(shop.tenant):
        program = Program.objects.get(kind="points")
        made = []
        for number, definition in enumerate(_definitions(products)):
            rule = compose_rule(program, name=f"Rule {number + 1}", definition=definition, by=Actor.system())
            publish_rule(rule, by=Actor.system())
            made.append(rule)
        return made


def _definitions(products: list[Product]) -> list[Definition]:
    """Twenty, of every kind there is; a calendar of days that are over keeps four from matching."""
    multiply, fixed, items, spend = (
        RuleEffect.MULTIPLY.value, RuleEffect.FIXED.value, RuleEffect.ITEMS.value, RuleEffect.SPEND.value,
    )  # fmt: skip
    goods = [str(one.pk) for one in products]
    shelves = list(dict.fromkeys(str(one.category_id) for one in products))
    over = timezone.now().date() - timedelta(days=30)
    return [
        Definition(multiply, 150, weekdays=ALL_DAYS),
        Definition(multiply, 120, from_minute=0, to_minute=24 * 60 - 1),
        Definition(multiply, 200, products=(goods[0], goods[1])),
        Definition(multiply, 300, products=(goods[2],), most_in_day=10**6),
        Definition(multiply, 110, categories=(shelves[0],)),
        Definition(multiply, 130, categories=(shelves[1],), minimum=100),
        Definition(multiply, 140, minimum=5_000),
        Definition(fixed, 5, minimum=1_000),
        Definition(fixed, 3, weekdays=ALL_DAYS, most_in_month=10**6),
        Definition(fixed, 2, budget=10**6),
        Definition(items, 1, every=2, products=tuple(goods[:5])),
        Definition(items, 1, every=3, categories=(shelves[0],)),
        Definition(items, 2, every=10),
        Definition(spend, 1, every=500),
        Definition(spend, 1, every=1_000, products=tuple(goods[5:])),
        Definition(spend, 2, every=2_000, most_for_member=10**6),
        Definition(multiply, 200, first_day=over, last_day=over),
        Definition(fixed, 10, occasion=RuleOccasion.FIRST),
        Definition(fixed, 10, occasion=RuleOccasion.BIRTHDAY),
        Definition(fixed, 10, minimum=10**8),
    ]

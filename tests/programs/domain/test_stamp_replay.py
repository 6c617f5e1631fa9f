"""A stamp card is tried on what was bought: as the real one would have done it, and nothing is written."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.domain.purchases import LineDetails
from customers.models import Activity, Category, Product
from programs.domain.stamps.replay import replay_card
from programs.domain.stamps.terms import Terms
from programs.enums import StampsFor
from programs.models import Account, Entry, Program, StampCardVersion
from tests.programs.shop import at, bring_back, buy, make_member, make_program
from tests.programs.stamps import make_card, standing, terms

pytestmark = pytest.mark.usefixtures("inside")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def _goods() -> tuple[Product, Product]:
    hot = Category.objects.create(name="Hot drinks")
    return Product.objects.create(name="Coffee", category=hot, price=320), Product.objects.create(
        name="Cake", price=450
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"slots": 3, "most_in_day": 1},
        {"slots": 4, "most_in_day": 2, "expiry_months": 1, "minimum": 500},
        {"slots": 5, "counts": StampsFor.SPEND, "every": 700, "most_in_day": None, "expiry_months": 1},
        {"slots": 4, "counts": StampsFor.ITEMS, "most_in_day": 3, "chosen": True},
    ],
)
def test_it_comes_to_what_the_real_card_came_to(fields: dict[str, Any]) -> None:
    """Sixty purchases of three members, some at midnight, some returned, played on a real card and tried on it."""
    coffee, cake = _goods()
    fields = dict(fields)
    if fields.pop("chosen", False):
        fields |= {"categories": (str(coffee.category_id),)}
    chance = random.Random(fields["slots"])
    with at(START - timedelta(hours=1)):
        make_program()
        card = make_card(**fields)
        members = [make_member(given_name=name) for name in ("Ida", "Otto", "Eva")]
    moment, bought = START, []
    for _time in range(60):
        moment += timedelta(hours=chance.choice([1, 5, 13, 30, 60]), minutes=chance.randrange(60))
        lines = tuple(
            LineDetails(product=one, quantity=Decimal(chance.randint(1, 3)), unit_price=one.price)
            for one in chance.sample([coffee, cake], chance.randint(1, 2))
        )
        with at(moment):
            bought.append(buy(chance.choice(members), lines=lines))
    del bought
    with at(moment):
        real = [standing(one, card) for one in members]
        tried = replay_card(terms(**fields), moment)
    if moment - START > timedelta(days=90):  # pragma: no cover - the hours above stay below it
        pytest.fail("The purchases must all be within the days that are looked at.")
    assert tried.full == sum(one.finished for one in real) > 0
    assert tried.begun == sum(1 for one in real if one.stamps)
    assert {one.member: (one.cards, one.stamps) for one in tried.furthest} == {
        member: (one.finished, one.stamps) for member, one in zip(members, real, strict=True) if one.finished
    }


def test_nothing_is_written() -> None:
    make_program()
    member = make_member()
    buy(member, 1_000)
    before = [model.objects.count() for model in (Entry, Account, Program, StampCardVersion, Activity)]
    assert replay_card(terms(slots=2), datetime.now(UTC)).given == 1
    assert [model.objects.count() for model in (Entry, Account, Program, StampCardVersion, Activity)] == before


def test_what_came_back_gives_nothing_and_guests_do_not_collect() -> None:
    make_program()
    member = make_member()
    whole, part = buy(member, 1_000), buy(member, 3_000)
    bring_back(whole, 1_000)
    bring_back(part, 2_500)
    buy(None, 5_000)  # type: ignore[arg-type]
    tried = replay_card(terms(slots=2, minimum=600, most_in_day=None), datetime.now(UTC))
    assert (tried.purchases, tried.members, tried.given, tried.collectors) == (1, 1, 0, 0)
    assert replay_card(terms(slots=2, most_in_day=None), datetime.now(UTC)).given == 1


def test_a_day_is_one_of_the_business() -> None:
    make_program()
    member = make_member()
    with at("2026-03-10 22:50"):  # ten to midnight in Vienna
        buy(member, 1_000)
    for minute in ("23:10", "23:20"):
        with at(f"2026-03-10 {minute}"):
            buy(member, 1_000)
    with at("2026-03-11 12:00"):
        tried = replay_card(terms(slots=2), datetime.now(UTC))
    assert (tried.given, tried.beyond, tried.full, tried.begun) == (2, 1, 1, 0)


def test_only_the_last_ninety_days_and_stamps_that_ran_out() -> None:
    make_program()
    member = make_member()
    for day in ("2026-01-05", "2026-03-05", "2026-05-20"):
        with at(f"{day} 12:00"):
            buy(member, 1_000)
    with at("2026-05-21 12:00"):
        tried = replay_card(terms(slots=3, expiry_months=1), datetime.now(UTC))
        assert (tried.purchases, tried.given, tried.lapsed, tried.begun) == (2, 2, 1, 1)
        assert replay_card(terms(slots=2), datetime.now(UTC)).full == 1


def test_nobody_bought_anything() -> None:
    tried = replay_card(Terms("Card", 5, reward_name="Tea"), datetime.now(UTC))
    assert (tried.purchases, tried.full, tried.cost(300), tried.cost(None)) == (0, 0, 0, None)

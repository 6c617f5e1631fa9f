"""Ways to begin: every recipe of every trade begins, costs what a pocket calculator says, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from programs.domain.programs import draft_program, pause_program, publish_program
from programs.domain.rules.publishing import compose_rule
from programs.errors import ProgramBegun
from programs.models import EarningRule, EarningRuleVersion, Program, Reward, Tier
from programs.recipes.begin import begin_with
from programs.recipes.book import Recipe, Shape, recipe_of, recipes_for
from programs.recipes.estimate import cost_of_month, cost_on_sales, plan_of
from tenants.actors import Actor
from tenants.enums import Trade
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import bring_back, buy, earn, make_member

SYSTEM = Actor.system()


def recipe(slug: str) -> Recipe:
    found = recipe_of(slug)
    assert found is not None
    return found


@pytest.mark.parametrize("trade", Trade.values)
def test_every_recipe_of_a_trade_begins(make_business, trade: str) -> None:
    business = make_business(trade=trade)
    with tenant_context(business):
        for one in recipes_for(trade):
            program = begin_with(one, by=SYSTEM)
            assert (program.status, program.rewards.count()) == ("draft", 3)
            assert [tier.multiplier for tier in program.tiers.all()] == [level.multiplier for level in one.levels]
            drafts = EarningRule.objects.filter(program=program, draft__isnull=False, ended_at=None)
            assert drafts.count() == (1 if one.boost else 0)
        assert Program.objects.count() == 1


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("currency", ["EUR", "JPY", "HUF", "IDR", "KWD"])
def test_a_recipe_speaks_the_money_of_the_business(make_business, currency: str, shape: Shape) -> None:
    business = make_business(trade=Trade.CAFE, currency=currency)
    with tenant_context(business):
        chosen = recipe(f"cafe-{shape}")
        program = begin_with(chosen, by=SYSTEM)
        assert [reward.cost for reward in program.rewards.order_by("cost")] == [50, 80, 150]
        rough = cost_of_month(
            plan_of(chosen, business, margin=70), purchases=100, average=program.earn_amount * 7, margin=70
        )
        assert rough.percent == 2.4


def test_publishing_begins_the_extra_points_that_were_drafted_with_it_and_later_ones_not(inside) -> None:
    program = begin_with(recipe("cafe-quiet"), by=SYSTEM)
    publish_program(program, by=SYSTEM)
    assert [version.name for version in EarningRuleVersion.objects.all()] == ["Quiet afternoons"]
    chosen = recipe("cafe-quiet").boost
    assert chosen is not None
    compose_rule(program, name="Later", definition=chosen.definition, by=SYSTEM)
    program = pause_program(program, by=SYSTEM)
    publish_program(program, by=SYSTEM)
    assert EarningRuleVersion.objects.count() == 1


def test_another_recipe_takes_the_place_of_the_draft(inside) -> None:
    program = begin_with(recipe("cafe-levels"), by=SYSTEM)
    begin_with(recipe("salon-quiet"), by=SYSTEM)
    assert Program.objects.get().pk == program.pk
    assert not Tier.objects.exists()
    assert set(Reward.objects.values_list("name", flat=True)) >= {"A treatment on us"}
    assert [rule.name for rule in EarningRule.objects.all()] == ["Midweek"]


def test_what_is_promised_already_is_not_begun_again(inside) -> None:
    program = begin_with(recipe("cafe-plain"), by=SYSTEM)
    publish_program(program, by=SYSTEM)
    before = set(Reward.objects.values_list("pk", flat=True))
    with pytest.raises(ProgramBegun):
        begin_with(recipe("cafe-levels"), by=SYSTEM)
    assert set(Reward.objects.values_list("pk", flat=True)) == before


def test_the_name_that_was_chosen_stays(inside) -> None:
    Program.objects.filter(pk=draft_program(by=SYSTEM).pk).update(name="Crumbs", unit_many="crumbs")
    program = begin_with(recipe("bakery-plain"), by=SYSTEM)
    assert (program.name, program.unit_many) == ("Crumbs", "crumbs")


class TestCost:
    def test_on_own_sales_as_a_pocket_calculator_says(self, business) -> None:
        with tenant_context(business):
            regular, guest = make_member(), make_member()
            for _visit in range(20):
                buy(regular, 1_000)
            buy(guest, 4_990)
            bring_back(buy(guest, 900), 900)
            buy(guest, 900, occurred_at=timezone.now() - timedelta(days=400))
            found = cost_on_sales(plan_of(recipe("cafe-plain"), business, margin=75), margin=75, now=timezone.now())
        # 200 points are four coffees (50 points, sold for 4, of which a quarter is cost); 49 points are none.
        assert found is not None
        assert (found.purchases, found.members, found.sales) == (21, 2, 24_990)
        assert (found.points, found.rewards, found.worth, found.cost) == (249, 4, 1_600, 400)
        assert found.percent == 1.6
        # 400 of cost against 24,990 at 75%: 2.1 percent more sales.
        assert found.pays_from == 2.1

    def test_tiers_earn_faster_from_the_purchase_after_they_are_reached(self, business) -> None:
        with tenant_context(business):
            regular = make_member()
            buy(regular, 25_000)
            buy(regular, 10_000)
            buy(make_member(), 24_999)
            found = cost_on_sales(plan_of(recipe("cafe-levels"), business, margin=70), margin=70, now=timezone.now())
        assert found is not None
        assert found.points == 250 + 125 + 249
        assert list(found.levels) == [("Regular", 1), ("Friend of the house", 0)]

    def test_quiet_hours_count_in_local_time(self, make_business) -> None:
        business = make_business(trade=Trade.CAFE, time_zone="Europe/Vienna")
        with tenant_context(business):
            regular, now = make_member(), datetime(2026, 11, 23, 12, tzinfo=UTC)
            buy(regular, 1_000, occurred_at=datetime(2026, 11, 16, 13, 30, tzinfo=UTC))  # Monday, 14:30
            buy(regular, 1_000, occurred_at=datetime(2026, 11, 16, 15, 30, tzinfo=UTC))  # Monday, 16:30
            buy(regular, 1_000, occurred_at=datetime(2026, 11, 14, 13, 30, tzinfo=UTC))  # Saturday
            found = cost_on_sales(plan_of(recipe("cafe-quiet"), business, margin=70), margin=70, now=now)
        assert found is not None
        assert found.points == 40

    def test_trying_it_writes_nothing(self, business) -> None:
        with tenant_context(business):
            buy(make_member(), 1_000)
            cost_on_sales(plan_of(recipe("cafe-quiet"), business, margin=70), margin=70, now=timezone.now())
            assert not Program.objects.exists()
            assert not EarningRule.objects.exists()


class TestPages:
    @pytest.fixture
    def owner(self, cast: Cast) -> Client:
        return sign_in(cast.owner)

    def test_from_choosing_to_the_draft(self, cast: Cast, owner: Client) -> None:
        page = owner.get("/program/", follow=True).content.decode()
        assert "How should your program begin?" in page
        assert "/program/recipes/cafe-levels/" in page
        assert "In a month we have" in owner.get("/program/recipes/cafe-levels/").content.decode()
        cost = owner.get("/program/recipes/cafe-levels/cost/?margin=70&purchases=100&average=7").content.decode()
        assert "2.4% of sales" in cost
        assert owner.post("/program/recipes/cafe-levels/beginning/").headers["Location"] == "/program/"
        assert "Begin with something else" in owner.get("/program/").content.decode()
        with tenant_context(cast.business):
            publish_program(Program.objects.get(), by=SYSTEM)
        assert owner.get("/program/recipes/").headers["Location"] == "/program/"
        assert "Your program has begun already" in owner.get("/program/recipes/cafe-levels/").content.decode()

    def test_own_sales_need_no_month_to_be_described(self, cast: Cast, owner: Client) -> None:
        with tenant_context(cast.business):
            buy(make_member(), 10_000)
        assert "In a month we have" not in owner.get("/program/recipes/cafe-plain/").content.decode()
        assert "on your own sales" in owner.get("/program/recipes/cafe-plain/cost/").content.decode()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("margin=&purchases=100&average=7", "fill this in"),
            ("margin=120&purchases=100&average=7", "Margin in percent: Write 95 or less"),
            ("margin=70&purchases=many&average=7", "Purchases in a month: Write a whole number"),
            ("margin=70&purchases=100&average=0", "more than nothing"),
        ],
    )
    def test_a_mistake_is_said(self, owner: Client, typed: str, said: str) -> None:
        page = owner.get(f"/program/recipes/cafe-plain/cost/?{typed}").content.decode()
        assert said in page
        assert "of sales" not in page

    def test_other_trades_and_no_such_trade(self, owner: Client) -> None:
        assert "A treatment on us" in owner.get("/program/recipes/?trade=salon").content.decode()
        assert "A coffee on us" in owner.get("/program/recipes/?trade=smithy").content.decode()
        assert owner.get("/program/recipes/smithy-plain/").status_code == 404
        assert owner.get("/program/recipes/cafe-secret/").status_code == 404

    def test_a_program_that_runs_is_left_alone(self, cast: Cast, owner: Client) -> None:
        owner.post("/program/recipes/cafe-plain/beginning/")
        with tenant_context(cast.business):
            publish_program(Program.objects.get(), by=SYSTEM)
            earn(make_member(), 1_000)
        answer = owner.post("/program/recipes/cafe-levels/beginning/", follow=True)
        assert "has begun already" in answer.content.decode()
        with tenant_context(cast.business):
            assert not Tier.objects.exists()

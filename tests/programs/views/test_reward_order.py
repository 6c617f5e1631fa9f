"""The owner's order of rewards: chosen on the list, followed by the portal and the counter."""

import re

import pytest
from django.test import Client

from customers.models import Member
from programs.domain import catalog
from programs.domain.catalog import RewardDetails, move_reward
from programs.models import Program, Reward
from programs.queries import current_rewards, rewards_for
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import Cast, sign_in
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.shop import buy, make_member, make_program, make_reward

BY = Actor.system()


@pytest.fixture
def cast() -> Cast:
    cast = Cast.make()
    with tenant_context(cast.business):
        program = make_program()
        for name, cost in (("Coffee", 10), ("Cake", 20), ("Dinner", 30)):
            make_reward(program, cost, name=name)
    return cast


def names() -> list[str]:
    return [reward.name for reward in current_rewards()]


def named(name: str) -> Reward:
    return Reward.objects.get(name=name)


def test_rewards_begin_with_the_cheapest_until_somebody_moves_one(cast: Cast) -> None:
    with tenant_context(cast.business):
        assert names() == ["Coffee", "Cake", "Dinner"]
        move_reward(named("Dinner"), up=True, by=BY)
        assert names() == ["Coffee", "Dinner", "Cake"]
        move_reward(named("Coffee"), up=False, by=BY)
        assert names() == ["Dinner", "Coffee", "Cake"]
        assert AuditEvent.objects.filter(action="reward.moved").count() == 2


def test_at_either_end_nothing_moves(cast: Cast) -> None:
    with tenant_context(cast.business):
        move_reward(named("Coffee"), up=True, by=BY)
        move_reward(named("Dinner"), up=False, by=BY)
        assert names() == ["Coffee", "Cake", "Dinner"]
        assert not AuditEvent.objects.filter(action="reward.moved").exists()


def test_a_new_reward_comes_last_once_there_is_an_order(cast: Cast) -> None:
    with tenant_context(cast.business):
        program = Program.objects.get()
        catalog.create_reward(program, RewardDetails("Biscuit", "free_product", 5), by=BY)
        assert names() == ["Biscuit", "Coffee", "Cake", "Dinner"]
        move_reward(named("Biscuit"), up=False, by=BY)
        catalog.create_reward(program, RewardDetails("Sugar", "free_product", 1), by=BY)
        assert names() == ["Coffee", "Biscuit", "Cake", "Dinner", "Sugar"]


def test_a_withdrawn_reward_is_stepped_over(cast: Cast) -> None:
    with tenant_context(cast.business):
        catalog.withdraw_reward(named("Cake"), by=BY)
        move_reward(named("Dinner"), up=True, by=BY)
        assert names() == ["Dinner", "Coffee"]
        move_reward(named("Cake"), up=True, by=BY)
        assert names() == ["Dinner", "Coffee"]


def test_the_list_moves_a_reward_and_says_where_it_is(cast: Cast) -> None:
    owner = sign_in(cast.owner)
    with tenant_context(cast.business):
        cake = named("Cake")
    assert "Move “Cake” up; it is number 2 of 3" in owner.get("/rewards/").content.decode()
    page = owner.post(f"/rewards/{cake.pk}/position/", {"to": "up"}, follow=True).content.decode()
    assert re.findall(r"Move “(\w+)” up", page) == ["Cake", "Coffee", "Dinner"]
    assert "Move “" not in owner.get("/rewards/?sort=name").content.decode()
    assert "Move “" not in sign_in(cast.analyst).get("/rewards/").content.decode()


def test_the_counter_follows_the_order(cast: Cast) -> None:
    till: Client = sign_in(cast.staff)
    with tenant_context(cast.business):
        member = make_member()
        buy(member, 10_000)
        move_reward(named("Dinner"), up=True, by=BY)
    page = till.get(f"/counter/members/{member.pk}/").content.decode()
    assert re.findall(r'tile-name">([^<]+)<', page) == ["Coffee", "Dinner", "Cake"]


def test_the_portal_follows_the_order_within_what_is_in_reach() -> None:
    business, email = a_shop(), an_address()
    a_guest(business, email, spent=(17_000,))
    with tenant_context(business):
        tasting = Reward.objects.get(name="Tasting for two")
        ten = Reward.objects.get(name="€10 off")
        fifth = Reward.objects.get(name="A fifth off everything")
        move_reward(ten, up=True, by=BY)
        move_reward(fifth, up=True, by=BY)
        assert [offer.reward.name for offer in rewards_for(Member.objects.get().accounts.get())] == [
            "€10 off",
            "A coffee of your choice",
            "A fifth off everything",
            "Tasting for two",
        ]
        assert tasting.cost < fifth.cost
    visitor = Visitor(business)
    visitor.sign_in(email)
    shown = re.findall(r'reward-name">([^<]+)<', visitor.get("rewards/").content.decode())
    assert shown == ["€10 off", "A coffee of your choice", "A fifth off everything", "Tasting for two"]

"""Tiers as the owner sets them, and who would reach them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from programs.domain.ladder import TierDetails, add_tier, measure_tiers, remove_tier
from programs.errors import TierHasMembers, TierHasRewards, TierNameTaken, TierThresholdTaken
from programs.models import Account, Program, Tier
from programs.queries import account_of
from programs.reach import in_each, members_reaching
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import bring_back, buy, make_member, make_program, make_reward, make_tier

BY = Actor.system()


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def test_a_tier_is_added_changed_and_removed(cast: Cast, owner: Client) -> None:
    typed = {"name": "Gold", "threshold": "500", "multiplier": "1,5", "benefits": "Free cake\nFirst look"}
    assert owner.post("/program/tiers/new/", typed).headers["Location"] == "/program/tiers/"
    with tenant_context(cast.business):
        gold = Tier.objects.get()
        assert (gold.name, gold.threshold, gold.multiplier) == ("Gold", 50000, 150)
        assert gold.benefit_lines == ["Free cake", "First look"]
    owner.post(f"/program/tiers/{gold.pk}/", {**typed, "name": "Honey"})
    page = owner.get("/program/tiers/").content.decode()
    assert "Honey" in page
    assert "earns 1.5 times as fast" in page
    owner.post(f"/program/tiers/{gold.pk}/removal/")
    with tenant_context(cast.business):
        assert not Tier.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "gold"}, "There is already a tier with this name."),
        ({"threshold": "500.00"}, "Two tiers cannot begin at the same amount."),
        ({"multiplier": "0.5"}, "Write a number from 1 to 10"),
        ({"multiplier": "NaN"}, "Write a number from 1 to 10"),
        ({"multiplier": "Infinity"}, "Write a number from 1 to 10"),
        ({"multiplier": "9e9999999"}, "Write a number like 1.5."),
        ({"threshold": "lots"}, "Write only the amount"),
    ],
)
def test_a_tier_that_cannot_be_is_refused_at_its_field(cast: Cast, owner: Client, typed: dict, said: str) -> None:
    with tenant_context(cast.business):
        make_tier(Program.objects.get(), "Gold", 50000)
    sent = {"name": "Silver", "threshold": "200", "multiplier": "1", "benefits": "", **typed}
    answer = owner.post("/program/tiers/new/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_tier_with_members_goes_only_when_they_may_move(inside) -> None:
    program = make_program()
    silver, gold = make_tier(program, "Silver", 5000), make_tier(program, "Gold", 10000)
    member = make_member()
    buy(member, 12000)
    with pytest.raises(TierHasMembers, match="1 member is in this tier"):
        remove_tier(gold, by=BY)
    assert remove_tier(gold, by=BY, move_members=True) == 1
    account = account_of(member)
    assert account is not None
    assert account.tier == silver
    assert account.tier_until is not None


def test_the_page_says_how_many_would_move(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        gold = make_tier(Program.objects.get(), "Gold", 10000)
        buy(make_member(), 12000)
    assert "1 member is in it and would move one step down." in owner.get(f"/program/tiers/{gold.pk}/").content.decode()
    assert owner.post(f"/program/tiers/{gold.pk}/removal/").status_code == 409
    owner.post(f"/program/tiers/{gold.pk}/removal/", {"move": "on"})
    with tenant_context(cast.business):
        assert Account.objects.get().tier is None


def test_a_tier_that_rewards_ask_for_stays(inside) -> None:
    program = make_program()
    gold = make_tier(program, "Gold", 10000)
    make_reward(program, name="Brunch", tier=gold)
    with pytest.raises(TierHasRewards, match="Brunch"):
        remove_tier(gold, by=BY, move_members=True)


def test_names_and_amounts_stand_once(inside) -> None:
    program = make_program()
    add_tier(program, TierDetails("Gold", 10000), by=BY)
    with pytest.raises(TierNameTaken):
        add_tier(program, TierDetails("GOLD", 20000), by=BY)
    with pytest.raises(TierThresholdTaken):
        add_tier(program, TierDetails("Silver", 10000), by=BY)


def test_steps_can_swap_their_amounts(inside) -> None:
    program = make_program()
    one, two = make_tier(program, "One", 100), make_tier(program, "Two", 200)
    measure_tiers(program, basis="spend", window="rolling_year", thresholds={one.pk: 200, two.pk: 100}, by=BY)
    assert [tier.name for tier in Tier.objects.order_by("threshold")] == ["Two", "One"]


def test_another_measure_asks_for_new_amounts(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        gold = make_tier(Program.objects.get(), "Gold", 10000)
    sent = {"tier_basis": "visits", "tier_window": "calendar_year", f"threshold_{gold.pk.hex}": ""}
    assert owner.post("/program/tiers/measure/", sent).status_code == 422
    owner.post("/program/tiers/measure/", {**sent, f"threshold_{gold.pk.hex}": "12"})
    with tenant_context(cast.business):
        program = Program.objects.get()
        assert (program.tier_basis, program.tier_window) == ("visits", "calendar_year")
        assert Tier.objects.get().threshold == 12


def test_the_preview_counts_who_would_be_in_each_step(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        program = Program.objects.get()
        silver, gold = make_tier(program, "Silver", 5000), make_tier(program, "Gold", 10000)
        for spent in (4000, 6000, 7000, 20000):
            buy(make_member(), spent)
    sent = {"tier_basis": "spend", "tier_window": "rolling_year"}
    sent |= {f"threshold_{silver.pk.hex}": "50", f"threshold_{gold.pk.hex}": "100"}
    page = owner.post("/program/tiers/preview/", sent).content.decode()
    assert "2 members would be here" in page
    assert "1 member would be here" in page


def test_reaching_follows_what_was_kept_and_when(inside) -> None:
    program = make_program()
    returned, old, twice = make_member(), make_member(), make_member()
    bring_back(buy(returned, 9000))
    buy(old, 9000, occurred_at=timezone.now() - timedelta(days=400))
    buy(twice, 3000)
    buy(twice, 3000, occurred_at=timezone.now() - timedelta(days=3))
    spend = members_reaching(program, [0, 5000, 6000, 6001], basis="spend", window="rolling_year")
    assert spend == [3, 1, 1, 0]
    assert members_reaching(program, [1, 2], basis="visits", window="rolling_year") == [1, 1]
    assert members_reaching(program, [60, 61], basis="points", window="rolling_year") == [1, 0]
    assert in_each([3, 1, 1]) == [2, 0, 1]

"""Rewards and redemptions from the dashboard."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programs.domain.redemptions import redeem_reward
from programs.models import Program, Redemption, Reward
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import Cast, sign_in
from tests.programs.shop import buy, key, make_member, make_program, make_reward

BY = Actor.system()


def typed(**changes: str) -> dict[str, str]:
    return {
        "name": "A coffee on us",
        "description": "Any size",
        "kind": "amount_off",
        "value": "3.20",
        "percent": "",
        "product": "",
        "cost": "100",
        "stock": "",
        "limit_per_member": "",
        "tier": "",
        "starts_on": "",
        "ends_on": "",
        **changes,
    }


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def test_the_empty_list_teaches_with_three_examples(cast: Cast, owner: Client) -> None:
    page = owner.get("/rewards/").content.decode()
    assert page.count("Offer this<") == 3
    assert "A coffee on us" in page
    answer = owner.post("/rewards/examples/", {"example": "2"})
    with tenant_context(cast.business):
        made = Reward.objects.get()
        assert (made.name, made.kind, made.value, made.cost) == ("€10 off your bill", "amount_off", 1000, 150)
        assert answer.headers["Location"] == f"/rewards/{made.pk}/"


@pytest.mark.parametrize("number", ["3", "-1", "x", ""])
def test_an_example_that_is_not_there_makes_nothing(cast: Cast, owner: Client, number: str) -> None:
    assert owner.post("/rewards/examples/", {"example": number}).status_code == 302
    with tenant_context(cast.business):
        assert not Reward.objects.exists()


def test_a_reward_is_made_and_changed(cast: Cast, owner: Client) -> None:
    owner.post("/rewards/new/", typed())
    with tenant_context(cast.business):
        reward = Reward.objects.get()
        assert (reward.value, reward.cost, reward.stock) == (320, 100, None)
    owner.post(f"/rewards/{reward.pk}/", typed(kind="percent_off", percent="15", stock="5", ends_on="2030-01-31"))
    with tenant_context(cast.business):
        reward.refresh_from_db()
        assert (reward.kind, reward.value, reward.stock, str(reward.ends_on)) == ("percent_off", 15, 5, "2030-01-31")
        assert AuditEvent.objects.filter(action="reward.changed").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"cost": "0"}, "Write 1 or more."),
        ({"value": ""}, "Say how much it takes off."),
        ({"kind": "percent_off", "percent": "101"}, "Write 100 or less."),
        ({"starts_on": "2030-02-01", "ends_on": "2030-01-31"}, "It cannot end before it begins."),
        ({"ends_on": "2020-02-01"}, "This day is over. Choose today or a later one."),
    ],
)
def test_what_is_wrong_with_a_reward_is_said_and_the_rest_is_kept(cast, owner, changes, said) -> None:
    answer = owner.post("/rewards/new/", typed(**{"description": "Still here", **changes}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Still here" in page
    with tenant_context(cast.business):
        assert not Reward.objects.exists()


def test_a_stock_nobody_touched_keeps_what_was_redeemed_meanwhile(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        reward = make_reward(Program.objects.get(), cost=10, name="Mug", stock=5)
        member = make_member()
        buy(member, 5000)
        redeem_reward(member, reward=reward, by=BY, key=key())
    owner.post(f"/rewards/{reward.pk}/", typed(name="Blue mug", stock="5", **{"initial-stock": "5"}))
    with tenant_context(cast.business):
        assert Reward.objects.get(name="Blue mug").stock == 4
    owner.post(f"/rewards/{reward.pk}/", typed(name="Blue mug", stock="9", **{"initial-stock": "5"}))
    with tenant_context(cast.business):
        assert Reward.objects.get().stock == 9


def test_withdrawn_and_brought_back(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        reward = make_reward(Program.objects.get())
    owner.post(f"/rewards/{reward.pk}/withdrawal/")
    assert "Withdrawn" in owner.get("/rewards/").content.decode()
    owner.post(f"/rewards/{reward.pk}/reactivation/")
    assert "On offer" in owner.get("/rewards/").content.decode()


def test_the_preview_shows_the_card_and_what_comes_back(owner: Client) -> None:
    page = owner.post("/rewards/preview/", typed()).content.decode()
    assert "100 points" in page
    assert "about 3.2% of that comes back" in page


def test_the_preview_bears_what_is_half_typed(owner: Client) -> None:
    assert owner.post("/rewards/preview/", {"kind": "amount_off", "value": "abc"}).status_code == 200


def test_lists_ask_as_often_for_one_as_for_three(cast: Cast, owner: Client) -> None:
    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(url).status_code == 200
        return len(queries)

    owner.get("/")
    urls = ("/rewards/", "/rewards/redemptions/", "/program/books/entries/", "/program/tiers/")
    counts = []
    for number in (1, 2):
        with tenant_context(cast.business):
            for _time in range(number):
                member, reward = make_member(), make_reward(Program.objects.get())
                buy(member, 5000)
                redeem_reward(member, reward=reward, by=BY, key=key())
        counts.append([asked(url) for url in urls])
    assert counts[0] == counts[1]


def test_redemptions_are_found_exported_and_undone(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        member = make_member(family_name="Quirk")
        buy(member, 5000)
        done = redeem_reward(member, reward=make_reward(Program.objects.get(), name="=Cake"), by=BY, key=key())
        code = done.vouchers.get().code
    page = owner.get(f"/rewards/redemptions/?q={code}").content.decode()
    assert "Quirk" in page
    assert "Nothing matches" in owner.get("/rewards/redemptions/?status=used").content.decode()
    exported = owner.get("/rewards/redemptions/export/").content.decode()
    assert "'=Cake" in exported
    refused = owner.post(f"/rewards/redemptions/{done.pk}/void/", {"reason": " "})
    assert "Say why, in a few words." in refused.content.decode()
    owner.post(f"/rewards/redemptions/{done.pk}/void/", {"reason": "Out of cake"})
    with tenant_context(cast.business):
        assert Redemption.objects.get().status == "voided"
        account = account_of(member)
        assert account is not None
        assert account.balance == 50


@pytest.mark.parametrize("query", ["from=2026-99-99", "reward=x&status=y&to=%00", "q=%00", "page=99999"])
def test_filters_that_make_no_sense_are_left_out(owner: Client, query: str) -> None:
    assert owner.get(f"/rewards/redemptions/?{query}").status_code == 200
    assert owner.get(f"/program/books/entries/?{query}&kind=zz&member=zz&staff=zz").status_code == 200
    assert owner.get(f"/program/books/?{query}").status_code == 200

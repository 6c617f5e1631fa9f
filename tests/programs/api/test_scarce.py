"""Own codes, vouchers handed on and tiers given by hand, through the API."""

import pytest

from programs.domain.own_codes import add_codes
from programs.domain.reconcile import reconcile
from programs.enums import RewardKind
from programs.models import Account, Reward, TierPlacement, Voucher
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import SYSTEM, make_member, make_reward, make_tier
from tests.threads import at_once


@pytest.fixture
def shop() -> Shop:
    return Shop()


def coded(shop: Shop, codes=()) -> Reward:
    with tenant_context(shop.business):
        reward = make_reward(shop.program, kind=RewardKind.AMOUNT_OFF, value=500, uses_own_codes=True, stock=0)
        if codes:
            add_codes(reward, list(codes), by=SYSTEM)
    return reward


def redeemed(shop: Shop, reward: Reward, member=None) -> dict:
    wanted = {"member": {"id": str((member or shop.member).pk)}, "reward": str(reward.pk)}
    answer = shop.till.post("redemptions/", wanted)
    assert answer.status_code == 201, answer.content
    return answer.json()["voucher"]


class TestOwnCodes:
    def test_they_are_added_once_whatever_is_sent_again(self, shop):
        reward = coded(shop)
        path, body = f"rewards/{reward.pk}/codes/", {"codes": ["A, 1", " B2 ", "B2", "C3"]}
        answer = shop.till.post(path, body, key="upload-1")
        assert answer.json() == {"reward": str(reward.pk), "free": 3, "given": 0, "added": 3}
        again = shop.till.post(path, body, key="upload-1")
        assert (again.status_code, again.json()) == (201, answer.json())
        refused = shop.till.post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (422, "codes_are_taken")
        with tenant_context(shop.business):
            assert Reward.objects.get(pk=reward.pk).stock == 3

    def test_two_uploads_of_one_list_at_once_add_it_once(self, shop):
        reward = coded(shop)
        answers = at_once(
            lambda number: shop.till.post(f"rewards/{reward.pk}/codes/", {"codes": ["X1", "X2"]}).status_code, range(4)
        )
        assert sorted(answers) == [201, 422, 422, 422]
        assert shop.till.get(f"rewards/{reward.pk}/codes/counts/").json()["free"] == 2

    def test_what_was_given_is_listed_with_whom_and_what_is_free_only_when_asked_for(self, shop):
        shop.buys(5_000)
        reward = coded(shop, ["ONE", "TWO"])
        voucher = redeemed(shop, reward)
        path = f"rewards/{reward.pk}/codes/"
        (row,) = shop.till.get(path).json()["results"]
        assert (row["code"], row["state"], row["voucher"], row["member"]) == (
            *("ONE", "given", voucher["code"], str(shop.member.pk)),
        )
        (free,) = shop.till.get(path, {"code": "TWO"}).json()["results"]
        assert (free["state"], free["voucher"], free["member"], free["given_at"]) == ("free", None, None, None)
        assert shop.till.get(path, {"code": "THREE"}).json()["results"] == []
        counts = shop.till.get(f"{path}counts/").json()
        assert (counts["free"], counts["given"]) == (1, 1)

    def test_a_reward_that_makes_its_own_codes_takes_none(self, shop):
        for path in ("codes/", "codes/removal/"):
            answer = shop.till.post(f"rewards/{shop.reward.pk}/{path}", {"codes": ["A1"]})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "codes")

    def test_free_ones_are_taken_away_by_name_and_what_was_given_stays(self, shop):
        shop.buys(5_000)
        reward = coded(shop, ["ONE", "TWO", "THREE", "FOUR"])
        assert redeemed(shop, reward)["own_code"] == "ONE"
        path = f"rewards/{reward.pk}/codes/removal/"
        answer = shop.till.post(path, {"codes": ["ONE", " TWO ", "NOBODY"]}, key="once")
        assert (answer.status_code, answer.json()) == (
            201,
            {"reward": str(reward.pk), "free": 2, "given": 1, "removed": 1},
        )
        assert shop.till.post(path, {"codes": ["ONE", " TWO ", "NOBODY"]}, key="once").json() == answer.json()
        with tenant_context(shop.business):
            assert Reward.objects.get(pk=reward.pk).stock == 2
        assert shop.till.post(path, {}).json()["removed"] == 2
        assert shop.till.post(path, {}).json()["removed"] == 0
        with tenant_context(shop.business):
            assert Reward.objects.get(pk=reward.pk).stock == 0
            assert reconcile().agrees
        refused = shop.till.post("redemptions/", {"member": {"id": str(shop.member.pk)}, "reward": str(reward.pk)})
        assert refused.json()["code"] == "out_of_stock"

    def test_one_that_is_given_while_all_are_taken_away_stays(self, shop):
        shop.buys(9_000)
        reward = coded(shop, [f"C{number}" for number in range(6)])
        wanted = {"member": {"id": str(shop.member.pk)}, "reward": str(reward.pk)}
        calls = [("redemptions/", wanted), (f"rewards/{reward.pk}/codes/removal/", {})] * 3
        answers = at_once(lambda one: shop.till.post(*one), calls)
        assert {one.status_code for one in answers} <= {201, 409}
        counts = shop.till.get(f"rewards/{reward.pk}/codes/counts/").json()
        taken = sum(one.json().get("removed", 0) for one in answers)
        assert (counts["free"], counts["given"] + taken) == (0, 6)
        with tenant_context(shop.business):
            assert Reward.objects.get(pk=reward.pk).stock == 0
            assert reconcile().agrees


class TestGifts:
    def test_one_member_gives_another_a_voucher(self, shop):
        shop.buys(5_000)
        voucher = redeemed(shop, shop.reward)
        gift = shop.till.post(f"vouchers/{voucher['code']}/gift/", {"message": "Enjoy"}, key="g1").json()
        assert (gift["status"], gift["message"], gift["giver"], gift["taker"]) == (
            *("open", "Enjoy", str(shop.member.pk), None),
        )
        assert gift["link"].endswith(f"/presents/{gift['code']}/")
        assert shop.till.post(f"vouchers/{voucher['code']}/uses/", {}).json()["code"] == "voucher_wrapped"
        with tenant_context(shop.business):
            ben = make_member(given_name="Ben")
        opened = shop.till.post(f"gifts/{gift['code']}/opening/", {"member": {"id": str(ben.pk)}}).json()
        assert (opened["status"], opened["taker"]) == ("taken", str(ben.pk))
        assert shop.till.get(f"vouchers/{voucher['code']}/").json()["member"] == str(ben.pk)
        with tenant_context(shop.business):
            eve = make_member(given_name="Eve")
        late = shop.till.post(f"gifts/{gift['code']}/opening/", {"member": {"id": str(eve.pk)}})
        assert (late.status_code, late.json()["code"]) == (404, "gift_gone")

    def test_it_is_taken_back_and_can_be_used_again(self, shop):
        shop.buys(5_000)
        voucher = redeemed(shop, shop.reward)
        gift = shop.till.post(f"vouchers/{voucher['code']}/gift/", {}).json()
        own = shop.till.post(f"gifts/{gift['code']}/opening/", {"member": {"id": str(shop.member.pk)}})
        assert (own.status_code, own.json()["code"]) == (409, "gift_for_others")
        back = shop.till.post(f"gifts/{gift['code']}/withdrawal/", {})
        assert back.json()["status"] == "withdrawn"
        assert shop.till.post(f"vouchers/{voucher['code']}/uses/", {}).status_code == 201
        assert shop.till.get(f"gifts/{gift['code']}/").json()["status"] == "withdrawn"

    def test_two_open_it_at_once_and_one_has_it(self, shop):
        shop.buys(5_000)
        gift = shop.till.post(f"vouchers/{redeemed(shop, shop.reward)['code']}/gift/", {}).json()
        with tenant_context(shop.business):
            people = [make_member() for _one in range(4)]
        path = f"gifts/{gift['code']}/opening/"
        answers = at_once(lambda one: shop.till.post(path, {"member": {"id": str(one.pk)}}).status_code, people)
        assert sorted(answers) == [201, 404, 404, 404]

    def test_a_code_that_another_till_takes_is_not_handed_on(self, shop):
        shop.buys(5_000)
        voucher = redeemed(shop, coded(shop, ["ONE"]))
        refused = shop.till.post(f"vouchers/{voucher['code']}/gift/", {})
        assert (refused.status_code, refused.json()["code"]) == (403, "code_seen")


class TestPlacements:
    def test_a_member_is_placed_up_to_a_day_and_taken_out_again(self, shop):
        with tenant_context(shop.business):
            gold = make_tier(shop.program, "Gold", 90_000)
            make_tier(shop.program, "Club", 0, by_invitation=True)
        tiers = shop.till.get("tiers/").json()
        assert [(one["name"], one["by_invitation"]) for one in tiers["results"]] == [("Gold", False), ("Club", True)]
        path = f"members/{shop.member.pk}/placements/"
        body = {"tier": str(gold.pk), "reason": "Anniversary", "until": "2099-12-31"}
        placed = shop.till.post(path, body, key="p1")
        assert (placed.status_code, placed.json()["name"], placed.json()["until"]) == (201, "Gold", "2099-12-31")
        assert placed.json()["by"] == {"kind": "api", "label": "Till"}
        assert shop.till.post(path, body, key="p1").json() == placed.json()
        assert shop.balance()["tier"]["name"] == "Gold"
        said = shop.till.get(path).json()
        assert said["current"]["id"] == placed.json()["id"]
        ended = shop.till.post(f"{path}ending/", {}).json()
        assert (ended["current"], ended["results"][0]["end"]) == (None, "undone")
        assert shop.balance()["tier"] is None
        assert shop.till.post(f"{path}ending/", {}).status_code == 201

    @pytest.mark.parametrize(
        ("body", "status", "field"),
        [({"until": "2001-01-01"}, 422, "until"), ({"tier": "0190c0de-0000-7000-8000-000000000000"}, 404, "tier")],
    )
    def test_a_day_that_is_over_and_a_tier_that_is_none(self, shop, body, status, field):
        with tenant_context(shop.business):
            gold = make_tier(shop.program, "Gold", 90_000)
        wanted = {"tier": str(gold.pk), "reason": "Friend", "until": "2099-12-31"} | body
        refused = shop.till.post(f"members/{shop.member.pk}/placements/", wanted)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (status, field)
        with tenant_context(shop.business):
            assert not TierPlacement.objects.exists()

    def test_placements_at_once_leave_one_that_counts(self, shop):
        with tenant_context(shop.business):
            gold = make_tier(shop.program, "Gold", 90_000)
        body = {"tier": str(gold.pk), "reason": "Friend", "until": "2099-12-31"}
        at_once(lambda number: shop.till.post(f"members/{shop.member.pk}/placements/", body), range(4))
        said = shop.till.get(f"members/{shop.member.pk}/placements/").json()
        assert sorted(one["end"] for one in said["results"]) == ["", "replaced", "replaced", "replaced"]
        with tenant_context(shop.business):
            assert str(Account.objects.get().tier_placement_id) == said["current"]["id"]
            assert not Voucher.objects.exists()

"""Rewards, redemptions and vouchers through the API."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from programs.enums import RewardKind
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.shop import make_reward, make_tier


def redeem(shop, reward=None):
    wanted = {"member": {"id": str(shop.member.pk)}, "reward": str((reward or shop.reward).pk)}
    return shop.till.post("redemptions/", wanted)


def test_rewards_say_who_can_have_them_and_why_not():
    shop = Shop()
    with tenant_context(shop.business):
        gold = make_tier(shop.program, "Gold", 10**6)
        make_reward(shop.program, 12, name="Cake", tier=gold)
        make_reward(shop.program, 11, name="Off", kind=RewardKind.AMOUNT_OFF, value=200)
        make_reward(shop.program, 13, name="Gone", is_active=False)
    shop.buys(1000)
    plain = shop.till.get("rewards/").json()["results"]
    assert [(one["name"], one["available"], one["missing"], one["reason"]) for one in plain] == [
        (shop.reward.name, None, None, None),
        ("Off", None, None, None),
        ("Cake", None, None, None),
    ]
    assert [(one["kind"], one["value"], one["currency"], one["tier"]) for one in plain][1:] == [
        ("amount_off", 200, "EUR", None),
        ("free_product", 0, "EUR", "Gold"),
    ]
    theirs = shop.till.get("rewards/", {"member": str(shop.member.pk)}).json()["results"]
    assert [(one["available"], one["missing"], one["reason"]) for one in theirs] == [
        (True, 0, None),
        (False, 1, "1 point is missing."),
        (False, 2, "This reward is for members from Gold upwards."),
    ]
    assert shop.till.get("rewards/", {"member": str(uuid4())}).status_code == 404


def test_a_redemption_gives_a_voucher_that_is_used_once():
    shop = Shop()
    bought = shop.buys(2500)["purchase"]
    made = redeem(shop)
    said = made.json()
    assert (made.status_code, said["points"], said["balance"], said["status"]) == (201, 10, 15, "open")
    assert shop.till.get(f"redemptions/{said['id']}/").json() == said
    code = said["voucher"]["code"]
    assert shop.till.get(f"vouchers/{code[:4].lower()}-{code[4:]}/").json() == said["voucher"]
    used = shop.till.post(f"vouchers/{code}/uses/", {"purchase": bought["id"]}, key="use")
    assert (used.status_code, used.json()["status"], used.json()["purchase"]) == (201, "used", bought["id"])
    assert shop.till.post(f"vouchers/{code}/uses/", {"purchase": bought["id"]}, key="use").content == used.content
    again = shop.till.post(f"vouchers/{code}/uses/", {})
    assert (again.status_code, again.json()["code"]) == (409, "voucher_used")
    late = shop.till.post(f"redemptions/{said['id']}/voiding/", {"reason": "Too late"})
    assert (late.status_code, late.json()["code"]) == (409, "voucher_used")


def test_a_redemption_is_undone():
    shop = Shop()
    shop.buys(2500)
    said = redeem(shop).json()
    undone = shop.till.post(f"redemptions/{said['id']}/voiding/", {"reason": "Changed their mind"}).json()
    assert (undone["status"], undone["balance"], undone["voucher"]["status"]) == ("voided", 25, "voided")
    answer = shop.till.post(f"vouchers/{said['voucher']['code']}/uses/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "voucher_voided")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stock": 0}, "out_of_stock"),
        ({"is_active": False}, "reward_not_available"),
        ({"cost": 99}, "not_enough_points"),
    ],
)
def test_what_cannot_be_had_is_refused_with_its_code(fields, code):
    shop = Shop()
    shop.buys(5000)
    with tenant_context(shop.business):
        reward = make_reward(shop.program, **{"cost": 5, **fields})
    answer = redeem(shop, reward)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert shop.balance()["balance"] == 50


def test_unknown_rewards_and_vouchers_are_404():
    shop = Shop()
    wanted = {"member": {"id": str(shop.member.pk)}, "reward": str(uuid4())}
    answer = shop.till.post("redemptions/", wanted)
    assert (answer.status_code, answer.json()["code"]) == (404, "reward_not_found")
    for code in ("ZZZZ", "-", "%00", "ä" * 500):
        assert shop.till.get(f"vouchers/{code}/").status_code == 404


def test_a_voucher_is_reserved_for_an_order_and_then_used_or_let_go():
    shop = Shop()
    shop.buys(5000)
    with tenant_context(shop.business):
        reward = make_reward(
            shop.program, 5, kind=RewardKind.PERCENT_OFF, value=20, cap=500, minimum=1000, name="A fifth off"
        )
    code = redeem(shop, reward).json()["voucher"]["code"]
    small = shop.till.post(f"vouchers/{code}/reservations/", {"basket": 999})
    assert (small.status_code, small.json()["code"]) == (409, "purchase_too_small")
    held = shop.till.post(f"vouchers/{code}/reservations/", {"basket": 2000, "reference": "W-1"}, key="hold")
    said = held.json()
    assert (held.status_code, said["amount"], said["status"], said["reference"]) == (201, 400, "held", "W-1")
    again = shop.till.post(f"vouchers/{code}/reservations/", {"basket": 2000, "reference": "W-1"}, key="hold")
    assert again.content == held.content
    other = shop.till.post(f"vouchers/{code}/uses/", {"basket": 2000})
    assert (other.status_code, other.json()["code"]) == (409, "voucher_held")
    let_go = shop.till.post(f"reservations/{said['id']}/release/", {})
    assert let_go.json()["status"] == "released"
    over = shop.till.post(f"reservations/{said['id']}/redemption/", {})
    assert (over.status_code, over.json()["code"]) == (409, "hold_over")
    second = shop.till.post(f"vouchers/{code}/reservations/", {"basket": 9000}).json()
    used = shop.till.post(f"reservations/{second['id']}/redemption/", {}).json()
    assert (used["status"], used["amount"], used["voucher"]["status"]) == ("used", 500, "used")
    assert shop.till.get(f"reservations/{second['id']}/").json() == used


def test_money_on_a_voucher_is_used_in_parts():
    shop = Shop()
    shop.buys(5000)
    with tenant_context(shop.business):
        reward = make_reward(shop.program, 5, kind=RewardKind.AMOUNT_OFF, value=1000, is_partial=True)
    code = redeem(shop, reward).json()["voucher"]["code"]
    part = shop.till.post(f"vouchers/{code}/uses/", {"amount": 300}).json()
    assert (part["status"], part["left"]) == ("open", 700)
    too_much = shop.till.post(f"vouchers/{code}/uses/", {"amount": 701})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "not_enough_left")
    assert shop.till.post(f"vouchers/{code}/uses/", {}).json()["status"] == "used"


def test_a_member_waits_for_a_place():
    shop = Shop()
    shop.buys(5000)
    with tenant_context(shop.business):
        event = make_reward(
            shop.program,
            5,
            kind=RewardKind.EXPERIENCE,
            stock=0,
            has_waiting_list=True,
            happens_at=datetime.now(UTC) + timedelta(days=9),
        )
    full = redeem(shop, event)
    assert (full.status_code, full.json()["code"]) == (409, "fully_booked")
    waits = shop.till.post(f"rewards/{event.pk}/waiting/", {"member": {"id": str(shop.member.pk)}})
    assert (waits.status_code, waits.json()["status"], waits.json()["offered_until"]) == (201, "waiting", None)
    left = shop.till.post(f"waiting/{waits.json()['id']}/end/", {})
    assert left.json()["status"] == "left"

"""Friends through the API: enrolled by a code, read with what came of it, and named before a return."""

from programs.domain.referrals.advocates import advocate_for
from programs.models import Program, Referral
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.referrals import referral_program


def begun():
    shop = Shop()
    with tenant_context(shop.business):
        referral_program(Program.objects.get())
        return shop, advocate_for(shop.member).code


def test_a_friend_is_enrolled_and_both_are_rewarded():
    shop, code = begun()
    unknown = shop.till.post("members/", {"given_name": "Fred", "friend_code": "ZZZZZZZZ"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_friend_code")
    friend = shop.till.post("members/", {"given_name": "Fred", "friend_code": code.lower()}).json()["id"]
    bought = shop.till.post("purchases/", {"member": {"id": friend}, "total": 2_000}).json()["purchase"]["id"]
    said = shop.till.get(f"members/{shop.member.pk}/friends/").json()
    assert said["code"] == code
    assert said["link"].endswith(f"/{shop.business.slug}/r/{code}/")
    [one] = said["friends"]
    assert (one["id"], one["state"], one["advocate_points"], one["held"]) == (friend, "rewarded", 100, False)
    assert shop.till.get(f"members/{friend}/friends/").json()["came_by"] == str(shop.member.pk)
    preview = shop.till.post(f"purchases/{bought}/returns/preview/", {}).json()
    assert (preview["advocate_loses"], preview["friend_loses"]) == (100, 50)
    part = shop.till.post(f"purchases/{bought}/returns/preview/", {"amount": 500}).json()
    assert (part["advocate_loses"], part["friend_loses"]) == (0, 0)
    shop.till.post(f"purchases/{bought}/returns/", {})
    with tenant_context(shop.business):
        assert Referral.objects.get().state == "joined"

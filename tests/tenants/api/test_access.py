"""Who may call: keys, scopes, strangers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from programs.domain.accounts import points_program
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import subscribe
from tenants.domain.keys import revoke_key
from tenants.enums import Scope
from tenants.isolation import tenant_context
from tenants.models import ApiKey
from tests.api import Shop, Till, make_key
from tests.api_things import happened_in, looked_at_in, network_of, scarce_in, shared_in, waiting_in
from tests.programs.credit import make_credit
from tests.programs.shop import SYSTEM, make_tier

NOBODY = uuid4()
# Method, address, the scope that opens it.
CALLS = [
    ("get", "locations/", Scope.PURCHASES_READ),
    ("get", "members/", Scope.MEMBERS_READ),
    ("post", "members/", Scope.MEMBERS_WRITE),
    ("get", "members/{member}/", Scope.MEMBERS_READ),
    ("patch", "members/{member}/", Scope.MEMBERS_WRITE),
    ("get", "members/{member}/balance/", Scope.POINTS_READ),
    ("get", "members/{member}/entries/", Scope.POINTS_READ),
    ("get", "members/{member}/challenges/", Scope.POINTS_READ),
    ("get", "members/{member}/friends/", Scope.MEMBERS_READ),
    ("get", "members/{member}/stamp-cards/", Scope.POINTS_READ),
    ("get", "membership-plans/", Scope.POINTS_READ),
    ("get", "members/{member}/membership/", Scope.POINTS_READ),
    ("post", "members/{member}/membership/", Scope.POINTS_WRITE),
    ("post", "members/{member}/membership/renewals/", Scope.POINTS_WRITE),
    ("post", "members/{member}/membership/cancellation/", Scope.POINTS_WRITE),
    ("get", "members/{member}/credit/", Scope.POINTS_READ),
    ("get", "members/{member}/credit/entries/", Scope.POINTS_READ),
    ("post", "members/{member}/credit/adjustments/", Scope.POINTS_WRITE),
    ("post", "members/{member}/stamps/", Scope.POINTS_WRITE),
    ("post", "members/{member}/adjustments/", Scope.POINTS_WRITE),
    ("get", "members/duplicates/", Scope.MEMBERS_READ),
    ("post", "merges/", Scope.MEMBERS_WRITE),
    ("post", "merges/preview/", Scope.MEMBERS_WRITE),
    ("get", "merges/{merge}/", Scope.MEMBERS_READ),
    ("post", "merges/{merge}/undo/", Scope.MEMBERS_WRITE),
    ("post", "merges/{merge}/undo/preview/", Scope.MEMBERS_WRITE),
    ("get", "members/{member}/family/", Scope.POINTS_READ),
    ("post", "members/{member}/family/leaving/", Scope.POINTS_WRITE),
    ("get", "members/{member}/network/", Scope.POINTS_READ),
    ("get", "network/statements/", Scope.POINTS_READ),
    ("get", "network/statements/{statement}/", Scope.POINTS_READ),
    ("get", "network/statements/{statement}/entries/", Scope.POINTS_READ),
    ("get", "event-types/", Scope.EVENTS_READ),
    ("get", "events/", Scope.EVENTS_READ),
    ("post", "events/", Scope.EVENTS_WRITE),
    ("get", "events/{happening}/", Scope.EVENTS_READ),
    ("post", "events/{happening}/undo/", Scope.EVENTS_WRITE),
    ("get", "members/{member}/events/", Scope.EVENTS_READ),
    ("get", "polls/", Scope.EVENTS_READ),
    ("get", "polls/{poll}/results/", Scope.EVENTS_READ),
    ("get", "members/{member}/answers/", Scope.EVENTS_READ),
    ("get", "rules/", Scope.EVENTS_READ),
    ("get", "members/{member}/rules/", Scope.EVENTS_READ),
    ("get", "surprises/", Scope.POINTS_READ),
    ("get", "members/{member}/surprises/", Scope.POINTS_READ),
    ("get", "transfers/", Scope.POINTS_READ),
    ("post", "transfers/", Scope.POINTS_WRITE),
    ("post", "transfers/{transfer}/undo/", Scope.POINTS_WRITE),
    ("post", "families/", Scope.POINTS_WRITE),
    ("get", "families/{family}/", Scope.POINTS_READ),
    ("post", "families/{family}/invitations/", Scope.POINTS_WRITE),
    ("post", "families/{family}/members/", Scope.POINTS_WRITE),
    ("post", "families/{family}/end/", Scope.POINTS_WRITE),
    ("get", "purchases/", Scope.PURCHASES_READ),
    ("post", "purchases/", Scope.PURCHASES_WRITE),
    ("get", "purchases/{purchase}/", Scope.PURCHASES_READ),
    ("post", "purchases/{purchase}/returns/", Scope.PURCHASES_WRITE),
    ("post", "purchases/{purchase}/returns/preview/", Scope.PURCHASES_WRITE),
    ("get", "rewards/", Scope.REWARDS_READ),
    ("post", "redemptions/", Scope.REWARDS_WRITE),
    ("get", "redemptions/{redemption}/", Scope.REWARDS_READ),
    ("post", "redemptions/{redemption}/voiding/", Scope.REWARDS_WRITE),
    ("get", "vouchers/{voucher}/", Scope.REWARDS_READ),
    ("post", "vouchers/{voucher}/uses/", Scope.REWARDS_WRITE),
    ("post", "vouchers/{voucher}/reservations/", Scope.REWARDS_WRITE),
    ("get", "reservations/{reservation}/", Scope.REWARDS_READ),
    ("post", "reservations/{reservation}/redemption/", Scope.REWARDS_WRITE),
    ("post", "reservations/{reservation}/release/", Scope.REWARDS_WRITE),
    ("post", "rewards/{event}/waiting/", Scope.REWARDS_WRITE),
    ("post", "waiting/{waiting}/end/", Scope.REWARDS_WRITE),
    ("get", "rewards/{coded}/codes/", Scope.REWARDS_READ),
    ("post", "rewards/{coded}/codes/", Scope.REWARDS_WRITE),
    ("get", "rewards/{coded}/codes/counts/", Scope.REWARDS_READ),
    ("post", "rewards/{coded}/codes/removal/", Scope.REWARDS_WRITE),
    ("post", "vouchers/{voucher}/gift/", Scope.REWARDS_WRITE),
    ("get", "gifts/{gift}/", Scope.REWARDS_READ),
    ("post", "gifts/{gift}/opening/", Scope.REWARDS_WRITE),
    ("post", "gifts/{gift}/withdrawal/", Scope.REWARDS_WRITE),
    ("get", "tiers/", Scope.POINTS_READ),
    ("get", "members/{member}/placements/", Scope.POINTS_READ),
    ("post", "members/{member}/placements/", Scope.POINTS_WRITE),
    ("post", "members/{member}/placements/ending/", Scope.POINTS_WRITE),
    ("get", "reviews/", Scope.REVIEWS_READ),
    ("get", "reviews/{review}/", Scope.REVIEWS_READ),
    ("post", "reviews/{review}/holding/", Scope.REVIEWS_WRITE),
    ("post", "reviews/{review}/release/", Scope.REVIEWS_WRITE),
    ("post", "reviews/{review}/reversal/", Scope.REVIEWS_WRITE),
    ("get", "recommendations/", Scope.REVIEWS_READ),
    ("get", "recommendations/{claim}/", Scope.REVIEWS_READ),
    ("get", "recommendations/{claim}/photo/", Scope.REVIEWS_READ),
    ("post", "recommendations/{claim}/approval/", Scope.REVIEWS_WRITE),
    ("post", "recommendations/{claim}/refusal/", Scope.REVIEWS_WRITE),
]
# What would be done if the address were one's own.
BODIES = {
    "undo/preview/": {},
    "credit/adjustments/": {"amount": 5, "reason": "Sorry"},
    "adjustments/": {"points": 5, "reason": "Sorry"},
    "/stamps/": {"card": str(NOBODY)},
    "/membership/": {"plan": str(NOBODY)},
    "returns/": {"amount": 100},
    "preview/": {"amount": 100},
    "voiding/": {"reason": "Oops"},
    "uses/": {},
    "reservations/": {},
    "release/": {},
    "redemption/": {},
    "end/": {},
    "leaving/": {},
    "invitations/": {},
    "undo/": {"reason": "Oops"},
    "/removal/": {"codes": ["SUMMER-2"]},
    "/codes/": {"codes": ["SUMMER-3"]},
    "/gift/": {},
    "withdrawal/": {},
    "ending/": {},
    "holding/": {},
    "reversal/": {},
    "approval/": {},
    "refusal/": {"answer": "Not found"},
}


def things(shop: Shop) -> dict[str, str]:
    with tenant_context(shop.business):
        make_credit()
        tier = make_tier(points_program(), "Club", 900_000, by_invitation=True)
        plan = add_plan(PlanDetails(name="Club", tier=tier, price=900), by=SYSTEM)
        subscribe(shop.member, plan, by=SYSTEM, key="paid")
    purchase = shop.buys(5000)["purchase"]
    wanted = {"member": {"id": str(shop.member.pk)}, "reward": str(shop.reward.pk)}
    redemption = shop.till.post("redemptions/", wanted).json()
    return {
        "member": str(shop.member.pk),
        "tier": str(tier.pk),
        "purchase": purchase["id"],
        "redemption": redemption["id"],
        "voucher": redemption["voucher"]["code"],
        **waiting_in(shop),
        **happened_in(shop),
        **scarce_in(shop),
        **looked_at_in(shop),
        **shared_in(shop),
        **network_of(shop),
        "reservation": shop.till.post(f"vouchers/{redemption['voucher']['code']}/reservations/", {}).json()["id"],
    }


def call(till: Till, method: str, path: str, there: dict[str, str]):
    member = there["member"]
    if method == "get":
        return till.get(path)
    if path.endswith(("/waiting/", "/opening/")):
        return till.post(path, {"member": {"id": member}})
    if path.startswith("merges/") and path.endswith("/undo/"):
        return till.post(path, {})
    if path.endswith("/placements/"):
        return till.post(path, {"tier": there["tier"], "reason": "Friend of the house"})
    if path.startswith("families/") and path.endswith("/members/"):
        return till.post(path, {"member": {"id": member}, "code": "NOSUCHCODE"})
    body = next((body for end, body in BODIES.items() if path.endswith(end)), {})
    return till.patch(path, {"given_name": "Eve"}) if method == "patch" else till.post(path, body)


def test_every_address_is_in_the_table_of_scopes():
    from tenants.api.schema import openapi

    declared = {
        (method, path.removeprefix("/api/v1/")) for path, methods in openapi()["paths"].items() for method in methods
    }
    names = {"member": "member_id", "purchase": "purchase_id", "redemption": "redemption_id", "voucher": "code"}
    names |= {"reservation": "reservation_id", "event": "reward_id", "waiting": "waiting_id"}
    names |= {"happening": "event_id", "poll": "poll_id", "coded": "reward_id", "gift": "gift_code"}
    names |= {"review": "review_id", "claim": "claim_id"}
    names |= {"merge": "merge_id", "family": "family_id", "transfer": "transfer_id", "statement": "statement_id"}
    known = {
        (method, path.format(**{short: f"{{{name}}}" for short, name in names.items()}))
        for method, path, _scope in CALLS
    }
    assert declared == known


def test_each_address_opens_with_its_scope_alone_and_not_with_all_the_others():
    shop = Shop()
    there = things(shop)
    for method, path, scope in CALLS:
        alone = Till(make_key(shop.owner, [scope.value]))
        others = Till(make_key(shop.owner, [one.value for one in Scope if one != scope]))
        address = path.format(**there)
        assert call(alone, method, address, there).status_code in {200, 201, 409, 422}, address
        refused = call(others, method, address, there)
        assert refused.status_code == 403, address
        assert refused.json()["code"] == "missing_scope"
        assert refused.json()["facts"] == {"scope": scope.value}


def test_a_strangers_things_are_answered_like_what_never_was():
    shop, stranger = Shop(), Shop()
    there = things(shop)
    before = shop.balance()
    for method, path, _scope in CALLS:
        if "{" not in path:
            continue
        foreign = call(stranger.till, method, path.format(**there), there)
        nothing = dict.fromkeys(there, NOBODY) | {"voucher": "ZZZZZZZZ", "gift": "ZZZZZZZZZZZZ"}
        unknown = call(stranger.till, method, path.format(**nothing), there)
        assert foreign.status_code == 404, path
        assert foreign.content == unknown.content
    assert shop.balance() == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("purchases/", {"total": 100, "member": {"id": "{member}"}}),
        ("purchases/", {"total": 100, "member": {"email": "{email}"}}),
        ("purchases/", {"total": 100, "member": {"card": "{card}"}}),
        ("purchases/", {"total": 100, "location": "{location}"}),
        ("redemptions/", {"member": {"id": "{own_member}"}, "reward": "{reward}"}),
        ("members/", {"given_name": "Eve", "location": "{location}"}),
    ],
)
def test_a_strangers_things_cannot_be_named_in_a_body(path, body):
    from tenants.models import Location

    shop, stranger = Shop(), Shop()
    with tenant_context(shop.business):
        location = Location.objects.get()
    known = {
        "member": shop.member.pk,
        "email": shop.member.email,
        "card": shop.member.number,
        "location": location.pk,
        "own_member": stranger.member.pk,
        "reward": shop.reward.pk,
    }

    def filled(value):
        if isinstance(value, dict):
            return {name: filled(inner) for name, inner in value.items()}
        return value.format(**known) if isinstance(value, str) else value

    answer = stranger.till.post(path, filled(body))
    assert answer.status_code == 404
    assert shop.member.given_name not in answer.content.decode()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer reg_", "Bearer nonsense", "Basic cmVnOng=", "Bearer reg_" + "A" * 22]
)
def test_without_a_good_key_everything_is_401(header):
    from django.test import Client

    answer = Client().get("/api/v1/members/", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthenticated"


def test_a_revoked_key_is_out_at_once():
    shop = Shop()
    assert shop.till.get("members/").status_code == 200
    with tenant_context(shop.business):
        revoke_key(ApiKey.objects.get(), by=shop.owner)
    assert shop.till.get("members/").status_code == 401


def test_keys_of_a_closed_business_are_out_at_once():
    shop = Shop()
    with tenant_context(shop.business):
        shop.business.closed_at = timezone.now()
        shop.business.save(update_fields=["closed_at"])
    assert shop.till.get("members/").status_code == 401


def test_last_use_is_kept_to_the_minute():
    shop = Shop()
    shop.till.get("members/")
    with tenant_context(shop.business):
        first = ApiKey.objects.get().last_used_at
    shop.till.get("members/")
    with tenant_context(shop.business):
        key = ApiKey.objects.get()
        assert key.last_used_at == first
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=first - timedelta(minutes=2))
    shop.till.get("members/")
    with tenant_context(shop.business):
        assert ApiKey.objects.get().last_used_at >= first


def test_a_key_makes_so_many_calls_a_minute(settings):
    settings.API_CALLS_PER_MINUTE = 3
    shop = Shop()
    # The third or so: a minute may turn while the test runs.
    statuses = [shop.till.get("locations/").status_code for _call in range(8)]
    assert 429 in statuses
    refused = next(answer for _try in range(8) if (answer := shop.till.get("locations/")).status_code == 429)
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.json()["code"] == "too_many_calls"
    assert Till(make_key(shop.owner)).get("locations/").status_code == 200

"""Events and rules through the API: strict, once for each key, and each rule says why."""

from uuid import uuid4

from programs.domain.bookkeeping import BookkeepingDetails, set_bookkeeping
from programs.domain.reconcile import reconcile
from programs.enums import LimitPeriod, RuleEffect
from programs.models import Event
from tenants.isolation import tenant_context
from tests.api import Shop, Till, make_key
from tests.programs.events import event_rule, make_type
from tests.programs.rules import make_rule
from tests.programs.shop import SYSTEM


def _shop(**details):
    shop = Shop()
    with tenant_context(shop.business):
        kind = make_type(**details)
        event_rule(shop.program, kind, "For five stars", effect=RuleEffect.ITEMS, amount=2, per="stars")
    return shop, kind


def _event(shop, **fields):
    body = {"type": "feedback_left", "member": {"id": str(shop.member.pk)}, "payload": {"stars": 5}}
    return body | fields


def test_an_event_is_recorded_once_for_each_key_and_says_what_it_gave():
    shop, _kind = _shop()
    first = shop.till.post("events/", _event(shop), key="same")
    again = shop.till.post("events/", _event(shop), key="same")
    assert (first.status_code, again.json()) == (201, first.json())
    said = first.json()
    assert (said["points"], said["counts"], said["payload"]) == (10, True, {"stars": "5"})
    assert said["rules"][0]["why"] == "“For five stars” gave 10 points more."
    assert shop.balance()["balance"] == 10
    other = shop.till.post("events/", _event(shop, payload={"stars": 4}), key="same")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert shop.till.get(f"events/{said['id']}/").json() == said
    assert shop.till.get(f"members/{shop.member.pk}/events/").json()["results"] == [said]
    assert shop.till.get("events/", {"type": "other"}).json()["results"] == []


def test_every_field_that_cannot_be_used_is_named():
    shop, _kind = _shop()
    refused = shop.till.post("events/", _event(shop, payload={"stars": "many", "course": "Yoga", "more": 1}))
    assert refused.status_code == 422
    assert {(one["field"], one["code"]) for one in refused.json()["errors"]} == {
        ("payload.stars", "invalid"), ("payload.course", "invalid_choice"), ("payload.more", "unknown_field"),
    }  # fmt: skip
    missing = shop.till.post("events/", _event(shop, payload={}))
    assert [one["field"] for one in missing.json()["errors"]] == ["payload.stars"]
    unknown = shop.till.post("events/", _event(shop, type="none"))
    assert (unknown.json()["code"], unknown.json()["errors"][0]["field"]) == ("unknown_type", "type")
    late = shop.till.post("events/", _event(shop, occurred_at="2020-01-01T00:00:00Z"))
    assert late.json()["errors"][0]["field"] == "occurred_at"
    assert shop.till.post("events/", _event(shop), key=None).json()["code"] == "idempotency_key_missing"
    with tenant_context(shop.business):
        assert not Event.objects.exists()


def test_it_is_undone_and_what_is_not_there_is_not_found():
    shop, _kind = _shop()
    made = shop.till.post("events/", _event(shop)).json()
    undone = shop.till.post(f"events/{made['id']}/undo/", {"reason": "Wrong guest"}).json()
    assert (undone["undone_because"], shop.balance()["balance"]) == ("Wrong guest", 0)
    assert shop.till.post(f"events/{made['id']}/undo/", {}).json()["undone_at"] == undone["undone_at"]
    assert shop.till.get(f"events/{uuid4()}/").status_code == 404
    with tenant_context(shop.business):
        assert reconcile().agrees


def test_a_refusal_says_why():
    shop, _kind = _shop(most=1, period=LimitPeriod.DAY)
    shop.till.post("events/", _event(shop))
    second = shop.till.post("events/", _event(shop)).json()
    assert (second["counts"], second["points"]) == (False, 0)
    assert second["rules"][0]["why"] == "“For five stars” did not count: it counts once a day."


def test_the_kinds_that_there_are():
    shop, _kind = _shop(most=2, period=LimitPeriod.WEEK)
    (shown,) = shop.till.get("event-types/").json()["results"]
    assert (shown["key"], shown["most"], shown["period"]) == ("feedback_left", 2, "week")
    assert shown["fields"][2] == {
        "key": "course", "name": "Course", "kind": "choice", "required": False, "choices": ["Latte art", "Cupping"],
    }  # fmt: skip


def test_the_rules_in_force_with_what_they_leave():
    shop, _kind = _shop()
    with tenant_context(shop.business):
        set_bookkeeping(shop.program, BookkeepingDetails(cost_of_hundred=500), by=SYSTEM)
        fixed = {"effect": RuleEffect.FIXED, "amount": 30}
        make_rule(
            shop.program, "Welcome", most_in_day=40, budget_in_money=True, budget_money=1000, weekdays=(), **fixed
        )
    shop.buys(500)
    shop.till.post("events/", _event(shop))
    rules = {one["name"]: one for one in shop.till.get("rules/").json()["results"]}
    welcome = rules["Welcome"]
    assert welcome["budget"] == {"points": 200, "money": 1000, "cost_of_hundred": 500, "typed_in_money": True}
    assert welcome["left"] == {"today": None, "this_month": None, "for_member": None, "for_all": 170}
    assert "at most €10.00 altogether, which is 200 points" in welcome["said"]
    assert (rules["For five stars"]["event_type"], rules["For five stars"]["occasion"]) == ("feedback_left", "event")
    mine = {one["name"]: one for one in shop.till.get(f"members/{shop.member.pk}/rules/").json()["results"]}
    assert (mine["Welcome"]["left"]["today"], mine["Welcome"]["is_open"]) == (10, True)
    shop.buys(500)
    mine = {one["name"]: one for one in shop.till.get(f"members/{shop.member.pk}/rules/").json()["results"]}
    assert (mine["Welcome"]["left"]["today"], mine["Welcome"]["is_open"]) == (0, False)


def test_a_key_without_the_scope_is_refused():
    shop, _kind = _shop()
    till = Till(make_key(shop.owner, ["points:read"]))
    assert till.post("events/", _event(shop)).json()["code"] == "missing_scope"
    assert till.get("rules/").json()["code"] == "missing_scope"

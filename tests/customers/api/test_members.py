"""Members through the API."""

import json

import pytest

from customers.models import Activity, Consent, Member
from loyalty_saas.lib.texts import without_turns
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.loyalty_saas.lib.shared import shared_file


def test_a_member_is_enrolled_with_everything_at_once():
    shop = Shop()
    body = {
        "given_name": "Jürgen",
        "family_name": "Groß",
        "email": "Juergen@Example.COM",
        "phone": "0660 1234567",
        "birthday": {"month": 2, "day": 29},
        "language": "de",
        "preferences": "oat milk",
        "tags": ["vip", "early bird"],
        "external_id": "till-77",
        "card": "1234 5678",
        "joined_at": "2025-03-01T10:00:00+01:00",
        "consents": [{"purpose": "marketing", "channel": "email", "given": True, "text": "Send me news."}],
    }
    answer = shop.till.post("members/", body, key=None)
    said = answer.json()
    assert answer.status_code == 201
    assert {name: said[name] for name in ("email", "phone", "birthday", "tags", "card", "joined_at", "source")} == {
        "email": "juergen@example.com",
        "phone": "+436601234567",
        "birthday": {"month": 2, "day": 29, "year": None},
        "tags": ["early bird", "vip"],
        "card": "12345678",
        "joined_at": "2025-03-01T09:00:00Z",
        "source": "api",
    }
    assert shop.till.get(f"members/{said['id']}/").json() == said
    with tenant_context(shop.business):
        member = Member.objects.get(pk=said["id"])
        assert Consent.objects.get(member=member).text == "Send me news."
        joined = Activity.objects.get(member=member, kind="member.joined")
        assert (joined.actor_kind, joined.actor_label) == ("api", "Till")


@pytest.mark.parametrize(
    "query",
    [
        {"email": "MARA@example.com"},
        {"phone": "0660 999 8877"},
        {"phone": "+43 660 9998877"},
        {"external_id": "x-1"},
        {"card": "9876 5432"},
        {"q": "web mar"},
        {"q": "8877"},
    ],
)
def test_a_member_is_found(query):
    shop = Shop()
    body = {
        "given_name": "Mara",
        "family_name": "Weber",
        "email": "mara@example.com",
        "phone": "0660 9998877",
        "external_id": "x-1",
        "card": "98765432",
    }
    made = shop.till.post("members/", body).json()
    assert [row["id"] for row in shop.till.get("members/", query).json()["results"]] == [made["id"]]


@pytest.mark.parametrize("query", [{"email": "nobody@"}, {"phone": "12"}, {"external_id": "no"}, {"card": "-"}])
def test_what_nobody_has_finds_nobody(query):
    assert Shop().till.get("members/", query).json() == {"results": [], "next_cursor": None}


def test_only_what_is_named_changes():
    shop = Shop()
    made = shop.till.post("members/", {"given_name": "Mara", "email": "m@example.com", "tags": ["a"]}).json()
    changed = shop.till.patch(
        f"members/{made['id']}/", {"family_name": "Weber", "birthday": {"month": 5, "day": 1}}
    ).json()
    assert changed == made | {
        "family_name": "Weber",
        "birthday": {"month": 5, "day": 1, "year": None},
        "updated_at": changed["updated_at"],
    }
    same = shop.till.patch(f"members/{made['id']}/", {"family_name": "Weber"}).json()
    assert same == changed
    cleared = shop.till.patch(f"members/{made['id']}/", {"email": "", "birthday": None, "tags": []}).json()
    assert (cleared["email"], cleared["birthday"], cleared["tags"]) == ("", None, [])


def test_a_member_can_rest_and_come_back():
    shop = Shop()
    path = f"members/{shop.member.pk}/"
    assert shop.till.patch(path, {"status": "paused"}).json()["status"] == "paused"
    paused = shop.till.post("purchases/", {"member": {"id": str(shop.member.pk)}, "total": 500}).json()
    assert paused["earned"] is None
    assert shop.till.patch(path, {"status": "active"}).json()["status"] == "active"
    assert shop.buys(500)["earned"]["points"] == 5


def test_a_change_that_cannot_be_is_refused_whole():
    shop = Shop()
    answer = shop.till.patch(f"members/{shop.member.pk}/", {"given_name": "New", "phone": "12"})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["phone"]
    assert shop.till.get(f"members/{shop.member.pk}/").json()["given_name"] == "Ines"


def test_naughty_strings_go_through_every_text_unharmed_or_are_refused_with_their_field(settings):
    settings.API_CALLS_PER_MINUTE = 10**6
    shop = Shop()
    strings = json.loads(shared_file("identity/blns.json").read_text())
    member = f"members/{shop.member.pk}/"
    for text in strings:
        sent = {"given_name": text[:80], "preferences": text[:300], "tags": [], "external_id": text[:80]}
        answer = shop.till.patch(member, sent)
        if answer.status_code == 422:
            assert {one["field"] for one in answer.json()["errors"]} <= set(sent), answer.content
            continue
        assert answer.status_code == 200, answer.content
        said = shop.till.get(member).json()
        for name in ("given_name", "preferences", "external_id"):
            assert said[name] == without_turns(sent[name]).strip()
        assert shop.till.get("members/", {"q": text[:120]} if text[:120].strip() else {}).status_code == 200

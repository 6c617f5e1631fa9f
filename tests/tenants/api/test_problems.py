"""Every refusal has one shape and says what is wrong."""

import base64
import json
from datetime import UTC, datetime

import jsonschema
import pytest

from tenants.api.schema import openapi
from tests.api import Shop

PROBLEM = openapi()["components"]["schemas"]["Problem"]
FIELD = openapi()["components"]["schemas"]["FieldProblem"]


def refused(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    shape = {**PROBLEM, "additionalProperties": False, "components": {"schemas": {"FieldProblem": FIELD}}}
    jsonschema.validate(said, shape)
    assert (said["code"], said["status"], said["type"]) == (code, status, f"urn:regulars:problem:{code}")
    assert said["detail"]
    return said


def fields(said):
    return {(one["field"], one["code"]) for one in said["errors"]}


def test_unknown_fields_are_named_beside_what_else_is_wrong():
    said = refused(
        Shop().till.post("purchases/", {"totl": 5, "lines": [{"quantity": 1.5, "nane": "x"}]}), 422, "invalid"
    )
    assert fields(said) == {
        ("totl", "unknown_field"),
        ("lines.0.nane", "unknown_field"),
        ("lines.0.quantity", "invalid"),
        ("lines.0.unit_price", "required"),
    }


@pytest.mark.parametrize(
    ("value", "code"),
    [("12", "invalid"), (True, "invalid"), (1.5, "invalid"), (-1, "min_value"), (10**13, "max_value"), ([], "invalid")],
)
def test_amounts_are_whole_numbers(value, code):
    said = refused(Shop().till.post("purchases/", {"total": value}), 422, "invalid")
    assert fields(said) == {("total", code)}


@pytest.mark.parametrize(
    "moment", ["2026-03-01", "2026-03-01T10:00:00", "yesterday", "0001-01-01T00:00:00+14:00", "2026-02-30T10:00:00Z", 5]
)
def test_times_need_their_offset(moment):
    said = refused(Shop().till.post("purchases/", {"total": 1, "occurred_at": moment}), 422, "invalid")
    assert {field for field, _code in fields(said)} == {"occurred_at"}


@pytest.mark.parametrize("body", ["{", "[", "[" * 100_000, b"\xff\xfe", '{"total": NaN}', "{'total': 1}"])
def test_what_is_no_json_is_refused(body):
    refused(Shop().till.post("purchases/", body), 400, "unreadable")


def test_an_empty_body_is_an_empty_object():
    refused(Shop().till.post("purchases/", ""), 422, "no_amount")


@pytest.mark.parametrize("body", ["[]", "5", '"x"', "null"])
def test_a_body_is_an_object(body):
    refused(Shop().till.post("purchases/", body), 422, "invalid")


def test_half_characters_and_nul_are_refused_with_the_field():
    till = Shop().till
    said = refused(till.post("members/", '{"given_name": "a\\u0000b"}'), 422, "invalid")
    assert {field for field, _code in fields(said)} == {"given_name"}
    refused(till.post("members/", '{"given_name": "\\ud800"}'), 422, "invalid")
    said = refused(till.post("members/", '{"\\ud800": 1}'), 422, "invalid")
    assert fields(said) == {("\ud800", "unknown_field")}


def test_form_data_is_refused():
    shop = Shop()
    answer = shop.till.client.post(
        "/api/v1/purchases/",
        {"total": 5},
        headers={"Authorization": f"Bearer {shop.till.token}", "Idempotency-Key": "x"},
    )
    refused(answer, 415, "not_json")


def test_too_large_a_body_is_refused(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    refused(Shop().till.post("members/", {"given_name": "x" * 200}), 413, "too_large")


@pytest.mark.parametrize("path", ["", "nowhere/", "members", "members/not-an-id/", "a%0Ab/", "members/%00/"])
def test_what_is_not_there_is_404_as_a_problem(path):
    refused(Shop().till.get(path), 404, "not_found")


def test_other_methods_are_405_and_say_which_there_are():
    shop = Shop()
    answer = shop.till.client.delete(f"/api/v1/members/{shop.member.pk}/")
    refused(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, PATCH"


ANYBODY = "01900000-0000-7000-8000-000000000000"


def cursor_of(*values):
    return base64.b64encode(json.dumps(values).encode(), altchars=b"-_").decode()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "1.0"}, "limit"),
        ({"limit": ["1", "2"]}, "limit"),
        ({"emial": "x"}, "emial"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "WyJzZXEiLCI1Il0"}, "cursor"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"updated_since": "1970-01-01T00:00:00+01:00"}, "updated_since"),
        ({"updated_since": "0001-01-01T00:00:00+01:00"}, "updated_since"),
        ({"updated_since": "9999-12-31T23:59:59-23:59"}, "updated_since"),
        # Of an offset that PostgreSQL does not take: ours are written in UTC.
        ({"cursor": cursor_of("changed", "2026-03-01T10:00:00+18:00", ANYBODY)}, "cursor"),
        ({"cursor": cursor_of("changed", "2026-03-01T10:00:00", ANYBODY)}, "cursor"),
        ({"q": "x", "email": "y"}, "email"),
    ],
)
def test_parameters_that_cannot_be_used_are_named(query, field):
    answer = Shop().till.get("members/", query)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("offset", ["+18:00", "-18:23", "+23:59", "-23:59", "+05:45", "z"])
def test_a_moment_may_have_any_offset_there_is(offset):
    shop = Shop()
    bought = shop.buys(occurred_at=f"2026-03-02T12:00:00{offset}")["purchase"]
    utc = datetime.fromisoformat(f"2026-03-02T12:00:00{offset}".upper()).astimezone(UTC)
    assert bought["occurred_at"] == f"{utc:%Y-%m-%dT%H:%M:%SZ}"
    assert shop.till.get("members/", {"updated_since": f"2026-03-02T12:00:00{offset}"}).status_code == 200


def test_refusals_of_the_domain_carry_what_a_machine_can_use():
    shop = Shop()
    wanted = {"member": {"id": str(shop.member.pk)}, "reward": str(shop.reward.pk)}
    said = refused(shop.till.post("redemptions/", wanted), 409, "not_enough_points")
    assert said["facts"] == {"missing": 10}
    said = refused(shop.till.post("members/", {"email": shop.member.email.upper()}), 409, "taken")
    assert said["facts"] == {"member": str(shop.member.pk)}
    assert fields(said) == {("email", "taken")}


def test_an_error_of_ours_says_so_and_nothing_more(monkeypatch):
    shop = Shop()

    def broken(*_args, **_rest):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("customers.api.members.search_members", broken)
    shop.till.client.raise_request_exception = False
    answer = shop.till.get("members/", {"q": "mara"})
    refused(answer, 500, "internal_error")
    assert "secret" not in answer.content.decode()

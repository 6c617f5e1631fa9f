"""A call is done once, however often, in whatever moment and from wherever it is sent."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from customers.models import Member, Purchase
from programs.models import Entry, Redemption
from tenants.api.idempotency import forget_old_answers
from tenants.isolation import tenant_context
from tenants.models import IdempotentCall
from tests.api import Shop, Till, make_key

KEYS = int(os.environ.get("API_IDEMPOTENCY_KEYS", "40"))
TRIES = int(os.environ.get("API_IDEMPOTENCY_TRIES", "8"))


def at_once(*acts):
    """Run these in threads of their own, over connections of their own."""

    def alone(act):
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(alone, acts))


def wanted(shop):
    return {"member": {"id": str(shop.member.pk)}, "reward": str(shop.reward.pk)}


def test_many_keys_each_sent_many_times_at_once_are_each_done_once(settings):
    settings.API_CALLS_PER_MINUTE = 10**9
    shop = Shop()
    body = {"member": {"id": str(shop.member.pk)}, "total": 300}
    keys = [uuid4().hex for _key in range(KEYS)]
    sent = [key for _try in range(TRIES) for key in keys]
    answers = at_once(*(lambda key=key: (key, Till(shop.till.token).post("purchases/", body, key=key)) for key in sent))
    by_key = {key: {answer.content for one, answer in answers if one == key} for key in keys}
    assert {answer.status_code for _key, answer in answers} == {201}
    assert {len(contents) for contents in by_key.values()} == {1}
    assert len({contents.pop() for contents in by_key.values()}) == KEYS
    with tenant_context(shop.business):
        assert Purchase.objects.count() == Entry.objects.count() == KEYS
    assert shop.balance()["balance"] == 3 * KEYS


def test_one_key_sent_by_eight_at_the_same_moment_is_done_once():
    shop = Shop()
    shop.buys(10_000)
    for _round in range(5):
        key = uuid4().hex
        answers = at_once(*([lambda key=key: Till(shop.till.token).post("redemptions/", wanted(shop), key=key)] * 8))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    with tenant_context(shop.business):
        assert Redemption.objects.count() == 5
    assert shop.balance()["balance"] == 50


def test_more_redemptions_at_once_than_points_give_exactly_the_affordable_ones():
    shop = Shop()
    shop.buys(3500)
    answers = at_once(*([lambda: Till(shop.till.token).post("redemptions/", wanted(shop))] * 16))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 13
    assert shop.balance()["balance"] == 5


def test_a_refusal_is_an_answer_too_and_stays():
    shop = Shop()
    first = shop.till.post("redemptions/", wanted(shop), key="early")
    assert first.json()["code"] == "not_enough_points"
    shop.buys(2000)
    again = shop.till.post("redemptions/", wanted(shop), key="early")
    assert (again.status_code, again.content) == (409, first.content)
    assert again["Content-Type"] == "application/problem+json"
    assert again["Idempotent-Replayed"] == "true"
    assert shop.till.post("redemptions/", wanted(shop)).status_code == 201


def test_what_could_not_be_understood_is_not_kept():
    shop = Shop()
    assert shop.till.post("purchases/", {"total": "5"}, key="k").status_code == 422
    assert (
        shop.till.post("purchases/", {"member": {"email": "nobody@example.com"}, "total": 5}, key="k").status_code
        == 404
    )
    assert shop.till.post("purchases/", {"total": 5}, key="k").status_code == 201


@pytest.mark.parametrize("other", ["body", "address", "key of the business"])
def test_the_same_key_for_something_else_is_409(other):
    shop = Shop()
    assert shop.till.post("purchases/", {"total": 500}, key="k").status_code == 201
    if other == "body":
        answer = shop.till.post("purchases/", {"total": 501}, key="k")
    elif other == "address":
        answer = shop.till.post(f"members/{shop.member.pk}/adjustments/", {"points": 1, "reason": "x"}, key="k")
    else:
        till = Till(make_key(shop.owner, name="Second till"))
        same = till.post("purchases/", {"total": 500}, key="k")
        assert same["Idempotent-Replayed"] == "true"
        answer = till.post("purchases/", {"total": 501}, key="k")
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_key_reused"
    with tenant_context(shop.business):
        assert Purchase.objects.count() == 1


def test_the_layout_of_the_json_does_not_matter():
    shop = Shop()
    first = shop.till.post("purchases/", '{"total": 500, "discount": 0}', key="k")
    again = shop.till.post("purchases/", '{ "discount":0,\n"total":500 }', key="k")
    assert again.content == first.content


def test_another_business_has_the_same_key_for_itself():
    one, other = Shop(), Shop()
    first = one.till.post("purchases/", {"total": 500}, key="k").json()
    second = other.till.post("purchases/", {"total": 700}, key="k").json()
    assert (first["purchase"]["total"], second["purchase"]["total"]) == (500, 700)


def test_points_do_not_move_without_a_key():
    shop = Shop()
    for path in ("purchases/", "redemptions/", f"members/{shop.member.pk}/adjustments/"):
        answer = shop.till.post(path, {"total": 5}, key=None)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ["x" * 121, "a b", "ä", "tab\tbed"])
def test_odd_keys_are_refused(key):
    answer = Shop().till.post("purchases/", {"total": 5}, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_unusable")


def test_a_key_of_120_signs_is_taken():
    assert Shop().till.post("purchases/", {"total": 5}, key="x" * 120).status_code == 201


def test_enrolling_with_a_key_makes_one_member_and_keeps_no_copy_of_their_details():
    shop = Shop()
    body = {"given_name": "Unforgettable"}
    first = shop.till.post("members/", body, key="k")
    assert shop.till.post("members/", body, key="k").content == first.content
    shop.till.patch(f"members/{first.json()['id']}/", {"given_name": "Changed"})
    assert shop.till.post("members/", body, key="k").json()["given_name"] == "Changed"
    with tenant_context(shop.business):
        assert Member.objects.filter(given_name="Changed").count() == 1
        assert IdempotentCall.objects.get(key="k").body == first.json()["id"]


def test_old_answers_are_forgotten_but_not_that_they_were_given():
    shop = Shop()
    shop.till.post("purchases/", {"total": 500}, key="old")
    with tenant_context(shop.business):
        assert forget_old_answers(timezone.now() - timedelta(days=1)) == 0
        assert forget_old_answers(timezone.now() + timedelta(seconds=1)) == 1
    answer = shop.till.post("purchases/", {"total": 500}, key="old")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_answer_forgotten")
    with tenant_context(shop.business):
        assert Purchase.objects.count() == 1

"""Finding, enrolling, adjusting, returning, noting."""

import json
from typing import Any

from django.test import Client

from customers.domain.cards import card_payload
from customers.domain.members import MemberDetails, enrol_member
from customers.domain.merging import merge_members
from customers.enums import Source
from customers.models import Consent, Member, Note, Purchase
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.counter_shop import Shop, buy, key

HTMX = {"HX-Request": "true"}


def sentence(response: Any) -> str:
    return json.loads(response["HX-Trigger"])["toast"]["text"]


def test_found_by_name_phone_and_mail(shop: Shop, till: Client) -> None:
    for typed in ("ann ber", "4567", "06641234567", shop.anna.email, shop.anna.number, "Anna Bergre"):
        found = till.get("/counter/search/", {"q": typed}, headers=HTMX).context["found"]
        assert [member for member, _account in found] == [shop.anna], typed


def test_a_number_typed_in_the_portal_is_marked_until_somebody_asks(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        details = MemberDetails(given_name="Bea", email="bea@example.com", phone="0676 5551234")
        bea = enrol_member(details, by=Actor.system(), source=Source.PORTAL)
    found = till.get("/counter/search/", {"q": "1234"}, headers=HTMX).content.decode()
    assert "0676 5551234, not confirmed" in found
    page = f"/counter/members/{bea.pk}/"
    assert "nobody has confirmed it" in till.get(page, headers=HTMX).content.decode()
    after = till.post(f"{page}phone/", {"theirs": "yes"}, headers=HTMX).content.decode()
    assert "0676 5551234" in after
    assert "confirmed" not in after
    with tenant_context(shop.cast.business):
        assert Member.objects.get(pk=bea.pk).phone == "+436765551234"


def test_nobody_found_offers_to_enrol_with_what_was_typed(till: Client) -> None:
    page = till.get("/counter/search/", {"q": "Quentin & Co"}, headers=HTMX).content.decode()
    assert "/counter/members/new/?q=Quentin%20%26%20Co" in page
    form = till.get("/counter/members/new/?q=0664+999888", headers=HTMX).context["form"]
    assert form.initial == {"contact": "0664 999888"}


def test_a_card_is_scanned_once(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        payload = card_payload(Member.objects.get(pk=shop.anna.pk))
    first = till.post("/counter/scans/", {"payload": payload}, headers=HTMX)
    assert first["HX-Redirect"] == shop.url
    again = till.post("/counter/scans/", {"payload": payload}, headers=HTMX)
    assert (again.status_code, "HX-Redirect" in again) == (409, False)
    assert till.post("/counter/scans/", {"payload": shop.anna.number}, headers=HTMX)["HX-Redirect"] == shop.url


def enrol(till: Client, **values: str) -> Any:
    return till.post("/counter/members/new/", {"key": key(), **values}, headers=HTMX)


def test_enrolling_keeps_each_answer_with_its_words(shop: Shop, till: Client) -> None:
    answer = enrol(till, contact="0664 555 0101", name="Ben van der Berg", program="on", marketing_email="on")
    assert answer["HX-Redirect"].endswith("/?welcome")
    with tenant_context(shop.cast.business):
        member = Member.objects.get(phone="+436645550101")
        given = list(Consent.objects.filter(member=member).order_by("pk").values_list("purpose", "channel", "given"))
    assert (member.given_name, member.family_name, member.location_id) == (
        "Ben",
        "van der Berg",
        shop.cast.location.pk,
    )
    assert given == [("program", "any", True), ("marketing", "email", True)]


def test_somebody_new_joins_without_points_when_enough_were_given(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        type(shop.program).objects.filter(pk=shop.program.pk).update(joining_bonus=60, staff_day_limit=10_000)
    said = []
    for number in range(2):
        answer = enrol(till, contact=f"new{number}@example.com", name="New", program="on")
        page = till.get(answer["HX-Redirect"], headers=HTMX).content.decode()
        said.append("Without the 60 points for joining: you have given as much as you may today." in page)
    assert said == [False, True]


def test_nothing_is_ticked_and_the_first_answer_is_needed(till: Client) -> None:
    assert " checked" not in till.get("/counter/members/new/", headers=HTMX).content.decode()
    answer = enrol(till, contact="ben@example.com", name="Ben")
    assert answer.status_code == 422
    assert "program" in answer.context["form"].errors


def test_somebody_known_is_offered_not_enrolled_again(shop: Shop, till: Client) -> None:
    asked = till.get("/counter/members/duplicates/", {"contact": "+43 664 1234567"}, headers=HTMX)
    assert [match.member for match in asked.context["matches"]] == [shop.anna]
    answer = enrol(till, contact="0664 1234567", name="Anna", program="on")
    assert (answer.status_code, answer.context["taken"]) == (422, shop.anna)


def test_a_repeated_enrolment_opens_the_member_it_made(shop: Shop, till: Client) -> None:
    values = {"contact": "ben2@example.com", "name": "Ben", "program": "on"}
    first, again = enrol(till, **values), enrol(till, **values, retry="1")
    assert first["HX-Redirect"] == again["HX-Redirect"]


def test_a_bad_contact_says_what_to_write(till: Client) -> None:
    answer = enrol(till, contact="12", name="Ben", program="on")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["contact"]


def test_points_by_hand_need_a_reason_and_keep_to_the_limit(shop: Shop, till: Client, ledger: Any) -> None:
    page = f"{shop.url}adjustments/"
    without = till.post(page, {"key": key(), "points": "5", "reason": " "}, headers=HTMX)
    assert (without.status_code, sentence(without)) == (422, "Say why, in a few words.")
    above = till.post(page, {"key": key(), "points": "101", "reason": "x"}, headers=HTMX)
    assert (above.status_code, ledger()) == (403, 240)
    same = {"key": key(), "points": "40", "direction": "take", "reason": "Counted twice"}
    assert [till.post(page, same, headers=HTMX).status_code for _time in range(2)] == [200, 200]
    assert ledger() == 200


def test_a_return_shows_its_whole_effect_and_then_does_it_once(shop: Shop, till: Client, ledger: Any) -> None:
    with tenant_context(shop.cast.business):
        buy(shop.cast, shop.anna, 5_000, receipt_number="R-9")
        purchase = Purchase.objects.get(receipt_number="R-9")
    assert list(till.get("/counter/receipts/", {"receipt": "R-9"}, headers=HTMX).context["purchases"]) == [purchase]
    page = f"/counter/purchases/{purchase.pk}/returns/"
    effect = till.get(page, {"preview": "1", "part": "amount", "amount": "20"}, headers=HTMX).context["effect"]
    assert (effect.plan.total, effect.points, effect.balance_after) == (2000, 20, 270)
    assert ledger() == 290
    same = {"key": key(), "part": "amount", "amount": "20", "reason": "Cold"}
    assert [till.post(page, same, headers=HTMX).status_code for _time in range(2)] == [200, 200]
    assert ledger() == 270
    too_much = till.post(page, {"key": key(), "part": "amount", "amount": "31"}, headers=HTMX)
    assert (too_much.status_code, sentence(too_much)) == (422, "Only €30.00 of it can still be returned.")
    again = till.get(page, {"preview": "1", "part": "amount", "amount": ""}, headers=HTMX).context
    assert (again["effect"], again["refusal"]) == (None, "")
    wrong = till.get(page, {"preview": "1", "part": "amount", "amount": "x"}, headers=HTMX).context
    assert wrong["refusal"] == "Write only the amount, like 12.40."
    assert "€20.00 of it returned" in till.get(page, headers=HTMX).content.decode()


def test_a_note_is_in_the_name_of_who_serves(shop: Shop, till: Client) -> None:
    till.post(f"{shop.url}notes/", {"text": "Oat milk"}, headers=HTMX)
    with tenant_context(shop.cast.business):
        assert Note.objects.get().author_id == shop.cast.staff.pk


def test_the_member_screen_asks_as_much_for_many_rewards_as_for_one(
    shop: Shop, till: Client, django_assert_max_num_queries: Any
) -> None:
    from tests.programs.shop import make_reward

    till.get(shop.url)
    with tenant_context(shop.cast.business):
        for cost in range(10, 200, 10):
            make_reward(shop.program, cost)
        for _time in range(5):
            buy(shop.cast, shop.anna, 500)
    with django_assert_max_num_queries(32):
        till.get(shop.url, headers=HTMX)


def test_a_card_of_a_merged_record_simply_opens_the_kept_one(shop: Shop, till: Client) -> None:
    by = Actor.system()
    with tenant_context(shop.cast.business):
        second = enrol_member(MemberDetails(given_name="Anna"), by=by, source=Source.COUNTER)
        payload = card_payload(second)
        merge_members(shop.anna, second, by=by, source=Source.DASHBOARD)
    for read in (payload, second.number):
        assert till.post("/counter/scans/", {"payload": read}, headers=HTMX)["HX-Redirect"] == shop.url
    page = till.get(f"/counter/members/{second.pk}/", headers=HTMX)
    assert page.context["screen"].member == shop.anna
    found = till.get("/counter/search/", {"q": second.number}, headers=HTMX).context["found"]
    assert [member for member, _account in found] == [shop.anna]


def test_an_owner_is_asked_once_more_about_far_more_than_usual(shop: Shop, ledger: Any) -> None:
    till, page = sign_in(shop.cast.owner), f"{shop.url}adjustments/"
    typed = {"key": key(), "points": "9999999", "direction": "give", "reason": "Opening"}
    asked = till.post(page, typed, headers=HTMX)
    said = asked.content.decode()
    assert (asked.status_code, ledger()) == (422, 240)
    assert "That is 9,999,999 points, far more than usual: the fullest card has 240 points." in said
    assert ('value="9999999"' in said, 'value="Opening"' in said, 'name="sure"' in said) == (True, True, True)
    sure = {**typed, "key": key(), "sure": "9999999"}
    assert (till.post(page, sure, headers=HTMX).status_code, ledger()) == (200, 10_000_239)

"""Making something right at the counter: what is shown, what is asked for, and what was done."""

import json
from typing import Any

import pytest
from django.test import Client

from customers.models import Product
from programs.domain.goodwill.making import make_right
from programs.domain.goodwill.reasons import reasons_to_choose
from programs.enums import RedemptionStatus
from programs.models import Gesture, GestureUndo, Program, Voucher
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import sign_in
from tests.programs.counter_shop import PIN, Shop, key
from tests.programs.gestures import gift, money_off
from tests.programs.shop import make_reward

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def budgets(shop: Shop) -> None:
    """A point counts as 10 cents; 5.00 at a time, 10.00 a day."""
    with tenant_context(shop.cast.business):
        Program.objects.update(gesture_limit=500, gesture_staff_budget=1000, gesture_location_budget=5000)
        make_reward(shop.program, 50, kind="amount_off", value=500)
        Product.objects.create(name="Carrot cake", price=420)


def form(shop: Shop, **values: Any) -> dict[str, Any]:
    with tenant_context(shop.cast.business):
        reason = reasons_to_choose()[0]
        return {"key": key(), "reason": str(reason.pk), "part": "points", "points": "20", **values}


def send(till: Client, shop: Shop, **values: Any) -> Any:
    return till.post(f"{shop.url}gestures/", form(shop, **values), headers=HTMX)


def sentence(response: Any) -> str:
    return json.loads(response["HX-Trigger"])["toast"]["text"]


def test_one_touch_opens_the_reasons_and_all_that_can_be_given(shop, till):
    assert f"{shop.url}gestures/" in till.get(shop.url).content.decode()
    page = till.get(f"{shop.url}gestures/").content.decode()
    for said in ("Long wait", "Thank you", "Points", "Money off", "On the house", "Carrot cake"):
        assert said in page
    assert "Up to €5.00 without a manager’s PIN. Left for you today: €10.00. Left here today: €50.00." in page
    assert "in 30 days" not in page


def test_a_manager_may_give_as_much_as_is_needed(shop):
    page = sign_in(shop.cast.manager).get(f"{shop.url}gestures/").content.decode()
    assert "You may give as much as is needed." in page
    assert 'name="pin"' not in page


def test_points_are_given_and_undone_from_the_toast(shop, till, ledger):
    answer = send(till, shop)
    page = answer.content.decode()
    assert "20 points given" in page
    assert ledger() == 260
    with tenant_context(shop.cast.business):
        gesture = Gesture.objects.get()
    assert f'name="gesture" value="{gesture.pk}"' in page
    undone = till.post(f"{shop.url}undos/", {"key": key(), "gesture": str(gesture.pk)}, headers=HTMX)
    assert "Undone. Everything is as it was before." in undone.content.decode()
    assert ledger() == 240
    with tenant_context(shop.cast.business):
        assert GestureUndo.objects.get().gesture == gesture


def test_the_same_form_sent_twice_gives_once(shop, till, ledger):
    values = form(shop)
    for _try in range(2):
        assert till.post(f"{shop.url}gestures/", values, headers=HTMX).status_code == 200
    assert ledger() == 260


def test_a_cake_is_handed_over_or_kept_for_next_time(shop, till):
    with tenant_context(shop.cast.business):
        cake = Product.objects.get(name="Carrot cake")
    values = {"part": "free_product", "product": str(cake.pk)}
    assert "On the house: Carrot cake" in send(till, shop, **values, when="now").content.decode()
    later = send(till, shop, **values, when="later").content.decode()
    assert "Voucher given: Carrot cake" in later
    with tenant_context(shop.cast.business):
        used, waits = Voucher.objects.order_by("pk")
        assert (used.status, waits.status) == (RedemptionStatus.USED, RedemptionStatus.OPEN)
    assert f'value="{waits.pk}"' in till.get(shop.url).content.decode()


def test_money_off_is_read_as_it_is_typed_here(shop, till):
    page = send(till, shop, part="amount_off", amount="4.50", when="now").content.decode()
    assert "Take <strong>€4.50</strong> off what they pay now." in page
    with tenant_context(shop.cast.business):
        assert Gesture.objects.get().cost == 450


def test_beyond_the_budget_a_manager_types_their_pin(shop, till, ledger):
    refused = send(till, shop, points="60")
    assert refused.status_code == 403
    assert sentence(refused) == (
        "This counts as €6.00; by yourself you may give up to €5.00 at a time. A manager can approve it with their PIN."
    )
    assert json.loads(refused["HX-Trigger"])["toast"]["field"] == "pin"
    page = till.get(f"{shop.url}gestures/").content.decode()
    assert f'<option value="{shop.cast.owner.pk}">Owner</option>' in page
    assert str(shop.cast.manager.pk) not in page  # has no PIN
    wrong = send(till, shop, points="60", approver=str(shop.cast.owner.pk), pin="9999")
    assert sentence(wrong) == "That is not the PIN. 4 tries are left."
    own = send(till, shop, points="60", approver=str(shop.cast.staff.pk), pin=PIN)
    assert sentence(own) == "This needs the PIN of another person: a manager or an owner."
    assert ledger() == 240
    page = send(till, shop, points="60", approver=str(shop.cast.owner.pk), pin=PIN).content.decode()
    assert "approved by Owner" in page
    assert ledger() == 300


def test_guessing_at_the_pin_of_a_manager_is_on_the_record(shop, till, ledger):
    values = {"points": "60", "approver": str(shop.cast.owner.pk)}
    answers = [send(till, shop, **values, pin=f"99{number}7") for number in range(5)]
    assert sentence(answers[-1]) == "Too many wrong tries. Wait 1 minute, then try again."
    assert sentence(send(till, shop, **values, pin=PIN)) == "Too many wrong tries. Wait 1 minute, then try again."
    assert ledger() == 240
    with tenant_context(shop.cast.business):
        noted = list(AuditEvent.objects.filter(action="goodwill.pin_blocked").values_list("actor_id", "subject_id"))
    assert noted == [(shop.cast.staff.pk, shop.cast.owner.pk)] * 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"points": "many"}, "Write how many, as a whole number."),
        ({"points": "-5"}, "Write how many, as a whole number."),
        ({"part": "amount_off", "amount": ""}, "Write how much is taken off."),
        ({"part": "free_product", "product": "none"}, "Choose what is on the house."),
        ({"part": "car"}, "Choose what you give."),
        ({"reason": ""}, "Say why, in a few words."),
        ({"pin": PIN, "approver": "me"}, "Choose who approves."),
    ],
)
def test_what_is_missing_is_said(shop, till, ledger, values, said):
    answer = send(till, shop, **values)
    assert (answer.status_code, sentence(answer)) == (422, said)
    assert ledger() == 240


def test_what_the_member_got_lately_is_said(shop, till):
    by = Actor.staff(shop.cast.staff, shop.cast.location.pk)
    with tenant_context(shop.cast.business):
        make_right(shop.anna, money_off(450), by=by, key=key())
        make_right(shop.anna, gift(20), by=by, key=key())
    page = till.get(f"{shop.url}gestures/").content.decode()
    assert "2 gestures in 30 days, €6.50 together; the last by Staff on" in page
    assert "for “Long wait”." in page


@pytest.mark.parametrize(
    ("values", "said", "beyond"),
    [
        ({"part": "points", "points": "20"}, "Counts as €2.00.", False),
        ({"part": "points", "points": "60"}, "by yourself you may give up to €5.00", True),
        ({"part": "amount_off", "amount": "5"}, "Counts as €5.00.", False),
    ],
)
def test_the_preview_says_what_it_counts_as_and_whether_a_manager_is_needed(shop, till, values, said, beyond):
    page = till.get(f"{shop.url}gestures/preview/", values, headers=HTMX).content.decode()
    assert said in page
    assert ("data-beyond" in page) is beyond
    if values["part"] == "points":
        assert f"<dd>{240 + int(values['points'])}</dd>" in page
    with tenant_context(shop.cast.business):
        assert not Gesture.objects.exists()


def test_the_preview_is_silent_while_nothing_is_typed(shop, till):
    answer = till.get(f"{shop.url}gestures/preview/", {"part": "points", "points": ""}, headers=HTMX)
    assert answer.content.decode().strip() == ""

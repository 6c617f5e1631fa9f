"""Serving a member: what is done, what a repetition does, and what is refused."""

import json
import re
from datetime import time, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Activity, Purchase
from programs.domain.foreseeing import preview_visit
from programs.domain.serving import Visit
from programs.enums import EntryKind, ProgramStatus, RedemptionStatus
from programs.models import Entry, Program, Redemption, Voucher
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.counter_shop import PIN, Shop, key


def serve(till: Client, shop: Shop, **values: Any) -> Any:
    """With the PIN of whoever serves, which rewards ask for where no phone was scanned."""
    return till.post(f"{shop.url}visits/", {"key": key(), "pin": PIN, **values}, headers={"HX-Request": "true"})


def sentence(response: Any) -> str:
    return json.loads(response["HX-Trigger"])["toast"]["text"]


def test_an_amount_gives_points_and_shows_the_sum(shop: Shop, till: Client, ledger: Any) -> None:
    response = serve(till, shop, amount="12,40", receipt_number="R-7")
    assert response.status_code == 200
    assert ledger() == 252
    sums = response.context["served"].sums
    assert (sums.before, sums.won, sums.spent, sums.after) == (240, 12, 0, 252)
    with tenant_context(shop.cast.business):
        purchase = Purchase.objects.get(receipt_number="R-7")
        entry = Entry.objects.get(cause_id=purchase.pk)
    assert (purchase.total, purchase.staff_id, purchase.location_id) == (
        1240,
        shop.cast.staff.pk,
        shop.cast.location.pk,
    )
    assert (entry.actor_id, entry.location_id) == (shop.cast.staff.pk, shop.cast.location.pk)


def test_points_that_are_held_are_not_shown_as_there(shop: Shop, till: Client, ledger: Any) -> None:
    with tenant_context(shop.cast.business):
        # Whatever the hour is, it is none of these.
        open_from = 20 if timezone.localtime(timezone=shop.cast.business.zone).hour < 12 else 2
        Program.objects.update(watch_from=time(open_from), watch_until=time(open_from + 1))
    response = serve(till, shop, amount="12,40")
    assert ledger() == 240
    shown = " ".join(unescape(re.sub("<[^>]+>", " ", response.content.decode())).split())
    assert "12 points held until a manager has looked. Until then the balance is 240 points." in shown


def test_the_same_key_again_does_nothing_and_says_the_same(shop: Shop, till: Client, ledger: Any) -> None:
    same = {"key": key(), "amount": "30", "reward": str(shop.coffee.pk)}
    answers = [serve(till, shop, **same) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert ledger() == 240 + 30 - 100
    assert len({str(answer.context["served"].sums) for answer in answers}) == 1
    with tenant_context(shop.cast.business):
        assert Redemption.objects.count() == 1
        assert Activity.objects.filter(kind="voucher.used").count() == 1


def test_a_receipt_typed_twice_gives_nothing_says_so_and_undoes_nothing(shop: Shop, till: Client, ledger: Any) -> None:
    serve(till, shop, amount="12,40", receipt_number="R-8")
    again = serve(till, shop, amount="12,40", receipt_number="R-8")
    assert ledger() == 252
    assert again.context["served"].did_nothing
    assert again.context["served"].entries == []
    shown = again.content.decode()
    assert "Receipt R-8 was recorded already" in shown
    assert "points given" not in shown
    assert "done-undo" not in shown


def test_a_reward_with_a_receipt_typed_before_shows_a_line_that_adds_up(shop: Shop, till: Client, ledger: Any) -> None:
    serve(till, shop, amount="12,40", receipt_number="R-8")
    again = serve(till, shop, amount="12,40", receipt_number="R-8", reward=str(shop.coffee.pk))
    assert ledger() == 152
    sums = again.context["served"].sums
    assert (sums.before, sums.won, sums.spent, sums.after) == (252, 0, 100, 152)
    assert "Receipt R-8 was recorded already: nothing was added for it." in again.content.decode()


def test_a_receipt_with_another_amount_is_refused_by_its_number(shop: Shop, till: Client, ledger: Any) -> None:
    serve(till, shop, amount="12,40", receipt_number="R-8")
    answer = serve(till, shop, amount="13,40", receipt_number="R-8")
    assert answer.status_code == 409
    assert sentence(answer) == "Receipt R-8 was already recorded with other details. Look at the number again."
    assert ledger() == 252


def test_points_that_come_later_stand_in_the_line_so_that_it_adds_up(shop: Shop, till: Client, ledger: Any) -> None:
    with tenant_context(shop.cast.business):
        Program.objects.update(pending_days=14)
    lines = [
        till.get(f"{shop.url}preview/", {"amount": "12,40"}, headers={"HX-Request": "true"}),
        serve(till, shop, amount="12,40"),
    ]
    for shown in lines:
        parts = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", shown.content.decode())
        assert [(name, int(points)) for name, points in parts] == [
            ("Balance", 240),
            ("Earned", 12),
            ("For later", 12),
            ("New", 240),
        ]
    assert '+12 <span class="muted">for later</span>' in till.get(shop.url).content.decode()


def test_the_same_key_with_something_else_is_refused(shop: Shop, till: Client, ledger: Any) -> None:
    same = key()
    serve(till, shop, key=same, amount="10")
    answer = serve(till, shop, key=same, amount="10", reward=str(shop.coffee.pk))
    assert answer.status_code == 409
    assert ledger() == 250


def test_without_a_key_nothing_is_done(shop: Shop, till: Client, ledger: Any) -> None:
    answer = serve(till, shop, key="", amount="10")
    assert answer.status_code == 422
    assert "Reload" in sentence(answer)
    assert ledger() == 240


@pytest.mark.parametrize(
    ("values", "status", "says"),
    [
        ({}, 422, "Write the amount"),
        ({"amount": "0"}, 422, "leave the amount empty"),
        ({"amount": "-5"}, 422, "without a minus"),
        ({"amount": "1.234"}, 422, ""),
        ({"amount": "12.345,678"}, 422, ""),
        ({"amount": "abc"}, 422, "Write only the amount"),
        ({"reward": "no-such-reward"}, 422, "Reload"),
        ({"voucher": "NOSUCHCODE"}, 422, "Reload"),
        ({"voucher": "a\x00b"}, 422, "Reload"),
    ],
)
def test_what_cannot_be_understood_says_what_to_write(
    shop: Shop, till: Client, ledger: Any, values: dict[str, str], status: int, says: str
) -> None:
    answer = serve(till, shop, **values)
    assert answer.status_code == status
    assert says in sentence(answer)
    assert ledger() == 240


def test_a_character_that_is_no_text_is_refused_and_no_fault(shop: Shop, till: Client, ledger: Any) -> None:
    reason = {"key": key(), "points": "5", "reason": "a\x00b"}
    assert till.post(f"{shop.url}adjustments/", reason, headers={"HX-Request": "true"}).status_code == 422
    assert till.get("/counter/receipts/", {"receipt": "a\x00b"}).status_code == 200
    assert ledger() == 240


def test_a_reward_out_of_reach_refuses_the_whole_act(shop: Shop, till: Client, ledger: Any) -> None:
    answer = serve(till, shop, amount="5", reward=str(shop.cake.pk))
    assert (answer.status_code, sentence(answer)) == (409, "55 points are missing.")
    assert ledger() == 240
    with tenant_context(shop.cast.business):
        assert Purchase.objects.count() == 1


def test_points_of_the_purchase_count_for_its_reward(shop: Shop, till: Client, ledger: Any) -> None:
    assert serve(till, shop, amount="60", reward=str(shop.cake.pk)).status_code == 200
    assert ledger() == 0
    with tenant_context(shop.cast.business):
        voucher = Voucher.objects.get()
        assert (voucher.status, voucher.used_by_id) == (RedemptionStatus.USED, shop.cast.staff.pk)
        assert voucher.purchase is not None


def test_the_preview_is_what_happens(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        visit = Visit(amount=1999, rewards=[shop.coffee])
        foreseen = preview_visit(shop.anna, visit, by=Actor.staff(shop.cast.staff)).sums
    answer = serve(till, shop, amount="19.99", reward=str(shop.coffee.pk))
    assert answer.context["served"].sums == foreseen
    assert Visit().is_empty


def foresee(till: Client, shop: Shop, **values: Any) -> str:
    response = till.get(f"{shop.url}preview/", values, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.parametrize(
    ("limit", "begins"),
    [("member_day_limit", "Staff may give one member up to 10"), ("staff_day_limit", "You may give up to 10")],
)
def test_the_preview_says_what_the_limits_of_a_day_refuse(
    shop: Shop, till: Client, ledger: Any, limit: str, begins: str
) -> None:
    with tenant_context(shop.cast.business):
        Program.objects.update(**{limit: 1_000})
    serve(till, shop, amount="6")
    assert "<dd>250</dd>" in foresee(till, shop, amount="4")
    said = sentence(serve(till, shop, amount="5"))
    assert said.startswith(begins)
    shown = foresee(till, shop, amount="5")
    assert said in shown
    assert "<dd>" not in shown
    assert "<dd>751</dd>" in foresee(sign_in(shop.cast.manager), shop, amount="505")
    assert ledger() == 246


def test_the_preview_says_that_a_receipt_is_known_and_adds_nothing(shop: Shop, till: Client, ledger: Any) -> None:
    serve(till, shop, amount="12,40", receipt_number="R-8")
    same = foresee(till, shop, amount="12,40", receipt_number=" R-8 ")
    assert "Receipt R-8 was recorded already: nothing is added for it." in same
    assert re.findall(r"<dd>(\d+)</dd>", same) == ["252", "0", "252"]
    said = sentence(serve(till, shop, amount="13,40", receipt_number="R-8"))
    assert said in foresee(till, shop, amount="13,40", receipt_number="R-8")
    assert "recorded already" not in foresee(till, shop, amount="13,40", receipt_number="R-9")
    assert ledger() == 252


def test_the_preview_counts_nothing_where_nothing_is_earned(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        Program.objects.update(status=ProgramStatus.PAUSED)
    assert re.findall(r"<dd>(\d+)</dd>", foresee(till, shop, amount="50")) == ["240", "0", "240"]


def test_a_refusal_names_its_field(shop: Shop, till: Client) -> None:
    serve(till, shop, amount="12,40", receipt_number="R-8")
    answer = serve(till, shop, amount="13,40", receipt_number="R-8")
    assert json.loads(answer["HX-Trigger"])["toast"]["field"] == "receipt_number"


def test_a_return_says_the_balance_in_the_programs_own_words(shop: Shop, till: Client) -> None:
    with tenant_context(shop.cast.business):
        Program.objects.update(unit_one="leaf", unit_many="leaves")
    purchase = serve(till, shop, amount="12.40").context["served"].purchase
    back = f"/counter/purchases/{purchase.pk}/returns/"
    assert "from 252 to <strong>240 leaves</strong>" in till.get(back).content.decode()
    done = till.post(back, {"key": key(), "part": "all"}, headers={"HX-Request": "true"})
    assert "New balance: 240 leaves." in done.content.decode()
    given = till.post(
        f"{shop.url}adjustments/",
        {"key": key(), "points": "5", "reason": "Sorry"},
        headers={"HX-Request": "true"},
    )
    assert "new balance: 245 leaves" in given.content.decode()


def test_staff_cannot_serve_their_own_card(shop: Shop, till: Client) -> None:
    from tests.programs.counter_shop import enrol

    with tenant_context(shop.cast.business):
        own = enrol(shop.cast, "Own", email=shop.cast.staff.user.email)
    answer = till.post(
        f"/counter/members/{own.pk}/visits/", {"key": key(), "amount": "10"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 403
    assert "colleague" in sentence(answer)


# --- undoing ------------------------------------------------------------------------------------------


def undo(till: Client, shop: Shop, answer: Any, same: str = "") -> Any:
    served = answer.context["served"]
    values = {
        "key": same or key(),
        "entry": [str(one.pk) for one in served.entries],
        "voucher": [str(one.pk) for one in served.vouchers],
    }
    return till.post(f"{shop.url}undos/", values, headers={"HX-Request": "true"})


def test_undo_takes_back_the_purchase_and_the_reward(shop: Shop, till: Client, ledger: Any) -> None:
    answer = serve(till, shop, amount="12.40", reward=str(shop.coffee.pk))
    same = key()
    assert [undo(till, shop, answer, same).status_code for _time in range(2)] == [200, 200]
    assert ledger() == 240
    with tenant_context(shop.cast.business):
        assert Redemption.objects.get().status == RedemptionStatus.VOIDED
        assert Purchase.objects.order_by("-pk")[0].kept == 0
        assert Entry.objects.filter(kind=EntryKind.RESTORE).count() == 1


def test_undo_is_too_late_after_the_minutes_of_the_program(shop: Shop, till: Client, ledger: Any) -> None:
    import datetime

    import time_machine
    from django.utils import timezone

    from tests.cast import sign_in

    answer = serve(till, shop, amount="10", reward=str(shop.coffee.pk))
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=31)):
        late = undo(sign_in(shop.cast.staff), shop, answer)
        assert late.status_code == 409
        assert "Ask a manager" in sentence(late)
        assert ledger() == 150
        assert undo(sign_in(shop.cast.manager), shop, answer).status_code == 200
    assert ledger() == 240


def test_a_voucher_is_used_once_and_can_be_used_again_after_undo(shop: Shop, till: Client, ledger: Any) -> None:
    from programs.domain.redemptions import redeem_reward

    with tenant_context(shop.cast.business):
        redemption = redeem_reward(shop.anna, reward=shop.coffee, by=Actor.system(), key=key())
        voucher = Voucher.objects.get(redemption=redemption)
    chosen = {"voucher": str(voucher.pk)}
    last = voucher.valid_until.astimezone(shop.cast.business.zone).date() - timedelta(days=1)
    assert f"until {last.day} {last:%b}" in till.get(shop.url).content.decode()
    same = key()
    first = serve(till, shop, key=same, **chosen)
    assert (first.status_code, serve(till, shop, key=same, **chosen).status_code) == (200, 200)
    assert serve(till, shop, **chosen).status_code == 409
    assert undo(till, shop, first).status_code == 200
    assert serve(till, shop, **chosen).status_code == 200
    assert ledger() == 140


def test_entries_of_another_member_are_not_undone(shop: Shop, till: Client, ledger: Any) -> None:
    from tests.programs.counter_shop import enrol

    answer = serve(till, shop, amount="10")
    with tenant_context(shop.cast.business):
        other = enrol(shop.cast, "Other", phone="0664 7654321")
    entry = answer.context["served"].entries[0]
    undone = till.post(f"/counter/members/{other.pk}/undos/", {"key": key(), "entry": str(entry.pk)})
    assert undone.status_code == 404
    assert ledger() == 250

"""Stamps at the counter: with a purchase, in one tap, and undone."""

from typing import Any

from django.test import Client

from customers.domain.members import MemberDetails, enrol_member
from customers.enums import Source
from programs.domain.reconcile import reconcile
from programs.domain.stamps.giving import give_stamps
from programs.domain.stamps.reading import cards_of
from programs.models import Program
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.counter_shop import Shop, key
from tests.programs.stamps import make_card
from tests.threads import at_once


def _card(shop: Shop, **terms: Any) -> Program:
    with tenant_context(shop.cast.business):
        return make_card(**terms)


def _post(till: Client, shop: Shop, where: str, **values: Any) -> Any:
    return till.post(f"{shop.url}{where}/", {"key": key(), **values}, headers={"HX-Request": "true"})


def _stands(shop: Shop) -> tuple[int, int]:
    with tenant_context(shop.cast.business):
        [card] = cards_of(shop.anna)
        assert reconcile().agrees
        return card.stamps, card.finished


def test_nothing_of_stamps_is_shown_without_a_card(shop: Shop, till: Client) -> None:
    assert "punch" not in till.get(shop.url).content.decode()


def test_a_purchase_stamps_by_itself_and_undoing_it_takes_the_stamp(shop: Shop, till: Client) -> None:
    _card(shop)
    done = _post(till, shop, "visits", amount="12,40")
    assert "<strong>1 stamp</strong> on the Coffee card" in done.content.decode()
    assert _stands(shop) == (1, 0)
    entries = [entry.pk for entry in done.context["served"].undoable]
    _post(till, shop, "undos", entry=entries)
    assert _stands(shop) == (0, 0)


def test_what_an_amount_stamps_is_said_while_it_is_typed(shop: Shop, till: Client) -> None:
    _card(shop, minimum=500)
    assert "1 stamp on the Coffee card" in till.get(f"{shop.url}preview/", {"amount": "5"}).content.decode()
    assert "stamp" not in till.get(f"{shop.url}preview/", {"amount": "4,99"}).content.decode()
    _post(till, shop, "visits", amount="5")
    assert "stamp" not in till.get(f"{shop.url}preview/", {"amount": "5"}).content.decode()


def test_a_tap_is_a_stamp_once_for_each_key_and_is_undone(shop: Shop, till: Client) -> None:
    card = _card(shop, most_in_day=2)
    same = key()
    for _time in range(2):
        done = _post(till, shop, "stamps", card=card.pk, key=same)
    assert done.status_code == 200
    assert _stands(shop) == (1, 0)
    _post(till, shop, "undos", entry=[done.context["stamped"].pk])
    assert _stands(shop) == (0, 0)


def test_two_tills_at_once_give_no_more_than_the_day_takes(shop: Shop, till: Client) -> None:
    card = _card(shop, most_in_day=1)

    def tap(name: str) -> str:
        with tenant_context(shop.cast.business):
            return str(give_stamps(shop.anna, card, by=Actor.staff(shop.cast.staff), key=name).kind)

    outcomes = at_once(tap, [key() for _till in range(4)])
    assert sorted(str(getattr(one, "code", one)) for one in outcomes) == ["accrue", *["card_full_today"] * 3]
    assert _stands(shop) == (1, 0)


def test_one_tap_sent_several_times_at_once_is_one_stamp(shop: Shop, till: Client) -> None:
    card, same = _card(shop, most_in_day=5), key()

    def tap(_try: int) -> str:
        with tenant_context(shop.cast.business):
            return str(give_stamps(shop.anna, card, by=Actor.staff(shop.cast.staff), key=same).pk)

    assert len(set(at_once(tap, range(4)))) == 1
    assert _stands(shop) == (1, 0)


def test_the_last_stamp_gives_a_voucher_that_can_be_used_at_once(shop: Shop, till: Client) -> None:
    card = _card(shop, slots=2, most_in_day=5)
    _post(till, shop, "stamps", card=card.pk)
    done = _post(till, shop, "stamps", card=card.pk).content.decode()
    assert "A coffee on us: the voucher is ready, now or next time." in done
    assert _stands(shop) == (0, 1)
    with tenant_context(shop.cast.business):
        voucher = shop.anna.accounts.get(program=card).vouchers.get()
    assert _post(till, shop, "visits", voucher=voucher.pk, pin="4826").status_code == 200


def test_a_return_is_told_beforehand_what_it_does_to_the_card(shop: Shop, till: Client) -> None:
    _card(shop, slots=2, most_in_day=5)
    _post(till, shop, "visits", amount="5")
    served = _post(till, shop, "visits", amount="5").context["served"]
    page = till.get(f"/counter/purchases/{served.purchase.pk}/returns/", {"preview": "1"}).content.decode()
    assert "It is no longer full: the voucher for “A coffee on us” is taken back." in page


def test_a_business_with_stamps_alone_serves_and_undoes(cast: Any) -> None:
    with tenant_context(cast.business):
        make_card()
        member = enrol_member(MemberDetails(given_name="Ida"), by=Actor.staff(cast.owner), source=Source.COUNTER)
    till = sign_in(cast.owner)
    till.post("/counter/locations/", {"location": cast.location.pk})
    url = f"/counter/members/{member.pk}/"
    assert "Coffee card" in till.get(url).content.decode()
    done = till.post(f"{url}visits/", {"key": key(), "amount": "5"}, headers={"HX-Request": "true"})
    entries = [entry.pk for entry in done.context["served"].undoable]
    assert len(entries) == 1
    till.post(f"{url}undos/", {"key": key(), "entry": entries}, headers={"HX-Request": "true"})
    with tenant_context(cast.business):
        assert cards_of(member)[0].stamps == 0

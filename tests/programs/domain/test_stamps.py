"""Stamp cards: what fills them, what a full one gives, and what returns take back."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from customers.domain.merging import merge_members, undo_merge
from customers.domain.products import add_product, find_or_make_category
from customers.domain.purchases import LineDetails, ReturnDetails, ReturnLineDetails
from customers.effects import ImportedPurchases, purchases_imported
from customers.enums import Source
from programs.domain.expiry import expire_due
from programs.domain.reconcile import reconcile
from programs.domain.stamps.giving import give_stamps
from programs.domain.stamps.publishing import drop_draft, pause_card, publish_card, redraft_card, resume_card
from programs.domain.stamps.taking import preview_unstamping
from programs.domain.stamps.terms import Line, Terms, count_stamps
from programs.domain.undo import undo_entry
from programs.domain.vouchers import use_voucher
from programs.enums import RedemptionStatus, StampsFor
from programs.errors import CardFullToday, CardWasUsed, ProgramNotLive
from programs.models import Account, Entry, StampCard, Voucher
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast
from tests.programs.shop import SYSTEM, at, balance, bring_back, buy, key, make_member, make_program
from tests.programs.stamps import make_card, standing, terms


def _agrees() -> None:
    report = reconcile()
    assert [str(one) for one in report.differences] == []


def _vouchers(member: object) -> list[str]:
    return list(Voucher.objects.filter(account__member=member).order_by("pk").values_list("status", flat=True))


class TestCounting:
    def test_a_visit_counts_from_its_minimum(self) -> None:
        card = terms(minimum=500)
        assert [count_stamps(card, paid, []).stamps for paid in (0, 499, 500, 9000)] == [0, 0, 1, 1]

    def test_items_count_whole_ones_of_what_was_chosen(self) -> None:
        card = terms(counts=StampsFor.ITEMS, categories=("c",))
        lines = [Line(400, Decimal(2), category="c"), Line(300, Decimal("1.5"), category="c"), Line(900, Decimal(9))]
        assert count_stamps(card, 1600, lines).stamps == 3

    def test_money_counts_once_for_every_full_amount(self) -> None:
        card = terms(counts=StampsFor.SPEND, every=1000)
        assert [count_stamps(card, paid, []).stamps for paid in (999, 1000, 2999)] == [0, 1, 2]


def test_a_full_card_becomes_a_voucher_and_what_is_over_goes_onto_the_next(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(slots=5, counts=StampsFor.SPEND, every=100, most_in_day=None), make_member()
        buy(member, 300)
        buy(member, 450)
        stood = standing(member, card)
        assert (stood.stamps, stood.finished, _vouchers(member)) == (2, 1, ["open"])
        assert Voucher.objects.get(account__member=member).name == "A coffee on us"
        _agrees()


def test_one_purchase_can_fill_several_cards(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(slots=2, counts=StampsFor.SPEND, every=100, most_in_day=None), make_member()
        buy(member, 500)
        assert (standing(member, card).stamps, _vouchers(member)) == (1, ["open", "open"])
        _agrees()


def test_a_day_takes_no_more_than_the_card_says_and_a_day_ends_at_midnight_there(cast: Cast) -> None:
    with tenant_context(cast.business) as business:
        business.time_zone = "Europe/Vienna"
        business.save(update_fields=["time_zone"])
    with tenant_context(cast.business):
        with at("2026-03-01 08:00"):
            card, member = make_card(most_in_day=1), make_member()
        for moment, stamps in (("2026-03-01 09:00", 1), ("2026-03-01 22:59", 1), ("2026-03-01 23:00", 2)):
            with at(moment):
                buy(member, 500)
                assert standing(member, card).stamps == stamps
        refused = Entry.objects.filter(cause="stamped", amount=0).get()
        assert (refused.snapshot["earned"], refused.snapshot["room"]) == (1, 0)
        _agrees()


def test_purchases_of_before_count_for_nothing(cast: Cast) -> None:
    with tenant_context(cast.business):
        with at("2026-03-02 09:00") as published:
            card, member = make_card(), make_member()
        with at("2026-03-02 10:00"):
            buy(member, 500, occurred_at=published.replace(hour=8))
            assert standing(member, card).account is None
            buy(member, 500, occurred_at=published.replace(hour=9, minute=30))
        assert standing(member, card).stamps == 1


def test_only_goods_of_the_card_fill_it_and_a_return_of_one_takes_one(cast: Cast) -> None:
    with tenant_context(cast.business):
        coffee = find_or_make_category("Coffee")
        espresso = add_product(sku="E", name="Espresso", category=coffee, price=280, by=SYSTEM)
        cake = add_product(sku="K", name="Cake", category=find_or_make_category("Cakes"), price=500, by=SYSTEM)
        card = make_card(counts=StampsFor.ITEMS, categories=(str(coffee.pk),), most_in_day=5)
        member = make_member()
        lines = (LineDetails(unit_price=280, quantity=Decimal(3), product=espresso), LineDetails(500, product=cake))
        purchase = buy(member, lines=lines)
        assert standing(member, card).stamps == 3
        line = purchase.lines.get(product=espresso)
        bring_back(purchase, lines=(ReturnLineDetails(line=line, quantity=Decimal(1)),))
        assert standing(member, card).stamps == 2
        bring_back(purchase)
        assert standing(member, card).stamps == 0
        _agrees()


def test_a_return_takes_a_full_card_back_while_its_reward_is_unused(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(slots=3, most_in_day=None), make_member()
        for _visit in range(2):
            buy(member, 500)
        last = buy(member, 500)
        [effect] = preview_unstamping(last, ReturnDetails())
        assert (effect.stamps, effect.after, effect.owed, effect.lost) == (1, 2, 0, ["A coffee on us"])
        assert _vouchers(member) == ["open"]
        bring_back(last)
        stood = standing(member, card)
        assert (stood.stamps, stood.owed, stood.finished, _vouchers(member)) == (2, 0, 0, ["voided"])
        buy(member, 500)
        assert (standing(member, card).finished, _vouchers(member)) == (1, ["voided", "open"])
        _agrees()


def test_a_return_after_the_reward_was_used_is_owed_and_the_next_stamp_repays_it(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(slots=2, most_in_day=None), make_member()
        buy(member, 500)
        last = buy(member, 500)
        use_voucher(Voucher.objects.get(account__member=member), by=SYSTEM)
        bring_back(last)
        assert (standing(member, card).stamps, standing(member, card).owed) == (0, 1)
        buy(member, 500)
        assert (standing(member, card).stamps, standing(member, card).owed) == (0, 0)
        _agrees()


def test_small_returns_add_up(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(counts=StampsFor.SPEND, every=100, most_in_day=None, slots=50), make_member()
        purchase = buy(member, 1000)
        for _part in range(3):
            bring_back(purchase, 50)
        assert standing(member, card).stamps == 8
        bring_back(purchase)
        assert standing(member, card).stamps == 0
        _agrees()


def test_a_stamp_by_hand_is_given_once_for_each_key_and_undone_once(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(slots=2, most_in_day=3), make_member()
        name = key()
        entry = give_stamps(member, card, by=Actor.staff(cast.staff), key=name)
        assert give_stamps(member, card, by=Actor.staff(cast.staff), key=name) == entry
        second = give_stamps(member, card, by=Actor.staff(cast.staff), key=key())
        assert (standing(member, card).stamps, _vouchers(member)) == (0, ["open"])
        undo_entry(second, by=Actor.staff(cast.staff), key=key())
        assert (standing(member, card).stamps, _vouchers(member)) == (1, ["voided"])
        _agrees()


def test_a_stamp_whose_reward_was_used_is_not_undone(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(slots=2, most_in_day=3), make_member()
        give_stamps(member, card, by=SYSTEM, key=key())
        entry = give_stamps(member, card, by=SYSTEM, key=key())
        use_voucher(Voucher.objects.get(account__member=member), by=SYSTEM)
        with pytest.raises(CardWasUsed):
            undo_entry(entry, by=SYSTEM, key=key())


def test_staff_give_no_more_by_hand_than_a_day_takes_and_managers_do(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(most_in_day=1), make_member()
        buy(member, 500)
        with pytest.raises(CardFullToday):
            give_stamps(member, card, by=Actor.staff(cast.staff), key=key())
        give_stamps(member, card, by=Actor.staff(cast.manager), key=key())
        assert standing(member, card).stamps == 2


def test_a_card_that_was_begun_is_finished_as_it_was_promised(cast: Cast) -> None:
    with tenant_context(cast.business):
        program, member, later = make_card(slots=3, most_in_day=None), make_member(), make_member()
        buy(member, 500)
        card = StampCard.objects.get(program=program)
        changed = replace(Terms.from_json(card.versions.get().terms), slots=5, reward_name="A cake")
        redraft_card(card, terms=changed, by=SYSTEM)
        publish_card(card, by=SYSTEM)
        for _visit in range(2):
            buy(member, 500)
            buy(later, 500)
        assert (_vouchers(member), _vouchers(later)) == (["open"], [])
        assert Voucher.objects.get(account__member=member).name == "A coffee on us"
        buy(member, 500)
        assert (standing(member, program).terms.slots, standing(later, program).terms.slots) == (5, 5)
        _agrees()


def test_a_paused_card_collects_nothing(cast: Cast) -> None:
    with tenant_context(cast.business):
        program, member = make_card(), make_member()
        card = StampCard.objects.get(program=program)
        pause_card(card, by=SYSTEM)
        buy(member, 500)
        with pytest.raises(ProgramNotLive):
            give_stamps(member, program, by=SYSTEM, key=key())
        resume_card(card, by=SYSTEM)
        buy(member, 500)
        assert standing(member, program).stamps == 1


def test_a_draft_that_is_dropped_leaves_what_was_published(cast: Cast) -> None:
    with tenant_context(cast.business):
        program = make_card()
        card = StampCard.objects.get(program=program)
        redraft_card(card, terms=terms(name="Another name", slots=4), by=SYSTEM)
        program.refresh_from_db()
        assert program.name == "Coffee card"
        assert drop_draft(card, by=SYSTEM) is True
        assert StampCard.objects.get(pk=card.pk).draft is None


def test_stamps_expire_at_the_end_of_a_day_and_points_go_on(cast: Cast) -> None:
    with tenant_context(cast.business):
        with at("2024-02-29 10:00"):
            make_program(expiry_months=None)
            card, member = make_card(expiry_months=12), make_member()
            buy(member, 500)
        with at("2025-02-28 20:00") as now:
            expire_due(now)
            assert standing(member, card).stamps == 1
        with at("2025-03-01 10:00") as now:
            expire_due(now)
            assert (standing(member, card).stamps, balance(member)) == (0, (5, 0, 0))
        _agrees()


def test_merging_puts_stamps_together_finishes_the_card_and_can_be_undone(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, kept, absorbed = make_card(slots=3, most_in_day=None), make_member(), make_member()
        for member in (kept, absorbed, absorbed):
            buy(member, 500)
        merge = merge_members(kept, absorbed, by=Actor.staff(cast.owner), source=Source.DASHBOARD)
        assert (standing(kept, card).stamps, _vouchers(kept)) == (0, ["open"])
        _agrees()
        undo_merge(merge, by=Actor.staff(cast.owner), source=Source.DASHBOARD)
        assert sum(account.balance for account in Account.objects.filter(program=card)) == 0
        _agrees()


def test_points_and_stamps_of_a_purchase_stay_apart(cast: Cast) -> None:
    with tenant_context(cast.business):
        make_program()
        card, member = make_card(slots=2, most_in_day=None), make_member()
        purchase = buy(member, 1200)
        buy(member, 300)
        assert (balance(member), standing(member, card).finished) == ((15, 0, 0), 1)
        bring_back(purchase)
        assert (balance(member), standing(member, card).stamps, standing(member, card).finished) == ((3, 0, 0), 1, 0)
        assert Voucher.objects.get(account__member=member).status == RedemptionStatus.VOIDED
        _agrees()


def test_purchases_that_are_imported_fill_cards_from_the_day_these_were_published(cast: Cast) -> None:
    with tenant_context(cast.business):
        with at("2026-03-02 09:00"):
            make_program()
            card, member = make_card(), make_member()
        with at("2026-03-05 09:00") as now:
            days = [now.replace(day=1), now.replace(day=3), now.replace(day=4)]
            bought = [buy(member, 500, occurred_at=day, effects=False) for day in days]
            purchases_imported(
                ImportedPurchases(tuple(bought), (), uuid4()), by=SYSTEM, source=Source.IMPORT, silent=True
            )
        assert (standing(member, card).stamps, balance(member)) == (2, (15, 0, 0))
        _agrees()


def test_a_second_return_takes_no_stamp_twice(cast: Cast) -> None:
    with tenant_context(cast.business):
        card, member = make_card(minimum=500), make_member()
        purchase = buy(member, 600)
        for part, left in ((50, 1), (100, 0), (100, 0)):
            bring_back(purchase, part)
            assert standing(member, card).stamps == left
        assert Entry.objects.filter(cause="unstamped").count() == 1
        _agrees()

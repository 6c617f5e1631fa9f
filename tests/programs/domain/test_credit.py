"""Store credit: what purchases give back, paying with it, and what returns do to it."""

from uuid import uuid4

import pytest

from customers.domain.merging import merge_members, undo_merge
from customers.domain.products import add_product, find_or_make_category
from customers.domain.purchases import LineDetails, PurchaseDetails, ReturnDetails, ReturnLineDetails, record_purchase
from customers.effects import ImportedPurchases, purchases_imported
from customers.enums import Source
from customers.errors import Conflict, DoesNotAddUp
from customers.models import Member, Purchase, Return
from loyalty_saas.lib.errors import Invalid
from programs.domain.credit.foreseeing import preview_uncrediting
from programs.domain.credit.publishing import (
    cash_back_of_business,
    compose_cash_back,
    drop_draft,
    pause_cash_back,
    publish_cash_back,
    resume_cash_back,
)
from programs.domain.credit.reading import credit_of
from programs.domain.credit.terms import check
from programs.domain.expiry import confirm_due, expire_due
from programs.domain.reconcile import reconcile
from programs.domain.reversals import preview_return
from programs.domain.undo import undo_entry
from programs.errors import MemberNotActive, NoCredit, NotEnoughCredit, NothingToPublish, OwnAccount, ProgramNotLive
from programs.models import Account, CashBackVersion, Entry, Lot
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast
from tests.programs.credit import credit, make_credit, terms
from tests.programs.shop import SYSTEM, accrual_of, at, balance, bring_back, buy, key, make_member, make_program
from tests.threads import at_once


def _agrees() -> None:
    report = reconcile()
    assert [str(one) for one in report.differences] == []


def _owner_of(amount: int) -> Member:
    """A member with so much credit."""
    member = make_member()
    buy(member, amount * 10)
    assert credit(member)[0] == amount
    return member


class TestEarning:
    def test_a_share_of_what_is_paid_comes_back_and_parts_of_a_cent_are_dropped(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit(rate=333)
            member = make_member()
            buy(member, 1000)
            assert credit(member) == (33, 0, 0)
            buy(member, 29)
            assert credit(member) == (33, 0, 0)
            _agrees()

    def test_from_the_minimum_on_and_without_tax_where_the_owner_says_so(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit(minimum=1000, on_tax=False)
            member = make_member()
            buy(member, 999)
            assert credit(member) == (0, 0, 0)
            buy(member, 1200, tax=200)
            assert credit(member) == (100, 0, 0)
            _agrees()

    def test_what_is_excluded_gives_nothing(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            vouchers = find_or_make_category("Gift cards")
            card = add_product(sku="G", name="Gift card", category=vouchers, price=5000, by=SYSTEM)
            book = add_product(sku="B", name="Book", category=find_or_make_category("Books"), price=2000, by=SYSTEM)
            make_credit(categories=(str(vouchers.pk),))
            member = make_member()
            purchase = buy(member, lines=(LineDetails(5000, product=card), LineDetails(2000, product=book)))
            assert credit(member) == (200, 0, 0)
            bring_back(purchase, lines=(ReturnLineDetails(line=purchase.lines.get(product=card)),))
            assert credit(member) == (200, 0, 0)
            bring_back(purchase)
            assert credit(member) == (0, 0, 0)
            _agrees()

    def test_it_waits_for_its_days_and_expires_at_the_end_of_one(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2024-02-29 10:00"):
                make_credit(pending_days=14, expiry_months=12, expires_at_month_end=False)
                member = make_member()
                buy(member, 5000)
                assert credit(member) == (0, 500, 0)
            with at("2024-03-14 09:00") as now:
                confirm_due(now)
                assert credit(member) == (500, 0, 0)
            with at("2025-03-14 20:00") as now:
                expire_due(now)
                assert credit(member) == (500, 0, 0)
            with at("2025-03-15 10:00") as now:
                expire_due(now)
                assert credit(member) == (0, 0, 0)
            _agrees()

    def test_a_new_version_counts_from_its_moment_on(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-03-01 09:00"):
                make_credit()
                member = make_member()
            with at("2026-03-02 09:00"):
                cash_back = compose_cash_back(terms(rate=2000), by=SYSTEM)
                buy(member, 1000)
                publish_cash_back(cash_back, by=SYSTEM)
            with at("2026-03-03 09:00") as now:
                buy(member, 1000, occurred_at=now.replace(day=1, hour=10))
                assert credit(member) == (200, 0, 0)
                buy(member, 1000)
                assert credit(member) == (400, 0, 0)
                buy(member, 1000, occurred_at=now.replace(day=1, hour=8))
                assert credit(member) == (400, 0, 0)
            assert [one.number for one in CashBackVersion.objects.all()] == [1, 2]
            _agrees()

    def test_nothing_is_given_while_it_rests_and_nobody_pays_with_it(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = _owner_of(500)
            cash_back = cash_back_of_business()
            assert cash_back is not None
            pause_cash_back(cash_back, by=SYSTEM)
            buy(member, 1000)
            with pytest.raises(ProgramNotLive):
                buy(member, 1000, credit=100)
            assert Purchase.objects.filter(credit=100).count() == 0
            resume_cash_back(cash_back, by=SYSTEM)
            buy(member, 1000, credit=100)
            assert credit(member) == (490, 0, 0)

    def test_a_draft_counts_for_nothing_and_can_be_dropped(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            cash_back = compose_cash_back(terms(), by=SYSTEM)
            member = make_member()
            buy(member, 1000)
            assert credit_of(member) is None
            assert drop_draft(cash_back, by=SYSTEM) is False
            assert cash_back_of_business() is None
            make_credit()
            with pytest.raises(NothingToPublish):
                publish_cash_back(cash_back_of_business(), by=SYSTEM)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("field", "value"), [("rate", 0), ("rate", 5001), ("pending_days", 366), ("expiry_months", 0), ("name", " ")]
    )
    def test_terms_that_make_no_sense_are_refused_at_their_field(self, field: str, value: object) -> None:
        with pytest.raises(Invalid) as refused:
            check(terms(**{field: value}))
        assert refused.value.field == field

    def test_purchases_that_are_imported_give_it_too(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            make_program()
            member = make_member()
            bought = (buy(member, 1000, effects=False), buy(member, 500, effects=False))
            batch = ImportedPurchases(bought, (), uuid4())
            purchases_imported(batch, by=SYSTEM, source=Source.IMPORT, silent=True)
            purchases_imported(batch, by=SYSTEM, source=Source.IMPORT, silent=True)
            assert (credit(member), balance(member)) == ((150, 0, 0), (15, 0, 0))
            _agrees()


class TestPaying:
    def test_a_part_is_paid_from_credit_and_earns_nothing_again(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_program()
            make_credit()
            member = _owner_of(1000)
            before = balance(member)[0]
            purchase = buy(member, 3000, credit=1000)
            assert credit(member) == (200, 0, 0)
            assert balance(member)[0] - before == 20
            assert accrual_of(purchase).snapshot["counted"] == "2000"
            _agrees()

    def test_the_minimum_looks_at_what_is_paid_in_money(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit(minimum=2000)
            member = make_member()
            buy(member, 10_000)
            buy(member, 2500, credit=600)
            assert credit(member) == (400, 0, 0)
            buy(member, 2500, credit=400)
            assert credit(member) == (210, 0, 0)

    def test_credit_comes_off_what_is_excluded_and_what_counts_alike(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            category = find_or_make_category("Gift cards")
            card = add_product(sku="G", name="Gift card", category=category, price=1000, by=SYSTEM)
            make_credit(products=(str(card.pk),))
            member = _owner_of(1000)
            buy(member, lines=(LineDetails(1000, product=card), LineDetails(1000)), credit=1000)
            assert credit(member) == (50, 0, 0)
            _agrees()

    def test_all_of_it_may_be_paid_from_credit(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_program()
            make_credit()
            member = _owner_of(1000)
            points = balance(member)[0]
            purchase = buy(member, 1000, credit=1000)
            assert (credit(member), balance(member)[0]) == ((0, 0, 0), points)
            bring_back(purchase)
            assert credit(member) == (1000, 0, 0)
            _agrees()

    def test_more_than_there_is_is_refused_and_nothing_is_recorded(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = _owner_of(500)
            with pytest.raises(NotEnoughCredit) as refused:
                buy(member, 2000, credit=501)
            assert refused.value.facts == {"available": 500}
            assert (credit(member), Purchase.objects.filter(member=member).count()) == ((500, 0, 0), 1)
            _agrees()

    def test_what_waits_is_not_there_yet(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit(pending_days=3)
            member = make_member()
            buy(member, 5000)
            with pytest.raises(NotEnoughCredit):
                buy(member, 1000, credit=1)

    def test_it_is_refused_where_it_makes_no_sense(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with pytest.raises(NoCredit):
                buy(make_member(), 1000, credit=100)
            make_credit()
            member = _owner_of(500)
            with pytest.raises(DoesNotAddUp):
                buy(member, 100, credit=101)
            with pytest.raises(Invalid):
                record_purchase(None, PurchaseDetails(total=100, credit=10), by=SYSTEM, source=Source.API)
            Member.objects.filter(pk=member.pk).update(status="paused")
            with pytest.raises(MemberNotActive):
                buy(Member.objects.get(pk=member.pk), 1000, credit=10)

    def test_staff_do_not_pay_with_their_own(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = make_member(email=cast.staff.user.email)
            buy(member, 5000)
            with pytest.raises(OwnAccount):
                buy(member, 1000, credit=10, by=Actor.staff(cast.staff))

    def test_a_retried_sale_takes_it_once_and_another_part_is_a_conflict(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member, name = _owner_of(500), key()
            for _time in range(3):
                details = PurchaseDetails(total=1000, credit=300)
                record_purchase(member, details, by=SYSTEM, source=Source.API, key=name)
            assert credit(member) == (270, 0, 0)
            with pytest.raises(Conflict):
                record_purchase(member, PurchaseDetails(total=1000, credit=200), by=SYSTEM, source=Source.API, key=name)
            _agrees()

    def test_two_tills_at_once_do_not_spend_it_twice(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = _owner_of(500)

        def pay(_number: int) -> str:
            with tenant_context(cast.business):
                try:
                    buy(Member.objects.get(pk=member.pk), 1000, credit=400)
                except NotEnoughCredit:
                    return "refused"
                return "paid"

        done = at_once(pay, (1, 2))
        assert sorted(done) == ["paid", "refused"]
        with tenant_context(cast.business):
            assert credit(member) == (160, 0, 0)
            _agrees()

    def test_what_runs_out_first_is_spent_first(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-01-10 10:00"):
                make_credit(expiry_months=6)
                member = make_member()
                buy(member, 1000)
            with at("2026-02-10 10:00"):
                buy(member, 1000)
                buy(member, 1000, credit=150)
            assert [lot.remaining for lot in Lot.objects.order_by("pk")] == [0, 50, 85]
            _agrees()


class TestReturns:
    def test_a_part_that_comes_back_is_split_as_it_was_paid(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = _owner_of(1000)
            purchase = buy(member, 4000, credit=1000)
            assert credit(member) == (300, 0, 0)
            returned = bring_back(purchase, 1000)
            assert (returned.total, returned.credit) == (1000, 250)
            # 250 come back; 10 percent of the 750 in money go.
            assert credit(member) == (475, 0, 0)
            _agrees()

    def test_many_small_returns_give_back_exactly_what_was_paid(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = _owner_of(1000)
            purchase = buy(member, 1999, credit=997)
            for _part in range(7):
                bring_back(purchase, 271)
            bring_back(purchase)
            assert sum(Return.objects.filter(purchase=purchase).values_list("credit", flat=True)) == 997
            assert credit(member) == (1000, 0, 0)
            _agrees()

    def test_it_goes_back_to_the_lots_it_came_from_the_last_one_first(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-01-10 10:00"):
                make_credit(expiry_months=6)
                member = make_member()
                buy(member, 1000)
            with at("2026-02-10 10:00"):
                buy(member, 1000)
                purchase = buy(member, 200, credit=200)
                bring_back(purchase, 120)
                assert [lot.remaining for lot in Lot.objects.order_by("pk")] == [20, 100]
                bring_back(purchase)
                assert [lot.remaining for lot in Lot.objects.order_by("pk")] == [100, 100]
            _agrees()

    def test_what_ran_out_meanwhile_comes_back_anew(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            with at("2026-01-10 10:00"):
                make_credit(expiry_months=1, expires_at_month_end=False)
                member = make_member()
                buy(member, 1000)
            with at("2026-02-10 10:00"):
                purchase = buy(member, 100, credit=100)
            with at("2026-02-12 10:00") as now:
                expire_due(now)
                effect = preview_uncrediting(purchase, ReturnDetails())
                assert effect is not None
                assert (effect.refunded, effect.anew, effect.money, effect.after) == (100, 100, 0, 100)
                bring_back(purchase)
                assert credit(member) == (100, 0, 0)
            with at("2026-03-15 10:00") as now:
                expire_due(now)
                assert credit(member) == (0, 0, 0)
            _agrees()

    def test_cash_back_that_was_spent_is_owed_and_the_next_one_repays_it(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = make_member()
            first = buy(member, 5000)
            buy(member, 500, credit=500)
            effect = preview_uncrediting(first, ReturnDetails())
            assert effect is not None
            assert (effect.taken, effect.owed, effect.money, effect.refunded) == (500, 500, 5000, 0)
            assert credit(member) == (0, 0, 0)
            bring_back(first)
            assert credit(member) == (0, 0, 500)
            buy(member, 6000)
            assert credit(member) == (100, 0, 0)
            _agrees()

    def test_the_preview_says_what_the_return_does(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_program()
            make_credit()
            member = _owner_of(1000)
            purchase = buy(member, 3000, credit=900)
            foreseen = preview_uncrediting(purchase, ReturnDetails(amount=1000))
            points = preview_return(purchase, ReturnDetails(amount=1000))
            assert foreseen is not None
            before = balance(member)[0]
            assert (foreseen.money, foreseen.refunded, foreseen.taken, points.plan.money) == (700, 300, 70, 700)
            bring_back(purchase, 1000)
            assert credit(member)[0] == foreseen.after
            assert balance(member)[0] == before - points.points
            _agrees()

    def test_undoing_what_was_paid_returns_the_purchase(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = _owner_of(1000)
            purchase = buy(member, 3000, credit=900)
            entry = Entry.objects.get(cause="tender", cause_id=purchase.pk)
            undone = undo_entry(entry, by=Actor.staff(cast.staff), key=key())
            assert undone is not None
            assert (undone.cause, undone.amount) == ("refund", 900)
            assert credit(member) == (1000, 0, 0)
            _agrees()

    def test_a_paused_program_still_gives_back(self, cast: Cast) -> None:
        with tenant_context(cast.business):
            make_credit()
            member = _owner_of(1000)
            purchase = buy(member, 3000, credit=900)
            cash_back = cash_back_of_business()
            assert cash_back is not None
            pause_cash_back(cash_back, by=SYSTEM)
            bring_back(purchase)
            assert Account.objects.get(member=member).balance == 1000
            _agrees()


def test_merging_puts_credit_together_with_its_dates_and_a_return_finds_it(cast: Cast) -> None:
    with tenant_context(cast.business):
        make_credit(expiry_months=12)
        kept, absorbed = _owner_of(300), _owner_of(500)
        purchase = buy(absorbed, 1000, credit=400)
        merge = merge_members(kept, absorbed, by=Actor.staff(cast.owner), source=Source.DASHBOARD)
        assert credit(kept) == (460, 0, 0)
        bring_back(purchase, 500)
        assert credit(kept) == (630, 0, 0)
        _agrees()
        undo_merge(merge, by=Actor.staff(cast.owner), source=Source.DASHBOARD)
        assert credit(kept)[0] + credit(absorbed)[0] == 630
        _agrees()
        bring_back(purchase)
        assert credit(kept)[0] + credit(absorbed)[0] - credit(kept)[2] - credit(absorbed)[2] == 800
        _agrees()


def test_what_is_paid_from_credit_costs_a_business_without_it_nothing(cast: Cast) -> None:
    with tenant_context(cast.business):
        make_program()
        member = make_member()
        buy(member, 1000)
        assert Purchase.objects.get().credit == 0
        assert credit_of(member) is None
        assert preview_uncrediting(Purchase.objects.get(), ReturnDetails()) is None

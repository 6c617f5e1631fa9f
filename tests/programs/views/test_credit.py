"""Store credit as the owner composes, publishes, changes and pauses it, and its books in money."""

import pytest
from django.test import Client

from programs.domain.credit.publishing import cash_back_of_business
from programs.enums import ProgramStatus
from programs.models import CashBack, Entry, Program
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.credit import credit, make_credit
from tests.programs.shop import bring_back, buy, make_member, make_program

TYPED = {
    "name": "House credit", "rate": "2,5", "on_tax": "1", "minimum": "10.00", "pending_days": "0",
    "expires": "month_end", "expiry_months": "12", "example-paid": "40.00",
}  # fmt: skip


@pytest.fixture
def owner(cast: Cast) -> Client:
    return sign_in(cast.owner)


def _only(cast: Cast) -> CashBack:
    with tenant_context(cast.business):
        found = cash_back_of_business()
        assert found is not None
        return found


def test_it_is_composed_published_changed_and_paused(cast: Cast, owner: Client) -> None:
    assert "A part of every purchase comes back" in owner.get("/program/credit/").content.decode()
    first = owner.get("/program/credit/terms/").content.decode()
    assert "5% of what is paid comes back as store credit." in first
    owner.post("/program/credit/terms/", TYPED)
    assert _only(cast).program.status == ProgramStatus.DRAFT
    owner.post("/program/credit/terms/", {**TYPED, "publish": "1"})
    page = owner.get("/program/credit/").content.decode()
    assert "2.5% of what is paid comes back as store credit, of purchases from €10.00." in page
    with tenant_context(cast.business):
        member = make_member()
        buy(member, 4000)
        assert credit(member) == (100, 0, 0)
    owner.post("/program/credit/terms/", {**TYPED, "rate": "4"})
    assert "1 member has credit." in owner.get("/program/credit/terms/").content.decode()
    owner.post("/program/credit/draft/removal/")
    assert _only(cast).draft is None
    owner.post("/program/credit/pause/")
    assert _only(cast).program.status == ProgramStatus.PAUSED
    owner.post("/program/credit/resumption/")
    assert _only(cast).program.status == ProgramStatus.LIVE
    assert "published store credit:" in owner.get("/settings/audit/").content.decode()


def test_the_example_says_what_comes_back_and_what_the_next_one_gives(cast: Cast, owner: Client) -> None:
    said = owner.post("/program/credit/preview/", {**TYPED, "rate": "10"}).content.decode()
    assert "A purchase of €40.00 gives €4.00 of credit." in said
    assert "Next time €4.00 of as much is paid from it and €36.00 in money, which gives €3.60 again." in said


@pytest.mark.parametrize(
    ("field", "value"),
    [("rate", "0"), ("rate", "51"), ("rate", "x"), ("rate", "2.555"), ("name", ""), ("pending_days", "400")],
)
def test_what_makes_no_sense_is_said_at_its_field(cast: Cast, owner: Client, field: str, value: str) -> None:
    answer = owner.post("/program/credit/terms/", {**TYPED, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_an_end_needs_its_months(cast: Cast, owner: Client) -> None:
    answer = owner.post("/program/credit/terms/", {**TYPED, "expiry_months": ""})
    assert list(answer.context["form"].errors) == ["expiry_months"]


def test_its_books_are_in_money_and_apart_from_points(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        make_program()
        program, member = make_credit(), make_member()
        buy(member, 10_000)
        purchase = buy(member, 4000, credit=1000)
        bring_back(purchase, 2000)
    query = {"program": str(program.pk)}
    page = owner.get("/program/books/", query)
    moved = page.context["books"].sum.moved
    assert (moved["issued"], moved["redeemed"], moved["restored"], moved["reversed"]) == (1300, -1000, 500, -150)
    assert "€6.50" in page.content.decode()
    for name in ("places", "liability", "expiry", "breakage", "journal", "entries", "bookkeeping"):
        assert owner.get(f"/program/books/{name}/", query).status_code == 200
    assert (
        "Store credit is money: it is booked at what it says."
        in owner.get("/program/books/journal/", query).content.decode()
    )
    export = owner.get("/program/books/export/", query).content.decode()
    assert "6.50" in export
    assert owner.get("/program/books/").context["books"].outstanding.total == 115


def test_the_members_page_and_the_purchase_say_what_moved_and_why(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        make_credit()
        member = make_member()
        buy(member, 10_000)
        purchase = buy(member, 4000, credit=1000)
    page = owner.get(f"/members/{member.pk}/").content.decode()
    assert "€3.00" in page
    assert "Paid from credit: €10.00" in page
    shown = owner.get(f"/purchases/{purchase.pk}/").content.decode()
    assert "€10.00 was paid from credit" in shown
    assert "10% of €30.00." in shown


def test_a_manager_gives_credit_from_the_members_page_and_undoes_it(cast: Cast) -> None:
    with tenant_context(cast.business):
        make_program()
        make_credit()
        member = make_member(given_name="Ida")
    manager = sign_in(cast.manager)
    page = f"/members/{member.pk}/"
    assert 'id="adjust-credit"' in manager.get(page).content.decode()
    values = {"direction": "give", "amount": "12,50", "reason": "Old gift card", "key": "k1"}
    for _time in range(2):
        manager.post(f"{page}credit/", values)
    with tenant_context(cast.business):
        assert credit(member) == (1250, 0, 0)
        entry = Entry.objects.get(cause="by_hand")
    shown = manager.get(page).content.decode()
    assert "Old gift card" in shown
    assert "Undo: From the team" in shown
    assert "Given by hand." in manager.get(f"/program/books/entries/{entry.pk}/").content.decode()
    refused = manager.post(f"{page}credit/", {**values, "direction": "take", "amount": "13", "key": "k2"})
    assert refused.status_code == 422
    assert "There is less credit than that: €12.50." in refused.content.decode()
    manager.post(f"/program/credit/entries/{entry.pk}/undo/", {"key": "k3"})
    with tenant_context(cast.business):
        assert credit(member) == (0, 0, 0)
    assert "Undo: From the team" not in manager.get(page).content.decode()


def test_the_owner_says_what_staff_may_give(cast: Cast) -> None:
    owner = sign_in(cast.owner)
    assert owner.get("/program/credit/limits/").status_code == 302
    with tenant_context(cast.business):
        make_credit()
    assert "up to €10.00" in owner.get("/program/credit/").content.decode()
    wrong = owner.post(
        "/program/credit/limits/", {"adjustment_limit": "", "member_day_limit": "", "staff_day_limit": ""}
    )
    assert wrong.status_code == 422
    owner.post("/program/credit/limits/", {"adjustment_limit": "3", "member_day_limit": "", "staff_day_limit": "9,50"})
    with tenant_context(cast.business):
        program = Program.objects.get(kind="credit")
        assert (program.adjustment_limit, program.member_day_limit, program.staff_day_limit) == (300, None, 950)
    assert "up to €9.50" in owner.get("/program/credit/").content.decode()

"""Stamp cards as the owner composes, publishes, changes, pauses and prints them."""

import pytest
from django.test import Client

from customers.models import Product
from programs.enums import ProgramStatus
from programs.models import Bookkeeping, StampCard
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import buy, make_member, make_program
from tests.programs.stamps import make_card, standing

TYPED = {
    "name": "Lunch card", "counts": "visit", "slots": "8", "most_in_day": "1", "minimum": "9.50",
    "reward_name": "A lunch on us", "kind": "free_product", "voucher_days": "30",
    "guest-visits": "2", "guest-paid": "12.00", "guest-items": "1",
}  # fmt: skip


@pytest.fixture
def owner(cast: Cast) -> Client:
    return sign_in(cast.owner)


def _only(cast: Cast) -> StampCard:
    with tenant_context(cast.business):
        return StampCard.objects.select_related("program").get()


def test_a_card_is_composed_published_changed_and_paused_without_any_points(cast: Cast, owner: Client) -> None:
    assert "Ten coffees, the next one is on us" in owner.get("/program/stamps/").content.decode()
    assert "A coffee on us" in owner.get("/program/stamps/new/").content.decode()
    owner.post("/program/stamps/new/", TYPED)
    card = _only(cast)
    assert (card.program.name, card.program.status) == ("Lunch card", ProgramStatus.DRAFT)
    owner.post(f"/program/stamps/{card.pk}/", {**TYPED, "slots": "6", "publish": "1"})
    page = owner.get("/program/stamps/").content.decode()
    assert "Each purchase gives a stamp, from €9.50 upwards, at most 1 a day." in page
    assert "A full card of 6 gives: A lunch on us." in page
    with tenant_context(cast.business):
        member = make_member()
        buy(member, 900)
        buy(member, 1200)
        assert standing(member, card.program).stamps == 1
    owner.post(f"/program/stamps/{card.pk}/", {**TYPED, "slots": "4"})
    assert "1 member has begun a card." in owner.get(f"/program/stamps/{card.pk}/").content.decode()
    owner.post(f"/program/stamps/{card.pk}/draft/removal/")
    assert _only(cast).draft is None
    owner.post(f"/program/stamps/{card.pk}/pause/")
    assert _only(cast).program.status == ProgramStatus.PAUSED
    owner.post(f"/program/stamps/{card.pk}/resumption/")
    assert _only(cast).program.status == ProgramStatus.LIVE
    said = owner.get("/settings/audit/").content.decode()
    assert "published the stamp card" in said


def test_the_example_says_when_the_card_is_full_and_what_comes_back(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        lunch = Product.objects.create(name="Lunch", price=960)
    said = owner.post("/program/stamps/preview/", {**TYPED, "product": str(lunch.pk)}).content.decode()
    assert "The card is full after 8 visits and €96.00." in said
    assert "That takes about 4 weeks." in said
    assert "The reward is worth €9.60: 10% of what they spent comes back to them." in said


@pytest.mark.parametrize(
    ("field", "value"),
    [("slots", "1"), ("slots", "x"), ("name", ""), ("reward_name", " "), ("most_in_day", "0"), ("voucher_days", "0")],
)
def test_what_makes_no_sense_is_said_at_its_field(cast: Cast, owner: Client, field: str, value: str) -> None:
    answer = owner.post("/program/stamps/new/", {**TYPED, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_money_needs_its_amount(cast: Cast, owner: Client) -> None:
    answer = owner.post("/program/stamps/new/", {**TYPED, "counts": "spend"})
    assert list(answer.context["form"].errors) == ["every"]


def test_the_books_of_a_card_are_its_own(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        make_program()
        card, member = make_card(slots=2, most_in_day=None), make_member()
        for _visit in range(3):
            buy(member, 1000)
    points = owner.get("/program/books/").context["books"]
    stamps = owner.get("/program/books/", {"program": str(card.pk)}).context["books"]
    assert (points.sum.moved["issued"], points.outstanding.total) == (30, 30)
    assert (stamps.sum.moved["issued"], stamps.sum.moved["redeemed"], stamps.outstanding.total) == (3, -2, 1)
    for page in ("places", "liability", "expiry", "breakage", "journal"):
        assert owner.get(f"/program/books/{page}/", {"program": str(card.pk)}).status_code == 200
    saved = owner.post(f"/program/books/bookkeeping/?program={card.pk}", {"cost_of_hundred": "30"})
    assert (saved.status_code, saved["Location"]) == (302, f"/program/books/journal/?program={card.pk}")
    with tenant_context(cast.business):
        assert Bookkeeping.objects.get().program_id == card.pk
    entries = owner.get("/program/books/entries/", {"program": str(card.pk)}).context["page"].object_list
    assert {entry.cause for entry in entries} == {"stamped", "redemption"}


def test_a_sheet_to_print_leads_to_joining(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        make_card()
    page = owner.get(f"/program/stamps/{_only(cast).pk}/sheet/")
    assert page.context["join_url"].endswith(f"/{cast.business.slug}/join/")
    assert page.content.decode().count('class="stamp-paper"') == 8


def test_a_card_is_tried_on_the_last_ninety_days_before_it_is_published(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        make_program()
        lunch = Product.objects.create(name="Lunch", price=960)
        member = make_member(given_name="Ida")
        for total in (1_200, 1_500, 900):
            buy(member, total)
    typed = {**TYPED, "slots": "2", "most_in_day": "", "product": str(lunch.pk)}
    assert "Try it on them" in owner.get("/program/stamps/new/").content.decode()
    page = owner.post("/program/stamps/rehearsal/", typed).content.decode()
    assert "1 full card" in page
    assert "3 purchases of 1 member since" in page
    assert "1 member would have collected 2 stamps" in page
    assert "worth €9.60, for €27.00 of purchases that counted (35.6%)" in page
    assert "Ida" in page
    assert "as it is now" not in page
    nameless = owner.post("/program/stamps/rehearsal/", {**typed, "name": "", "reward_name": ""}).content.decode()
    assert "1 full card" in nameless
    wrong = owner.post("/program/stamps/rehearsal/", {**typed, "slots": "1"}).content.decode()
    assert "Correct the card first: Stamps on a full card." in wrong
    with tenant_context(cast.business):
        assert not StampCard.objects.exists()
    owner.post("/program/stamps/new/", {**typed, "publish": "1"})
    again = owner.post(
        "/program/stamps/rehearsal/", {**typed, "slots": "5", "card": str(_only(cast).pk)}
    ).content.decode()
    assert "0 full cards" in again
    assert "By the card as it is now it would have been 1." in again


def test_without_a_price_nobody_says_what_it_costs(cast: Cast, owner: Client) -> None:
    assert "nothing to try it on yet" in owner.post("/program/stamps/rehearsal/", TYPED).content.decode()
    with tenant_context(cast.business):
        make_program()
        buy(make_member(), 1_000)
    page = owner.post("/program/stamps/rehearsal/", {**TYPED, "card": "nonsense"}).content.decode()
    assert "cannot be said: choose a product with a price" in page

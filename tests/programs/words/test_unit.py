"""A business that calls its points otherwise reads its own word everywhere, with the right plural."""

import json
import re
from typing import Any

import pytest

from programs.domain.adjustments import adjust_points
from programs.errors import AdjustmentTooLarge, NotEnoughPoints
from programs.models import Entry, Program, Reward
from programs.words.unit import as_title, in_points
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.counter_shop import PIN, Shop, key, open_shop
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.shop import buy

POINTS = re.compile(r"[^.>]{0,40}\bpoints?\b[^.<]{0,40}", re.IGNORECASE)


def words(answer: Any) -> str:
    """What a person reads of an answer: no scripts, no names of fields, but titles, labels and hints."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)
    said = re.findall(r'(?:title|placeholder|aria-label|data-give|data-both|data-confirm)="([^"]*)"', page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page) + " ".join(said)).replace("\u00a0", " ")


def in_leaves(business: Any) -> None:
    with tenant_context(business):
        Program.objects.update(unit_one="leaf", unit_many="leaves")


@pytest.fixture
def shop() -> Shop:
    shop = open_shop()
    in_leaves(shop.cast.business)
    return shop


def test_amounts_take_the_word_for_one_or_for_many(shop: Shop) -> None:
    with tenant_context(shop.cast.business):
        program = Program.objects.get()
        assert [in_points(program, amount) for amount in (0, 1, -1, 2)] == ["0 leaves", "1 leaf", "-1 leaf", "2 leaves"]
        assert as_title(program, "Points") == "Leaves"
        assert as_title(None, "Points") == "Points"


def test_refusals_speak_of_leaves(shop: Shop) -> None:
    with tenant_context(shop.cast.business):
        owner, staff = Actor.staff(shop.cast.owner), Actor.staff(shop.cast.staff)
        with pytest.raises(NotEnoughPoints, match=r"^1 leaf is missing\.$") as lacking:
            adjust_points(shop.anna, points=-241, reason="Test", by=owner, key=key())
        assert lacking.value.facts == {"missing": 1}
        with pytest.raises(AdjustmentTooLarge, match="up to 100 leaves at a time"):
            adjust_points(shop.anna, points=101, reason="Test", by=staff, key=key())


def test_the_counter_never_says_points(shop: Shop) -> None:
    till = sign_in(shop.cast.staff)
    asked = {"HX-Request": "true"}
    member = words(till.get(shop.url))
    assert "Give leaves" in member
    assert "60 leaves are missing." in member
    refused = till.post(
        f"{shop.url}visits/", {"key": key(), "pin": PIN, "amount": "5", "reward": str(shop.cake.pk)}, headers=asked
    )
    assert json.loads(refused["HX-Trigger"])["toast"]["text"] == "55 leaves are missing."
    served = words(till.post(f"{shop.url}visits/", {"key": key(), "amount": "1"}, headers=asked))
    assert "1 leaf given" in served
    adjusted = words(
        till.post(f"{shop.url}adjustments/", {"key": key(), "points": "2", "direction": "take", "reason": "Slip"})
    )
    assert "2 leaves taken" in adjusted
    preview = words(till.get(f"{shop.url}preview/?amount=5&reward={shop.cake.pk}"))
    assert "56 leaves are missing" in preview
    with tenant_context(shop.cast.business):
        purchase = Entry.objects.filter(cause="purchase").latest("seq").cause_id
    back = words(till.get(f"/counter/purchases/{purchase}/returns/"))
    assert "1 leaf is taken back." in back
    pages = (member, served, adjusted, preview, back, words(till.get(f"{shop.url}adjustments/")))
    assert [POINTS.findall(page) for page in pages] == [[]] * len(pages)


def test_a_members_page_and_the_books_never_say_points(shop: Shop) -> None:
    owner = sign_in(shop.cast.owner)
    with tenant_context(shop.cast.business):
        entry = Entry.objects.earliest("seq").pk
    pages = {
        "member": words(owner.get(f"/members/{shop.anna.pk}/")),
        "by hand": words(owner.get(f"/members/{shop.anna.pk}/points/")),
        "books": words(owner.get("/program/books/")),
        "entries": words(owner.get("/program/books/entries/")),
        "entry": words(owner.get(f"/program/books/entries/{entry}/")),
        "rewards": words(owner.get("/rewards/")),
    }
    assert "Latest leaves" in pages["member"]
    assert "counts, at 1 leaf for every" in pages["entry"]
    # What kinds of things the timeline can be narrowed to is said by the app below, for every program alike.
    pages["member"] = pages["member"].replace("Points and rewards", "")
    assert {name: POINTS.findall(page) for name, page in pages.items()} == {name: [] for name in pages}


def test_the_portal_never_says_points() -> None:
    business, email = a_shop(), an_address()
    in_leaves(business)
    member = a_guest(business, email)
    with tenant_context(business):
        Program.objects.get().tiers.update(benefits="")
        buy(member, 1060)
        coffee = Reward.objects.get(cost=80)
    visitor = Visitor(business)
    visitor.sign_in(email)
    voucher = visitor.post(f"rewards/{coffee.pk}/redemptions/", key=key()).url.rsplit("/vouchers/", 1)[1]
    pages = [words(visitor.get(path)) for path in ("", "rewards/", f"rewards/{coffee.pk}/", "history/", "vouchers/")]
    pages.append(words(visitor.get(f"vouchers/{voucher}")))
    visitor.post(f"vouchers/{voucher}give-back/", key=key())
    pages.append(words(visitor.get("rewards/")))
    assert [POINTS.findall(page) for page in pages] == [[]] * len(pages)
    assert "You have your 80 leaves back." in pages[-1]


def test_forms_of_the_dashboard_ask_for_leaves(shop: Shop) -> None:
    owner = sign_in(shop.cast.owner)
    asked = {
        "/program/": "How many leaves",
        "/program/rules/new/": "How many leaves",
        "/program/challenges/new/": "How many leaves",
        "/program/surprises/new/": "How many leaves",
        "/program/questions/new/": "Leaves for taking part",
        "/program/books/bookkeeping/": "What 100 leaves cost you",
    }
    for path, label in asked.items():
        page = words(owner.get(path))
        assert label in page, path
        assert not re.search(r"How many points|Points for (taking|joining)|In points|>Points<", page), path
    refused = words(owner.post("/program/terms/", {"earn_points": "x"}))
    assert "How many leaves" in refused
    assert "How many points" not in refused


def test_a_new_program_is_told_in_its_own_words_when_it_starts(shop: Shop) -> None:
    owner = sign_in(shop.cast.owner)
    with tenant_context(shop.cast.business):
        Program.objects.update(status="paused")

    page = owner.post("/program/publication/", follow=True)
    assert "The counter gives leaves from now on." in words(page)

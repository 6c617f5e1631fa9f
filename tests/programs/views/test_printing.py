"""The printed sheets: their code can be scanned, and their words are the owner's."""

import io
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from PIL import Image, ImageDraw

from programs.models import Program
from programs.printing.sheets import Look, Paper, Words, poster, table_cards, unwritable
from tenants.domain.businesses import set_logo
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import SYSTEM, make_program, make_reward

TYPED = {"headline": "Become a regular", "promise": "A coffee on us.", "hint": "Point your camera here", "paper": "a4"}
WORDS = Words(
    "Café Čaj", "Become a regular", "A coffee on us", "Point here", "https://x.example/join/", "x.example/join"
)


def page_of(pdf: bytes) -> tuple[Any, str, Image.Image]:
    """The size of its one page in points, the text on it, and a picture of it."""
    document = pypdfium2.PdfDocument(pdf)
    [page] = document
    return page.get_size(), page.get_textpage().get_text_bounded(), page.render(scale=2).to_pil()


def codes_in(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("colour", ["#1f5a46", "#ffffff", "#000000", "#f5b301"])
def test_a_poster_can_be_scanned_in_every_colour(colour: str) -> None:
    size, text, picture = page_of(poster(WORDS, Look(colour), Paper.A4))
    assert size == pytest.approx((595.3, 841.9), abs=0.1)
    assert codes_in(picture) == ["https://x.example/join/"]
    for words in ("Café Čaj", "Become a regular", "A coffee on us", "Point here", "x.example/join"):
        assert words in text


def test_each_of_four_cards_has_its_code() -> None:
    size, _text, picture = page_of(table_cards(WORDS, Look("#1f5a46"), Paper.LETTER))
    assert size == (612, 792)
    assert codes_in(picture) == ["https://x.example/join/"] * 4


@pytest.mark.parametrize("logo", [(600, 40), (40, 600), (1, 1)])
def test_long_words_and_odd_logos_stay_within_the_sheet(logo: tuple[int, int]) -> None:
    words = Words(
        "The Harbour & Thread " * 4, "W" * 60, "Long promises " * 12, "Here " * 12, "https://x.example/", "a" * 90
    )
    _size, _text, picture = page_of(poster(words, Look("#1f5a46", Image.new("RGBA", logo, "#c00")), Paper.A4))
    edges = [picture.crop((0, 0, 20, picture.height)), picture.crop((picture.width - 20, 0, *picture.size))]
    for edge in edges:
        assert len(edge.getcolors() or []) <= 3  # the band, the paper, and where they meet: no letters
    assert codes_in(picture) == ["https://x.example/"]


def test_letters_that_cannot_be_printed_are_known(capsys: Any) -> None:
    assert unwritable("Café Πλάτων Чай") == ""
    assert unwritable("茶 tea 茶 🍵") == "茶🍵"
    _size, text, _picture = page_of(
        poster(Words("茶 tea", "茶", "", "h", "https://x.example/", "x"), Look("#000000"), Paper.A4)
    )
    assert "tea" in text


def test_the_same_words_print_the_same_sheet() -> None:
    assert poster(WORDS, Look("#1f5a46"), Paper.A4) == poster(WORDS, Look("#1f5a46"), Paper.A4)


class TestPage:
    @pytest.fixture
    def owner(self, cast: Cast) -> Client:
        with tenant_context(cast.business):
            make_reward(make_program(), 50, name="A coffee on us")
            logo = Image.new("RGB", (200, 120), "#a4432f")
            ImageDraw.Draw(logo).ellipse((20, 20, 100, 100), fill="#fff")
            out = io.BytesIO()
            logo.save(out, "WEBP")
            set_logo(cast.business, out.getvalue(), by=SYSTEM)
        return sign_in(cast.owner)

    def test_what_is_proposed_names_the_nearest_reward(self, owner: Client) -> None:
        page = owner.get("/program/print/").content.decode()
        assert "1 point for every" in page
        assert "A coffee on us for 50 points." in page
        assert "does not run yet" not in page

    def test_the_code_leads_to_where_one_joins(self, cast: Cast, owner: Client) -> None:
        answer = owner.post("/program/print/poster/", TYPED)
        assert answer["Content-Type"] == "application/pdf"
        assert f"{cast.business.slug}-poster.pdf" in answer["Content-Disposition"]
        _size, text, picture = page_of(answer.content)
        [link] = codes_in(picture)
        assert link.endswith(f"/{cast.business.slug}/join/")
        assert Client().get(f"/{cast.business.slug}/join/").status_code == 200
        assert "A coffee on us." in text

    def test_cards_and_the_checklist(self, owner: Client) -> None:
        assert "Print your poster" in owner.get("/").content.decode()
        before = owner.get("/").content.decode().count("checklist-done")
        assert owner.post("/program/print/cards/", TYPED)["Content-Type"] == "application/pdf"
        assert owner.get("/").content.decode().count("checklist-done") == before + 1

    def test_a_mistake_keeps_what_was_typed(self, owner: Client) -> None:
        answer = owner.post("/program/print/poster/", {**TYPED, "headline": "", "promise": "Kept"})
        assert answer.status_code == 422
        assert 'value="Kept"' in answer.content.decode()
        assert owner.post("/program/print/poster/", {**TYPED, "paper": "papyrus"}).status_code == 422

    def test_a_draft_is_warned_of(self, cast: Cast, owner: Client) -> None:
        with tenant_context(cast.business):
            Program.objects.update(status="draft")
        assert "does not run yet" in owner.get("/program/print/").content.decode()

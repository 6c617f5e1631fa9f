import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.colours import INK, NIGHT, PAPER, contrast, ink_for, mixed, parse_colour, readable_on, soft
from loyalty_saas.lib.errors import Invalid

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(("text", "colour"), [("#ABC", "#aabbcc"), ("c2410c", "#c2410c"), (" #C2410C ", "#c2410c")])
def test_parse_colour(text: str, colour: str) -> None:
    assert parse_colour(text) == colour


@pytest.mark.parametrize("text", ["", "red", "#12345", "#12345g", "url(x)", "#abc;color:red"])
def test_parse_colour_refuses_anything_else(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_colour(text)
    assert (refusal.value.code, refusal.value.field) == ("bad_colour", "colour")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54), ("#fff", "#fff", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio


def test_ink_on_amber_is_dark_and_on_wine_is_white() -> None:
    assert (ink_for("#f59e0b"), ink_for("#7f1d1d")) == (INK, PAPER)


@given(COLOURS)
def test_text_on_any_brand_can_be_read(colour: str) -> None:
    assert contrast(ink_for(colour), colour) >= 4.1
    assert contrast(INK, soft(colour)) >= 4.5
    assert contrast(PAPER, soft(colour, NIGHT)) >= 4.5


@given(COLOURS, st.sampled_from([PAPER, NIGHT]), st.sampled_from([3.0, 4.5]))
def test_a_brand_colour_is_made_readable_with_the_least_change(colour: str, background: str, least: float) -> None:
    readable = readable_on(colour, background, least)
    assert contrast(readable, background) >= least
    if contrast(colour, background) >= least:
        assert readable == colour
    else:
        assert contrast(readable, background) < least + 0.35


def test_mixed() -> None:
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"

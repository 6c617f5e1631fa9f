"""Colours of a brand, with the contrast that text on them needs."""

import re
from colorsys import hls_to_rgb, rgb_to_hls

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid

INK = "#1c1917"
PAPER = "#ffffff"
NIGHT = "#171412"
# WCAG 2.2, 1.4.3 and 1.4.11: text, and large text or the outline of a control.
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
HOW_TO_WRITE = _("Choose a colour, or write it like #c2410c.")
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def parse_colour(text: str, *, field: str = "colour") -> str:
    """A colour as "#rrggbb" in lower case, from "#abc", "AABBCC" and the like. Raises Invalid for anything else."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise Invalid(HOW_TO_WRITE, code="bad_colour", field=field)
    digits = match[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_for(background: str) -> str:
    """The colour of text on a background: near-black or white, whichever can be read better."""
    return max((PAPER, INK), key=lambda ink: contrast(ink, background))


def readable_on(colour: str, background: str, least: float = TEXT_CONTRAST) -> str:
    """The colour itself, or the nearest lightness of it that has `least` contrast on the background.

    It gets darker on a light background and lighter on a dark one; the hue stays. A contrast that no lightness
    reaches gives black or white.
    """
    colour = parse_colour(colour)
    if contrast(colour, background) >= least:
        return colour
    hue, lightness, saturation = rgb_to_hls(*_rgb(colour))
    darker = contrast("#000000", background) >= contrast("#ffffff", background)
    enough, too_little = (0.0, lightness) if darker else (1.0, lightness)
    best = "#000000" if darker else "#ffffff"
    for _halving in range(12):
        middle = (enough + too_little) / 2
        tried = _hex(hls_to_rgb(hue, middle, saturation))
        if contrast(tried, background) >= least:
            best, enough = tried, middle
        else:
            too_little = middle
    return best


def mixed(colour: str, other: str, share: float) -> str:
    """`share` (0 to 1) of the first colour in the second."""
    pairs = zip(_rgb(parse_colour(colour)), _rgb(parse_colour(other)), strict=True)
    return _hex(tuple(one * share + two * (1 - share) for one, two in pairs))


def soft(colour: str, background: str = PAPER) -> str:
    """A quiet tint of the colour for areas behind text; text ink keeps its contrast on it."""
    return mixed(colour, background, 0.12 if background == PAPER else 0.2)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(parse_colour(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _hex(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02x}" for part in parts)

"""How a business looks in its portal: its stylesheet, and the icon of the installed app."""

import hashlib
import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from loyalty_saas.lib.colours import (
    NIGHT,
    PAPER,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    contrast,
    ink_for,
    mixed,
    readable_on,
    soft,
)
from loyalty_saas.lib.images import Purpose, square_icon
from loyalty_saas.lib.names import initials
from tenants.models import Tenant

# What our pages stand on, in light and in dark (tokens.css): the brand's shapes must be told apart from it.
SURFACE, SURFACE_DARK = "#faf7f1", "#201c18"
# Part of the version: whatever is changed in this module changes what browsers have kept.
_MADE = "1"
_MELTS, _CLEAR = 1.6, 8.5


def brand_version(tenant: Tenant) -> str:
    """Changes whenever anything of the look does; it stands in the addresses, so that they are kept for long."""
    look = "\0".join((_MADE, tenant.brand_color, tenant.name, tenant.logo.name or ""))
    return hashlib.sha256(look.encode()).hexdigest()[:12]


@lru_cache(maxsize=512)
def stylesheet(colour: str) -> str:
    """The colour, the ink on it, a wash of it, it as text and as a shape; all but two apart for light and dark.

    `--brand-edge` outlines areas of the colour where it would melt into the page: white on white, black on black.
    """
    dark = _roles(colour, NIGHT, SURFACE_DARK)
    ink = ink_on(colour)
    # What is drawn behind the ink never takes contrast from it, unless there is plenty.
    towards = ink if contrast(ink, colour) > _CLEAR else "#ffffff" if contrast(ink, PAPER) > 2 else "#000000"
    return (
        f":root {{ --brand: {colour}; --brand-ink: {ink}; --brand-drawn: {mixed(towards, colour, 0.08)};"
        f" {_roles(colour, PAPER, SURFACE)} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}\n'
        f':root[data-theme="dark"] {{ {dark} }}\n'
    )


def ink_on(colour: str) -> str:
    """The colour of text on the brand's; pure black for middling ones (red, grey), where near-black is not enough."""
    ink = ink_for(colour)
    return ink if contrast(ink, colour) >= TEXT_CONTRAST else "#000000"


def _roles(colour: str, page: str, surface: str) -> str:
    """Where the colour melts into the page (white, black), what is made of it is set off more than the least."""
    melts = contrast(colour, surface) < _MELTS
    shape = readable_on(colour, surface, _CLEAR if melts else SHAPE_CONTRAST)
    wash = soft(shape if melts else colour, page)
    text = readable_on(readable_on(colour, surface, _CLEAR if melts else TEXT_CONTRAST), wash)
    edge = mixed(ink_for(colour), colour, 0.22) if melts else colour
    return f"--brand-soft: {wash}; --brand-text: {text}; --brand-shape: {shape}; --brand-edge: {edge};"


def icon(tenant: Tenant, side: int, purpose: Purpose = "any") -> bytes:
    """A square PNG: the logo on white, or the business's initials on its colour."""
    if tenant.logo:
        with tenant.logo.open("rb") as file:
            return square_icon(file.read(), side, PAPER, purpose)
    return _initials_icon(initials(tenant.name) or "•", tenant.brand_color, side)


@lru_cache(maxsize=128)
def _initials_icon(letters: str, colour: str, side: int) -> bytes:
    picture = Image.new("RGB", (side, side), colour)
    font = ImageFont.load_default(size=side * (0.42 if len(letters) > 1 else 0.5))
    ImageDraw.Draw(picture).text((side / 2, side / 2), letters, font=font, fill=ink_on(colour), anchor="mm")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()

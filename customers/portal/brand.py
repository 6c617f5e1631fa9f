"""How a business looks in its portal: its stylesheet, and the icon of the installed app."""

import hashlib
import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from loyalty_saas.lib.colours import NIGHT, PAPER, SHAPE_CONTRAST, contrast, ink_for, mixed, readable_on, soft
from loyalty_saas.lib.images import Purpose, square_icon
from loyalty_saas.lib.names import initials
from tenants.models import Tenant

# What our pages stand on, in light and in dark (tokens.css): the brand's shapes must be told apart from it.
SURFACE, SURFACE_DARK = "#faf7f1", "#201c18"
# Part of the version: whatever is changed in this module changes what browsers have kept.
_MADE = "1"


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
    return (
        f":root {{ --brand: {colour}; --brand-ink: {ink_for(colour)}; {_roles(colour, PAPER, SURFACE)} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}\n'
        f':root[data-theme="dark"] {{ {dark} }}\n'
    )


def _roles(colour: str, page: str, surface: str) -> str:
    wash = soft(colour, page)
    text = readable_on(readable_on(colour, surface), wash)
    shape = readable_on(colour, surface, SHAPE_CONTRAST)
    edge = mixed(ink_for(colour), colour, 0.22) if contrast(colour, surface) < 1.6 else colour
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
    ImageDraw.Draw(picture).text((side / 2, side / 2), letters, font=font, fill=ink_for(colour), anchor="mm")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()

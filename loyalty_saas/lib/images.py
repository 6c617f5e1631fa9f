"""Pictures that people upload: decoded and written anew, so that nothing but the picture is kept."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from loyalty_saas.lib.colours import parse_colour
from loyalty_saas.lib.errors import Invalid

MOST_BYTES = 5_000_000
MOST_PIXELS = 40_000_000
LOGO_SIDE = 1024
# What a phone's camera makes of a scene, and what is enough to look at it.
MOST_PHOTO_BYTES = 20_000_000
PHOTO_SIDE = 1600
_PHOTOS = ("JPEG", "PNG", "WEBP", "AVIF")
_READ = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
# A maskable icon shows what lies in the middle circle of 80 % (W3C, Web Application Manifest, "icon masks").
_PADDING = {"any": 0.06, "maskable": 0.2}

Purpose = Literal["any", "maskable"]


def remake_logo(file: BinaryIO, format: Literal["WEBP", "PNG"] = "WEBP", side: int = LOGO_SIDE) -> bytes:  # noqa: A002
    """The picture, at most `side` pixels wide and high, upright and without any metadata.

    Of an animation the first frame. Raises Invalid for SVG and whatever is no picture, and for files over
    MOST_BYTES or MOST_PIXELS, before their pixels are unpacked.
    """
    picture = _decoded(file)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _written(picture, format)


@dataclass(frozen=True, slots=True)
class Photo:
    """WebP, and how large it is in pixels."""

    image: bytes
    width: int
    height: int


def remake_photo(file: BinaryIO, *, side: int = PHOTO_SIDE) -> Photo:
    """A photo as a phone sends it, at most `side` pixels wide and high, upright, without where and when it was taken.

    Raises Invalid at `photo` for whatever is no photo, and for files over MOST_PHOTO_BYTES or MOST_PIXELS, before their
    pixels are unpacked; a JPEG may have more, because it is unpacked small.
    """
    content = file.read(MOST_PHOTO_BYTES + 1)
    if len(content) > MOST_PHOTO_BYTES:
        raise Invalid(_("This photo is larger than 20 MB. Please choose a smaller one."), code="picture_too_large",
                      field="photo")  # fmt: skip
    try:
        opened = _or_refuse(lambda: Image.open(io.BytesIO(content), formats=_PHOTOS))
        if opened.format == "JPEG":
            opened.draft("RGB", (side, side))
        if opened.width * opened.height > MOST_PIXELS:
            raise Invalid(_("This picture has too many pixels. Please make it smaller."), code="picture_too_large")
        picture = _or_refuse(lambda: ImageOps.exif_transpose(opened).convert("RGBA"))
    except Invalid as refusal:
        raise Invalid(refusal.sentence, code=refusal.code, field="photo") from refusal
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", picture.size, "#ffffff")
    plain.paste(picture, mask=picture.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=80, method=4)
    return Photo(out.getvalue(), *plain.size)


def square_icon(logo: bytes, side: int, background: str, purpose: Purpose = "any") -> bytes:
    """A square PNG of the logo in the middle of a colour, for a manifest: 192 or 512 pixels, plain or maskable."""
    picture = _decoded(io.BytesIO(logo))
    inside = round(side * (1 - 2 * _PADDING[purpose]))
    picture = ImageOps.contain(picture, (inside, inside), Image.Resampling.LANCZOS)
    icon = Image.new("RGBA", (side, side), parse_colour(background))
    icon.alpha_composite(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return _written(icon.convert("RGB"), "PNG")


def _decoded(file: BinaryIO) -> Image.Image:
    """The first frame upright in RGBA."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid(_("This picture is larger than 5 MB. Please choose a smaller one."), code="picture_too_large",
                      field="logo")  # fmt: skip
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") or content.startswith(b"\x1f\x8b"):
        raise Invalid(_("We cannot take SVG files. Please save the logo as PNG."), code="no_svg", field="logo")
    opened = _or_refuse(lambda: Image.open(io.BytesIO(content), formats=_READ))
    if opened.width * opened.height > MOST_PIXELS:
        raise Invalid(_("This picture has too many pixels. Please make it smaller."), code="picture_too_large",
                      field="logo")  # fmt: skip
    return _or_refuse(lambda: ImageOps.exif_transpose(opened).convert("RGBA"))


def _or_refuse(read: Callable[[], Image.Image]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Broken metadata is dropped anyway; a bomb is an error, not a warning.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return read()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(
            _("This picture has too many pixels. Please make it smaller."), code="picture_too_large", field="logo"
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise Invalid(
            _("We cannot read this picture. Please save it as PNG or JPEG."), code="bad_picture", field="logo"
        ) from error


def _written(picture: Image.Image, format: str) -> bytes:  # noqa: A002
    out = io.BytesIO()
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    if format == "WEBP":
        clean.save(out, "WEBP", quality=90, method=6)
    else:
        clean.save(out, "PNG", optimize=True)
    return out.getvalue()

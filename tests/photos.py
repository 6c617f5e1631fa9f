"""Photos as phones send them."""

import io
from typing import Any

from PIL import Image

from loyalty_saas.lib.images import Photo, remake_photo


def photo_file(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any) -> io.BytesIO:
    """A picture of one colour, with a name for uploads."""
    out = io.BytesIO()
    Image.new("RGB", size, "#c2410c").save(out, kind, **options)
    out.seek(0)
    out.name = f"photo.{kind.lower()}"
    return out


def a_photo() -> Photo:
    return remake_photo(photo_file())

import io

import pytest
from PIL import Image, PngImagePlugin

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.images import Purpose, remake_logo, square_icon


def picture(size: tuple[int, int] = (60, 40), kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#c2410c").save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_is_written_anew(kind: str) -> None:
    made = opened(remake_logo(io.BytesIO(picture(kind=kind))))
    assert (made.format, made.size) == ("WEBP", (60, 40))


def test_a_large_picture_is_made_smaller_in_its_proportion() -> None:
    made = opened(remake_logo(io.BytesIO(picture((3000, 1500))), "PNG"))
    assert (made.format, made.size) == ("PNG", (1024, 512))


def test_metadata_and_what_hangs_behind_the_picture_is_dropped() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    content = picture(pnginfo=info) + b"<?php evil(); ?>"
    for made in (remake_logo(io.BytesIO(content), "PNG"), remake_logo(io.BytesIO(content))):
        assert b"script" not in made
        assert b"evil" not in made


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = opened(remake_logo(io.BytesIO(picture(kind="JPEG", exif=exif.tobytes()))))
    assert made.size == (40, 60)
    assert not made.getexif()


def test_of_an_animation_the_first_frame_is_kept() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("#ff0000", "#0000ff")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    made = opened(remake_logo(io.BytesIO(out.getvalue()), "PNG"))
    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_transparency_is_kept() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(remake_logo(io.BytesIO(out.getvalue()))).convert("RGBA").getpixel((1, 1))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad_picture"),
        (b"hello", "bad_picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "no_svg"),
        (b'\xef\xbb\xbf  <?xml version="1.0"?><svg/>', "no_svg"),
        (picture()[:60], "bad_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "bad_picture"),
        (picture((7000, 7000)), "picture_too_large"),
        (b"\x89PNG" + b"0" * 5_000_001, "picture_too_large"),
    ],
)
def test_what_is_no_usable_picture_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        remake_logo(io.BytesIO(content))
    assert (refusal.value.code, refusal.value.field) == (code, "logo")


@pytest.mark.parametrize(("side", "purpose", "margin"), [(192, "any", 12), (512, "any", 31), (512, "maskable", 102)])
def test_icons_stand_in_the_middle_of_the_colour(side: int, purpose: Purpose, margin: int) -> None:
    made = opened(square_icon(remake_logo(io.BytesIO(picture((50, 50)))), side, "#ffffff", purpose))
    assert (made.format, made.size, made.mode) == ("PNG", (side, side), "RGB")
    assert made.getpixel((margin - 3, side // 2)) == (255, 255, 255)
    assert made.getpixel((margin + 3, side // 2)) != (255, 255, 255)

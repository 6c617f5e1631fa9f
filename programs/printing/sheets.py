"""The printed sheets as PDF: one design, full size as a poster or four to a page as cards, in the business's look.

Set in Source Sans, which has Latin, Greek and Cyrillic letters; what it cannot write is left out (see `unwritable`).
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import segno
from font_source_sans_pro import font_files_ttf
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from loyalty_saas.lib.colours import INK, PAPER, contrast, ink_for

PLAIN, STRONG = "SourceSansPro", "SourceSansProSemibold"
SOFT = "#57534e"
_LEAST_CONTRAST = 1.15
# In points, but the leading, which is in heights of the letters.
_TILE, _GAP, _EDGE, _SMALLEST, _LEADING = 96.0, 12.0, 28.0, 9.0, 1.16


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "letter"


# In points of 1/72 inch.
_SIZES = {Paper.A4: A4, Paper.LETTER: LETTER}


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a sheet. `link` is behind the QR code, `address` what people type."""

    business: str
    headline: str
    promise: str
    hint: str
    link: str
    address: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Look:
    """The brand's colour ("#rrggbb"), and its logo if it has one."""

    colour: str
    logo: Image.Image | None = None


def poster(words: Words, look: Look, paper: Paper) -> bytes:
    """One sheet to stand on the counter or hang at the door."""
    return _printed(words, paper, lambda canvas, width, height: _draw(canvas, words, look, width, height))


def table_cards(words: Words, look: Look, paper: Paper) -> bytes:
    """Four cards on a sheet, with lines to cut along."""

    def draw(canvas: Canvas, width: float, height: float) -> None:
        for column, row in ((0, 0), (1, 0), (0, 1), (1, 1)):
            canvas.saveState()
            canvas.translate(column * width / 2, row * height / 2)
            canvas.scale(0.5, 0.5)
            _draw(canvas, words, look, width, height)
            canvas.restoreState()
        canvas.setStrokeColor(HexColor("#a8a29e"))
        canvas.setLineWidth(0.5)
        canvas.setDash(3, 4)
        canvas.line(width / 2, 0, width / 2, height)
        canvas.line(0, height / 2, width, height / 2)

    return _printed(words, paper, draw)


def unwritable(text: str) -> str:
    """The letters of a text that the font of the sheets does not have, each once."""
    letters = _letters()
    return "".join(dict.fromkeys(letter for letter in text if ord(letter) not in letters))


def _printed(words: Words, paper: Paper, draw: Callable[[Canvas, float, float], None]) -> bytes:
    _letters()
    width, height = _SIZES[paper]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=True, lang=words.language)
    canvas.setTitle(f"{words.business}: {words.headline}")
    canvas.setAuthor(words.business)
    draw(canvas, width, height)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, words: Words, look: Look, width: float, height: float) -> None:
    """The design, on a sheet of this size: who invites to what in the brand's colour, below it how."""
    band, middle, room = height * 0.44, width / 2, width * 0.8
    ink = ink_for(look.colour)
    canvas.setFillColor(HexColor(look.colour))
    canvas.rect(0, height - band, width, band, stroke=0, fill=1)
    if contrast(look.colour, PAPER) < _LEAST_CONTRAST:
        canvas.setStrokeColor(HexColor("#d6d3d1"))
        canvas.line(0, height - band, width, height - band)
    tile = _TILE + _GAP if look.logo is not None else 0
    told, high = _invitation(words, room, most=band - tile - 2 * _EDGE)
    top = height - (band - tile - high) / 2
    if look.logo is not None:
        _logo(canvas, look.logo, middle, top)
    _write(canvas, told, middle, top - tile, ink)
    side = width * 0.44
    foot = (height - band - side) / 2 + 22
    _qr(canvas, words.link, middle - side / 2, foot, side)
    how = [_set(words.hint, STRONG, 20, room, lines=2)]
    _write(canvas, how, middle, foot - 12, INK)
    _write(canvas, [_set(words.address, PLAIN, 15, room, lines=2)], middle, foot - 16 - how[0].height, SOFT)


def _invitation(words: Words, room: float, *, most: float) -> tuple[list["_Set"], float]:
    """Who invites to what, and how high it is: the more there is to say, the smaller."""
    for size in (1, 0.9, 0.8, 0.7, 0.6):
        told = [
            _set(words.business, STRONG, 24 * size, room, lines=2),
            _set(words.headline, STRONG, 52 * size, room, lines=2),
            _set(words.promise, PLAIN, 23 * size, room, lines=3),
        ]
        high = sum(one.height for one in told) + _GAP * (len(told) - 1)
        if high <= most:
            break
    return told, high


@dataclass(frozen=True, slots=True)
class _Set:
    """A text as it is set: its lines, in a font of this size."""

    lines: list[str]
    font: str
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * _LEADING


def _set(text: str, font: str, size: float, room: float, *, lines: int) -> _Set:
    """As large as it may be within so many lines, which are about as long as each other."""
    letters = _letters()
    text = " ".join("".join(letter for letter in text if ord(letter) in letters).split())

    def split(wide: float) -> list[str]:
        found = simpleSplit(text, font, size, wide)
        fits = all(pdfmetrics.stringWidth(one, font, size) <= wide for one in found)
        return list(found) if fits else [""] * 100

    while size > _SMALLEST and len(split(room)) > lines:
        size *= 0.95
    count = len(split(room))
    while count > 1 and len(split(room * 0.97)) == count:
        room *= 0.97
    return _Set(list(simpleSplit(text, font, size, room)), font, size)


def _write(canvas: Canvas, told: list[_Set], middle: float, top: float, colour: str) -> None:
    """One text below the other, centred."""
    canvas.setFillColor(HexColor(colour))
    for one in told:
        canvas.setFont(one.font, one.size)
        for line in one.lines:
            top -= one.size * _LEADING
            canvas.drawCentredString(middle, top + one.size * 0.24, line)
        top -= _GAP


def _logo(canvas: Canvas, logo: Image.Image, middle: float, top: float) -> None:
    """On a white tile, so that it can be seen on every colour."""
    canvas.setFillColor(HexColor(PAPER))
    canvas.roundRect(middle - _TILE / 2, top - _TILE, _TILE, _TILE, 18, stroke=0, fill=1)
    room = _TILE - 24
    scale = min(room / logo.width, room / logo.height)
    wide, high = logo.width * scale, logo.height * scale
    drawn: Any = ImageReader(logo.convert("RGBA"))
    canvas.drawImage(drawn, middle - wide / 2, top - (_TILE + high) / 2, wide, high, mask="auto")


def _qr(canvas: Canvas, link: str, left: float, bottom: float, side: float) -> None:
    """Black on white, a row's neighbours in one stroke so that no printer shows seams; error correction Q."""
    rows = [list(row) for row in segno.make_qr(link, error="q").matrix]
    module = side / len(rows)
    canvas.setFillColor(HexColor("#000000"))
    for number, row in enumerate(rows):
        y = bottom + side - (number + 1) * module
        start: int | None = None
        for place, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = place
            elif not dark and start is not None:
                # A hair higher than a module: rows touch.
                canvas.rect(left + start * module, y, (place - start) * module, module * 1.02, stroke=0, fill=1)
                start = None


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """Load the fonts, once; the code points that both have."""
    faces = []
    for name in (PLAIN, STRONG):
        font = TTFont(name, font_files_ttf[name])
        pdfmetrics.registerFont(font)
        faces.append(frozenset(font.face.charToGlyph))
    return faces[0] & faces[1]

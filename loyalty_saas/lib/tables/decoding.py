"""Which encoding a text file is in."""

import codecs
from collections.abc import Iterable
from itertools import pairwise

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENOUGH = 64 * 1024
# Latin scripts look alike to a statistic of a few names: there the letters of each language decide.
_WEST = ("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúüªº", "áàâãçéêíóôõúü", "àèéìíòóù", "åäöæøéü", "áéíóúýþðæö", "ëïéèöüá")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýžľĺŕäô", "áéíóöőúüű", "ăâîşţșț", "čćđšž")
_LATIN: dict[str, tuple[str, ...]] = {
    "cp1252": _WEST,
    "cp1254": ("çğıöşüiâîû",),
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "mac_roman": _WEST,
    "cp850": _WEST,
}
_OTHERS = ("cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256")
_NEUTRAL = frozenset("€£§°’‘“”„–—…•\u00a0¿¡")


def guess_encoding(chunks: Iterable[bytes]) -> str:
    """The Python name of the encoding of a text, given whole in chunks.

    A byte order mark is believed; what is valid UTF-8 to its end is that; UTF-16 without a mark is known by its
    zeros. The rest is judged by its lines that are not ASCII, and is windows-1252 when nothing fits better. All
    chunks are consumed.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    marked, is_utf8, tail = "", True, b""
    odd: list[bytes] = []
    kept = 0
    for place, chunk in enumerate(chunks):
        if place == 0:
            marked = next((name for bom, name in _BOMS if chunk.startswith(bom)), "") or _by_zeros(chunk[:4096])
        if marked:
            continue
        if not chunk.isascii() and kept < _ENOUGH:
            lines = (tail + chunk).splitlines()
            odd += [line for line in lines[:-1] if not line.isascii()]
            kept = sum(map(len, odd))
            tail = lines[-1]
        try:
            is_utf8 = is_utf8 and decoder.decode(chunk) is not None
        except UnicodeDecodeError:
            is_utf8 = False
    try:
        is_utf8 = is_utf8 and decoder.decode(b"", final=True) is not None
    except UnicodeDecodeError:
        is_utf8 = False
    if marked or is_utf8:
        return marked or "utf-8"
    return _by_letters(b"\n".join([*odd, tail])[:_ENOUGH])


def _by_zeros(head: bytes) -> str:
    if len(head) < 4 or head.count(0) < len(head) // 4:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _by_letters(sample: bytes) -> str:
    best = from_bytes(sample, cp_isolation=[*_OTHERS, *_LATIN]).best()
    if best is not None and best.encoding in _OTHERS:
        return best.encoding
    return max(_LATIN, key=lambda name: _fit(sample, name))


def _fit(sample: bytes, encoding: str) -> float:
    """The share of letters beyond ASCII that one language written in this encoding accounts for."""
    text = sample.decode(encoding, "replace")
    # A capital inside a word is a sign of the wrong encoding, so it fits no language.
    odd = [
        "\ufffd" if char.isupper() and before.islower() else char.lower()
        for before, char in pairwise(" " + text)
        if not char.isascii() and char not in _NEUTRAL
    ]
    if not odd:
        return 1.0
    return max(sum(char in letters for char in odd) for letters in _LATIN[encoding]) / len(odd)

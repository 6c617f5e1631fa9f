"""CSV for people to open in a spreadsheet, in which nothing runs."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

_STARTS_FORMULA = re.compile(r"[\t\r\n]|[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]")
_JUST_NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")


class _Lines:
    """A file whose only use is to hand back what was written last."""

    def __init__(self) -> None:
        self.line = ""

    def write(self, text: str) -> int:
        self.line = text
        return len(text)


def csv_lines(rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> Iterator[bytes]:
    """The rows as lines of CSV in UTF-8 with a byte order mark, for a streamed response.

    Text that a spreadsheet would run as a formula is defused; None is an empty cell; numbers stay numbers.
    """
    out = _Lines()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([defuse(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
        yield out.line.encode()


def defuse(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula.

    That is after = + - @, their full-width forms, also behind blanks, and after a leading tab or line end. Plain
    numbers, negative ones and E.164 phone numbers, are left alone.
    """
    if _STARTS_FORMULA.match(text) and not _JUST_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def undefuse(text: str) -> str:
    """What `defuse` was given: a file that was exported can be imported again."""
    return text[1:] if text.startswith("'") and defuse(text[1:]) == text else text

"""How a CSV file is punctuated: its delimiter, its quotation marks, how it escapes them."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

# The likelier first: of equally good readings the first wins.
DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01", "¦", ":")
_SEP_LINE = re.compile(r"\A\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """What `csv.reader` needs to know; `skip` lines are no rows ("sep=;", which Excel writes and hides)."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    skip_spaces: bool = False
    skip: int = 0


def guess_dialect(sample: str, delimiter: str | None = None) -> Dialect:
    """The punctuation under which the sample falls into the most regular rows; a single column is told by commas."""
    said = _SEP_LINE.match(sample)
    skip = 1 if said else 0
    if said:
        sample, delimiter = sample[said.end() :], delimiter or said[1]
    quote = "'" if _quoted(sample, "'") > max(2, 2 * _quoted(sample, '"')) else '"'
    escape = "\\" if f"\\{quote}" in sample and quote * 2 not in sample.replace(f"\\{quote}", "") else None
    if delimiter is None:
        delimiter = max(DELIMITERS, key=lambda mark: _regularity(sample, mark, quote))
        if _regularity(sample, delimiter, quote) <= 0:
            delimiter = ","
    skip_spaces = f"{delimiter} {quote}" in sample
    return Dialect(delimiter, quote, escape, skip_spaces, skip)


def _quoted(sample: str, quote: str) -> int:
    return len(re.findall(rf"(?:^|[,;\t|]){quote}[^{quote}\n]*{quote}(?=[,;\t|\r\n]|$)", sample, re.MULTILINE))


def _regularity(sample: str, delimiter: str, quote: str) -> float:
    """How many rows have the commonest number of cells above one, weighed lightly by that number."""
    try:
        rows = csv.reader(sample.splitlines(keepends=True)[:500], delimiter=delimiter, quotechar=quote)
        widths = Counter(len(row) for row in rows if row)
    except csv.Error:
        return 0.0
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0
    count, width = max(wide)
    weight = 1 + min(width, 50) / 100
    # A colon stands in times, a comma in amounts: a file is rarely cut by them into two.
    return count / widths.total() * weight * (0.5 if delimiter == ":" else 1)

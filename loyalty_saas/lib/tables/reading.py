"""One way to read any table: open it, look at its columns, walk over its rows."""

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.tables.decoding import guess_encoding
from loyalty_saas.lib.tables.dialects import Dialect, guess_dialect
from loyalty_saas.lib.tables.headers import column_names, find_header
from loyalty_saas.lib.tables.limits import Limits, too_large, too_many_columns, too_many_rows, unreadable
from loyalty_saas.lib.tables.sheets import filled_sheets, is_workbook, open_workbook, sheet_rows

Row = tuple[int, list[str]]
_GZIP = b"\x1f\x8b"
_SAMPLE = 128 * 1024
_LOOK = 200


@dataclass(frozen=True)
class Table:
    """A table in a file. Rows can be walked over any number of times; nothing is kept in memory for CSV.

    `header_row` is the number of the row that names the columns, as a spreadsheet numbers it (from 1), None when
    there is none. `encoding` and `delimiter` are empty for workbooks, `sheets` and `sheet` for text.
    """

    columns: tuple[str, ...]
    header_row: int | None
    encoding: str
    delimiter: str
    sheets: tuple[str, ...]
    sheet: str
    limits: Limits
    _rows: Callable[[], Iterator[list[str]]] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """(number in the file, cells) of every row that is not blank.

        The number is the one a spreadsheet shows; cells are text, as many as there are columns, and more when the
        row has more. Raises Invalid at a row that cannot be read.
        """
        width, most = len(self.columns), self.limits.rows
        begin = self.header_row or 0
        for numbered in enumerate(islice(self._rows(), begin, None), begin + 1):
            number, cells = numbered
            if number > most and any(cells):
                raise too_many_rows(most)
            if len(cells) == width:
                if cells[0] or any(cells):
                    yield numbered
            elif any(cells):
                yield number, cells + [""] * (width - len(cells)) if len(cells) < width else _without_tail(cells, width)

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(number, cells by the name of their column); cells beyond the last column are left out."""
        columns = self.columns
        for number, cells in self.rows():
            yield number, dict(zip(columns, cells, strict=False))

    def column(self, name: str, most: int = 1000) -> list[str]:
        """Up to `most` filled cells of one column, from the top: samples for guessing what it holds."""
        place = self.columns.index(name)
        return list(islice((cells[place] for _number, cells in self.rows() if cells[place].strip()), most))


def open_table(
    path: Path | str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    limits: Limits | None = None,
) -> Table:
    """The table in a CSV file (also gzipped) or a workbook; what is not given is found out.

    `sheet` names one of a workbook's sheets (the first that has rows when None); `header` says whether the columns
    are named. Raises Invalid, with what to do about it, when the file is none of these, too large or empty.
    """
    path, limits = Path(path), limits or Limits()
    if path.stat().st_size > limits.file_bytes:
        raise too_large()
    with path.open("rb") as file:
        head = file.read(8)
    if is_workbook(head):
        return _open_workbook(path, sheet, header, limits)
    return _open_text(path, encoding, delimiter, header, limits)


def _open_workbook(path: Path, sheet: str | None, header: bool | None, limits: Limits) -> Table:
    workbook = open_workbook(path, limits)
    sheets = filled_sheets(workbook)
    if sheet is not None and sheet not in sheets:
        raise Invalid(
            _("This workbook has no sheet “%(sheet)s”."), code="no_such_sheet", field="sheet", params={"sheet": sheet}
        )
    for name in [sheet] if sheet is not None else sheets:
        if any(any(cells) for cells in islice(sheet_rows(workbook, name, limits), _LOOK)):
            return _table(partial(sheet_rows, workbook, name, limits), header, limits, sheets=sheets, sheet=name)
    raise _empty()


def _open_text(path: Path, encoding: str | None, delimiter: str | None, header: bool | None, limits: Limits) -> Table:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    codec = encoding or guess_encoding(_chunks(path, packed, limits))
    if encoding and packed:
        deque(_chunks(path, packed, limits), maxlen=0)  # refuses what unpacks to too much
    try:
        with _text(path, packed, codec) as text:
            sample = text.read(_SAMPLE)
    except LookupError as error:
        raise unreadable() from error
    if "\x00" in sample[:4096]:
        raise unreadable()
    if len(sample) == _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    dialect = guess_dialect(sample, delimiter)
    return _table(
        lambda: _csv_rows(path, packed, codec, dialect), header, limits, encoding=codec, delimiter=dialect.delimiter
    )


def _table(
    rows: Callable[[], Iterator[list[str]]],
    header: bool | None,
    limits: Limits,
    *,
    encoding: str = "",
    delimiter: str = "",
    sheets: tuple[str, ...] = (),
    sheet: str = "",
) -> Table:
    first = list(islice(rows(), _LOOK))
    filled = [cells for cells in first if any(cell.strip() for cell in cells)]
    if not filled:
        raise _empty()
    place = find_header(first) if header is None else _first_filled(first) if header else None
    names = first[place] if place is not None else []
    width = len(names) or max(map(len, filled))
    while width > 1 and all(len(cells) < width or not cells[width - 1].strip() for cells in filled):
        width -= 1
    if width > limits.columns:
        raise too_many_columns(limits.columns)
    header_row = None if place is None else place + 1
    return Table(column_names(names, width), header_row, encoding, delimiter, sheets, sheet, limits, rows)


def _first_filled(rows: list[list[str]]) -> int:
    return next(place for place, cells in enumerate(rows) if any(cell.strip() for cell in cells))


def _without_tail(cells: list[str], width: int) -> list[str]:
    return cells if any(cells[width:]) else cells[:width]


def _csv_rows(path: Path, packed: bool, codec: str, dialect: Dialect) -> Iterator[list[str]]:
    try:
        with _text(path, packed, codec) as file:
            yield from _reader(file, dialect)
    except csv.Error as error:
        raise Invalid(
            _("Row %(row)s has a cell that never ends. Is a quotation mark missing there?"),
            code="broken_row",
            field="file",
            params={"row": _broken_row(path, packed, codec, dialect)},
        ) from error


def _reader(file: io.TextIOWrapper, dialect: Dialect) -> Iterator[list[str]]:
    for _line in range(dialect.skip):
        file.readline()
    return csv.reader(
        file,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        doublequote=dialect.escape is None,
        skipinitialspace=dialect.skip_spaces,
    )


def _broken_row(path: Path, packed: bool, codec: str, dialect: Dialect) -> int:
    """Counted only when it is needed: counting all along would slow every reading down."""
    number = 1
    with _text(path, packed, codec) as file, suppress(csv.Error):
        for _cells in _reader(file, dialect):
            number += 1
    return number


def _text(path: Path, packed: bool, codec: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_bytes(path, packed), encoding=codec, errors="replace", newline="")


def _bytes(path: Path, packed: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def _chunks(path: Path, packed: bool, limits: Limits) -> Iterator[bytes]:
    """The unpacked file; stops with a refusal where it grows past the limit."""
    size = 0
    try:
        with _bytes(path, packed) as file:
            while chunk := file.read(1 << 20):
                size += len(chunk)
                if size > limits.unpacked_bytes:
                    raise too_large()
                yield chunk
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise unreadable() from error


def _empty() -> Invalid:
    return Invalid(_("There is nothing in this file."), code="empty_file", field="file")

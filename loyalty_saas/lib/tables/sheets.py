"""Workbooks (XLSX, XLS, ODS): opened safely, their cells as the text a person would type."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import python_calamine
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.tables.limits import Limits, too_large, too_many_columns, unreadable

_MOST_RATIO = 200
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?r="(\d+)"')
_FAR_COLUMN = re.compile(rb' r="([A-Z]{2,3})\d')
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"[^>]*value-type')


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins so is a zip or an OLE container, as workbooks are."""
    return head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def open_workbook(path: Path, limits: Limits) -> Any:
    """The workbook; its sheets are read one at a time. Raises Invalid when it is none, locked, or a bomb."""
    try:
        if zipfile.is_zipfile(path):
            _check_archive(path, limits)
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise Invalid(
            _("This workbook is protected by a password. Please save it without one and try again."),
            code="locked_file",
            field="file",
        ) from error
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise unreadable() from error


def filled_sheets(workbook: Any) -> tuple[str, ...]:
    """The names of the sheets of cells that a person sees, in their order."""
    kinds, visible = python_calamine.SheetTypeEnum, python_calamine.SheetVisibleEnum
    return tuple(
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == kinds.WorkSheet and sheet.visible == visible.Visible
    )


def sheet_rows(workbook: Any, name: str, limits: Limits) -> Iterator[list[str]]:
    """All rows from the first of the sheet on, the empty ones too, so that their place is their number."""
    try:
        sheet = workbook.get_sheet_by_name(name)
        if (sheet.total_width or 0) > limits.columns:
            raise too_many_columns(limits.columns)
        for row in sheet.iter_rows():
            yield [cell if type(cell) is str else _text(cell) for cell in row]
    except python_calamine.CalamineError as error:
        raise unreadable() from error


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _check_archive(path: Path, limits: Limits) -> None:
    """Refuse an archive that unpacks to too much, or whose sheets claim far more cells than they hold."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        packed = sum(part.compress_size for part in parts)
        if unpacked > limits.unpacked_bytes or len(parts) > 5000:
            raise too_large()
        if unpacked > 20_000_000 and unpacked > _MOST_RATIO * packed:
            raise too_large()
        for part in parts:
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml|content\.xml", part.filename):
                _check_extent(archive, part, limits)


def _check_extent(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> None:
    """The reader holds a sheet as a full rectangle: two far corners would claim gigabytes."""
    last_row, last_column, cells, rest = 0, 26, 0, b""
    with archive.open(part) as file:
        while chunk := file.read(1 << 20):
            text = rest + chunk
            rest = text[-200:]
            cells += chunk.count(b"<c ") + chunk.count(b"table-cell")
            last_row = max(last_row, *map(int, _ROW.findall(text)), 0)
            for letters in set(_FAR_COLUMN.findall(text)):
                last_column = max(last_column, _column_number(letters))
            if any(int(times) > limits.columns for times in _REPEATED.findall(text)):
                raise too_large()
    if last_column > limits.columns:
        raise too_many_columns(limits.columns)
    claimed = last_row * last_column
    if claimed > limits.sheet_cells and claimed > 4 * max(cells, 1):
        raise too_large()


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

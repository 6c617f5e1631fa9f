"""How much of a file is read, and the refusals when it is more."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid


@dataclass(frozen=True)
class Limits:
    """The largest table that is read: bytes as uploaded and unpacked, columns, rows, cells of a sheet."""

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 1_000_000_000
    columns: int = 300
    rows: int = 2_000_000
    sheet_cells: int = 20_000_000


def too_large() -> Invalid:
    return Invalid(_("This file is too large. Please split it into smaller ones."), code="file_too_large", field="file")


def too_many_columns(most: int) -> Invalid:
    return Invalid(
        _("This table has more than %(most)s columns. Please keep only those that are needed."),
        code="too_many_columns",
        field="file",
        params={"most": most},
    )


def too_many_rows(most: int) -> Invalid:
    return Invalid(
        _("This table has more than %(most)s rows. Please split it into smaller ones."),
        code="too_many_rows",
        field="file",
        params={"most": most},
    )


def unreadable() -> Invalid:
    return Invalid(
        _("We cannot read this file. Please save it as CSV or as an Excel workbook (.xlsx) and try again."),
        code="unreadable_file",
        field="file",
    )

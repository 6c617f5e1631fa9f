"""Archives that a business takes along, for tests: packed, read, and brought into another one."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from customers.models import Import
from tenants.models import Tenant
from tenants.takeout import OWN_COLUMN, archive
from tests.customers.imports.shared import imported


def packed(tenant: Tenant) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive(tenant))))


def take_out(tenant: Tenant, folder: Path) -> Path:
    """The archive, unpacked."""
    packed(tenant).extractall(folder)
    return folder


def bring(tenant: Tenant, kind: str, path: Path, **options: Any) -> Import:
    """A whole import of a file as its columns were matched."""
    return imported(tenant, kind, path, **options)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a file, without the column that says when it was taken out."""
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    return [{name: cell for name, cell in row.items() if name != OWN_COLUMN} for row in rows]

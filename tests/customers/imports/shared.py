"""Where the real data is, and a short way to run a whole import."""

from pathlib import Path
from typing import Any

import pytest

from customers.enums import ImportKind, ImportPoints, ImportStatus
from customers.imports.checking import check_import
from customers.imports.flow import begin_import, choose_columns, start_import
from customers.imports.running import run_import
from customers.imports.settings import Options
from customers.models import Import
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant

DATA = Path(__file__).parents[4] / "shared" / "data"
BY = Actor.importing(None)


def real(path: str) -> Path:
    """A file of the real data; the test is skipped, saying so, where it is not there."""
    found = DATA / path
    if not found.exists():
        pytest.skip(f"../shared/data/{path} is missing")
    return found


def uploaded(business: Tenant, kind: str, path: Path) -> Import:
    with tenant_context(business), path.open("rb") as file:
        return start_import(kind, file, name=path.name, size=path.stat().st_size, by=BY)


def chosen(business: Tenant, record: Import, columns: dict[str, str] | None = None, **options: Any) -> Import:
    """The columns as they were matched, with changes by the column's name; then checked."""
    points = options.pop("points", ImportPoints.NONE)
    mapping = {int(position): key for position, key in record.mapping.items()}
    for name, key in (columns or {}).items():
        mapping = {position: found for position, found in mapping.items() if found != key}
        mapping[record.header.index(name)] = key
    mapping = {position: key for position, key in mapping.items() if key}
    with tenant_context(business):
        choose_columns(
            record,
            columns=mapping,
            options=Options.read(record.options).but(**options).stored(),
            points=points,
        )
    checked = check_import(business, record.pk)
    assert checked is not None
    assert checked.status == ImportStatus.PREVIEW, checked.error
    return checked


def run(business: Tenant, record: Import) -> Import:
    with tenant_context(business):
        begin_import(record, by=BY)
    done = run_import(business, record.pk)
    assert done is not None
    assert done.status == ImportStatus.DONE
    return done


def imported(business: Tenant, kind: str, path: Path, columns: dict[str, str] | None = None, **options: Any) -> Import:
    return run(business, chosen(business, uploaded(business, kind, path), columns, **options))


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


PURCHASES, MEMBERS = ImportKind.PURCHASES, ImportKind.MEMBERS

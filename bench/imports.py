"""A real shop's file of receipts, repeated with receipt numbers of their own, against COPY of the same file."""

import gzip
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from bench.harness import Cpu, Row, Scale
from bench.shop import Shop, open_business
from bench.site import Site
from customers.enums import ImportKind, ImportPoints, ImportStatus
from customers.imports.checking import check_import
from customers.imports.flow import begin_import, choose_columns, start_import
from customers.imports.running import run_import
from customers.models import Import
from programs.enums import ProgramStatus
from programs.models import Program
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "shop" / "online_retail_2010-12.csv.gz"
BY = Actor.importing(None)


def imports(shop: Shop, scale: Scale) -> Iterator[Row]:
    """Each import goes into a business of its own: begin to end, checked and then written."""
    if not FILE.exists():
        print(f"LEFT OUT: the import of a real file, because {FILE} is missing")
        return
    path = shop.site.data_dir / "retail.csv"
    columns = write_repeated(path, scale.import_lines)
    copied = _copy(shop.site, path, columns, scale.import_lines)
    yield copied
    for points, what in ((ImportPoints.NONE, ""), (ImportPoints.AWARD, ", points awarded")):
        tenant = open_business(country="GB", currency="GBP", time_zone="Europe/London").tenant
        with tenant_context(tenant):
            Program.objects.create(name="Regulars", status=ProgramStatus.LIVE)
        yield _measured(shop.site, tenant, path, points, f"Import of {scale.import_lines:,} lines{what}", copied)


def write_repeated(path: Path, lines: int) -> list[str]:
    """Write so many lines of the file, from its beginning again and again. Returns the names of the columns."""
    with gzip.open(FILE, "rt", encoding="utf-8") as source:
        header, *rows = source.read().splitlines()
    repeated = (f"{_again(row, time)}\n" for time in count() for row in rows)
    with path.open("w", encoding="utf-8") as target:
        target.write(f"{header}\n")
        target.writelines(islice(repeated, lines))
    return header.split(",")


def _again(row: str, time: int) -> str:
    """The receipt's number comes first; a credit note keeps the letter it begins with."""
    number, rest = row.split(",", 1)
    return f"{number}-{time},{rest}" if time else row


def _copy(site: Site, path: Path, columns: list[str], lines: int) -> Row:
    connection = site.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_retail ({', '.join(f'{name} text' for name in columns)})")
    cpu, begun = Cpu(site.database_pid), time.perf_counter()
    with connection, connection.cursor() as cursor, path.open("rb") as source:
        cursor.copy_expert("COPY bench_retail FROM STDIN (FORMAT csv, HEADER)", source)
    wall, used = time.perf_counter() - begun, cpu.used()
    connection.close()
    return Row(f"COPY of {lines:,} lines into a plain table", lines, [wall], wall, None, used / lines)


def _measured(site: Site, tenant: Tenant, path: Path, points: str, name: str, copied: Row) -> Row:
    """The worker's part runs in this process: its own processor time is the column of the web server."""
    cpu, own, begun = Cpu(site.database_pid), time.process_time(), time.perf_counter()
    done = _import(tenant, path, points)
    wall = time.perf_counter() - begun
    own, lines = time.process_time() - own, done.lines_total
    return Row(
        name, lines, [wall], wall, own / lines, cpu.used() / lines, copied, f"{done.counts['created']:,} receipts"
    )


def _import(tenant: Tenant, path: Path, points: str) -> Import:
    with tenant_context(tenant), path.open("rb") as file:
        record = start_import(ImportKind.PURCHASES, file, name=path.name, size=path.stat().st_size, by=BY)
    mapping = {int(position): key for position, key in record.mapping.items()}
    with tenant_context(tenant):
        choose_columns(record, columns=mapping, options=record.options, points=points)
    checked = check_import(tenant, record.pk)
    if checked is None or checked.status != ImportStatus.PREVIEW:
        raise RuntimeError(f"The file could not be checked: {checked.error if checked else 'somebody else has it'}")
    with tenant_context(tenant):
        begin_import(checked, by=BY)
    done = run_import(tenant, record.pk)
    if done is None or done.status != ImportStatus.DONE:
        raise RuntimeError("The import has stopped.")
    return done
